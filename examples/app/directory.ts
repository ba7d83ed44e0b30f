import { type Kysely, sql } from 'kysely'
import type { Directory } from 'sharegrant'
import type { Tables } from './tables.ts'

/** The host's users, as the library asks for them when a notification goes out. */
export const directoryOf = (database: Kysely<Tables>): Directory => ({
  async findUserByEmail(email) {
    const user = await database
      .selectFrom('users')
      .select(['id', 'name', 'email'])
      .where(sql`lower(email)`, '=', email.toLowerCase())
      .executeTakeFirst()
    return user ?? null
  },
  describeUsers: (ids) =>
    database.selectFrom('users').select(['id', 'name', 'email']).where('id', 'in', ids).execute(),
})
