import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkDurability } from '../../bench/honesty.ts'
import {
  checkAgreement,
  firstTenth,
  makePeople,
  membersOf,
  type PeopleWorld,
  questions,
} from '../../bench/parts/people.ts'
import { type Place, postgresPlace, sqlitePlace } from '../../bench/places.ts'
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const PLACES = [
  ['SQLite on a file', async () => sqlitePlace('file')],
  ['Postgres', () => postgresPlace(server.url)],
] as const

const GRANTS = 10_000
/** The bench has packages of its own, which tests do without. */
const hasCasbin = existsSync(new URL('../../bench/node_modules/casbin', import.meta.url))

describe.each(PLACES)('people, %s', (_, make) => {
  let place: Place
  let world: PeopleWorld
  beforeAll(async () => {
    place = await make()
    world = await makePeople(place, GRANTS)
  })
  afterAll(() => place.close())

  test('there are as many grants as are said, and the query by hand has the same', async () => {
    for (const table of ['share_grants', 'collaborators', 'documents']) {
      const [row] = await place.query('library', `select count(*) as count from ${table}`)
      expect([table, Number(row!['count'])]).toEqual([table, GRANTS])
    }
    await checkDurability(place, ['library'])
  })

  test('each contender finds the same', async () => {
    for (const question of questions(world, null)) await checkAgreement(question, 12)
  })

  if (hasCasbin) {
    test('node-casbin finds the same', async () => {
      const { casbinOf } = await import('../../bench/contenders/casbin.ts')
      const casbin = await casbinOf(place, firstTenth(world.filled), membersOf(world.filled))
      const asked = questions(world, casbin).filter(({ ways }) => ways.casbin !== undefined)
      expect(asked).toHaveLength(3)
      for (const question of asked) await checkAgreement(question, 12)
    })
  }

  test('whoever finds something else is found out', async () => {
    const page = questions(world, null).filter(({ operation }) =>
      /^(list shared|filter), .* a tenth/.test(operation),
    )
    expect(page.length).toBeGreaterThan(1)
    await place.query('library', "delete from collaborators where grantee = 'user:big'")
    for (const question of page) {
      await expect(checkAgreement(question, 1)).rejects.toThrow('finds something else')
    }
    const silent = { operation: 'can, refused', ways: { ours: () => true } }
    await expect(checkAgreement(silent, 1)).rejects.toThrow()
  })
})
