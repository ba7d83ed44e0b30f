import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { postgresStore } from '../../adapters/postgres/index.ts'
import { sqliteStore } from '../../adapters/sqlite/index.ts'
import type { Store } from '../../src/index.ts'
import type { Place, Trial } from './campaign.ts'

/** A fresh, migrated store on a real database, and how others reach the same data. */
export interface Ground {
  place: Place
  store: Store
  /** A file's path or a database's address; empty in memory. */
  address: string
  /** Runs a statement behind the library's back. Places are `?` on SQLite and `$1` on Postgres. */
  query(text: string, values?: readonly unknown[]): Promise<Array<Record<string, unknown>>>
  end(): Promise<void>
}

export function openGround({ place, server }: Pick<Trial, 'place' | 'server'>): Promise<Ground> {
  if (place === 'Postgres') return openPostgres(server)
  return openSqlite(place)
}

async function openSqlite(place: Place): Promise<Ground> {
  const folder = place === 'SQLite on a file' ? await mkdtemp(join(tmpdir(), 'sharegrant-soak-')) : null
  const address = folder === null ? '' : join(folder, 'soak.db')
  const database = new Database(address || ':memory:', { timeout: 20_000 })
  const store = sqliteStore({ database })
  await store.migrate()
  return {
    place,
    store,
    address,
    query: async (text, values = []) => {
      const statement = database.prepare(text)
      if (statement.reader) return statement.all(...values) as Array<Record<string, unknown>>
      statement.run(...values)
      return []
    },
    end: async () => {
      await store.close()
      database.close()
      if (folder !== null) await rm(folder, { recursive: true, force: true })
    },
  }
}

async function openPostgres(server: string): Promise<Ground> {
  const name = `soak_${randomBytes(6).toString('hex')}`
  await onServer(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const pool = new pg.Pool({ connectionString: url.href, max: 10 })
  pool.on('error', () => {})
  const store = postgresStore({ pool })
  await store.migrate()
  return {
    place: 'Postgres',
    store,
    address: url.href,
    query: async (text, values = []) => (await pool.query(text, [...values])).rows,
    end: async () => {
      await store.close()
      await pool.end()
      await onServer(server, `drop database if exists ${name} with (force)`)
    },
  }
}

async function onServer(server: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}
