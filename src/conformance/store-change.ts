import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import { DEFAULT_POLICY } from '../model/tenant-policy.ts'
import type { Change, Facts, Outcome } from '../store/index.ts'
import { TokenTaken } from '../store/index.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce } from './expect.ts'
import { ACTORS, documentRef } from './world.ts'

const ref = documentRef()
const nothing = <R>(result: R): Outcome<R> => ({ changes: [], audit: [], result })

export const storeChange: ConformanceCase[] = casesOf('store.change', {
  'gives back what decide came to': async ({ store }) => {
    assert.equal(await store.change({ at: 'tenant', tenantId: 'acme' }, {}, () => nothing(42)), 42)
  },
  'an error of decide comes back unchanged, and nothing was written': async ({ store, document }) => {
    await document()
    const error = new Error('of decide')
    const failing = store.change({ at: 'resource', ref, tenantId: 'acme' }, {}, () => {
      throw error
    })
    await assert.rejects(failing, (thrown) => thrown === error)
    assert.equal((await store.findResource(ref, null))?.resource.title, null)
  },
  'a token that exists is TokenTaken, and nothing of the outcome was written': async ({
    store,
    document,
    link,
  }) => {
    await document()
    const { id } = await link()
    const before = (await store.findLink('acme', id, null))!
    const again = { ...before.link, id: 'another' }
    const title = { ...before.resource, title: 'half' }
    const failing = store.change({ at: 'resource', ref, tenantId: 'acme' }, {}, () => ({
      ...nothing(null),
      changes: [
        { kind: 'resource.updated', resource: title },
        { kind: 'link.created', link: again },
      ],
    }))
    await assert.rejects(failing, (thrown) => thrown instanceof TokenTaken)
    assert.equal((await store.findResource(ref, null))?.resource.title, null)
    assert.equal(await store.findLink('acme', 'another', null), null)
  },
  'facts are what is there, in each anchor’s place': async ({ store, document, link }) => {
    await document('d1', { title: 't', traits: ['a', 'b'] })
    const { id } = await link()
    const look = (anchor: Parameters<typeof store.change>[0], ask = {}): Promise<Facts> =>
      store.change(anchor, ask, (facts) => nothing(facts))
    const here = await look({ at: 'resource', ref, tenantId: 'acme' })
    const { resource } = (await store.findResource(ref, null))!
    assert.deepEqual([here.tenantId, here.resource, here.link, here.taken], ['acme', resource, null, false])
    assert.deepEqual(here.policy, DEFAULT_POLICY)
    const anywhere = await look({ at: 'link', id, tenantId: null })
    const found = (await store.findLink(null, id, null))!
    assert.deepEqual([anywhere.tenantId, anywhere.resource, anywhere.link], ['acme', resource, found.link])
    assert.equal((await look({ at: 'registration', ref, tenantId: 'acme' })).taken, false)
    const foreign = await look({ at: 'registration', ref, tenantId: 'rival' })
    assert.deepEqual([foreign.taken, foreign.resource], [true, null])
    const absent = [
      await look({ at: 'resource', ref, tenantId: 'rival' }),
      await look({ at: 'resource', ref: documentRef('none'), tenantId: null }),
      await look({ at: 'link', id, tenantId: 'rival' }),
      await look({ at: 'link', id: 'none', tenantId: null }),
    ]
    for (const facts of absent) assert.deepEqual([facts.resource, facts.link], [null, null])
  },
  'a parent comes with all that lies above it, in its tenant': async ({ store, document }) => {
    await document('a')
    await document('b', { parent: documentRef('a') })
    await document('c', { parent: documentRef('b') })
    await document('far', { tenantId: 'rival', ownerId: 'eve' })
    const uidOf = async (id: string): Promise<string> =>
      (await store.findResource(documentRef(id), null))!.resource.uid
    const parent = (id: string): Promise<Facts['parent']> =>
      store.change(
        { at: 'resource', ref: documentRef('a'), tenantId: 'acme' },
        { parent: documentRef(id) },
        (facts) => nothing(facts.parent),
      )
    const found = await parent('c')
    assert.equal(found?.resource.id, 'c')
    assert.deepEqual([...found!.ancestors].sort(), (await Promise.all(['a', 'b', 'c'].map(uidOf))).sort())
    assert.equal(await parent('far'), null)
    assert.equal(await parent('none'), null)
  },
  'what hangs on a person: what they own, and the active links there or by them': async (world) => {
    const { store, sharing, document, link } = world
    await document()
    await document('of bob', { ownerId: 'bob' })
    const own = await link()
    const ended = await link()
    await sharing.links.revoke({ userId: 'ann', tenantId: 'acme' }, ended.id)
    const bob = { userId: 'bob', tenantId: 'acme' }
    const bobs = await sharing.links.create(bob, documentRef('of bob'), { visibility: 'public' })
    const hanging = (member: string, tenantId = 'acme'): Promise<Facts> =>
      store.change({ at: 'tenant', tenantId }, { member }, (facts) => nothing(facts))
    const anns = await hanging('ann')
    assert.deepEqual(
      anns.links.map((one) => [one.link.id, one.resource.id]),
      [[own.id, 'd1']],
    )
    assert.deepEqual(
      anns.owned.map(({ id }) => id),
      ['d1'],
    )
    await sharing.resources.transfer({ userId: 'ann', tenantId: 'acme' }, ref, 'bob', { keep: null })
    assert.deepEqual(
      (await hanging('ann')).links.map((one) => one.link.id),
      [own.id],
    )
    assert.deepEqual((await hanging('bob')).links.map((one) => one.link.id).sort(), [own.id, bobs.id].sort())
    assert.deepEqual((await hanging('bob', 'rival')).owned, [])
  },
  'what has ended stays as it ended': async ({ store, document, link, clock }) => {
    await document()
    const { id } = await link({ name: 'before' })
    const write = (changes: Change[]): Promise<null> =>
      store.change({ at: 'link', id, tenantId: 'acme' }, {}, () => ({ ...nothing(null), changes }))
    await write([{ kind: 'links.ended', ids: [id], reason: 'revoked', at: clock.now }])
    const ended = (await store.findLink('acme', id, null))!.link
    assert.deepEqual([ended.endReason, ended.endedAt, ended.sealedToken], ['revoked', clock.now, null])
    clock.pass(1)
    await write([{ kind: 'links.ended', ids: [id], reason: 'member_removed', at: clock.now }])
    await write([{ kind: 'link.updated', link: { ...ended, name: 'after', endedAt: null, endReason: null } }])
    await write([{ kind: 'authority.moved', resourceUid: ended.resourceUid, to: 'bob', at: clock.now }])
    assert.deepEqual((await store.findLink('acme', id, null))!.link, ended)
  },
  'what was given and has ended, what was claimed and what was answered stay as they are': async (world) => {
    const { store, sharing, clock } = world
    const [{ ann }, cyd] = [ACTORS, { userId: 'cyd', tenantId: 'acme' }]
    await world.document()
    const own = await world.link()
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
    await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'manager' })
    const made = await sharing.links.create(cyd, ref, { visibility: 'account' })
    await sharing.requests.create(cyd, ref, { role: 'manager' })
    await sharing.requests.create(ACTORS.bob, ref, { role: 'editor' })
    const tenantId = 'acme'
    const { uid: resourceUid } = (await store.findResource(ref, null))!.resource
    const write = (changes: Change[]): Promise<null> =>
      store.change({ at: 'resource', ref, tenantId }, {}, () => ({ ...nothing(null), changes }))
    const seen = async () => ({
      people: await store.listPeople({ tenantId, resourceUid, above: false, ended: true }),
      links: [await store.findLink(tenantId, own.id, null), await store.findLink(tenantId, made.id, null)],
      requests: await store.listRequests({ tenantId, resourceUid, limit: 9 }),
    })
    const { people } = await seen()
    const [bobs, cyds] = (['user:bob', 'user:cyd'] as const).map((whose) => {
      const { above: _, ...grant } = people.find(({ subject }) => subject === whose)!
      return grant
    })
    const [request] = (await seen()).requests
    await sharing.requests.deny(ann, request!.id)
    await write([
      { kind: 'grants.ended', ids: [bobs!.id], reason: 'removed', at: clock.now },
      { kind: 'links.ended', ids: [made.id], reason: 'revoked', at: clock.now },
    ])
    const before = await seen()
    clock.pass(1)
    const at = clock.now
    await write([
      { kind: 'grants.ended', ids: [bobs!.id], reason: 'left', at },
      { kind: 'grant.updated', grant: { ...bobs!, role: 'editor' } },
      { kind: 'grant.claimed', id: cyds!.id, userId: 'eve', at },
      { kind: 'authority.joined', from: cyds!.id, to: { owner: 'ann', resourceUid: cyds!.resourceUid }, at },
      { kind: 'authority.joined', from: 'ann', to: { grant: cyds!.id }, at },
      { kind: 'request.answered', request: { ...request!, status: 'approved' } },
    ])
    assert.deepEqual(await seen(), before)
  },
  'a viewer is forgotten in the tenant of the step, and nobody else is': async ({
    store,
    sharing,
    document,
    link,
  }) => {
    await document()
    await document('far', { tenantId: 'rival', ownerId: 'eve' })
    const { eve } = ACTORS
    const tokens = [
      (await link()).token,
      (await sharing.links.create(eve, documentRef('far'), { visibility: 'public' })).token,
    ]
    for (const token of tokens) {
      for (const actor of [ACTORS.bob, ACTORS.zoe])
        await sharing.open(token, { actor, ip: '192.0.2.1', userAgent: 'x' })
    }
    const forgotten: Change = { kind: 'viewer.forgotten', userId: 'bob', visitor: 'nobody', addresses: [] }
    await store.change({ at: 'tenant', tenantId: 'acme' }, {}, () => ({
      ...nothing(null),
      changes: [forgotten],
    }))
    const viewers = async (owner: Actor, id: string): Promise<unknown[]> =>
      (await sharing.views.list(owner, { resource: documentRef(id) })).items
        .map(({ viewerId, ip, userAgent }) => [viewerId, ip, userAgent].join())
        .sort()
    assert.deepEqual(await viewers(ACTORS.ann, 'd1'), [',,', 'zoe,192.0.2.1,x'])
    assert.deepEqual(await viewers(eve, 'far'), ['bob,192.0.2.1,x', 'zoe,192.0.2.1,x'])
  },
  'changes of one resource run one after the other': async (world) => {
    await world.document('d1', { title: '0' })
    const count = (): Promise<void> =>
      world.store.change({ at: 'resource', ref, tenantId: 'acme' }, {}, ({ resource }) => ({
        ...nothing(undefined),
        changes: [
          {
            kind: 'resource.updated',
            resource: { ...resource!, title: String(Number(resource!.title) + 1) },
          },
        ],
      }))
    await Promise.all(atOnce(40, count))
    assert.equal((await world.store.findResource(ref, null))?.resource.title, '40')
  },
  'a change of the tenant runs alone in it': async ({ store, document }) => {
    for (let index = 0; index < 8; index++) await document(`d${index}`)
    await store.change({ at: 'tenant', tenantId: 'acme' }, {}, ({ policy }) => ({
      ...nothing(null),
      changes: [{ kind: 'policy.set', policy: { ...policy, maxLinkDays: 1 }, at: new Date(0) }],
    }))
    const raise = (): Promise<null> =>
      store.change({ at: 'tenant', tenantId: 'acme' }, {}, ({ policy }) => ({
        ...nothing(null),
        changes: [
          {
            kind: 'policy.set',
            policy: { ...policy, maxLinkDays: policy.maxLinkDays! + 1 },
            at: new Date(0),
          },
        ],
      }))
    const write = (index: number): Promise<number> =>
      store.change(
        { at: 'resource', ref: documentRef(`d${index % 8}`), tenantId: 'acme' },
        {},
        ({ policy }) => nothing(policy.maxLinkDays!),
      )
    const seen = await Promise.all(atOnce(40, (index) => (index % 2 ? raise().then(() => 1) : write(index))))
    assert.ok(seen.every((days) => days >= 1 && days <= 21))
    assert.equal((await store.findPolicy('acme')).maxLinkDays, 21)
  },
  'everywhere at once, or nowhere': async ({ store, document }) => {
    await document('d1', { ownerId: 'sam' })
    await document('d2', { tenantId: 'rival', ownerId: 'sam' })
    await document('d3', { tenantId: 'third', ownerId: 'eve' })
    const visited: string[] = []
    const close = (facts: Facts): Outcome<string> => {
      visited.push(facts.tenantId)
      const changes = facts.owned.map((resource) => ({
        kind: 'resource.updated' as const,
        resource: { ...resource, title: 'done' },
      }))
      return { changes, audit: [], result: facts.tenantId }
    }
    const failing = store.changeEverywhere({ member: 'sam' }, (facts) => {
      if (visited.length === 1) throw new Error('in the second tenant')
      return close(facts)
    })
    await assert.rejects(failing, /in the second tenant/)
    for (const id of ['d1', 'd2'])
      assert.equal((await store.findResource(documentRef(id), null))?.resource.title, null)
    assert.deepEqual((await store.changeEverywhere({ member: 'sam' }, close)).sort(), ['acme', 'rival'])
    for (const id of ['d1', 'd2'])
      assert.equal((await store.findResource(documentRef(id), null))?.resource.title, 'done')
    assert.deepEqual(await store.changeEverywhere({ member: 'nobody' }, close), [])
  },
})
