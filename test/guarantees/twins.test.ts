import pg from 'pg'
import { type ConformanceHarness, conformanceCases, workstationCases } from 'sharegrant/conformance'
import { postgresStore } from 'sharegrant/postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryHarness } from '../support/memory-harness.ts'
import { doc, sampleOn } from '../support/sample.ts'
import { createDatabase } from '../support/stores.ts'
import { TABLES } from '../support/tables.ts'
import { addTwin, addTwins, EVERYWHERE, withoutTwin } from '../support/twins.ts'

const CASES = [...conformanceCases, ...workstationCases]

/** Every case of the contract holds as well where another tenant has every row too, and none of those is touched. */
function suite(name: string, harness: ConformanceHarness, about: (noun: string) => boolean): void {
  describe(`${name}, with a twin of every row in another tenant`, () => {
    for (const { noun, name: sentence, run } of CASES.filter((one) => about(one.noun))) {
      const title = `${noun}: ${sentence}`
      if (!EVERYWHERE.includes(title)) test(title, () => run(harness))
    }
  })
}

/** What Postgres has statements of its own for; the others are written once for both databases. */
const ITS_OWN: readonly string[] = ['store, opening', 'open', 'views', 'many at once']

test('what is left out is there', () => {
  const titles = CASES.map(({ noun, name }) => `${noun}: ${name}`)
  expect(EVERYWHERE.filter((title) => !titles.includes(title))).toEqual([])
  const nouns = conformanceCases.map(({ noun }) => noun)
  expect(ITS_OWN.filter((noun) => !nouns.includes(noun))).toEqual([])
})

suite('SQLite in memory', memoryHarness({ twins: true }), () => true)

describe('on one server', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>
  let pool: pg.Pool
  const query = async (text: string) => (await pool.query(text)).rows
  beforeAll(async () => {
    database = await createDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 12 })
    await postgresStore({ pool }).migrate()
    await addTwins(query, 'postgres')
  })
  afterAll(async () => {
    await pool.end()
    await database.drop()
  })

  const postgres: ConformanceHarness = {
    async open() {
      await query(`truncate ${TABLES.map((table) => `share_${table}`).join()}`)
      await addTwin(query, 'postgres')
      return {
        store: withoutTwin(postgresStore({ pool })),
        async idsWhere(condition, ids) {
          const values = [...condition.parameters, ids]
          const { rows } = await pool.query<{ id: string }>(
            `select hosted.id from (select unnest($${values.length}::text[]) as id) hosted where ${condition.sql}`,
            values,
          )
          return rows.map(({ id }) => id)
        },
        another: async () => withoutTwin(postgresStore({ pool })),
        close: async () => {},
      }
    },
  }
  suite('Postgres', postgres, (noun) => ITS_OWN.includes(noun))

  test('Postgres: another tenant’s name leads to nothing of ours, not even where the ids are the same', async () => {
    const { store } = await postgres.open()
    const sharing = sampleOn(store)
    for (const id of ['d', 'p']) await sharing.resources.register(doc(id), { tenantId: 't', ownerId: 'o' })
    const parentNamed = (type: string) =>
      store.change(
        { at: 'resource', ref: doc('d'), tenantId: 't' },
        { parent: { type, id: 'p' } },
        (facts) => ({
          changes: [],
          audit: [],
          result: facts.parent?.resource.id ?? null,
        }),
      )
    expect(await parentNamed('document')).toBe('p')
    expect(await parentNamed('twin of document')).toBeNull()
  })
})
