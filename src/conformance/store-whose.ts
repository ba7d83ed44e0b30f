import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import type { Ask, Facts, Outcome } from '../store/index.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { allPages, atOnce, tally } from './expect.ts'
import { ACTORS, documentRef, type World } from './world.ts'

const { ann, ada, root } = ACTORS
const look = (facts: Facts): Outcome<Facts> => ({ changes: [], audit: [], result: facts })

/** Documents of ann's, each below the first, with one link each. */
async function several(world: World, count = 4): Promise<Array<{ resourceId: string; linkId: string }>> {
  const made = []
  for (let index = 0; index < count; index++) {
    const resourceId = `d${index}`
    await world.document(resourceId, index === 0 ? {} : { parent: documentRef('d0') })
    made.push({ resourceId, linkId: (await world.link({}, resourceId)).id })
  }
  return made
}

const parentOf = (id: string): unknown => (id === 'd0' ? null : documentRef('d0'))

export const storeWhose: ConformanceCase[] = casesOf('store, whose is what', {
  'a link comes with its own resource, and that with its own parent, wherever it is found': async (world) => {
    const { store } = world
    for (const { resourceId, linkId } of await several(world)) {
      const found = [
        await store.findLink('acme', linkId, null),
        await store.findLink(null, linkId, null),
        await store.change({ at: 'link', id: linkId, tenantId: 'acme' }, {}, look),
        await store.change({ at: 'link', id: linkId, tenantId: null }, {}, look),
      ]
      const { resource } = (await store.findResource(documentRef(resourceId), null))!
      for (const one of found) {
        assert.deepEqual([one?.link?.id, one?.link?.resourceUid], [linkId, resource.uid])
        assert.deepEqual(one?.resource, resource)
        assert.deepEqual(one?.resource?.parent, parentOf(resourceId))
      }
    }
  },
  'in a list each is there once, with its own resource and its parent': async (world) => {
    const { store } = world
    const made = await several(world)
    const list = { tenantId: 'acme', activeAt: null, createdAfter: null, after: null, limit: 50 }
    const pairs = made.map(({ resourceId, linkId }) => `${linkId} ${resourceId}`).sort()
    for (const createdBy of ['ann', null]) {
      const found = await store.listLinks({ ...list, resourceUid: null, createdBy })
      assert.deepEqual(found.map(({ link, resource }) => `${link.id} ${resource.id}`).sort(), pairs)
      for (const { resource } of found) assert.deepEqual(resource.parent, parentOf(resource.id))
    }
    const { uid } = (await store.findResource(documentRef('d1'), null))!.resource
    assert.equal((await store.listLinks({ ...list, resourceUid: uid, createdBy: null })).length, 1)
    const owned = await store.listOwned({ ...list, ownerId: 'ann', type: null, terms: [] })
    assert.deepEqual(owned.map(({ id }) => id).sort(), made.map(({ resourceId }) => resourceId).sort())
    for (const { id, parent } of owned) assert.deepEqual(parent, parentOf(id))
  },
  'what hangs on a person is there once, with its own resource and its parent': async (world) => {
    const { store } = world
    const pairs = (await several(world)).map(({ resourceId, linkId }) => `${linkId} ${resourceId}`).sort()
    const { links, owned } = await store.change({ at: 'tenant', tenantId: 'acme' }, { member: 'ann' }, look)
    assert.deepEqual(links.map(({ link, resource }) => `${link.id} ${resource.id}`).sort(), pairs)
    assert.deepEqual(owned.map(({ id }) => id).sort(), ['d0', 'd1', 'd2', 'd3'])
    for (const { id, parent } of [...owned, ...links.map(({ resource }) => resource)])
      assert.deepEqual(parent, parentOf(id))
  },
  'a view comes with its own resource, and a sum is of its own resource': async (world) => {
    const { store, sharing, clock } = world
    const made = await several(world, 3)
    for (const [index, { linkId }] of made.entries()) {
      const token = await sharing.links.reveal(ann, linkId)
      await world.opened(token, index + 1)
    }
    for (const maintained of [false, true]) {
      if (maintained) {
        clock.pass(3 * 86_400_000)
        await sharing.maintain()
      }
      for (const [index, { resourceId, linkId }] of made.entries()) {
        const ref = documentRef(resourceId)
        const { uid } = (await store.findResource(ref, null))!.resource
        const views = { tenantId: 'acme', resourceUid: uid, linkId: null, after: null, limit: 50 }
        const listed = await store.listViews(views)
        assert.deepEqual(
          listed.map(({ resource }) => resource.id),
          atOnce(index + 1, () => resourceId),
        )
        const asked = { tenantId: 'acme', resourceUid: uid, from: '2030-06-01', to: '2030-06-30' }
        for (const rolledUntil of maintained ? ['', '2030-07-01'] : ['']) {
          for (const link of [null, linkId]) {
            const counted = await store.countViews({ ...asked, linkId: link, rolledUntil })
            assert.deepEqual(
              counted!.days.map((count) => count.views),
              [index + 1],
            )
            assert.equal(counted!.link?.createdBy, link === null ? undefined : 'ann')
          }
        }
      }
    }
  },
  'what hangs on an admin: the active links by that right, in the tenant of the step': async (world) => {
    const { store, sharing } = world
    await several(world, 2)
    await world.document('of root', { ownerId: 'root', parent: documentRef('d0') })
    await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
    const make = (actor: Actor, id: string): Promise<{ id: string }> =>
      sharing.links.create(actor, documentRef(id), { visibility: 'public' })
    const [first, second, third] = [await make(root, 'd0'), await make(root, 'd1'), await make(root, 'd1')]
    const abroad = await make(root, 'far')
    await make({ ...root, userId: 'another' }, 'd0')
    await make({ ...root, tenantId: 'acme' }, 'of root')
    await sharing.links.revoke(root, third.id)
    const hanging = async (tenantId: string): Promise<string[]> => {
      const { links, owned } = await store.change({ at: 'tenant', tenantId }, { admin: 'root' }, look)
      assert.deepEqual(owned, [])
      for (const { resource } of links)
        assert.deepEqual(resource.parent, tenantId === 'acme' ? parentOf(resource.id) : null)
      return links.map(({ link, resource }) => `${link.id} ${resource.id}`).sort()
    }
    assert.deepEqual(await hanging('acme'), [`${first.id} d0`, `${second.id} d1`].sort())
    assert.deepEqual(await hanging('rival'), [`${abroad.id} far`])
    assert.deepEqual(await hanging('third'), [])
  },
  'each event has a place of its own in the history of its resource': async (world) => {
    const { sharing } = world
    await several(world, 3)
    for (const id of ['d0', 'd0', 'd1']) await world.link({}, id)
    await sharing.members.remove('acme', 'ann', { heir: 'bob' })
    await sharing.members.remove('acme', 'bob')
    for (const [id, links] of [
      ['d0', 3],
      ['d1', 2],
      ['d2', 1],
    ] as const) {
      const resource = documentRef(id)
      const paged = await allPages((cursor) => sharing.audit.list(ada, { resource, limit: 1, cursor }))
      assert.deepEqual(paged, (await sharing.audit.list(ada, { resource })).items)
      const count = (action: string): number => paged.filter((event) => event.action === action).length
      assert.deepEqual(
        [
          count('resource.registered'),
          count('link.created'),
          count('link.revoked'),
          count('resource.transferred'),
        ],
        [1, links, links, 1],
      )
    }
  },
  'who lay below something once may lie above it now': async ({ sharing, document }) => {
    await document('a')
    await document('b', { parent: documentRef('a') })
    await document('c', { parent: documentRef('b') })
    await sharing.resources.update(documentRef('b'), { parent: null })
    await sharing.resources.update(documentRef('a'), { parent: documentRef('c') })
    await sharing.resources.update(documentRef('a'), { parent: documentRef('b') })
    assert.deepEqual((await sharing.resources.get(documentRef('a')))?.parent, documentRef('b'))
  },
  'an account that is removed while something is registered in it is there again, or not': async (world) => {
    const elsewhere = await world.elsewhere()
    // What a store looks at once, before its first step, is not what is raced here.
    for (const sharing of [world.sharing, elsewhere]) await sharing.tenants.remove('acme')
    const calls = atOnce(24, async (index): Promise<unknown> => {
      const sharing = index % 2 ? world.sharing : elsewhere
      if (index % 3 === 0) return sharing.tenants.remove('acme')
      return sharing.resources.register(documentRef(`d${index % 5}`), { tenantId: 'acme', ownerId: 'ann' })
    })
    assert.deepEqual(await tally(calls), { ok: 24 })
    await world.document('d1')
    assert.equal((await world.sharing.resources.get(documentRef('d1')))?.ownerId, 'ann')
  },
})

/** Where something hangs on somebody: the only verbs that go through all tenants. */
export const storeEverywhere: ConformanceCase[] = casesOf('store.changeEverywhere', {
  'visits the tenants in which the ask finds something, and no other': async (world) => {
    const { store, sharing } = world
    await world.document()
    await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
    await world.document('own', { tenantId: 'third', ownerId: 'root' })
    await world.document('other', { tenantId: 'fourth', ownerId: 'eve' })
    const make = (actor: Actor, id: string): Promise<{ id: string; token: string }> =>
      sharing.links.create(actor, documentRef(id), { visibility: 'public' })
    await make(root, 'd1')
    await sharing.links.revoke(root, (await make(root, 'far')).id)
    await make({ ...root, tenantId: 'third' }, 'own')
    const others = await make({ ...root, userId: 'another' }, 'other')
    await sharing.open(others.token, { actor: { userId: 'guest', tenantId: null } })
    const visited = (ask: Ask): Promise<string[]> =>
      store.changeEverywhere(ask, ({ tenantId }) => ({ changes: [], audit: [], result: tenantId }))
    assert.deepEqual((await visited({ admin: 'root' })).sort(), ['acme'])
    assert.deepEqual((await visited({ admin: 'another' })).sort(), ['fourth'])
    assert.deepEqual((await visited({ member: 'another' })).sort(), ['fourth'])
    assert.deepEqual((await visited({ member: 'guest' })).sort(), ['fourth'])
    assert.deepEqual((await visited({ member: 'eve' })).sort(), ['fourth', 'rival'])
    assert.deepEqual(await visited({ member: 'nobody' }), [])
  },
})
