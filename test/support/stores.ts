import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import type { Store } from 'sharegrant'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { inject } from 'vitest'

/** A fresh, migrated store on a real database, and a way to look at and query the database behind it. */
export interface TestStore {
  store: Store
  /** Runs a statement as the host would: `?` places on SQLite, `$1` on Postgres. */
  query(text: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** How another connection reaches the same data: a file's path or a database's address; null in memory. */
  address: string | null
  close(): Promise<void>
}

export interface StoreKind {
  name: 'SQLite in memory' | 'SQLite on a file' | 'Postgres'
  dialect: 'sqlite' | 'postgres'
  open(): Promise<TestStore>
}

async function openSqlite(path: string | null): Promise<TestStore> {
  const folder = path === null ? null : await mkdtemp(join(tmpdir(), 'sharegrant-'))
  const file = folder === null ? null : join(folder, 'test.db')
  const database = new Database(file ?? ':memory:')
  const store = sqliteStore({ database })
  await store.migrate()
  return {
    store,
    query: async (text, parameters = []) => {
      const statement = database.prepare(text)
      if (statement.reader) return statement.all(...parameters) as Record<string, unknown>[]
      statement.run(...parameters)
      return []
    },
    address: file,
    async close() {
      await store.close()
      database.close()
      if (folder !== null) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A database of its own on the run's server: empty, or with our tables, which is quicker than to migrate it. */
export async function createDatabase(
  content: 'empty' | 'migrated' = 'empty',
): Promise<{ url: string; drop(): Promise<void> }> {
  const server = inject('databaseUrl')
  const name = `sharegrant_${randomBytes(6).toString('hex')}`
  const run = async (text: string) => {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    try {
      await client.query(text)
    } finally {
      await client.end()
    }
  }
  const { template, strategy } = inject('databaseMaking')
  await run(`create database ${name} template ${content === 'empty' ? 'template1' : template} ${strategy}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => whenUnused(() => run(`drop database ${name}`)) }
}

/**
 * A pool's `end()` resolves before the server has seen its connections go. Forcing them out meanwhile is an error
 * on a client that nobody listens to any more, and vitest counts it.
 */
async function whenUnused(drop: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await drop()
    } catch (error) {
      const inUse = (error as { code?: string }).code === '55006'
      if (!inUse || tries >= 500) throw error
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

async function openPostgres(): Promise<TestStore> {
  const database = await createDatabase('migrated')
  const pool = new pg.Pool({ connectionString: database.url, max: 10 })
  // Tests that end the server's sessions look at what the library answers, not at what the pool loses.
  pool.on('error', () => {})
  const store = postgresStore({ pool })
  return {
    store,
    query: async (text, parameters = []) => (await pool.query(text, [...parameters])).rows,
    address: database.url,
    async close() {
      await store.close()
      await pool.end()
      await database.drop()
    },
  }
}

export const STORES: readonly StoreKind[] = [
  { name: 'SQLite in memory', dialect: 'sqlite', open: () => openSqlite(null) },
  { name: 'SQLite on a file', dialect: 'sqlite', open: () => openSqlite('file') },
  { name: 'Postgres', dialect: 'postgres', open: openPostgres },
]
