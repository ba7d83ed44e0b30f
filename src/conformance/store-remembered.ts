import assert from 'node:assert/strict'
import type { Change, GrantFacts, LinkViewFacts, PersonRow, Remembered } from '../store/index.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce } from './expect.ts'
import { ACTORS, documentRef, MINUTE, START, type World } from './world.ts'

const { ann, bob, ada } = ACTORS
const ref = documentRef()
const inAnHour = new Date(START.getTime() + 60 * MINUTE)

/** What is remembered of ann's link, or null where the store gives nothing to remember. */
async function remember({ store }: World, id: string): Promise<Remembered | null> {
  const { tokenHash } = (await store.findLink('acme', id, null))!.link
  const { version } = (await store.findOpening(tokenHash))!
  return version === null ? null : { tokenHash, version }
}

async function viewOf({ store }: World, linkId: string, id: string): Promise<LinkViewFacts> {
  const { link } = (await store.findLink('acme', linkId, null))!
  const { tenantId, resourceUid } = link
  const nobody = { viewerId: null, visitor: 'somebody', ip: null, userAgent: null, bot: false }
  return { id, tenantId, resourceUid, linkId, ...nobody, counted: true, viewedAt: START }
}

/** Everything that an opening is judged by, changed one by one. */
const CHANGES: Record<string, (world: World, id: string) => Promise<unknown>> = {
  'the link is renamed': ({ sharing }, id) => sharing.links.update(ann, id, { name: 'other' }),
  'the link has another role': ({ sharing }, id) => sharing.links.update(ann, id, { role: 'commenter' }),
  'the link has an expiry': ({ sharing }, id) => sharing.links.update(ann, id, { expiresAt: inAnHour }),
  'the link begins later': ({ sharing }, id) => sharing.links.update(ann, id, { notBefore: inAnHour }),
  'the link is addressed': ({ sharing }, id) => sharing.links.update(ann, id, { emails: ['x@y.example'] }),
  'the link has a password': ({ sharing }, id) => sharing.links.update(ann, id, { password: 'a password' }),
  'the link has a limit': ({ sharing }, id) => sharing.links.update(ann, id, { maxViews: 9 }),
  'the link is revoked': ({ sharing }, id) => sharing.links.revoke(ann, id),
  'the link is removed': ({ sharing }, id) => sharing.links.remove(ann, id),
  'the token is rotated': ({ sharing }, id) => sharing.links.rotate(ann, id),
  'the token is in its grace': ({ sharing }, id) => sharing.links.rotate(ann, id, { graceSeconds: 60 }),
  'the resource is transferred': ({ sharing }) => sharing.resources.transfer(ann, ref, 'bob', { keep: null }),
  'the resource has another title': ({ sharing }) => sharing.resources.update(ref, { title: 'other' }),
  'the resource has a trait': ({ sharing }) => sharing.resources.update(ref, { traits: ['quarantined'] }),
  'the resource is removed': ({ sharing }) => sharing.resources.remove(ref),
  'its maker has left': ({ sharing }) => sharing.members.remove('acme', 'ann'),
  'public shares are off': ({ sharing }) => sharing.policies.set(ada, { allowPublicShares: false }),
  'links live for days': ({ sharing }) => sharing.policies.set(ada, { maxLinkDays: 7 }),
  'domains are named': ({ sharing }) => sharing.policies.set(ada, { allowedEmailDomains: ['acme.example'] }),
}

/** The same of what its maker was given: a link by that right alone. */
const RIGHTS: Record<string, (grant: GrantFacts, at: Date) => Change> = {
  'its right has ended': ({ id }, at) => ({ kind: 'grants.ended', ids: [id], reason: 'removed', at }),
  'its right has an end': (grant) => ({ kind: 'grant.updated', grant: { ...grant, expiresAt: inAnHour } }),
  'its right is another role': (grant) => ({ kind: 'grant.updated', grant: { ...grant, role: 'viewer' } }),
}

async function isMoved(world: World, id: string, change: () => Promise<unknown>): Promise<void> {
  const remembered = await remember(world, id)
  if (remembered === null) return
  const [alone, first, second] = [
    await viewOf(world, id, 'v1'),
    await viewOf(world, id, 'v2'),
    await viewOf(world, id, 'v3'),
  ]
  await change()
  assert.equal(await world.store.appendView(alone, remembered), 'moved')
  const together = atOnce(2, (at) => world.store.appendView([first, second][at]!, remembered))
  assert.deepEqual(await Promise.all(together), ['moved', 'moved'])
}

export const storeRemembered: ConformanceCase[] = [
  ...casesOf(
    'store, what was remembered',
    Object.fromEntries([
      ...Object.entries(CHANGES).map(([name, change]) => [
        `a view is moved once ${name}`,
        async (world: World) => {
          await world.document('d1', { traits: ['live'] })
          const { id } = await world.link()
          await isMoved(world, id, () => change(world, id))
        },
      ]),
      ...Object.entries(RIGHTS).map(([name, change]) => [
        `a view is moved once ${name}`,
        async (world: World) => {
          const { store, sharing, clock } = world
          await world.document('d1')
          await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'manager' })
          const { id } = await sharing.links.create(bob, ref, { visibility: 'public' })
          const { uid: resourceUid } = (await store.findResource(ref, null))!.resource
          const request = { tenantId: 'acme', resourceUid, above: false, ended: false }
          const [{ above: _, ...grant }] = (await store.listPeople(request)) as [PersonRow]
          const changes = [change(grant, clock.now)]
          const anchor = { at: 'resource', ref, tenantId: 'acme' } as const
          await isMoved(world, id, () =>
            store.change(anchor, {}, () => ({ changes, audit: [], result: null })),
          )
        },
      ]),
    ]),
  ),
  ...casesOf('store, what was remembered', {
    'a view is recorded while nothing has changed but the counts, and others have': async (world) => {
      const { store, sharing } = world
      await world.document()
      await world.document('d2')
      const [{ id }, { id: other }] = [await world.link(), await world.link({}, 'd2')]
      const [remembered, stale] = [await remember(world, id), await remember(world, other)]
      if (remembered === null || stale === null) return
      await sharing.resources.update(documentRef('d2'), { title: 'other' })
      assert.equal(await store.appendView(await viewOf(world, id, 'v1'), remembered), 'recorded')
      const views = [
        { view: await viewOf(world, id, 'v2'), as: remembered },
        { view: await viewOf(world, other, 'v3'), as: stale },
        { view: await viewOf(world, id, 'v4'), as: remembered },
        { view: await viewOf(world, id, 'v5'), as: { ...remembered, version: 'of another time' } },
        { view: await viewOf(world, id, 'v6'), as: { ...remembered, tokenHash: stale.tokenHash } },
      ]
      const written = await Promise.all(views.map(({ view, as }) => store.appendView(view, as)))
      assert.deepEqual(written, ['recorded', 'moved', 'recorded', 'moved', 'moved'])
      assert.equal((await sharing.links.get(ann, id)).viewCount, 3)
      assert.equal((await sharing.links.get(ann, other)).viewCount, 0)
    },
    'a link that is known by two tokens takes the views of both': async (world) => {
      const { store, sharing } = world
      await world.document()
      const { id } = await world.link()
      const { tokenHash: old } = (await store.findLink('acme', id, null))!.link
      await sharing.links.rotate(ann, id, { graceSeconds: 60 })
      const { version } = (await store.findOpening(old))!
      const present = await remember(world, id)
      if (version === null || present === null) return
      const views = await Promise.all(['v1', 'v2', 'v3', 'v4'].map((name) => viewOf(world, id, name)))
      const written = await Promise.all(
        views.map((view, at) => store.appendView(view, at % 2 ? { tokenHash: old, version } : present)),
      )
      assert.deepEqual(written, ['recorded', 'recorded', 'recorded', 'recorded'])
      assert.equal((await sharing.links.get(ann, id)).viewCount, 4)
    },
  }),
]
