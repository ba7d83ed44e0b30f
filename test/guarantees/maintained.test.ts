import pg from 'pg'
import { postgresStore } from 'sharegrant/postgres'
import { expect, test } from 'vitest'
import { capturingPool } from '../support/capturing.ts'
import { doc, sampleOn } from '../support/sample.ts'
import { OWNER } from '../support/scenario.ts'
import { STORES } from '../support/stores.ts'

const DAY = 86_400_000
const START = Date.parse('2030-06-15T12:00:00Z')

test.each(STORES)('$name: nothing that is made of an address is left once its time is over', async (kind) => {
  const { store, query, close } = await kind.open()
  try {
    let now = START
    const sharing = sampleOn(store, { clock: () => new Date(now), views: { retainDays: 3 } })
    await sharing.resources.register(doc('d1'), { tenantId: 'acme', ownerId: 'owner' })
    const { token } = await sharing.links.create(OWNER, doc('d1'), { visibility: 'public' })
    await sharing.open(token, { ip: '192.0.2.1', userAgent: 'x' })
    const left = () => query('select visitor, ip, user_agent as agent from share_views')
    now += 2 * DAY
    await sharing.maintain()
    expect(await left()).toEqual([{ visitor: expect.any(String), ip: '192.0.2.1', agent: 'x' }])
    now += 2 * DAY
    await sharing.maintain()
    expect(await left()).toEqual([{ visitor: null, ip: null, agent: null }])
  } finally {
    await close()
  }
})

test('Postgres: days that are added up while a sum is read are in it once, and only those asked for', async () => {
  const base = await STORES.find(({ dialect }) => dialect === 'postgres')!.open()
  const pool = new pg.Pool({ connectionString: base.address!, max: 2 })
  pool.on('error', () => {})
  try {
    let now = START
    const clock = () => new Date(now)
    const sharing = sampleOn(base.store, { clock })
    await sharing.resources.register(doc('d1'), { tenantId: 'acme', ownerId: 'owner' })
    const { token } = await sharing.links.create(OWNER, doc('d1'), { visibility: 'public' })
    for (let day = 0; day < 3; day++) {
      now = START + day * DAY
      await sharing.open(token)
    }
    now = START + 9 * DAY
    let added = 0
    const reading = sampleOn(
      postgresStore({
        pool: capturingPool(pool, [], async ({ name }) => {
          if (name === 'views.count_of_resource') added += (await sharing.maintain()).daysRolledUp
        }),
      }),
      { clock },
    )
    const second = new Date(START + DAY)
    const { days } = await reading.views.stats(OWNER, { resource: doc('d1'), from: second, to: second })
    expect(added).toBe(3)
    expect(days.map(({ day, views }) => [day, views])).toEqual([['2030-06-16', 1]])
  } finally {
    await pool.end()
    await base.close()
  }
})

test.each(STORES)('$name: snapshots that nothing shows are deleted so many at a time', async (kind) => {
  const { store, query, close } = await kind.open()
  try {
    const sharing = sampleOn(store)
    await sharing.resources.register(doc('d1'), { tenantId: 'acme', ownerId: 'owner' })
    const { uid: resourceUid } = (await store.findResource(doc('d1'), null))!.resource
    await store.change({ at: 'tenant', tenantId: 'acme' }, {}, () => ({
      changes: Array.from({ length: 150 }, (_, index) => ({
        kind: 'snapshot.stored',
        snapshot: {
          ...{ id: `s${index}`, tenantId: 'acme', resourceUid, revision: 'r', title: null, content: '1' },
        },
      })),
      audit: [],
      result: null,
    }))
    const at = new Date(START)
    const swept = [await store.sweepSnapshots('acme', at), await store.sweepSnapshots('acme', at)]
    expect(swept).toEqual([100, 50])
    expect(await query('select id from share_snapshots')).toEqual([])
  } finally {
    await close()
  }
})
