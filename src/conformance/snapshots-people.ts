import assert from 'node:assert/strict'
import { hostOf } from './canvases.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR } from './world.ts'

const { ann, bob, ada, zoe } = ACTORS
const ref = documentRef()
const BOB = { userId: 'bob', role: 'viewer' } as const
const SNAPSHOT = { mode: 'snapshot' } as const

/** What people are given as it was. */
export const peoplesSnapshots: readonly ConformanceCase[] = casesOf('snapshots of people', {
  'show what was shared, in the places that say so': async (world) => {
    await world.document('d1', { title: 'Before', traits: ['live'] })
    const { sharing, holds, asked } = hostOf(world)
    world.clock.pass(HOUR)
    const taken = world.clock.now
    const given = await sharing.collaborators.add(ann, ref, { ...BOB, role: 'manager', ...SNAPSHOT })
    assert.deepEqual([given.mode, given.snapshot], ['snapshot', { revision: 'r1', takenAt: taken }])
    holds.set('d1', { revision: 'r2', content: 'later' })
    world.clock.pass(HOUR)
    await world.document('above')
    await sharing.resources.update(ref, { title: 'After', traits: [], parent: documentRef('above') })
    const share = await sharing.attach(bob, ref)
    assert.deepEqual(share.snapshot, { revision: 'r1', content: { rows: [1, 2] }, takenAt: taken })
    assert.deepEqual([share.mode, share.role, share.resource.title], ['snapshot', 'manager', 'Before'])
    // Nobody manages a document by what it was.
    assert.deepEqual(share.actions, ['view', 'comment'])
    const resumed = await sharing.resume(share.pass, { actor: bob })
    assert.deepEqual({ ...resumed, pass: share.pass }, share)
    const { items } = await sharing.list(bob)
    assert.deepEqual(
      items.map(({ mode, role, resource }) => [mode, role, resource.title, resource.traits, resource.parent]),
      [['snapshot', 'manager', 'Before', [], null]],
    )
    assert.deepEqual(items[0]?.resource.updatedAt, taken)
    const entry = (await sharing.access(ann, ref)).find(({ via }) => via === 'grant')
    assert.deepEqual([entry?.mode, entry?.actions], ['snapshot', ['view', 'comment']])
    assert.deepEqual((await sharing.collaborators.list(ann, ref))[0]?.snapshot, given.snapshot)
    assert.deepEqual(
      asked.map(({ as }) => as),
      [ann],
    )
  },
  'give nothing of the live document: no action, no filter, no people, no links': async (world) => {
    await world.document()
    const { sharing } = hostOf(world)
    await sharing.collaborators.add(ann, ref, { ...BOB, role: 'manager', ...SNAPSHOT })
    await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'viewer' })
    for (const action of ['view', 'comment', 'share', 'history'] as const) {
      assert.equal(await sharing.can(bob, action, ref), false)
    }
    assert.deepEqual(await world.filtered(bob, 'view', ['d1']), [])
    const link = { visibility: 'public' } as const
    await refused('not_found', sharing.links.create(bob, ref, link))
    await refused('not_found', sharing.links.create(bob, ref, { ...link, ...SNAPSHOT }))
    await refused('not_found', sharing.collaborators.list(bob, ref))
    await refused('not_found', sharing.collaborators.add(bob, ref, { userId: 'dan', role: 'viewer' }))
    await refused('not_found', sharing.access(bob, ref))
    await refused('not_found', sharing.audit.list(bob, { resource: ref }))
    await refused('not_found', sharing.views.list(bob, { resource: ref }))
    const { considered } = await sharing.explain(bob, 'view', ref)
    assert.ok(considered.some(({ reason }) => reason === 'snapshot_only'))
    // Whoever sees what it was may ask for what it is, and give up what they have.
    await sharing.requests.create(bob, ref, { role: 'viewer' })
    assert.equal((await sharing.requests.list(ann, ref)).length, 1)
    await sharing.collaborators.leave(bob, ref)
    await refused('not_found', sharing.attach(bob, ref))
  },
  'stand beside what is live, which comes first; a pass is for what it was opened with': async (world) => {
    await world.document()
    const { sharing } = hostOf(world)
    const was = await sharing.collaborators.add(ann, ref, { ...BOB, ...SNAPSHOT })
    const past = await sharing.attach(bob, ref)
    const is = await sharing.collaborators.add(ann, ref, BOB)
    assert.equal((await sharing.collaborators.list(ann, ref)).length, 2)
    const live = await sharing.attach(bob, ref, { pass: past.pass })
    assert.deepEqual([live.mode, live.snapshot], ['live', null])
    assert.notEqual(live.viewId, past.viewId)
    assert.equal((await sharing.list(bob)).items[0]?.mode, 'live')
    // Also where what they see of it as it was is by the stronger role.
    await sharing.collaborators.setRole(ann, was.id, 'editor')
    const listed = (await sharing.list(bob)).items
    assert.deepEqual(
      listed.map(({ mode, role }) => [mode, role]),
      [['live', 'viewer']],
    )
    assert.equal((await sharing.resume(past.pass, { actor: bob })).mode, 'snapshot')
    await sharing.collaborators.remove(ann, is.id)
    await refused('not_found', sharing.resume(live.pass, { actor: bob }))
    assert.equal((await sharing.attach(bob, ref)).mode, 'snapshot')
    await sharing.collaborators.add(ann, ref, BOB)
    await sharing.collaborators.remove(ann, was.id)
    await refused('not_found', sharing.resume(past.pass, { actor: bob }))
    assert.equal((await sharing.attach(bob, ref)).mode, 'live')
  },
  'are taken anew where they are given again; what was opened goes on as it was': async (world) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    const given = await sharing.collaborators.add(ann, ref, { ...BOB, ...SNAPSHOT })
    const old = await sharing.attach(bob, ref)
    holds.set('d1', { revision: 'r2', content: 2 })
    world.clock.pass(HOUR)
    await sharing.collaborators.setRole(ann, given.id, 'commenter')
    assert.equal((await sharing.attach(bob, ref, { pass: old.pass })).snapshot?.revision, 'r1')
    const again = await sharing.collaborators.add(ann, ref, { ...BOB, ...SNAPSHOT })
    assert.deepEqual([again.id, again.snapshot?.revision], [given.id, 'r2'])
    assert.deepEqual((await sharing.resume(old.pass, { actor: bob })).snapshot, old.snapshot)
    const same = await sharing.attach(bob, ref, { pass: old.pass })
    assert.deepEqual([same.snapshot?.revision, same.viewId], ['r2', old.viewId])
    assert.equal((await sharing.resume(same.pass, { actor: bob })).snapshot?.revision, 'r2')
    const { items } = await sharing.audit.list(ann, { resource: ref, limit: 1 })
    assert.deepEqual(
      items.map(({ action, target, before, after }) => [
        action,
        target?.id,
        before?.['revision'],
        after?.['revision'],
      ]),
      [['snapshot.taken', given.id, 'r1', 'r2']],
    )
    world.clock.pass(DAY - 1)
    assert.equal((await sharing.maintain()).snapshotsSwept, 0)
    world.clock.pass(2 * HOUR)
    assert.equal((await sharing.maintain()).snapshotsSwept, 1)
  },
  'come by address, by group and to guests; what is given above is of that one': async (world) => {
    await world.document('above')
    await world.document('d1', { parent: documentRef('above') })
    const { sharing, holds } = hostOf(world)
    holds.set('above', { revision: 'up', content: 'above' })
    await sharing.collaborators.add(ann, documentRef('above'), { ...BOB, ...SNAPSHOT })
    await refused('not_found', sharing.attach(bob, ref))
    assert.equal((await sharing.attach(bob, documentRef('above'))).snapshot?.content, 'above')
    assert.ok((await sharing.access(ann, ref)).every(({ via }) => via === 'owner'))
    await sharing.collaborators.add(ann, ref, { email: bob.email, role: 'viewer', ...SNAPSHOT })
    assert.equal((await sharing.attach(bob, ref)).snapshot?.revision, 'r1')
    assert.equal((await sharing.collaborators.list(ann, ref))[0]?.status, 'active')
    await sharing.collaborators.add(ann, ref, { groupId: 'staff', role: 'commenter', ...SNAPSHOT })
    const dan = { userId: 'dan', tenantId: 'acme', groups: ['staff'] }
    assert.equal((await sharing.attach(dan, ref)).role, 'commenter')
    assert.equal((await sharing.attach({ ...bob, groups: ['staff'] }, ref)).role, 'commenter')
    await sharing.collaborators.add(ann, ref, { userId: 'zoe', role: 'viewer', ...SNAPSHOT })
    await refused('not_found', sharing.attach(zoe, ref))
    await sharing.policies.set(ada, { allowGuests: true })
    const { pass } = await sharing.attach(zoe, ref)
    await sharing.policies.set(ada, { allowGuests: false })
    await refused('not_found', sharing.resume(pass, { actor: zoe }))
  },
  'of an address and of its person become one: the newer, where it is no less': async (world) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    await sharing.collaborators.add(ann, ref, { ...BOB, ...SNAPSHOT })
    const { email: _, ...nameless } = bob
    const old = await sharing.attach(nameless, ref)
    holds.set('d1', { revision: 'r2', content: 2 })
    world.clock.pass(HOUR)
    await sharing.collaborators.add(ann, ref, { email: bob.email, role: 'viewer', ...SNAPSHOT })
    assert.equal((await sharing.attach(bob, ref)).snapshot?.revision, 'r2')
    // What was opened before goes on as it was.
    assert.equal((await sharing.maintain()).snapshotsSwept, 0)
    assert.deepEqual((await sharing.resume(old.pass, { actor: bob })).snapshot, old.snapshot)
    const [one, ...more] = await sharing.collaborators.list(ann, ref)
    assert.deepEqual([one?.snapshot?.revision, more.length], ['r2', 0])
    // What is weaker and newer stays by itself: joined they would be a right that nobody gave.
    holds.set('d1', { revision: 'r3', content: 3 })
    world.clock.pass(HOUR)
    await sharing.collaborators.setRole(ann, one!.id, 'commenter')
    await sharing.collaborators.add(ann, documentRef('d1'), {
      email: 'bob@other.example',
      role: 'viewer',
      ...SNAPSHOT,
    })
    const elsewhere = { ...bob, email: 'bob@other.example' }
    const { role, snapshot } = await sharing.attach(elsewhere, ref)
    assert.deepEqual([role, snapshot?.revision], ['commenter', 'r2'])
    assert.equal((await sharing.collaborators.list(ann, ref)).length, 2)
  },
  'end with what they were given by: removed, over, a member who left': async (world) => {
    await world.document()
    const { sharing } = hostOf(world)
    const expiresAt = new Date(world.clock.now.getTime() + HOUR)
    await sharing.collaborators.add(ann, ref, { ...BOB, ...SNAPSHOT, expiresAt })
    const share = await sharing.attach(bob, ref)
    assert.deepEqual(share.passExpiresAt, expiresAt)
    world.clock.pass(HOUR)
    await refused('not_found', sharing.attach(bob, ref))
    await refused('not_found', sharing.resume(share.pass, { actor: bob }))
    await sharing.collaborators.add(ann, ref, { ...BOB, ...SNAPSHOT })
    const { pass } = await sharing.attach(bob, ref)
    await refused('forbidden', sharing.resume(pass, { actor: { userId: 'cyd', tenantId: 'acme' } }))
    await refused('authentication_required', sharing.resume(pass))
    await sharing.members.remove('acme', 'bob')
    await refused('not_found', sharing.resume(pass, { actor: bob }))
  },
  'are asked of the host only for somebody who may give them': async (world) => {
    await world.document('d1', { visibility: 'account' })
    const { sharing, asked } = hostOf(world, {
      limits: { opensPerMinute: false, collaboratorsPerResource: 1 },
    })
    const cyd = { userId: 'cyd', role: 'viewer', ...SNAPSHOT } as const
    await refused('forbidden', sharing.collaborators.add(bob, ref, cyd))
    await refused('not_found', sharing.collaborators.add(zoe, ref, cyd))
    await sharing.collaborators.add(ann, ref, BOB)
    await refused('collaborator_limit', sharing.collaborators.add(ann, ref, cyd))
    assert.deepEqual(asked, [])
    // The owner has all of it already: the answer is anybody's, with nothing behind it.
    const mine = await sharing.collaborators.add(ann, ref, { email: ann.email, role: 'viewer', ...SNAPSHOT })
    assert.equal(mine.snapshot?.revision, 'r1')
    assert.equal((await sharing.collaborators.list(ann, ref)).length, 1)
  },
})
