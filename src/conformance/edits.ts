import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import type { ConformanceCase } from './case.ts'
import { atOnce, refused, refusedField, tally } from './expect.ts'
import { ref, stationCasesOf } from './workstations-world.ts'
import { ACTORS, documentRef, MINUTE } from './world.ts'

const { ann, bob, ada, eve, ed, zoe, root } = ACTORS
const viewer = { userId: 'vera', tenantId: 'acme' }

const beginning = stationCasesOf('edits.begin', {
  'gives whoever may edit a lease, and the same one again from the same workstation': async (world) => {
    const { stations, clock, at } = world
    await world.shared()
    const made = await world.edits(bob)
    assert.deepEqual(made, {
      id: made.id,
      resource: ref,
      workstationId: await at(bob),
      userId: 'bob',
      fence: made.fence,
      startedAt: clock.now,
      expiresAt: new Date(clock.now.getTime() + 15 * MINUTE),
    })
    clock.pass(MINUTE)
    const again = await world.edits(bob)
    assert.deepEqual(again, { ...made, expiresAt: new Date(clock.now.getTime() + 15 * MINUTE) })
    assert.deepEqual(await stations.edits.current(ann, ref), again)
    assert.equal(await stations.edits.check(ref, made.fence), true)
  },
  'somebody else is told who holds it, from where and since when': async (world) => {
    const { clock, at } = world
    await world.shared()
    const { startedAt, expiresAt } = await world.edits(bob)
    clock.pass(MINUTE)
    const { public: shown, status } = await refused('conflict', world.edits(ann))
    assert.equal(status, 409)
    assert.deepEqual(shown['holder'], {
      userId: 'bob',
      workstation: { id: await at(bob), name: "bob's laptop" },
      since: startedAt,
      expiresAt,
    })
    const own = await refused('conflict', world.edits(bob, 'another of bob'))
    assert.equal((own.public['holder'] as { userId: string }).userId, 'bob')
  },
  'nobody begins who may not edit, and nobody from what is not theirs': async (world) => {
    const { stations, sharing, at } = world
    await world.shared()
    await sharing.collaborators.add(ann, ref, { userId: 'vera', role: 'viewer' })
    await refused('forbidden', world.edits(viewer))
    for (const stranger of [eve, ed, zoe]) await refused('not_found', world.edits(stranger))
    await refused('not_found', world.edits(ada))
    const begin = (workstationId: string, id = 'd1') =>
      stations.edits.begin(ann, documentRef(id), { workstationId })
    await refused('forbidden', begin(await at(bob)))
    await refused('not_found', begin(await at(eve)))
    await refused('not_found', begin('unknown'))
    await refused('not_found', begin(await at(ann), 'unknown'))
    await refusedField('options.workstationId', begin(''))
    assert.equal(await stations.edits.current(ann, ref), null)
  },
  'a guest who may edit, and a system admin, edit from their own workstations': async (world) => {
    const { stations, sharing } = world
    await world.shared()
    await sharing.policies.set(ada, { allowGuests: true })
    await sharing.collaborators.add(ann, ref, { userId: 'eve', role: 'editor' })
    const edit = await world.edits(eve)
    assert.equal((await stations.edits.heartbeat(eve, edit.id)).id, edit.id)
    assert.equal(await stations.edits.check(ref, edit.fence), true)
    await refused('conflict', world.edits(ann))
    await stations.remove(eve, edit.workstationId)
    assert.equal(await stations.edits.check(ref, edit.fence), false)
    const next = await world.edits(root)
    assert.equal(await stations.edits.check(ref, next.fence), true)
    await sharing.admins.remove('root', null)
    assert.equal(await stations.edits.check(ref, next.fence), false)
  },
  'of many at once, from two processes, one holds it': async (world) => {
    await world.shared()
    const people = await Promise.all(
      atOnce(16, async (index) => {
        const actor = { userId: `u${index}`, tenantId: 'acme' }
        await world.sharing.collaborators.add(ann, ref, { userId: actor.userId, role: 'editor' })
        return { actor, workstationId: await world.at(actor) }
      }),
    )
    const counts = await tally(
      people.map(({ actor, workstationId }) => world.stations.edits.begin(actor, ref, { workstationId })),
    )
    assert.deepEqual(counts, { ok: 1, conflict: 15 })
  },
  'each new session has a higher fence than all before it in the account': async (world) => {
    const { stations, clock, sharing } = world
    await world.shared()
    await world.document('d2')
    const fences: number[] = []
    const add = ({ fence }: { fence: number }) => fences.push(fence)
    const first = await world.edits(ann)
    add(first)
    add(await stations.edits.begin(ann, documentRef('d2'), { workstationId: first.workstationId }))
    await stations.edits.end(ann, first.id)
    add(await world.edits(bob))
    clock.pass(15 * MINUTE)
    add(await world.edits(ann))
    await sharing.resources.remove(ref)
    await world.shared()
    add(await world.edits(ann))
    for (const passed of [0, -MINUTE, MINUTE]) {
      await sharing.tenants.remove('acme')
      clock.pass(passed)
      await world.shared()
      add(await world.edits(ann))
    }
    assert.deepEqual(
      fences,
      [...new Set(fences)].sort((a, b) => a - b),
    )
    assert.ok(Number.isSafeInteger(fences.at(-1)))
    for (const fence of fences.slice(0, -1)) assert.equal(await stations.edits.check(ref, fence), false)
    assert.equal(await stations.edits.check(ref, fences.at(-1)!), true)
  },
})

const leases = stationCasesOf('edits, their lease', {
  'lasts from the last heartbeat, and then anyone may begin': async (world) => {
    const { stations, clock } = world
    await world.shared()
    const held = await world.edits(bob)
    clock.pass(14 * MINUTE)
    const { expiresAt } = await stations.edits.heartbeat(bob, held.id)
    assert.deepEqual(expiresAt, new Date(clock.now.getTime() + 15 * MINUTE))
    clock.pass(15 * MINUTE - 1)
    assert.equal(await stations.edits.check(ref, held.fence), true)
    await refused('conflict', world.edits(ann))
    clock.pass(1)
    assert.equal(await stations.edits.check(ref, held.fence), false)
    assert.equal(await stations.edits.current(ann, ref), null)
    const next = await world.edits(ann)
    assert.ok(next.fence > held.fence)
    const { public: shown } = await refused('conflict', stations.edits.heartbeat(bob, held.id))
    assert.equal(shown['reason'], 'expired')
    await refused('conflict', stations.checkpoints.save(bob, held.id, 1))
    await stations.edits.end(bob, held.id)
    assert.equal(await stations.edits.check(ref, next.fence), true)
  },
  'a lease that ran out is not revived by its holder, who may begin anew': async (world) => {
    const { stations, clock } = world
    await world.shared()
    const held = await world.edits(bob)
    clock.pass(15 * MINUTE)
    await refused('conflict', stations.edits.heartbeat(bob, held.id))
    const next = await world.edits(bob)
    assert.notEqual(next.id, held.id)
    assert.ok(next.fence > held.fence)
    assert.equal(await stations.edits.check(ref, held.fence), false)
  },
  'is as long as it was set': async (world) => {
    const { clock } = world
    const short = world.stationsWith({ sessionTimeoutMinutes: 1 })
    await world.shared()
    const held = await world.edits(bob)
    const { expiresAt } = await short.edits.heartbeat(bob, held.id)
    assert.deepEqual(expiresAt, new Date(clock.now.getTime() + MINUTE))
  },
  'is its holder’s alone to keep and to end': async (world) => {
    const { stations, sharing } = world
    await world.shared()
    await sharing.collaborators.add(ann, ref, { userId: 'vera', role: 'viewer' })
    const { id, fence } = await world.edits(bob)
    const calls = [
      (actor: Actor) => stations.edits.heartbeat(actor, id),
      (actor: Actor) => stations.edits.end(actor, id),
      (actor: Actor) => stations.checkpoints.save(actor, id, {}),
    ]
    for (const call of calls) {
      await refused('forbidden', call(viewer))
      await refused('forbidden', call(ann))
      for (const stranger of [eve, ed, { ...bob, tenantId: 'rival' }, { userId: 'x', tenantId: 'acme' }]) {
        await refused('not_found', call(stranger))
      }
    }
    await refused('not_found', stations.edits.heartbeat(bob, 'unknown'))
    await refusedField('id', stations.edits.end(bob, ''))
    await refusedField('fence', stations.edits.check(ref, -1))
    assert.equal(await stations.edits.check(ref, fence), true)
    assert.equal(await stations.edits.check(documentRef('unknown'), fence), false)
    await stations.edits.end(bob, id)
    await stations.edits.end(bob, id)
    assert.equal(await stations.edits.check(ref, fence), false)
    assert.ok(await world.edits(ann))
  },
  'whoever may view the resource sees who edits it, and its administrators': async (world) => {
    const { stations, sharing } = world
    await world.shared()
    await sharing.collaborators.add(ann, ref, { userId: 'vera', role: 'viewer' })
    const { id } = await world.edits(bob)
    for (const actor of [ann, viewer, ada, root]) {
      assert.equal((await stations.edits.current(actor, ref))?.id, id)
    }
    for (const actor of [eve, ed, zoe, { userId: 'x', tenantId: 'acme' }]) {
      await refused('not_found', stations.edits.current(actor, ref))
    }
    await refused('not_found', stations.edits.current(ann, documentRef('unknown')))
  },
})

const takingOver = stationCasesOf('edits.takeOver', {
  'before the lease is over only by the owner or an administrator': async (world) => {
    const { stations, sharing, at } = world
    await world.shared()
    await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'manager' })
    await sharing.collaborators.add(ann, ref, { userId: 'vera', role: 'viewer' })
    const take = async (actor: Actor, name?: string) =>
      stations.edits.takeOver(actor, ref, { workstationId: await at(actor, name) })
    const held = await world.edits(bob)
    await refused('forbidden', take({ userId: 'cyd', tenantId: 'acme' }))
    await refused('forbidden', take(viewer))
    await refused('forbidden', take(bob, 'another of bob'))
    for (const stranger of [eve, ed, zoe]) await refused('not_found', take(stranger))
    assert.equal(await stations.edits.check(ref, held.fence), true)
    assert.equal((await take(bob)).id, held.id)
    let before = held.fence
    for (const taker of [ann, ada, root]) {
      const taken = await take(taker)
      assert.equal(taken.userId, taker.userId)
      assert.ok(taken.fence > before)
      assert.equal(await stations.edits.check(ref, before), false)
      assert.equal(await stations.edits.check(ref, taken.fence), taker !== ada)
      before = taken.fence
    }
    const { public: shown } = await refused('conflict', stations.edits.heartbeat(bob, held.id))
    assert.equal(shown['reason'], 'taken_over')
  },
  'after it, by anyone who may edit': async (world) => {
    const { stations, clock, at, sharing } = world
    await world.shared()
    await sharing.collaborators.add(ann, ref, { userId: 'vera', role: 'viewer' })
    await world.edits(ann)
    clock.pass(15 * MINUTE)
    const take = async (actor: Actor) =>
      stations.edits.takeOver(actor, ref, { workstationId: await at(actor) })
    await refused('forbidden', take(viewer))
    await refused('not_found', take(ada))
    assert.equal((await take(bob)).userId, 'bob')
  },
  'an administrator who may not edit has the lease, and neither reads nor saves what was edited': async (
    world,
  ) => {
    const { stations, sharing, at } = world
    await world.shared()
    const held = await world.edits(bob)
    const { id } = await stations.checkpoints.save(bob, held.id, 'of bob')
    const taken = await stations.edits.takeOver(ada, ref, { workstationId: await at(ada) })
    await stations.edits.heartbeat(ada, taken.id)
    assert.equal(await stations.edits.check(ref, taken.fence), false)
    await refused('conflict', world.edits(bob))
    await refused('forbidden', stations.checkpoints.save(ada, taken.id, 'of ada'))
    await refused('not_found', stations.checkpoints.get(ada, id))
    await refused('conflict', stations.edits.heartbeat({ ...ada, admin: undefined }, taken.id))
    const again = await world.edits(bob)
    const { fence } = await stations.edits.takeOver(ada, ref, { workstationId: await at(ada) })
    assert.ok(fence > again.fence)
    await sharing.admins.remove('ada', 'acme')
    assert.equal(await stations.edits.current(ann, ref), null)
    await refused('not_found', world.edits(ada))
    const freed = await world.edits(bob)
    const office = await stations.edits.takeOver(ada, ref, { workstationId: await at(ada) })
    assert.ok(office.fence > freed.fence)
    await sharing.collaborators.add(ann, ref, { userId: 'ada', role: 'editor' })
    assert.equal(await stations.edits.check(ref, office.fence), false)
    const own = await world.edits(ada)
    assert.ok(own.fence > office.fence)
    assert.equal(await stations.edits.check(ref, own.fence), true)
  },
  'is recorded with whom it was taken from, as every beginning and end': async (world) => {
    const { stations, sharing, clock, at } = world
    await world.shared()
    const heard: string[] = []
    sharing.on('*', ({ action }) => void (action.startsWith('edit.') && heard.push(action)))
    const held = await world.edits(bob)
    await stations.edits.heartbeat(bob, held.id)
    const taken = await stations.edits.takeOver(ann, ref, { workstationId: await at(ann) })
    await stations.edits.end(ann, taken.id)
    const late = await world.edits(bob)
    clock.pass(15 * MINUTE)
    const last = await world.edits(ann)
    const { items } = await sharing.audit.list(ann, { resource: ref })
    const events = items.filter(({ action }) => action.startsWith('edit.')).reverse()
    assert.deepEqual(
      events.map(({ action, actorId, target }) => [action, actorId, target?.id]),
      [
        ['edit.begun', 'bob', held.id],
        ['edit.taken_over', 'ann', taken.id],
        ['edit.ended', 'ann', taken.id],
        ['edit.begun', 'bob', late.id],
        ['edit.lost', null, late.id],
        ['edit.begun', 'ann', last.id],
      ],
    )
    const [, takenOver, , , lost] = events
    assert.deepEqual([takenOver?.before?.['userId'], takenOver?.before?.['edit']], ['bob', held.id])
    assert.deepEqual(lost?.after, { reason: 'expired' })
    await new Promise((resolve) => setTimeout(resolve, 5))
    assert.deepEqual(
      heard,
      events.map(({ action }) => action),
    )
  },
})

export const editSessions: readonly ConformanceCase[] = [...beginning, ...leases, ...takingOver]
