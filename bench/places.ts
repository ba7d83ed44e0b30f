import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'

export type PlaceName = 'memory' | 'file' | 'postgres'

export const PLACES: Readonly<Record<PlaceName, string>> = {
  memory: 'SQLite in memory',
  file: 'SQLite file at FULL',
  postgres: 'Postgres',
}

export type Row = Record<string, unknown>

/** Who keeps tables of their own. The library and the bare statements share theirs, the very same rows. */
export type Owner = 'library' | 'route' | 'keys'

export type SqliteHandle = InstanceType<typeof Database>

/** A database to measure on, empty at first and gone with `close`. */
export type Place = SqlitePlace | PostgresPlace

interface AnyPlace {
  name: PlaceName
  /** Runs a statement behind everybody's back: to fill tables, and to count afterwards. */
  query(owner: Owner, text: string): Promise<Row[]>
  close(): Promise<void>
}

export interface SqlitePlace extends AnyPlace {
  dialect: 'sqlite'
  /** Each owner has a connection of its own to a file of its own, all with the same settings. */
  database(owner: Owner): SqliteHandle
  folder: string | null
}

export interface PostgresPlace extends AnyPlace {
  dialect: 'postgres'
  /** One pool for all. */
  pool: pg.Pool
  /** Whether the tables are the library's alone, under row-level security, and the pool's role is bound by it. */
  guarded: boolean
}

export function sqlitePlace(name: 'memory' | 'file'): SqlitePlace {
  const folder = name === 'memory' ? null : mkdtempSync(join(tmpdir(), 'sharegrant-bench-'))
  const databases = new Map<Owner, SqliteHandle>()
  const database = (owner: Owner): SqliteHandle => {
    let known = databases.get(owner)
    if (known === undefined) {
      known = new Database(folder === null ? ':memory:' : join(folder, `${owner}.db`))
      known.pragma('foreign_keys = on')
      known.pragma('journal_mode = wal')
      known.pragma('synchronous = full')
      databases.set(owner, known)
    }
    return known
  }
  return {
    name,
    dialect: 'sqlite',
    database,
    folder,
    query: async (owner, text) => {
      const statement = database(owner).prepare(text)
      if (statement.reader) return statement.all() as Row[]
      statement.run()
      return []
    },
    close: async () => {
      for (const one of databases.values()) one.close()
      if (folder !== null) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A database of its own on a server. For row-level security it belongs to a role without privileges. */
export async function postgresPlace(server: string, guarded: boolean | null = null): Promise<PostgresPlace> {
  const name = `sharegrant_bench_${randomBytes(6).toString('hex')}`
  const administer = async (...texts: string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    try {
      for (const text of texts) await client.query(text)
    } finally {
      await client.end()
    }
  }
  const [url, admin] = [new URL(server), new URL(server)]
  url.pathname = admin.pathname = `/${name}`
  if (guarded) {
    url.username = url.password = name
    await administer(`create role ${name} login password '${name}'`, `create database ${name} owner ${name}`)
  } else {
    await administer(`create database ${name}`)
  }
  // The guard's statements travel together, as the README advises; whoever is compared with it has the same pool.
  const pool = new pg.Pool({
    connectionString: url.href,
    max: 16,
    ...(guarded !== null && { pipeline: true }),
  })
  const behind = guarded ? new pg.Pool({ connectionString: admin.href, max: 1 }) : pool
  return {
    name: 'postgres',
    dialect: 'postgres',
    pool,
    guarded: guarded ?? false,
    query: async (_, text) => (await behind.query(text)).rows as Row[],
    close: async () => {
      // Dropping the database may end a connection that is still saying goodbye.
      pool.on('error', () => {})
      await pool.end()
      if (behind !== pool) await behind.end()
      await administer(`drop database ${name} with (force)`, ...(guarded ? [`drop role ${name}`] : []))
    },
  }
}
