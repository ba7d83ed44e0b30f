/**
 * Another process that delivers what is due: `mailer.ts dialect address mode`. It prints the id of each notification,
 * and then goes on (`deliver`) or is gone at once (`die`).
 */
import { writeSync } from 'node:fs'
import Database from 'better-sqlite3'
import pg from 'pg'
import { postgresStore } from '../../adapters/postgres/index.ts'
import { sqliteStore } from '../../adapters/sqlite/index.ts'
import { createSharing } from '../../src/index.ts'

const [dialect, address, mode] = process.argv.slice(2) as [string, string, 'deliver' | 'die']

const database = dialect === 'sqlite' ? new Database(address, { timeout: 20_000 }) : null
const pool = dialect === 'sqlite' ? null : new pg.Pool({ connectionString: address, max: 3 })
const sharing = createSharing({
  store: database === null ? postgresStore({ pool: pool! }) : sqliteStore({ database }),
  secret: 'a secret of the tests, longer than 32 bytes',
  limits: { emailsPerHour: 40 },
  resources: { document: { roles: { viewer: ['view'], editor: ['view', 'edit'] } } },
  notify: async ({ id }) => {
    await new Promise((resolve) => setTimeout(resolve, 2))
    writeSync(1, `${id}\n`)
    if (mode === 'die') process.kill(process.pid, 'SIGKILL')
  },
})
await sharing.maintain()
await sharing.close()
database?.close()
await pool?.end()
