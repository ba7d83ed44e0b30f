import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { type ConformanceStore, conformanceCases, workstationCases } from 'sharegrant/conformance'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryStore } from './memory-store/index.ts'
import { emptied, inPostgres, suite } from './support/conformance.ts'
import { createDatabase } from './support/stores.ts'

test('every case has a name of its own', () => {
  const names = [...conformanceCases, ...workstationCases].map(({ noun, name }) => `${noun}: ${name}`)
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

describe('on one server', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>
  let pool: pg.Pool
  beforeAll(async () => {
    database = await createDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 12 })
    await postgresStore({ pool }).workstations?.migrate()
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })

  suite('Postgres', {
    async open() {
      await pool.query(emptied)
      return {
        store: postgresStore({ pool }),
        idsWhere: inPostgres(pool),
        another: async () => postgresStore({ pool }),
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
