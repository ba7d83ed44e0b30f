import assert from 'node:assert/strict'
import { BARE_VISITOR } from './contenders/bare-statements.ts'
import type { Contender, Writer } from './measure.ts'
import type { Owner, Place } from './places.ts'

/** What stands in the tables, of each who writes there. */
export interface Counts {
  'views of the library': number
  'views of the bare statements': number
  'openings that their links have counted': number
  'views of the route': number
  'openings that the route’s links have counted': number
  'verifications that the keys have counted': number
}

/** Counts what is there. Only whoever takes part has tables. */
export async function count(place: Place, writers: ReadonlySet<Writer>): Promise<Counts> {
  const number = async (owner: Owner, text: string): Promise<number> =>
    Number(Object.values((await place.query(owner, text))[0]!)[0] ?? 0)
  const ofLibrary = (text: string) => number('library', text)
  const ofRoute = (text: string) => (writers.has('route') ? number('route', text) : 0)
  const views = (condition: string) => `select count(*) from share_views where visitor ${condition}`
  return {
    'views of the library': await ofLibrary(views(`<> '${BARE_VISITOR}'`)),
    'views of the bare statements': await ofLibrary(views(`= '${BARE_VISITOR}'`)),
    'openings that their links have counted': await ofLibrary('select sum(view_count) from share_grants'),
    'views of the route': await ofRoute('select count(*) from link_views'),
    'openings that the route’s links have counted': await ofRoute('select sum(view_count) from links'),
    'verifications that the keys have counted': writers.has('keys')
      ? await number('keys', 'select sum("requestCount") from apikey')
      : 0,
  }
}

/** What must have been added by what the contenders say that they have done. */
export function added(contenders: readonly Contender[]): Counts {
  const done = (...writers: Writer[]): number =>
    contenders
      .filter(({ writes }) => writes !== null && writers.includes(writes))
      .reduce((sum, one) => sum + one.done, 0)
  return {
    'views of the library': done('library'),
    'views of the bare statements': done('bare'),
    'openings that their links have counted': done('library', 'bare'),
    'views of the route': done('route'),
    'openings that the route’s links have counted': done('route'),
    'verifications that the keys have counted': done('keys'),
  }
}

/** Runs `work`, and fails unless each contender has left as many rows and counts as it says. */
export async function audited<R>(
  place: Place,
  contenders: readonly Contender[],
  work: () => Promise<R>,
): Promise<R> {
  const writers = new Set(contenders.flatMap(({ writes }) => writes ?? []))
  const before = await count(place, writers)
  const start = added(contenders)
  const result = await work()
  const after = await count(place, writers)
  const end = added(contenders)
  const names = Object.keys(before) as (keyof Counts)[]
  const rows = Object.fromEntries(names.map((name) => [name, after[name] - before[name]]))
  const claimed = Object.fromEntries(names.map((name) => [name, end[name] - start[name]]))
  assert.deepEqual(rows, claimed, `${place.name}: what stands in the tables is not what was done`)
  return result
}

/** Fails unless every connection in use keeps a commit through a crash of the machine, or all of them are in memory. */
export async function checkDurability(place: Place, owners: readonly Owner[]): Promise<void> {
  if (place.dialect === 'postgres') {
    const clients = await Promise.all(
      Array.from({ length: place.pool.options.max }, () => place.pool.connect()),
    )
    try {
      for (const client of clients) {
        const { rows } = await client.query(
          "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit')",
        )
        assert.deepEqual(
          Object.fromEntries(rows.map(({ name, setting }) => [name, setting])),
          { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' },
          'a session of Postgres gives durability away',
        )
      }
    } finally {
      for (const client of clients) client.release()
    }
    return
  }
  for (const owner of owners) {
    const pragma = (name: string): unknown => place.database(owner).pragma(name, { simple: true })
    assert.deepEqual(
      {
        journal: pragma('journal_mode'),
        synchronous: pragma('synchronous'),
        foreign: pragma('foreign_keys'),
      },
      { journal: place.folder === null ? 'memory' : 'wal', synchronous: 2, foreign: 1 },
      `the connection of ${owner} is not set as the others are`,
    )
  }
}
