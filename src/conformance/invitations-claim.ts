import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import type { Ask } from '../store/index.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { claims, cyd, invite, invited, tokenOf } from './invitations.ts'
import { ACTORS, DAY, documentRef, MINUTE } from './world.ts'

const { ann, bob, ada, eve, root } = ACTORS
const ref = documentRef()

const claim: ConformanceCase[] = casesOf('invitations.claim', {
  'everything to the verified address, in the own tenant and where guests are let in': async (world) => {
    const { sharing, clock } = world
    await world.document('d2')
    await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
    await world.document('further', { tenantId: 'third', ownerId: 'dan' })
    const first = await invited(world)
    clock.pass(MINUTE)
    const add = (actor: Actor, id: string) =>
      sharing.collaborators.add(actor, documentRef(id), { email: ' CYD@acme.example', role: 'viewer' })
    const others = [await add(ann, 'd2'), await add(eve, 'far')]
    await add({ userId: 'dan', tenantId: 'third' }, 'further')
    await sharing.policies.set({ userId: 'ed', tenantId: 'rival', admin: 'tenant' }, { allowGuests: true })
    const claimed = await sharing.invitations.claim(cyd)
    const ids = [first, ...others].map(({ id }) => id)
    assert.deepEqual(claimed.map(({ id }) => id).sort(), [...ids].sort())
    for (const { status, acceptedAt, grantee } of claimed) {
      assert.deepEqual([status, acceptedAt, grantee.kind], ['active', clock.now, 'user'])
    }
    assert.deepEqual(await sharing.invitations.claim(cyd), [])
    const listed = await sharing.list({ ...cyd, email: undefined })
    assert.deepEqual(listed.items.map(({ resource }) => resource.id).sort(), ['d1', 'd2', 'far'])
    const far = await sharing.collaborators.list({ userId: 'dan', tenantId: 'third' }, documentRef('further'))
    assert.deepEqual(
      far.map(({ status }) => status),
      ['invited'],
    )
  },
  'none without a verified address, and none that is over': async (world) => {
    const { sharing, clock } = world
    await invited(world)
    for (const email of [undefined, 'cyd', 'bob@acme.example', 'cyd@acme.example.org']) {
      assert.deepEqual(await sharing.invitations.claim({ ...cyd, email }), [])
    }
    clock.pass(30 * DAY)
    assert.deepEqual(await sharing.invitations.claim(cyd), [])
    assert.deepEqual(await claims(world), [])
    await invite(world)
    assert.equal((await sharing.invitations.claim(cyd)).length, 1)
  },
  'joins, on each resource by itself, with what the person was given there': async (world) => {
    const { sharing } = world
    await world.document('d2')
    await world.document('own', { ownerId: 'cyd' })
    await invited(world, { role: 'viewer' })
    const own = await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'editor' })
    await sharing.collaborators.add(ann, documentRef('d2'), { email: cyd.email, role: 'viewer' })
    await sharing.collaborators.add(root, documentRef('own'), { email: cyd.email, role: 'viewer' })
    const claimed = await sharing.invitations.claim(cyd)
    assert.deepEqual(claimed.map(({ resource, role }) => `${resource.id} ${role}`).sort(), [
      'd1 editor',
      'd2 viewer',
      'own viewer',
    ])
    assert.deepEqual(
      await sharing.collaborators.list(ann, ref),
      claimed.filter(({ id }) => id === own.id),
    )
    assert.deepEqual(await sharing.collaborators.list(cyd, documentRef('own')), [])
  },
  'whoever has the address later has nothing of what was claimed, nor is invited to it again': async (
    world,
  ) => {
    const { sharing } = world
    await world.document('d2')
    await world.document()
    const invitation = await sharing.collaborators.add(ann, ref, { email: cyd.email, role: 'manager' })
    const waiting = await sharing.collaborators.add(ann, documentRef('d2'), {
      email: cyd.email,
      role: 'manager',
    })
    await sharing.attach(cyd, ref)
    const link = await sharing.links.create(cyd, ref, { visibility: 'account' })
    const renamed = { ...cyd, email: 'cyd.renamed@acme.example' }
    const later: Actor = { userId: 'later', tenantId: 'acme', email: cyd.email }
    const token = tokenOf(invitation.id)
    const nothing = async (): Promise<void> => {
      for (const action of ['view', 'share'] as const) {
        assert.equal(await sharing.can(later, action, ref), false)
        assert.equal(await sharing.can(renamed, action, ref), true)
      }
      assert.deepEqual(await world.filtered(later, 'view', ['d1', 'd2']), ['d2'])
      assert.deepEqual(
        (await sharing.list(later)).items.map(({ resource }) => resource.id),
        ['d2'],
      )
      await refused('not_found', sharing.invitations.accept(later, token))
      await refused('not_found', sharing.attach(later, ref))
      await refused('not_found', sharing.collaborators.leave(later, ref))
      await refused('not_found', sharing.links.reveal(later, link.id))
    }
    await nothing()
    await sharing.collaborators.add(ann, ref, { email: cyd.email, role: 'manager' })
    await nothing()
    await sharing.open(link.token, { actor: later })
    await nothing()
    // What nobody claimed is the address's still.
    assert.deepEqual(
      (await sharing.invitations.claim(later)).map(({ id }) => id),
      [waiting.id],
    )
    assert.equal(await sharing.can(renamed, 'view', documentRef('d2')), false)
    assert.equal(await sharing.can(later, 'view', ref), false)
  },
  'an address that the policy no longer shares with gives nothing, until it does again': async (world) => {
    const { sharing } = world
    await world.document('d2')
    await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
    await sharing.resources.register({ type: 'folder', id: 'f1' }, { tenantId: 'acme', ownerId: 'ann' })
    await world.document('below', { parent: { type: 'folder', id: 'f1' } })
    await world.document()
    const email = cyd.email
    for (const id of ['d1', 'd2']) {
      await sharing.collaborators.add(ann, documentRef(id), { email, role: 'manager' })
    }
    await sharing.collaborators.add(ann, documentRef('d2'), { userId: 'cyd', role: 'viewer' })
    await sharing.collaborators.add(ann, { type: 'folder', id: 'f1' }, { email, role: 'manager' })
    await sharing.collaborators.add(eve, documentRef('far'), { email, role: 'viewer' })
    const link = await sharing.links.create(cyd, ref, { visibility: 'public' })
    const ed: Actor = { userId: 'ed', tenantId: 'rival', admin: 'tenant' }
    await sharing.policies.set(ed, { allowGuests: true })
    const shared = async () =>
      (await sharing.list(cyd, { filter: 'shared' })).items.map(({ resource }) => resource.id).sort()
    const opens = () => sharing.open(link.token).then(Boolean, (error: { code: string }) => error.code)
    const links = async () => (await sharing.access(ann, ref)).filter(({ via }) => via === 'link').length
    const all = ['d1', 'd2', 'below']
    const seen = async () => [
      (await world.filtered(cyd, 'view', all)).sort(),
      await Promise.all(all.map((id) => sharing.can(cyd, 'edit', documentRef(id)))),
      await sharing.can(cyd, 'view', documentRef('far')),
      await shared(),
      await opens(),
      await links(),
    ]
    await sharing.resources.update(ref, { traits: ['live'] })
    await sharing.resources.update(documentRef('below'), { traits: ['live'] })
    const before = await seen()
    assert.deepEqual(before, [
      ['below', 'd1', 'd2'],
      [true, false, true],
      true,
      ['d1', 'd2', 'f1', 'far'],
      true,
      1,
    ])
    const policy = { allowedEmailDomains: ['other.example', 'me.acme.example'] }
    await sharing.policies.set(ada, policy)
    await sharing.policies.set(ed, policy)
    assert.deepEqual(await seen(), [['d2'], [false, false, false], false, ['d2'], 'not_found', 0])
    const { considered } = await sharing.explain(cyd, 'view', documentRef('d2'))
    assert.deepEqual(
      considered.flatMap(({ source, reason }) => (source.kind === 'grant' ? [reason] : [])).sort(),
      ['domain_not_allowed', 'granted'],
    )
    await refused('not_found', sharing.attach(cyd, ref))
    await refused('not_found', sharing.collaborators.list(cyd, ref))
    assert.deepEqual(await sharing.invitations.claim(cyd), [])
    await sharing.policies.set(ada, { allowedEmailDomains: ['other.example', 'acme.example'] })
    await sharing.policies.set(ed, { allowedEmailDomains: null })
    assert.deepEqual(await seen(), before)
    // What was claimed is a person's, whatever their address.
    await sharing.invitations.claim(cyd)
    await sharing.policies.set(ada, policy)
    assert.equal(await sharing.can(cyd, 'view', ref), true)
  },
  'opening a link claims an invitation to its resource, and asks again after five minutes': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const { token } = await world.link()
    await sharing.open(token, { actor: cyd })
    await invite(world)
    const status = async () => (await sharing.collaborators.list(ann, ref))[0]?.status
    await sharing.open(token, { actor: cyd })
    assert.equal(await status(), 'invited')
    await sharing.open(token, { actor: { ...cyd, email: undefined } })
    await sharing.open(token, { actor: bob })
    await sharing.open(token)
    clock.pass(5 * MINUTE)
    assert.equal(await status(), 'invited')
    await sharing.open(token, { actor: cyd })
    assert.equal(await status(), 'active')
  },
})

const forgotten: ConformanceCase[] = casesOf('users.forget, with what was claimed', {
  'the address leaves every grant that they claimed, ended ones too': async (world) => {
    const { sharing, store } = world
    await world.document('d2')
    await world.document('d3')
    await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
    await sharing.policies.set({ userId: 'ed', tenantId: 'rival', admin: 'tenant' }, { allowGuests: true })
    await invited(world)
    for (const id of ['d2', 'd3']) {
      await sharing.collaborators.add(ann, documentRef(id), { email: cyd.email, role: 'viewer' })
    }
    await sharing.collaborators.add(ann, documentRef('d3'), { userId: 'cyd', role: 'viewer' })
    const far = await sharing.collaborators.add(eve, documentRef('far'), { email: cyd.email, role: 'viewer' })
    await sharing.collaborators.add(ann, ref, { email: 'dan@acme.example', role: 'viewer' })
    const dan = { userId: 'dan', tenantId: 'acme', email: 'dan@acme.example' }
    for (const actor of [cyd, dan]) await sharing.invitations.claim(actor)
    // Ended before, and nothing else of theirs is there.
    await sharing.collaborators.remove(eve, far.id)
    await sharing.users.forget('cyd')
    for (const id of ['d1', 'd2', 'd3', 'far']) {
      const { resource } = (await store.findResource(documentRef(id), null))!
      const request = { tenantId: resource.tenantId, resourceUid: resource.uid, above: false, ended: true }
      const found = await store.listPeople(request)
      const rows = found.filter(({ subject }) => subject !== 'user:dan')
      assert.equal(rows.length, id === 'd3' ? 2 : 1)
      const others = found.filter((row) => !rows.includes(row)).map(({ address }) => address)
      assert.deepEqual(others, id === 'd1' ? [dan.email] : [])
      for (const { address, addressKey, subject, endedAt } of rows) {
        assert.deepEqual([address, addressKey, subject], [null, null, 'user:cyd'])
        assert.notEqual(endedAt, null)
      }
    }
  },
  'their address leaves what nobody claimed too, where the host says it: ended ones, and in every tenant':
    async (world) => {
      const { sharing, store, clock } = world
      await world.document('d2')
      await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
      const add = (actor: Actor, id: string, email: string) =>
        sharing.collaborators.add(actor, documentRef(id), { email, role: 'viewer' })
      await invited(world)
      const ended = await add(ann, 'd2', cyd.email)
      await sharing.collaborators.remove(ann, ended.id)
      await add(eve, 'far', cyd.email)
      clock.pass(MINUTE)
      await add(eve, 'far', 'other@acme.example')
      await sharing.users.forget('cyd', { email: cyd.email })
      for (const id of ['d1', 'd2', 'far']) {
        const { resource } = (await store.findResource(documentRef(id), null))!
        const request = { tenantId: resource.tenantId, resourceUid: resource.uid, above: false, ended: true }
        const [row, ...others] = await store.listPeople(request)
        assert.deepEqual([row?.address, row?.addressKey, row?.subject], [null, null, 'user:cyd'])
        assert.notEqual(row?.endedAt, null)
        assert.deepEqual(
          others.map(({ address, endedAt }) => [address, endedAt]),
          id === 'far' ? [['other@acme.example', null]] : [],
        )
      }
      assert.equal(await sharing.can(cyd, 'view', ref), false)
    },
  'an invitation of the same address that nobody claimed is another’s affair': async (world) => {
    const { sharing } = world
    const { id } = await invited(world)
    await sharing.users.forget('cyd')
    const listed = await sharing.collaborators.list(ann, ref)
    assert.deepEqual(
      listed.map((one) => [one.id, one.grantee]),
      [[id, { kind: 'email', email: 'cyd@acme.example' }]],
    )
  },
})

const stored: ConformanceCase[] = casesOf('store, invited', {
  'finds what was given to an address, and to its person on the same resources': async (world) => {
    const { store, sharing } = world
    for (const id of ['d2', 'd3']) await world.document(id)
    await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
    const { id } = await invited(world)
    const add = (on: string, who: { userId: string } | { email: string }, actor: Actor = ann) =>
      sharing.collaborators.add(actor, documentRef(on), { ...who, role: 'viewer' })
    const before = await add('d1', { userId: 'cyd' })
    await sharing.collaborators.remove(ann, before.id)
    const mine = await add('d1', { userId: 'cyd' })
    await add('d1', { userId: 'bob' })
    await add('d2', { userId: 'cyd' })
    const ended = await add('d3', { email: cyd.email })
    await add('d3', { userId: 'cyd' })
    await sharing.collaborators.remove(ann, ended.id)
    const abroad = await add('far', { email: cyd.email }, eve)
    const ask: Ask = { invited: { email: 'email:cyd@acme.example', user: 'user:cyd' } }
    const seen = await store.changeEverywhere(ask, ({ tenantId, given, links }) => ({
      changes: [],
      audit: [],
      result: { tenantId, ids: given.map(({ grant }) => grant.id).sort(), links },
    }))
    assert.deepEqual(seen, [
      { tenantId: 'acme', ids: [id, mine.id].sort(), links: [] },
      { tenantId: 'rival', ids: [abroad.id], links: [] },
    ])
    const none: Ask = { invited: { email: 'email:none@acme.example', user: 'user:cyd' } }
    assert.deepEqual(await store.changeEverywhere(none, () => ({ changes: [], audit: [], result: 1 })), [])
  },
})

export const claiming: readonly ConformanceCase[] = [...stored, ...claim, ...forgotten]
