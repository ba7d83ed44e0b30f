import { randomBytes } from 'node:crypto'
import pg from 'pg'

/**
 * Gives a database to a role of its own, without any privilege beside it, as row-level security needs. The role
 * outlives the database: whoever drops the one drops the other.
 *
 * @returns the database's address as that role.
 */
export async function giveToRole(adminUrl: string): Promise<{ url: string; role: string }> {
  const role = `guarded_${randomBytes(6).toString('hex')}`
  const url = new URL(adminUrl)
  const name = url.pathname.slice(1)
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(`create role ${role} login password '${role}'`)
    await client.query(`alter database ${name} owner to ${role}`)
    await client.query(`alter schema public owner to ${role}`)
  } finally {
    await client.end()
  }
  url.username = role
  url.password = role
  return { url: url.href, role }
}
