import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bare } from '../../bench/contenders/bare.ts'
import { access, opening, openingInOne, writing } from '../../bench/contenders/bare-statements.ts'
import { libraryOn, owner, storeOf, visitor } from '../../bench/contenders/library.ts'
import { fillLinks } from '../../bench/fill/links.ts'
import { LAST_MONTH, WITH_TODAY } from '../../bench/fill/views.ts'
import { audited, checkDurability } from '../../bench/honesty.ts'
import { type Contender, compare, contender } from '../../bench/measure.ts'
import { makeWorld, openings, readings, type World } from '../../bench/parts/opening.ts'
import { datesOf, lookings, makeCrowded } from '../../bench/parts/views.ts'
import { type Place, postgresPlace, type SqliteHandle, sqlitePlace } from '../../bench/places.ts'
import { capturing, capturingPool, type Issued } from '../support/capturing.ts'
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts'
import { apart, insertedInto, readingFrom, updatedIn } from './sql-shape.ts'

// The server of all tests is not durable, and the bench asks for one that is.
let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const PLACES = [
  ['SQLite in memory', async () => sqlitePlace('memory')],
  ['SQLite on a file', async () => sqlitePlace('file')],
  ['Postgres', () => postgresPlace(server.url)],
] as const

const SHORT = { rounds: 2, roundMs: 5 }

describe.each(PLACES)('%s', (_, make) => {
  let place: Place
  let world: World
  beforeAll(async () => {
    place = await make()
    world = await makeWorld(place, 5)
  })
  afterAll(() => place.close())

  test.each([1, 4])(
    'each contender leaves the rows and counts that it says, %i in flight',
    async (inFlight) => {
      const contenders = openings(world, inFlight)
      await audited(place, contenders, () => compare(contenders, SHORT))
      expect(contenders.filter(({ done }) => done < 4)).toEqual([])
      const looking = readings(world)
      await audited(place, looking, () => compare(looking, SHORT))
    },
  )

  test('whoever does less than they say is found out', async () => {
    const idle = [contender('open', () => {}, { writes: 'library' })]
    await expect(audited(place, idle, () => compare(idle, SHORT))).rejects.toThrow('not what was done')
    const uncounted = openings(world, 1).filter(({ writes }) => writes === 'bare')
    const work = async () => {
      await compare(uncounted, SHORT)
      await place.query('library', 'update share_grants set view_count = view_count - 1')
    }
    await expect(audited(place, uncounted, work)).rejects.toThrow('not what was done')
  })

  test('every bare read finds its row', async () => {
    const named = new Map(readings(world).map((one) => [one.name, one]))
    const { id, link } = world.documents[0]!
    for (const name of ['bare resume', 'bare peek']) {
      const row = await rowOf(named.get(name)!)
      expect(row).toContain(link.id)
      expect(row).toContain(id)
    }
    expect(await rowOf(named.get('bare can')!)).toEqual(expect.arrayContaining(['t1', 'u1', 'private']))
  })

  test('all sessions keep what they commit, and one that does not is found out', () =>
    onFresh(make, async (fresh) => {
      const check = () => checkDurability(fresh, ['library', 'route'])
      await check()
      if (fresh.dialect === 'sqlite') fresh.database('route').pragma('synchronous = normal')
      else await fresh.pool.query('set synchronous_commit = off')
      await expect(check()).rejects.toThrow(/not set as the others are|gives durability away/)
    }))

  test('views by the thousand are those that maintain would add up', async () => {
    const crowded = await onFresh(make, async (fresh) => {
      const { sharing, links, documents } = await makeCrowded(fresh, 2)
      const { linkId } = links[0]!
      const stats = () =>
        Promise.all(
          [LAST_MONTH, WITH_TODAY].map((days) =>
            sharing.views.stats(owner, { link: linkId, ...datesOf(days) }),
          ),
        )
      const filled = await stats()
      const looked = new Map(lookings(fresh, { sharing, links, documents }).map((one) => [one.name, one]))
      const bareDays = await rowsOf(looked.get('bare stats')!)
      const bareWithToday = await rowsOf(looked.get('bare today')!)
      await fresh.query('library', 'delete from share_view_days')
      await fresh.query('library', "update share_tenants set rolled_until = ''")
      return { filled, raw: await stats(), bareDays, bareWithToday }
    })
    expect(crowded.filled).toEqual(crowded.raw)
    expect([sumOf(crowded.bareDays), sumOf(crowded.bareWithToday)]).toEqual(
      crowded.raw.map(({ views }) => views),
    )
    expect(crowded.raw[0]!.days).toHaveLength(30)
  })

  test('links by the thousand open, and the tables are as they were', async () => {
    await onFresh(make, async (fresh) => {
      const sharing = libraryOn(storeOf(fresh), 'off')
      await sharing.migrate()
      const before = await indexesOf(fresh)
      const spread = await fillLinks(fresh, 5000, 20)
      expect(await indexesOf(fresh)).toEqual(before)
      await checkDurability(fresh, ['library'])
      for (const { token, tenantId, resourceId: id } of spread) {
        expect((await sharing.open(token, visitor)).resource.id).toBe(id)
        expect(await sharing.can({ userId: 'u1', tenantId }, 'edit', { type: 'document', id })).toBe(true)
        expect(String(await bare(fresh).lookUp(token))).not.toBe('undefined')
      }
    })
  })

  test('the bare statements read, insert and count what the library’s own do', async () => {
    const issued: Issued[] = []
    const sharing = libraryOn(storeOf(watched(place, issued)), 'off')
    const { id, link } = world.documents[0]!
    const textsOf = async (call: () => Promise<unknown>): Promise<string[]> => {
      issued.length = 0
      await call()
      return issued.map(({ text }) => text)
    }
    const entry = place.dialect === 'sqlite' ? '+?' : '$1'
    const opened = await textsOf(() => sharing.open(link.token, visitor))
    const openedAgain = await textsOf(() => sharing.open(link.token, visitor))
    const decided = await textsOf(() => sharing.can(owner, 'edit', { type: 'document', id }))
    expect(readingFrom('names', opened)).toEqual(readingFrom('names', [opening(entry)]))
    // What was read before may be asked about instead of read, by the same keys of the same rows.
    const { conditions } = readingFrom('names', [opening(entry)])
    expect(readingFrom('names', openedAgain).conditions).toEqual(expect.arrayContaining(conditions))
    const bareAccess = readingFrom('names', [access(entry, entry === '+?' ? '+?, +?' : '$2, $3')])
    // What was given is a list in the library's row. It walks up where something lies above, and here nothing does.
    const { outer, inner } = apart(decided.find((text) => text.includes('parent_uid'))!)
    const found = readingFrom('names', [outer])
    expect(found.conditions).toEqual(bareAccess.conditions)
    expect(inner).toHaveLength(2)
    const given = readingFrom('grants', inner.slice(0, 1))
    expect([...found.columns, ...given.columns].sort()).toEqual(bareAccess.columns)
    for (const text of Object.values(openingInOne)) {
      expect(readingFrom('names', [text])).toEqual(readingFrom('names', [opening(entry)]))
    }
    const bareWrites = place.dialect === 'sqlite' ? Object.values(writing) : [openingInOne.open]
    for (const texts of [opened, openedAgain]) {
      expect(insertedInto('views', texts)).toEqual(insertedInto('views', bareWrites))
      expect(updatedIn('grants', texts)).toEqual(updatedIn('grants', bareWrites))
    }
  })
})

/** The library's statements on a place, noted. */
function watched(place: Place, issued: Issued[]): Place {
  if (place.dialect === 'postgres') return { ...place, pool: capturingPool(place.pool, issued) as pg.Pool }
  const noted = capturing(place.database('library'), issued) as SqliteHandle
  return { ...place, database: () => noted }
}

async function onFresh<R>(make: () => Promise<Place>, work: (place: Place) => Promise<R>): Promise<R> {
  const place = await make()
  return work(place).finally(place.close)
}

const indexesOf = (place: Place): Promise<unknown> =>
  place.query(
    'library',
    place.dialect === 'sqlite'
      ? "select name, sql from sqlite_master where type = 'index' order by name"
      : "select indexname, indexdef from pg_indexes where schemaname = 'public' order by indexname",
  )

/** What a bare contender answers: one row from SQLite, a result from Postgres. */
async function rowsOf(one: Contender): Promise<unknown[][]> {
  const answer = (await one.work(0)) as unknown[] | { rows: unknown[][] }
  if (!Array.isArray(answer)) return answer.rows
  return Array.isArray(answer[0]) ? (answer as unknown[][]) : [answer]
}

const rowOf = async (one: Contender): Promise<unknown[]> => (await rowsOf(one))[0]!

/** Of rows of day, views, visitors, bots. */
const sumOf = (rows: unknown[][]): number => rows.reduce((sum, [, views]) => sum + Number(views), 0)
