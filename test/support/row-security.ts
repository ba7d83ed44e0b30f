import pg from 'pg'
import { inject } from 'vitest'
import { giveToRole } from './guarded-role.ts'
import { createDatabase } from './stores.ts'

/** A database of its own that belongs to a role without any privilege beside it, as row-level security needs. */
export interface GuardedDatabase {
  /** As the role that the library connects with. */
  url: string
  role: string
  /** As somebody whom no policy binds. */
  adminUrl: string
  drop(): Promise<void>
}

export async function createGuardedDatabase(): Promise<GuardedDatabase> {
  const { url: adminUrl, drop } = await createDatabase()
  const { url, role } = await giveToRole(adminUrl)
  return {
    url,
    role,
    adminUrl,
    drop: async () => {
      await drop()
      const client = new pg.Client({ connectionString: inject('databaseUrl') })
      await client.connect()
      await client.query(`drop role ${role}`).finally(() => client.end())
    },
  }
}
