import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { type ConformanceHarness, type ConformanceStore, conformanceCases } from 'sharegrant/conformance'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryStore } from './memory-store/index.ts'
import { createGuardedDatabase, type GuardedDatabase } from './support/row-security.ts'
import { createDatabase } from './support/stores.ts'

function suite(name: string, harness: ConformanceHarness): void {
  describe(name, () => {
    for (const { noun, name: sentence, run } of conformanceCases) {
      test(`${noun}: ${sentence}`, () => run(harness))
    }
  })
}

test('every case has a name of its own', () => {
  const names = conformanceCases.map(({ noun, name }) => `${noun}: ${name}`)
  expect(new Set(names).size).toBe(names.length)
})

const inSqlite =
  (database: Database.Database): ConformanceStore['idsWhere'] =>
  async (condition, ids) => {
    const statement = database.prepare(
      `select hosted.id from (select value as id from json_each(?)) hosted where ${condition.sql}`,
    )
    return (statement.all(JSON.stringify(ids), ...condition.parameters) as Array<{ id: string }>).map(
      ({ id }) => id,
    )
  }

suite('SQLite in memory', {
  async open() {
    const database = new Database(':memory:')
    return {
      store: sqliteStore({ database }),
      idsWhere: inSqlite(database),
      close: async () => void database.close(),
    }
  },
})

describe('on files', () => {
  let folder: string
  let files = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sharegrant-'))
    // Migrated once: the other files are copies.
    const database = new Database(join(folder, 'template.db'))
    await sqliteStore({ database }).migrate()
    database.close()
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  suite('SQLite on a file', {
    async open() {
      const file = join(folder, `${files++}.db`)
      await copyFile(join(folder, 'template.db'), file)
      const connections: Database.Database[] = []
      const connect = (): Database.Database => {
        const database = new Database(file)
        connections.push(database)
        return database
      }
      const database = connect()
      return {
        store: sqliteStore({ database }),
        idsWhere: inSqlite(database),
        another: async () => sqliteStore({ database: connect() }),
        async close() {
          for (const connection of connections) connection.close()
        },
      }
    },
  })
})

// Those that point before what they point at.
const tables = ['names', 'view_days', 'views', 'audit', 'grants', 'resources', 'tenants']
const empty = tables.map((table) => `delete from public.share_${table}`).join(';')

const inPostgres =
  (pool: pg.Pool): ConformanceStore['idsWhere'] =>
  async (condition, ids) => {
    const values = [...condition.parameters, ids]
    const { rows } = await pool.query<{ id: string }>(
      `select hosted.id from (select unnest($${values.length}::text[]) as id) hosted where ${condition.sql}`,
      values,
    )
    return rows.map(({ id }) => id)
  }

describe('on one server', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>
  let pool: pg.Pool
  beforeAll(async () => {
    database = await createDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 12 })
    await postgresStore({ pool }).migrate()
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })

  suite('Postgres', {
    async open() {
      await pool.query(empty)
      return {
        store: postgresStore({ pool }),
        idsWhere: inPostgres(pool),
        another: async () => postgresStore({ pool }),
        close: async () => {},
      }
    },
  })
})

describe('on a server that guards the tenants', () => {
  let database: GuardedDatabase
  let pool: pg.Pool
  let admin: pg.Pool
  beforeAll(async () => {
    database = await createGuardedDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 12, pipeline: true } as pg.PoolConfig)
    admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
    await postgresStore({ pool, rowLevelSecurity: true }).migrate()
  })
  afterAll(async () => {
    await pool.end()
    await admin.end()
    await database.drop()
  })

  suite('Postgres with row-level security', {
    async open() {
      await admin.query(empty)
      return {
        store: postgresStore({ pool, rowLevelSecurity: true }),
        // A host sets the tenant in its own transaction; here its query is bound by nothing.
        idsWhere: inPostgres(admin),
        another: async () => postgresStore({ pool, rowLevelSecurity: true }),
        close: async () => {},
      }
    },
  })
})

suite('plain objects in memory', {
  async open() {
    return {
      store: memoryStore(),
      idsWhere: async (condition, ids) => ids.filter((id) => condition.parameters.includes(id)),
      close: async () => {},
    }
  },
})
