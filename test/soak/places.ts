import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { type PostgresPool, postgresStore } from '../../adapters/postgres/index.ts'
import { sqliteStore } from '../../adapters/sqlite/index.ts'
import type { Store } from '../../src/index.ts'
import { capturing, capturingPool, type Issued } from '../support/capturing.ts'
import { giveToRole } from '../support/guarded-role.ts'
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

/** How a database is reached, where a campaign needs it otherwise. */
export interface Reach {
  /** Gets every statement that the library issues, as it is run. */
  issued?: Issued[]
  /** How many connections the library has to a Postgres: ten unless set. */
  connections?: number
  /** Stands between the library and its pool. */
  through?(pool: pg.Pool): PostgresPool
}

export function openGround(
  { place, server }: Pick<Trial, 'place' | 'server'>,
  reach: Reach = {},
): Promise<Ground> {
  if (place === 'Postgres' || place === 'Postgres, guarded') return openPostgres(place, server, reach)
  return openSqlite(place, reach)
}

async function openSqlite(place: Place, { issued }: Reach): Promise<Ground> {
  const folder = place === 'SQLite on a file' ? await mkdtemp(join(tmpdir(), 'sharegrant-soak-')) : null
  const address = folder === null ? '' : join(folder, 'soak.db')
  const database = new Database(address || ':memory:', { timeout: 20_000 })
  const store = sqliteStore({ database: issued === undefined ? database : capturing(database, issued) })
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

async function openPostgres(
  place: Place,
  server: string,
  {
    connections = 10,
    issued,
    through = (pool) => (issued === undefined ? pool : capturingPool(pool, issued)),
  }: Reach,
): Promise<Ground> {
  const rowLevelSecurity = place === 'Postgres, guarded'
  const name = `soak_${randomBytes(6).toString('hex')}`
  await onServer(server, `create database ${name}`)
  const admin = new URL(server)
  admin.pathname = `/${name}`
  const given = rowLevelSecurity ? await giveToRole(admin.href) : null
  const address = given?.url ?? admin.href
  const poolOf = (options: pg.PoolConfig & { pipeline?: boolean }): pg.Pool => {
    const pool = new pg.Pool(options)
    pool.on('error', () => {})
    return pool
  }
  const pool = poolOf({ connectionString: address, max: connections, pipeline: rowLevelSecurity })
  // Behind the library's back nothing is guarded, and none of its connections is used up.
  const behind = poolOf({ connectionString: admin.href, max: 2 })
  const store = postgresStore({ pool: through(pool), rowLevelSecurity })
  await store.migrate()
  return {
    place,
    store,
    address,
    query: async (text, values = []) => (await behind.query(text, [...values])).rows,
    end: async () => {
      await store.close()
      await pool.end()
      await behind.end()
      await onServer(server, `drop database if exists ${name} with (force)`)
      if (given !== null) await onServer(server, `drop role ${given.role}`)
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
