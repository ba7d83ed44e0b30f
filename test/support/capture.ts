import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { capturing, capturingPool, type Inspect, type Issued } from './capturing.ts'
import { createDatabase, type StoreKind, type TestStore } from './stores.ts'

export type { Inspect, Issued } from './capturing.ts'

export interface CapturingStore extends TestStore {
  /** All that the library has issued since the store was made, or since `issued.length = 0`. */
  issued: Issued[]
}

/** A migrated store whose driver notes every statement that the library gives it; those of `query` are not noted. */
export async function openCapturing(kind: StoreKind, inspect?: Inspect): Promise<CapturingStore> {
  if (kind.dialect === 'postgres') return capturePostgres(inspect)
  return captureSqlite(kind.name === 'SQLite on a file')
}

async function captureSqlite(onFile: boolean): Promise<CapturingStore> {
  const folder = onFile ? await mkdtemp(join(tmpdir(), 'sharegrant-')) : null
  const address = folder === null ? null : join(folder, 'test.db')
  const database = new Database(address ?? ':memory:')
  const issued: Issued[] = []
  const store = sqliteStore({ database: capturing(database, issued) })
  await store.migrate()
  return {
    store,
    issued,
    address,
    query: async (text, parameters = []) => {
      const statement = database.prepare(text)
      if (statement.reader) return statement.all(...parameters) as Record<string, unknown>[]
      statement.run(...parameters)
      return []
    },
    async close() {
      await store.close()
      database.close()
      if (folder !== null) await rm(folder, { recursive: true, force: true })
    },
  }
}

async function capturePostgres(inspect?: Inspect): Promise<CapturingStore> {
  const database = await createDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 10 })
  // Dropping the database may end a connection that is still saying goodbye.
  pool.on('error', () => {})
  const issued: Issued[] = []
  const store = postgresStore({ pool: capturingPool(pool, issued, inspect) })
  await store.migrate()
  return {
    store,
    issued,
    address: database.url,
    query: async (text, parameters = []) => (await pool.query(text, [...parameters])).rows,
    async close() {
      await store.close()
      await pool.end()
      await database.drop()
    },
  }
}
