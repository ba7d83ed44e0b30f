import Database from 'better-sqlite3'
import pg from 'pg'
import { postgresStore } from '../../../adapters/postgres/index.ts'
import { sqliteStore } from '../../../adapters/sqlite/index.ts'
import type { Site } from '../crashes/site.ts'
import type { Patient } from './trouble.ts'

/** How long a statement, or a client of the pool, is waited for. */
export const TIMEOUT_MS = 1000
/** For a call that waits for its batch, for a client and for its statement, on a machine that is busy. */
export const SOON_MS = 8000

/** A host on a SQLite file, with the one connection that it has. */
export function sqlitePatient(
  site: Site,
  options: { timeout?: number } = {},
): Patient & { database: Database.Database } {
  const database = new Database(site.address, options)
  const store = sqliteStore({ database })
  return {
    store,
    database,
    query: async (text) => database.prepare(text).all() as Array<Record<string, unknown>>,
    settled: async () => {},
    async end() {
      await store.close()
      database.close()
    },
  }
}

/** A host on Postgres, at its address or at one through which it is reached. */
export function postgresPatient(
  site: Site,
  { address = site.address, clients = 4 }: { address?: string; clients?: number } = {},
): Patient & { pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString: address, application_name: 'patient', max: clients })
  pool.on('error', () => {})
  const store = postgresStore({ pool, timeoutMs: TIMEOUT_MS })
  return {
    store,
    pool,
    query: (text) => site.visit(({ query }) => query(text)),
    settled: () => site.settled('patient', pool.totalCount),
    async end() {
      await store.close()
      await pool.end()
    },
  }
}
