import Database from 'better-sqlite3'
import fc from 'fast-check'
import pg from 'pg'
import type { Store } from 'sharegrant'
import type { ConformanceStore } from 'sharegrant/conformance'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { memoryStore } from '../memory-store/index.ts'
import { emptied, inPostgres } from '../support/conformance.ts'
import { createDatabase } from '../support/stores.ts'
import { checkAgreement } from './agreement.ts'
import { makeWorld, plans } from './random-world.ts'

type IdsWhere = ConformanceStore['idsWhere']

/** So many worlds, each on an empty store. */
const agree = (worlds: number, idsWhere: IdsWhere, open: () => Store | Promise<Store>): Promise<void> =>
  fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      await checkAgreement(await makeWorld(await open(), plan), plan, idsWhere)
    }),
    { numRuns: worlds },
  )

describe('can, explain, filter, access and list agree', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>
  let pool: pg.Pool
  beforeAll(async () => {
    database = await createDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 8 })
    await postgresStore({ pool }).migrate()
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })

  test('on plain objects', () =>
    agree(
      40,
      async ({ parameters }, ids) => ids.filter((id) => parameters.includes(id)),
      () => memoryStore(),
    ))

  test('on SQLite in memory', async () => {
    const memory = new Database(':memory:')
    const store = sqliteStore({ database: memory })
    await store.migrate()
    memory.exec('create table hosted (id text primary key)')
    const idsWhere: IdsWhere = async ({ sql, parameters }, ids) => {
      const hosted = memory
        .prepare(`select id from hosted where ${sql}`)
        .pluck()
        .all(...parameters)
      return ids.filter((id) => hosted.includes(id))
    }
    for (let place = 0; place < 7; place++) memory.exec(`insert into hosted values ('r${place}')`)
    // The store goes on, so that its statements are prepared once.
    await agree(30, idsWhere, () => {
      memory.exec(emptied.replaceAll('public.', ''))
      return store
    })
    memory.close()
  })

  test('on Postgres', () => {
    const store = postgresStore({ pool })
    return agree(6, inPostgres(pool), async () => {
      await pool.query(emptied)
      return store
    })
  })
})
