import assert from 'node:assert/strict'
import { DEFAULT_POLICY } from '../model/tenant-policy.ts'
import type { LinkViewFacts } from '../store/index.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce, refused } from './expect.ts'
import { ACTORS, documentRef, START, type World } from './world.ts'

const { ann } = ACTORS
const ref = documentRef()

async function viewOf({ store }: World, linkId: string, id: string): Promise<LinkViewFacts> {
  const { link } = (await store.findLink('acme', linkId, null))!
  return {
    id,
    tenantId: 'acme',
    resourceUid: link.resourceUid,
    linkId,
    viewerId: null,
    visitor: 'somebody',
    ip: null,
    userAgent: null,
    bot: false,
    counted: true,
    viewedAt: START,
  }
}

export const storeVerbs: ConformanceCase[] = [
  ...casesOf('store, opening', {
    'findOpening gives all that an opening is judged by, and never a stale answer': async (world) => {
      const { store, sharing } = world
      await world.document('d1', { title: 't', traits: ['live'] })
      const { id } = await world.link({ maxViews: 3, emails: ['x@acme.example'] })
      const { link, resource, policy } = (await store.findLink(null, id, null))!
      const found = (await store.findOpening(link.tokenHash))!
      const { tokenUntil } = found
      for (const field of Object.keys(found.link) as Array<keyof typeof found.link>) {
        assert.deepEqual(found.link[field], link[field], field)
      }
      for (const field of Object.keys(found.resource) as Array<keyof typeof found.resource>) {
        assert.deepEqual(found.resource[field], resource[field], field)
      }
      assert.deepEqual([found.resource.title, found.resource.ownerId], ['t', 'ann'])
      assert.deepEqual(
        [found.resource.traits, found.policy.allowPublicShares, tokenUntil],
        [['live'], true, null],
      )
      assert.equal(found.policy.maxLinkDays, policy.maxLinkDays)
      assert.equal(await store.findOpening('unknown'), null)
      const asked = atOnce(20, (index) => store.findOpening(index % 2 ? link.tokenHash : `unknown ${index}`))
      for (const [index, one] of (await Promise.all(asked)).entries()) {
        assert.equal(one?.link.id ?? null, index % 2 ? id : null)
      }
      await sharing.links.revoke(ann, id)
      assert.deepEqual((await store.findOpening(link.tokenHash))?.link.endedAt, START)
      await sharing.links.remove(ann, id)
      assert.equal(await store.findOpening(link.tokenHash), null)
    },
    'appendView: moved once the link is ended, removed or capped': async (world) => {
      const { store, sharing } = world
      await world.document()
      const [open, ended, capped, removed] = [
        await world.link(),
        await world.link(),
        await world.link(),
        await world.link(),
      ]
      const gone = await viewOf(world, removed.id, 'v4')
      const stranger = { ...(await viewOf(world, open.id, 'v5')), tenantId: 'rival' }
      await sharing.links.revoke(ann, ended.id)
      await sharing.links.update(ann, capped.id, { maxViews: 5 })
      await sharing.links.remove(ann, removed.id)
      assert.equal(await store.appendView(await viewOf(world, open.id, 'v1')), 'recorded')
      assert.equal(await store.appendView(await viewOf(world, ended.id, 'v2')), 'moved')
      assert.equal(await store.appendView(await viewOf(world, capped.id, 'v3')), 'moved')
      assert.equal(await store.appendView(gone), 'moved')
      assert.equal(await store.appendView(stranger), 'moved')
      const { items } = await sharing.views.list(ann, { resource: ref })
      assert.deepEqual(
        items.map(({ id }) => id),
        ['v1'],
      )
    },
    'spendView: only while one is left, and only of a link with maxViews': async (world) => {
      const { store, sharing } = world
      await world.document()
      const [limited, unlimited] = [await world.link({ maxViews: 2 }), await world.link()]
      const spend = async (linkId: string, id: string): Promise<string> =>
        store.spendView(await viewOf(world, linkId, id))
      assert.deepEqual(
        [await spend(limited.id, 'v1'), await spend(limited.id, 'v2')],
        ['recorded', 'recorded'],
      )
      assert.deepEqual([await spend(limited.id, 'v3'), await spend(unlimited.id, 'v4')], ['moved', 'moved'])
      await sharing.links.update(ann, limited.id, { maxViews: 3 })
      await sharing.links.revoke(ann, limited.id)
      assert.equal(await spend(limited.id, 'v5'), 'moved')
      const { viewCount } = (await store.findLink('acme', limited.id, null))!.link
      assert.equal(viewCount, 2)
      assert.equal((await sharing.views.list(ann, { resource: ref })).items.length, 2)
    },
    'a view that cannot be written fails no other that waits with it': async (world) => {
      const { store } = world
      await world.document()
      const link = await world.link()
      const other = await world.link()
      await store.appendView(await viewOf(world, link.id, 'taken'))
      const views = await Promise.all(
        atOnce(12, (index) => viewOf(world, index % 2 ? link.id : other.id, `v${index}`)),
      )
      views[5] = { ...views[5]!, id: 'taken' }
      const results = await Promise.allSettled(views.map((view) => store.appendView(view)))
      for (const [index, result] of results.entries()) {
        if (index === 5) continue
        assert.deepEqual(result, { status: 'fulfilled', value: 'recorded' })
      }
      const written = (await world.sharing.views.list(ann, { link: link.id })).items
      assert.equal(new Set(written.map(({ id }) => id)).size, written.length)
      const { viewCount } = (await store.findLink('acme', link.id, null))!.link
      assert.equal(viewCount, written.length)
    },
  }),
  ...casesOf('store, reading', {
    'what is not there is null, a policy never set is the default': async ({ store }) => {
      assert.equal(await store.findResource(documentRef('none'), null), null)
      assert.equal(await store.findAccess(documentRef('none'), null), null)
      assert.equal(await store.findLink('acme', 'none', null), null)
      assert.equal(await store.findLink(null, 'none', null), null)
      assert.deepEqual(await store.findPolicy('none'), DEFAULT_POLICY)
      const nowhere = { tenantId: 'acme', after: null, limit: 10 }
      assert.deepEqual(await store.listOwned({ ...nowhere, ownerId: 'ann', type: null, terms: [] }), [])
      assert.deepEqual(await store.listAudit({ ...nowhere, resourceUid: null }), [])
      assert.deepEqual(await store.listViews({ ...nowhere, resourceUid: 'none', linkId: null }), [])
    },
    'a link is found in its tenant, or anywhere where none is named': async ({ store, document, link }) => {
      await document()
      const { id } = await link()
      assert.deepEqual(await store.findLink('acme', id, null), await store.findLink(null, id, null))
      assert.equal(await store.findLink('rival', id, null), null)
    },
    'findAccess gives what findResource gives, as far as decisions need it': async ({ store, document }) => {
      await document('d1', { visibility: 'account', traits: ['a', 'b'] })
      const whole = (await store.findResource(ref, null))!
      const { resource, policy } = (await store.findAccess(ref, null))!
      assert.deepEqual(
        [resource.tenantId, resource.ownerId, resource.visibility, resource.traits],
        ['acme', 'ann', 'account', ['a', 'b']],
      )
      assert.equal(policy.allowPublicShares, whole.policy.allowPublicShares)
    },
    'one row more than the limit tells of another page': async ({ store, document, link }) => {
      await document()
      for (let count = 0; count < 4; count++) await link()
      const request = {
        tenantId: 'acme',
        resourceUid: null,
        createdBy: null,
        activeAt: null,
        createdAfter: null,
        after: null,
      }
      const found = async (limit: number): Promise<number> =>
        (await store.listLinks({ ...request, limit })).length
      assert.deepEqual([await found(2), await found(3), await found(4), await found(9)], [3, 4, 4, 4])
    },
    'the tenant’s audit can be asked for changes of its policy alone': async ({
      store,
      document,
      sharing,
    }) => {
      await document()
      await sharing.policies.set(ACTORS.ada, { maxLinkDays: 5 })
      const request = { tenantId: 'acme', resourceUid: null, after: null, limit: 10 }
      const rows = await store.listAudit({ ...request, action: 'policy.changed' })
      assert.deepEqual(
        rows.map(({ action }) => action),
        ['policy.changed'],
      )
      assert.equal((await store.listAudit(request)).length, 2)
    },
    'what it gives away is the caller’s: nothing done to it is stored': async ({ store, document }) => {
      await document('d1', { traits: ['a'] })
      const first = (await store.findResource(ref, null))!
      first.resource.traits.push('b')
      first.resource.createdAt.setTime(0)
      const { resource } = (await store.findResource(ref, null))!
      assert.deepEqual([resource.traits, resource.createdAt], [['a'], START])
    },
    'times are kept to the millisecond, from 1970 to far ahead': async ({ document, link, clock, store }) => {
      for (const [index, moment] of [
        '1970-01-01T00:00:00.001Z',
        '2001-09-09T01:46:40.123Z',
        '2199-12-31T23:59:59.999Z',
      ].entries()) {
        clock.at(new Date(moment))
        await document(`d${index}`)
        const { id } = await link({}, `d${index}`)
        assert.deepEqual((await store.findLink('acme', id, null))?.link.createdAt, new Date(moment))
      }
    },
  }),
  ...casesOf('store, life', {
    'what another key sealed comes in id order, after one, in pieces': async ({ store, document, link }) => {
      await document()
      const ids = (await Promise.all(atOnce(5, () => link()))).map(({ id }) => id).sort()
      // Of keys whose names come before and after that of the one that sealed them.
      for (const keyId of ['!', '~']) {
        const found = async (after: string, limit: number): Promise<string[]> =>
          (await store.sealedByOthers('acme', keyId, after, limit)).map(({ id }) => id)
        assert.deepEqual(await found('', 3), ids.slice(0, 3))
        assert.deepEqual(await found(ids[2]!, 3), ids.slice(3))
        assert.deepEqual(await found(ids[4]!, 3), [])
      }
    },
    'migrate can be called again, and by many at once': async (world) => {
      await world.document()
      const elsewhere = await world.elsewhere()
      await Promise.all(atOnce(6, (index) => (index % 2 ? world.store.migrate() : elsewhere.migrate())))
      assert.equal((await world.store.findResource(ref, null))?.resource.id, 'd1')
    },
    'tenants come in id order, after one, in pieces': async ({ store, document }) => {
      for (const tenantId of ['b', 'a', 'é', 'Z', 'c']) await document(tenantId, { tenantId })
      assert.deepEqual(await store.tenantIds('', 10), ['Z', 'a', 'b', 'c', 'é'])
      assert.deepEqual(await store.tenantIds('a', 2), ['b', 'c'])
      assert.deepEqual(await store.tenantIds('é', 2), [])
    },
    'close finishes what was begun and refuses what comes later': async (world) => {
      await world.document()
      const { id, token } = await world.link()
      const openings = Promise.allSettled(atOnce(10, () => world.sharing.open(token)))
      await Promise.resolve()
      await world.store.close()
      const opened = (await openings).filter(({ status }) => status === 'fulfilled').length
      await refused('storage_unavailable', world.sharing.open(token))
      await refused('storage_unavailable', world.sharing.can(ann, 'view', ref))
      await refused('storage_unavailable', world.sharing.links.revoke(ann, id))
      await refused('storage_unavailable', world.sharing.links.list(ann))
      assert.ok(opened >= 0)
      await world.store.close()
    },
  }),
]
