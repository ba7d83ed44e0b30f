import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { allPages, refused, refusedField } from './expect.ts'
import { ACTORS, documentRef, HOUR, MINUTE } from './world.ts'

const { ann, bob, ada, eve, ed, root } = ACTORS
const ref = documentRef()
const namesOf = (items: ReadonlyArray<{ name: string | null }>): Array<string | null> =>
  items.map(({ name }) => name)

export const linkLists: ConformanceCase[] = casesOf('links.list', {
  'newest first': async ({ document, link, sharing, clock }) => {
    await document()
    for (const name of ['first', 'second', 'third']) {
      await link({ name })
      clock.pass(1)
    }
    assert.deepEqual(namesOf((await sharing.links.list(ann)).items), ['third', 'second', 'first'])
  },
  'without a resource: the links that one made oneself': async ({ document, link, sharing }) => {
    await document()
    await document('of bob', { ownerId: 'bob' })
    await link({ name: 'of ann' })
    await sharing.links.create(bob, documentRef('of bob'), { visibility: 'public', name: 'of bob' })
    assert.deepEqual(namesOf((await sharing.links.list(ann)).items), ['of ann'])
    assert.deepEqual(namesOf((await sharing.links.list(bob)).items), ['of bob'])
    assert.deepEqual((await sharing.links.list(eve)).items, [])
  },
  'of a resource: all of them, for whoever manages it': async ({ document, link, sharing }) => {
    await document()
    await document('d2')
    await link({ name: 'by its owner' })
    await link({ name: 'elsewhere' }, 'd2')
    await sharing.links.create(root, ref, { visibility: 'public', name: 'by an admin' })
    for (const actor of [ann, ada, root]) {
      const { items } = await sharing.links.list(actor, { resource: ref })
      assert.deepEqual(namesOf(items).sort(), ['by an admin', 'by its owner'])
    }
  },
  '`mine` is for the list without a resource': async ({ document, sharing }) => {
    await document()
    await refusedField('options.mine', sharing.links.list(ann, { resource: ref, mine: true }))
  },
  'of a resource, for others: not_found, and forbidden to whoever may view it': async (world) => {
    const { sharing } = world
    await world.document()
    await refused('not_found', sharing.links.list(bob, { resource: ref }))
    await refused('not_found', sharing.links.list(eve, { resource: ref }))
    await refused('not_found', sharing.links.list(ed, { resource: ref }))
    await refused('not_found', sharing.links.list(ann, { resource: documentRef('none') }))
    await sharing.resources.setVisibility(ann, ref, 'account')
    await refused('forbidden', sharing.links.list(bob, { resource: ref }))
    await refused('not_found', sharing.links.list(ed, { resource: ref }))
  },
  'an admin of the tenant sees all of the tenant and nothing else': async ({ document, link, sharing }) => {
    await document()
    await document('far', { tenantId: 'rival', ownerId: 'eve' })
    await link({ name: 'of acme' })
    await sharing.links.create(eve, documentRef('far'), { visibility: 'public', name: 'of rival' })
    assert.deepEqual(namesOf((await sharing.links.list(ada)).items), ['of acme'])
    assert.deepEqual(namesOf((await sharing.links.list(ed)).items), ['of rival'])
    assert.deepEqual((await sharing.links.list(ada, { mine: true })).items, [])
  },
  'active ones unless asked: neither revoked, nor expired, nor used up': async (world) => {
    const { link, sharing, clock } = world
    await world.document()
    await link({ name: 'active' })
    await link({ name: 'scheduled', notBefore: new Date(clock.now.getTime() + 2 * HOUR) })
    const gone = await link({ name: 'revoked' })
    await link({ name: 'expired', expiresAt: new Date(clock.now.getTime() + MINUTE) })
    const spent = await link({ name: 'exhausted', maxViews: 1 })
    await sharing.links.revoke(ann, gone.id)
    await sharing.open(spent.token)
    clock.pass(HOUR)
    for (const resource of [undefined, ref]) {
      const active = await sharing.links.list(ann, { resource })
      assert.deepEqual(namesOf(active.items).sort(), ['active', 'scheduled'])
      const all = await sharing.links.list(ann, { resource, includeInactive: true })
      assert.deepEqual(
        Object.fromEntries(all.items.map(({ name, status, isActive }) => [name, `${status} ${isActive}`])),
        {
          active: 'active true',
          scheduled: 'scheduled false',
          revoked: 'revoked false',
          expired: 'expired false',
          exhausted: 'exhausted false',
        },
      )
    }
    assert.deepEqual(namesOf((await sharing.links.list(ada)).items).sort(), ['active', 'scheduled'])
  },
  'of the states that apply, the first is shown: revoked, expired, exhausted': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const link = await world.link({ maxViews: 1, expiresAt: new Date(clock.now.getTime() + HOUR) })
    await sharing.open(link.token)
    assert.equal((await sharing.links.get(ann, link.id)).status, 'exhausted')
    clock.pass(HOUR)
    assert.equal((await sharing.links.get(ann, link.id)).status, 'expired')
    await sharing.links.revoke(ann, link.id)
    assert.equal((await sharing.links.get(ann, link.id)).status, 'revoked')
  },
  'counts and the last view are those of now': async ({ document, link, sharing, clock, opened }) => {
    await document()
    const { id, token } = await link()
    await opened(token, 2)
    clock.pass(MINUTE)
    await opened(token, 1)
    const [shown] = (await sharing.links.list(ann)).items
    assert.deepEqual([shown?.viewCount, shown?.lastViewedAt], [3, clock.now])
    assert.equal((await sharing.links.get(ann, id)).viewCount, 3)
  },
  'a page has 50 unless asked, 1 to 100': async ({ document, link, sharing, clock }) => {
    await document()
    for (let count = 0; count < 52; count++) {
      await link({ name: String(count) })
      // Some fall into one millisecond: within it, the order is still one.
      if (count % 3 === 0) clock.pass(1)
    }
    assert.equal((await sharing.links.list(ann)).items.length, 50)
    assert.equal((await sharing.links.list(ann, { limit: 100 })).items.length, 52)
    await refusedField('options.limit', sharing.links.list(ann, { limit: 0 }))
    await refusedField('options.limit', sharing.links.list(ann, { limit: 101 }))
    await refusedField('options.cursor', sharing.links.list(ann, { cursor: 'nonsense' }))
    const whole = (await sharing.links.list(ann, { limit: 100 })).items
    for (const limit of [1, 7, 26, 52]) {
      const paged = await allPages((cursor) => sharing.links.list(ann, { limit, cursor }))
      assert.deepEqual(paged, whole)
    }
  },
  'a cursor survives changes: nothing twice, and nothing that stayed is missed': async (world) => {
    const { link, sharing, clock } = world
    await world.document()
    const made = []
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      made.push(await link({ name }))
      clock.pass(1)
    }
    const first = await sharing.links.list(ann, { limit: 2 })
    assert.deepEqual(namesOf(first.items), ['f', 'e'])
    await link({ name: 'newer' })
    await sharing.links.remove(ann, made[4]!.id)
    await sharing.links.revoke(ann, made[3]!.id)
    await sharing.links.update(ann, made[2]!.id, { name: 'C' })
    const second = await sharing.links.list(ann, { limit: 2, cursor: first.nextCursor! })
    assert.deepEqual(namesOf(second.items), ['C', 'b'])
    const third = await sharing.links.list(ann, { limit: 2, cursor: second.nextCursor! })
    assert.deepEqual([namesOf(third.items), third.nextCursor], [['a'], null])
  },
  'by id: its maker, its manager and admins see it, others find nothing': async (world) => {
    const { sharing } = world
    await world.document('d1', { visibility: 'account' })
    const { id } = await world.link()
    for (const actor of [ann, ada, root]) assert.equal((await sharing.links.get(actor, id)).id, id)
    await refused('forbidden', sharing.links.get(bob, id))
    await refused('not_found', sharing.links.get(eve, id))
    await refused('not_found', sharing.links.get(ed, id))
    await refused('not_found', sharing.links.get(ann, 'none'))
  },
})
