import pg from 'pg'
import type { Store } from 'sharegrant'
import { postgresStore } from 'sharegrant/postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EditFacts } from '../../src/store/index.ts'
import { doc, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' }
const DAY = 86_400_000
const START = Date.parse('2030-06-15T12:00:00Z')
/** An index has its rows in order, whether a statement asks for one or not. A table has them as they were written. */
const NO_INDEX = '-c enable_indexscan=off -c enable_indexonlyscan=off -c enable_bitmapscan=off'

let base: TestStore
let pool: pg.Pool
let store: Store
let sharing: Sample
let now = START
beforeAll(async () => {
  base = await STORES.find(({ dialect }) => dialect === 'postgres')!.open()
  pool = new pg.Pool({ connectionString: base.address!, max: 2, options: NO_INDEX })
  store = postgresStore({ pool })
  sharing = sampleOn(store, { clock: () => new Date(now), notify: async () => {} })
  await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
})
afterAll(async () => {
  await pool.end()
  await base.close()
})

test('Postgres: what was given in any tenant is found, in whatever order the tenants came', async () => {
  const homes = ['m', 'z', 'b', 'k', 'a']
  for (const tenantId of homes) {
    const owner = { userId: 'dan', tenantId }
    await sharing.resources.register(doc(`of ${tenantId}`), { tenantId, ownerId: 'dan' })
    await sharing.collaborators.add(owner, doc(`of ${tenantId}`), { userId: 'eve', role: 'viewer' })
    await sharing.policies.set({ ...owner, admin: 'tenant' }, { allowGuests: true })
  }
  const { items } = await sharing.list({ userId: 'eve', tenantId: 'rival' }, { filter: 'shared' })
  expect(items.map(({ resource }) => resource.id).sort()).toEqual(homes.map((id) => `of ${id}`).sort())
})

test('Postgres: days are added up from the first on, in whatever order their views were written', async () => {
  const { token } = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
  for (const day of [2, 0, 1]) {
    now = START + day * DAY
    await sharing.open(token)
  }
  now = START + 5 * DAY
  expect((await sharing.maintain({ tenantId: 'acme' })).daysRolledUp).toBe(3)
  const { days } = await sharing.views.stats(OWNER, { resource: doc('d') })
  expect(days.map(({ views }) => views)).toEqual([1, 1, 1])
})

test('Postgres: what is due first is told first, in whatever order it was written', async () => {
  const due = ['c', 'a', 'd', 'b']
  for (const name of due) {
    await sharing.collaborators.add(OWNER, doc('d'), { email: `${name}@acme.example`, role: 'viewer' })
    const after = `${name.charCodeAt(0)} seconds`
    await base.query(
      `update share_outbox set due_at = due_at + interval '${after}' where address = '${name}@acme.example'`,
    )
  }
  const at = new Date(now + DAY)
  const taken: Array<string | null | undefined> = []
  for (let count = 0; count < 5; count++) {
    const request = { at, lease: 'one', leasedUntil: new Date(at.getTime() + DAY), perHour: false } as const
    taken.push((await store.takeMessage('acme', request))?.message.address?.[0])
  }
  expect(taken).toEqual(['a', 'b', 'c', 'd', undefined])
})

test('Postgres: what ran out first is ended first, in whatever order it was begun', async () => {
  await store.workstations!.migrate()
  for (const [index, id] of ['c', 'a', 'd', 'b'].entries()) {
    await sharing.resources.register(doc(`edited ${id}`), { tenantId: 'acme', ownerId: 'owner' })
    const { uid } = (await store.findResource(doc(`edited ${id}`), null))!.resource
    const edit: EditFacts = {
      ...{ id, tenantId: 'acme', resourceUid: uid, workstationId: 'w', workstationName: 'w' },
      ...{ userId: 'owner', userTenantId: 'acme', fence: index, authority: 'owner', authorityId: 'owner' },
      ...{ startedAt: new Date(START), expiresAt: new Date(START + id.charCodeAt(0)) },
      ...{ lostAt: null, endedAt: null, endReason: null },
    }
    await store.change({ at: 'tenant', tenantId: 'acme' }, {}, () => ({
      changes: [{ kind: 'edit.begun', edit }],
      audit: [],
      result: null,
    }))
  }
  const overdue = await store.workstations!.overdueEdits('acme', new Date(START + DAY), 3)
  expect(overdue).toEqual(['a', 'b', 'c'])
})
