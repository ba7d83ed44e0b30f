import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import type { Store, WorkstationVerbs } from '../store/index.ts'
import { createWorkstations } from '../workstations/index.ts'
import type { ConformanceCase } from './case.ts'
import { refused } from './expect.ts'
import { ref, type StationWorld, stationCasesOf } from './workstations-world.ts'
import { ACTORS, documentRef, HOUR, MINUTE } from './world.ts'

const { ann, bob, ada, eve, root, zoe } = ACTORS
const inStaff = { userId: 'cyd', tenantId: 'acme', groups: ['staff'] }

/** That a session is over for everything it can do, and that the next one may begin. */
async function over(
  { stations }: StationWorld,
  actor: typeof bob | typeof inStaff,
  { id, fence }: { id: string; fence: number },
): Promise<void> {
  assert.equal(await stations.edits.check(ref, fence), false)
  await refused('conflict', stations.edits.heartbeat(actor, id))
  await refused('conflict', stations.checkpoints.save(actor, id, {}))
  assert.equal(await stations.edits.check(ref, fence), false)
}

/** A store on which something happens after a workstation was found, and which then may be killed before it is looked at again. */
function afterFinding(store: Store, act: (id: string) => Promise<unknown>, kill?: string): Store {
  const workstations: WorkstationVerbs = {
    ...store.workstations!,
    async find(tenantId, id) {
      const found = await store.workstations!.find(tenantId, id)
      await act(id)
      return found
    },
  }
  const change: Store['change'] = async (anchor, ...rest) => {
    if (kill !== undefined && anchor.at === 'workstation') throw new Error(kill)
    return store.change(anchor, ...rest)
  }
  const changed = { workstations, change }
  return new Proxy(store, {
    get: (target, name) => Reflect.get(name in changed ? changed : target, name),
  })
}

/** Each way in which bob loses the right that he edits by, with what brings it back where something could. */
const LOSSES: Record<
  string,
  (world: StationWorld, grantId: string) => Promise<(() => Promise<unknown>) | null>
> = {
  'the grant removed, and given again': async ({ sharing }, grantId) => {
    await sharing.collaborators.remove(ann, grantId)
    return () => sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'editor' })
  },
  'the grant left': async ({ sharing }) => {
    await sharing.collaborators.leave(bob, ref)
    return () => sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'editor' })
  },
  'a weaker role': async ({ sharing }, grantId) => {
    await sharing.collaborators.setRole(ann, grantId, 'viewer')
    return null
  },
  'a rule on a trait': async ({ sharing }) => {
    await sharing.resources.update(ref, { traits: ['live', 'archived'] })
    return null
  },
  'the account left': async ({ sharing }) => {
    await sharing.members.remove('acme', 'bob')
    return null
  },
  'the resource removed': async (world) => {
    await world.sharing.resources.remove(ref)
    return null
  },
}

const losing = stationCasesOf('edits, the right lost', {
  ...Object.fromEntries(
    Object.entries(LOSSES).map(([name, lose]) => [
      `${name}: over at once, for check too`,
      async (world: StationWorld) => {
        const { grantId } = await world.shared()
        const held = await world.edits(bob)
        const back = await lose(world, grantId)
        assert.equal(await world.stations.edits.check(ref, held.fence), false)
        await back?.()
        assert.equal(await world.stations.edits.check(ref, held.fence), false)
        if (name === 'the account left' || name === 'the resource removed') return
        await over(world, bob, held)
      },
    ]),
  ),
  'an expiry of the grant': async (world) => {
    const { sharing, clock, stations } = world
    const { grantId } = await world.shared()
    await sharing.collaborators.remove(ann, grantId)
    const expiresAt = new Date(clock.now.getTime() + 10 * MINUTE)
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'editor', expiresAt })
    const held = await world.edits(bob)
    clock.pass(10 * MINUTE - 1)
    assert.equal(await stations.edits.check(ref, held.fence), true)
    clock.pass(1)
    await over(world, bob, held)
  },
  'a transfer ends the owner’s session, also if it comes back': async (world) => {
    const { sharing, stations } = world
    await world.shared()
    const held = await world.edits(ann)
    await sharing.resources.transfer(ann, ref, 'bob')
    await sharing.resources.transfer(bob, ref, 'ann')
    await over(world, ann, held)
    assert.notEqual((await world.edits(ann)).fence, held.fence)
    assert.equal(await stations.edits.check(ref, held.fence), false)
  },
  'whoever becomes the owner goes on editing': async (world) => {
    const { sharing, stations } = world
    await world.shared()
    const held = await world.edits(bob)
    await sharing.resources.transfer(ann, ref, 'bob')
    assert.equal(await stations.edits.check(ref, held.fence), true)
    await stations.edits.heartbeat(bob, held.id)
  },
  'an invitation joined with what its person has: goes on': async (world) => {
    const { sharing, stations } = world
    await world.document('d1', { traits: ['live'] })
    await sharing.collaborators.add(ann, ref, { email: bob.email, role: 'editor' })
    const held = await world.edits(bob)
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'editor' })
    await sharing.invitations.claim(bob)
    assert.equal(await stations.edits.check(ref, held.fence), true)
    await stations.edits.heartbeat(bob, held.id)
  },
  'an invitation that somebody else of the address claims: not theirs any more, whatever the other has':
    async (world) => {
      const { sharing, stations } = world
      const carl = { userId: 'carl', tenantId: 'acme', email: bob.email }
      for (const [id, had] of [
        ['d1', false],
        ['d2', true],
      ] as const) {
        const document = documentRef(id)
        await world.document(id, { traits: ['live'] })
        await sharing.collaborators.add(ann, document, { email: bob.email, role: 'editor' })
        if (had) await sharing.collaborators.add(ann, document, { userId: 'carl', role: 'editor' })
        const held = await stations.edits.begin(bob, document, { workstationId: await world.at(bob) })
        await sharing.invitations.claim(carl)
        assert.equal(await sharing.can(bob, 'edit', document), false)
        assert.equal(await stations.edits.check(document, held.fence), false)
        await refused('conflict', stations.edits.heartbeat(bob, held.id))
      }
    },
  'what anybody found lost stays lost, also if it comes back': async (world) => {
    const { sharing, stations } = world
    const { grantId } = await world.shared()
    const again = async (actor: Actor) => {
      const workstationId = await world.at(actor)
      return () => stations.edits.begin(actor, ref, { workstationId })
    }
    const begin = await again(bob)
    const looks: Array<() => Promise<unknown>> = [
      () => stations.edits.current(ann, ref),
      () => refused('forbidden', begin()),
      async () =>
        refused('not_found', stations.edits.takeOver(zoe, ref, { workstationId: await world.at(zoe) })),
    ]
    for (const look of looks) {
      const held = await begin()
      await sharing.collaborators.setRole(ann, grantId, 'viewer')
      await look()
      await sharing.collaborators.setRole(ann, grantId, 'editor')
      assert.equal(await stations.edits.check(ref, held.fence), false)
      await refused('conflict', stations.edits.heartbeat(bob, held.id))
    }
  },
  'a group left, as the host tells or as its person comes': async (world) => {
    const { sharing, stations } = world
    await world.document('d1', { traits: ['live'] })
    await sharing.collaborators.add(ann, ref, { groupId: 'staff', role: 'editor' })
    const first = await world.edits(inStaff)
    await sharing.groups.removeMember('acme', 'staff', 'dan')
    assert.equal(await stations.edits.check(ref, first.fence), true)
    await sharing.groups.removeMember('acme', 'staff', 'cyd')
    await over(world, inStaff, first)
    const second = await world.edits(inStaff)
    await refused('conflict', stations.edits.heartbeat({ ...inStaff, groups: [] }, second.id))
    await over(world, inStaff, second)
  },
  'what was given above, and lies there no more': async (world) => {
    const { sharing, stations } = world
    const folder = { type: 'folder', id: 'f1' } as const
    await sharing.resources.register(folder, { tenantId: 'acme', ownerId: 'ann' })
    await world.document('d1', { traits: ['live'], parent: folder })
    await sharing.collaborators.add(ann, folder, { userId: 'bob', role: 'manager' })
    const held = await world.edits(bob)
    assert.equal(await stations.edits.check(ref, held.fence), true)
    await sharing.resources.update(ref, { parent: null })
    await over(world, bob, held)
  },
  'its workstation removed, by whoever may': async (world) => {
    const { stations, sharing } = world
    await world.shared()
    for (const by of [bob, ada, root]) {
      const held = await world.edits(bob)
      await stations.remove(by, held.workstationId)
      await over(world, bob, held)
    }
    const { items } = await sharing.audit.list(ann, { resource: ref })
    const lost = items.filter(({ action }) => action === 'edit.lost')
    assert.deepEqual(
      lost.map(({ actorId, after }) => [actorId, after]),
      ['root', 'ada', 'bob'].map((by) => [by, { reason: 'workstation_removed' }]),
    )
  },
  'a guest’s workstation, or account, that goes while they begin': async (world) => {
    const { stations, sharing, store } = world
    await world.shared()
    await sharing.policies.set(ada, { allowGuests: true })
    await sharing.collaborators.add(ann, ref, { userId: 'eve', role: 'editor' })
    const removals = [
      (id: string) => stations.remove(eve, id),
      () => sharing.members.remove('rival', 'eve'),
      () => sharing.tenants.remove('rival'),
    ]
    for (const remove of removals) {
      const workstationId = await world.at(eve)
      const racing = createWorkstations(world.sharingWith({ store: afterFinding(store, remove) }))
      await refused('not_found', racing.edits.begin(eve, ref, { workstationId }))
      assert.equal(await stations.edits.current(ann, ref), null)
    }
    const workstationId = await world.at(eve)
    const killed = afterFinding(store, (id) => stations.remove(eve, id), 'killed')
    const dying = createWorkstations(world.sharingWith({ store: killed }))
    await assert.rejects(dying.edits.begin(eve, ref, { workstationId }), /killed/)
    const left = await stations.edits.current(ann, ref)
    const { public: shown } = await refused('conflict', stations.edits.heartbeat(eve, left!.id))
    assert.equal(shown['reason'], 'workstation_removed')
    assert.equal(await stations.edits.check(ref, left!.fence), false)
  },
  'guests shut out by the policy': async (world) => {
    const { sharing } = world
    await world.shared()
    await sharing.policies.set(ada, { allowGuests: true })
    await sharing.collaborators.add(ann, ref, { userId: 'eve', role: 'editor' })
    const held = await world.edits(eve)
    await sharing.policies.set(ada, { allowGuests: false })
    await over(world, eve, held)
  },
  'by visibility it lasts as long as that': async (world) => {
    const resources = { document: { roles: { editor: ['view', 'edit'] } } }
    const sharing = world.sharingWith({ resources: resources as never }) as unknown as StationWorld['sharing']
    const stations = createWorkstations(sharing)
    await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'ann', visibility: 'account' })
    const held = await stations.edits.begin(bob, ref, { workstationId: await world.at(bob) })
    assert.equal(await stations.edits.check(ref, held.fence), true)
    await sharing.resources.setVisibility(ann, ref, 'private')
    assert.equal(await stations.edits.check(ref, held.fence), false)
    await sharing.resources.setVisibility(ann, ref, 'account')
    assert.equal(await stations.edits.check(ref, held.fence), false)
  },
})

const leaving = stationCasesOf('workstations, whose person goes', {
  'members.remove takes what they registered there, and nothing of another account': async (world) => {
    const { stations, sharing, at } = world
    await world.shared()
    const held = await world.edits(bob)
    const elsewhere = { ...bob, tenantId: 'rival' }
    const there = await at(elsewhere)
    const mine = await at(ann)
    await sharing.members.remove('acme', 'bob')
    await refused('not_found', stations.get(bob, held.workstationId))
    assert.deepEqual((await stations.list(bob)).items, [])
    assert.equal((await stations.get(elsewhere, there)).id, there)
    assert.equal((await stations.get(ann, mine)).id, mine)
    assert.equal(await stations.edits.current(ann, ref), null)
    const { items } = await sharing.audit.list(ada)
    const gone = items.filter(({ action }) => action === 'workstation.removed')
    assert.deepEqual(
      gone.map(({ target, after }) => [target?.id, after]),
      [[held.workstationId, { reason: 'member_removed' }]],
    )
    const history = (await sharing.audit.list(ann, { resource: ref })).items
    assert.ok(history.some(({ action, target }) => action === 'edit.lost' && target?.id === held.id))
  },
  'users.forget takes them everywhere, and their name off what they saved': async (world) => {
    const { stations, sharing, at } = world
    await world.shared()
    const held = await world.edits(bob)
    const { id } = await stations.checkpoints.save(bob, held.id, { kept: true })
    await at({ ...bob, tenantId: 'rival' })
    await at({ ...bob, tenantId: null })
    await sharing.users.forget('bob')
    assert.deepEqual(
      (await stations.list(root, { all: true })).items.filter(({ userId }) => userId === 'bob'),
      [],
    )
    const saved = await stations.checkpoints.get(ann, id)
    assert.deepEqual([saved.content, saved.userId, saved.workstationId], [{ kept: true }, null, null])
    await refused('not_found', stations.edits.heartbeat(bob, held.id))
  },
  'tenants.remove takes all of it, and leaves the others’': async (world) => {
    const { stations, sharing, at } = world
    await world.shared()
    const held = await world.edits(bob)
    const { id } = await stations.checkpoints.save(bob, held.id, 1)
    const theirs = await at(eve)
    await sharing.tenants.remove('acme')
    await refused('not_found', stations.checkpoints.get(ann, id))
    await refused('not_found', stations.edits.heartbeat(bob, held.id))
    assert.deepEqual(
      (await stations.list(root, { all: true })).items.map((one) => one.id),
      [theirs],
    )
  },
  'tenants.remove ends what its people edit as guests': async (world) => {
    const { stations, sharing } = world
    await world.shared()
    await sharing.policies.set(ada, { allowGuests: true })
    await sharing.collaborators.add(ann, ref, { userId: 'eve', role: 'editor' })
    const held = await world.edits(eve)
    await sharing.tenants.remove('house')
    assert.equal(await stations.edits.check(ref, held.fence), true)
    await sharing.tenants.remove('rival')
    assert.equal(await stations.edits.check(ref, held.fence), false)
    await refused('conflict', stations.edits.heartbeat(eve, held.id))
    assert.ok(await world.edits(bob))
  },
  'resources.remove takes sessions and checkpoints: an id used again starts clean': async (world) => {
    const { stations, sharing } = world
    await world.shared()
    const held = await world.edits(bob)
    const { id } = await stations.checkpoints.save(bob, held.id, 1)
    await sharing.resources.remove(ref)
    await refused('not_found', stations.edits.heartbeat(bob, held.id))
    await refused('not_found', stations.checkpoints.get(ann, id))
    await world.shared()
    assert.deepEqual(await stations.checkpoints.list(ann, ref), [])
    assert.equal(await stations.edits.current(ann, ref), null)
    assert.equal(await stations.edits.check(ref, held.fence), false)
    assert.ok((await world.edits(ann)).fence > held.fence)
  },
})

const sweeping = stationCasesOf('maintain, workstations', {
  'ends what ran out, tells of it once, and deletes what is kept no longer': async (world) => {
    const { stations, sharing, clock } = world
    await world.shared()
    await world.document('d2')
    const held = await world.edits(bob)
    const { id } = await stations.checkpoints.save(bob, held.id, 1)
    const second = await stations.edits.begin(ann, documentRef('d2'), { workstationId: await world.at(ann) })
    await sharing.resources.transfer(ann, documentRef('d2'), 'bob')
    const swept = async () => {
      const { editsEnded, checkpointsSwept } = await sharing.maintain({ tenantId: 'acme' })
      return [editsEnded, checkpointsSwept]
    }
    assert.deepEqual(await swept(), [1, 0])
    clock.pass(15 * MINUTE)
    assert.deepEqual(await swept(), [1, 0])
    assert.deepEqual(await swept(), [0, 0])
    const { items } = await sharing.audit.list(ada)
    const lost = items.filter(({ action }) => action === 'edit.lost')
    assert.deepEqual(
      new Set(lost.map(({ target, after }) => `${target?.id} ${after?.['reason']}`)),
      new Set([`${held.id} expired`, `${second.id} right_lost`]),
    )
    await refused('conflict', stations.edits.heartbeat(bob, held.id))
    clock.pass(168 * HOUR)
    assert.deepEqual(await swept(), [0, 1])
    await refused('not_found', stations.checkpoints.get(ann, id))
    await refused('not_found', stations.edits.heartbeat(bob, held.id))
  },
})

const sweepingUnknown = stationCasesOf('maintain, workstations of another process', {
  'ends what ran out of a type that is not defined here': async (world) => {
    const { clock, sharing } = world
    const others = { note: { roles: { editor: ['view', 'edit'] } } }
    const other = world.sharingWith({ resources: others as never }) as unknown as StationWorld['sharing']
    const note = { type: 'note', id: 'n1' } as never
    await other.resources.register(note, { tenantId: 'acme', ownerId: 'ann' })
    const workstationId = await world.at(ann)
    await createWorkstations(other).edits.begin(ann, note, { workstationId })
    clock.pass(15 * MINUTE)
    assert.equal((await sharing.maintain({ tenantId: 'acme' })).editsEnded, 1)
    assert.equal((await sharing.maintain({ tenantId: 'acme' })).editsEnded, 0)
  },
})

export const editRights: readonly ConformanceCase[] = [...losing, ...leaving, ...sweeping, ...sweepingUnknown]
