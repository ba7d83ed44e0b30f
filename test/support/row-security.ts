import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { createDatabase } from './stores.ts'

/** A database of its own that belongs to a role without any privilege beside it, as row-level security needs. */
export interface GuardedDatabase {
  /** As the role that the library connects with. */
  url: string
  /** As somebody whom no policy binds. */
  adminUrl: string
  drop(): Promise<void>
}

export async function createGuardedDatabase(): Promise<GuardedDatabase> {
  const { url: adminUrl, drop } = await createDatabase()
  const role = `guarded_${randomBytes(6).toString('hex')}`
  const url = new URL(adminUrl)
  const name = url.pathname.slice(1)
  const run = async (to: string, ...statements: string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: to })
    await client.connect()
    try {
      for (const text of statements) await client.query(text)
    } finally {
      await client.end()
    }
  }
  await run(
    adminUrl,
    `create role ${role} login password '${role}'`,
    `alter database ${name} owner to ${role}`,
    `alter schema public owner to ${role}`,
  )
  url.username = role
  url.password = role
  return {
    url: url.href,
    adminUrl,
    drop: async () => {
      await run(adminUrl, `reassign owned by ${role} to current_user`, `drop owned by ${role}`)
      await drop()
      await run(inject('databaseUrl'), `drop role ${role}`)
    },
  }
}
