import Database from 'better-sqlite3'
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import pg from 'pg'
import type { Store } from 'sharegrant'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import type { Tables } from './tables.ts'

/** The host's database: its own queries, and the library's store on the same tables' side. */
export interface HostDatabase {
  queries: Kysely<Tables>
  store: Store
  close(): Promise<void>
}

/** SQLite in memory, or Postgres at an address. */
export function connect(postgresUrl?: string | undefined): HostDatabase {
  if (postgresUrl === undefined) {
    const database = new Database(':memory:')
    const queries = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) })
    return { queries, store: sqliteStore({ database }), close: () => queries.destroy() }
  }
  const pool = new pg.Pool({ connectionString: postgresUrl, max: 5 })
  // A server that goes away must not take the process with it: the next call says so.
  pool.on('error', () => {})
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return { queries, store: postgresStore({ pool }), close: () => queries.destroy() }
}
