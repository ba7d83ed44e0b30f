import assert from 'node:assert/strict'
import type { Sharing } from '../api.ts'
import type { Definitions } from '../model/definition.ts'
import { createSharing } from '../sharing.ts'
import { createWorkstations, type WorkstationsOptions } from '../workstations/index.ts'
import type { ConformanceCase } from './case.ts'
import { allPages, atOnce, refused, refusedField } from './expect.ts'
import { ref, stationCasesOf } from './workstations-world.ts'
import { ACTORS, MINUTE, SECRET, START } from './world.ts'

const { ann, bob, ada, eve, ed, zoe, root } = ACTORS
const laptop = { name: 'Laptop', fingerprint: 'f1' }

const registering = stationCasesOf('workstations.register', {
  'gives what was registered, and the same again with the new name and lastSeen': async ({
    stations,
    clock,
  }) => {
    const made = await stations.register(ann, laptop)
    assert.deepEqual(made, {
      id: made.id,
      tenantId: 'acme',
      userId: 'ann',
      name: 'Laptop',
      fingerprint: 'f1',
      lastSeen: START,
      createdAt: START,
    })
    clock.pass(MINUTE)
    const again = await stations.register(ann, { ...laptop, name: 'Old laptop' })
    assert.deepEqual(again, { ...made, name: 'Old laptop', lastSeen: clock.now })
    assert.deepEqual(await stations.get(ann, made.id), again)
    assert.deepEqual(await stations.getByFingerprint(ann, 'f1'), again)
  },
  'two people on one machine each have theirs, and so has one person in two accounts': async ({
    stations,
  }) => {
    const own = [ann, bob, eve, zoe, { ...ann, tenantId: null }, { ...ann, tenantId: 'rival' }]
    const made = await Promise.all(own.map((actor) => stations.register(actor, laptop)))
    assert.equal(new Set(made.map(({ id }) => id)).size, own.length)
    assert.deepEqual(
      made.map(({ tenantId, userId }) => [tenantId, userId]),
      own.map(({ tenantId, userId }) => [tenantId, userId]),
    )
    assert.equal((await stations.getByFingerprint(bob, 'f1')).userId, 'bob')
  },
  'a fingerprint that many register at once is one workstation': async ({ stations }) => {
    const made = await Promise.all(
      atOnce(20, (index) => stations.register(ann, { name: `${index}`, fingerprint: 'f1' })),
    )
    assert.equal(new Set(made.map(({ id }) => id)).size, 1)
    assert.equal((await stations.list(ann)).items.length, 1)
  },
  'input that does not fit is refused, and the field named': async ({ stations }) => {
    const register = (input: object) => stations.register(ann, { ...laptop, ...input })
    await refusedField('options.name', register({ name: '' }))
    await refusedField('options.name', register({ name: 'x'.repeat(201) }))
    await refusedField('options.fingerprint', register({ fingerprint: '\u0000' }))
    await refusedField('options.fingerprint', register({ fingerprint: 'x'.repeat(256) }))
    await refusedField('options.userId', register({ userId: 'bob' }))
    await refusedField('actor.userId', stations.register({ ...ann, userId: '' }, laptop))
  },
})

const listing = stationCasesOf('workstations.list', {
  'one’s own, newest first, by pages': async ({ stations, clock }) => {
    for (const fingerprint of ['a', 'b', 'c', 'd', 'e']) {
      await stations.register(ann, { name: fingerprint, fingerprint })
      if (fingerprint !== 'b') clock.pass(MINUTE)
    }
    await stations.register(bob, laptop)
    await stations.register({ ...ann, tenantId: 'rival' }, laptop)
    const all = await allPages((cursor) => stations.list(ann, { limit: 2, cursor }))
    const names = all.map(({ name }) => name)
    assert.deepEqual(
      [names.slice(0, 2), names.slice(2, 4).sort(), names.slice(4)],
      [['e', 'd'], ['b', 'c'], ['a']],
    )
  },
  'with all, an admin sees the account’s with their owners, and a system admin every account’s': async ({
    stations,
  }) => {
    for (const actor of [ann, bob, eve, zoe]) await stations.register(actor, laptop)
    const owners = async (actor: typeof ada) => {
      const all = await allPages((cursor) => stations.list(actor, { all: true, limit: 1, cursor }))
      return all.map(({ tenantId, userId }) => `${tenantId} ${userId}`).sort()
    }
    assert.deepEqual(await owners(ada), ['acme ann', 'acme bob'])
    assert.deepEqual(await owners(ed), ['rival eve'])
    assert.deepEqual(await owners(zoe), ['null zoe'])
    assert.deepEqual(await owners(root), ['acme ann', 'acme bob', 'null zoe', 'rival eve'])
    assert.deepEqual((await stations.list(ada)).items, [])
    await refused('forbidden', stations.list(ann, { all: true }))
    await refusedField('options.limit', stations.list(ann, { limit: 0 }))
    await refusedField('options.cursor', stations.list(ann, { cursor: 'x' }))
  },
})

const owning = stationCasesOf('workstations.get, touch, remove', {
  'touch sets lastSeen, of one’s own only': async ({ stations, clock, at }) => {
    const id = await at(ann)
    clock.pass(MINUTE)
    assert.deepEqual((await stations.touch(ann, id)).lastSeen, clock.now)
    assert.deepEqual((await stations.get(ann, id)).lastSeen, clock.now)
    for (const colleague of [bob, ada]) await refused('forbidden', stations.touch(colleague, id))
    for (const stranger of [eve, ed, zoe, root]) await refused('not_found', stations.touch(stranger, id))
    await refused('not_found', stations.touch(ann, 'unknown'))
  },
  'a colleague’s is forbidden, another account’s not found, and an admin’s to see and remove': async ({
    stations,
    at,
  }) => {
    const id = await at(ann)
    for (const call of [stations.get, stations.remove]) {
      await refused('forbidden', call(bob, id))
      for (const stranger of [eve, ed, zoe, { ...ann, tenantId: 'rival' }]) {
        await refused('not_found', call(stranger, id))
        await refused('not_found', call(stranger, 'unknown'))
      }
    }
    await refused('not_found', stations.getByFingerprint(bob, "of ann's laptop"))
    for (const admin of [ada, root]) assert.equal((await stations.get(admin, id)).id, id)
    await stations.remove(ada, id)
    await refused('not_found', stations.get(ann, id))
    const other = await at(eve)
    await stations.remove(root, other)
    await refused('not_found', stations.get(eve, other))
    const own = await at(ann)
    assert.notEqual(own, id)
    await stations.remove(ann, own)
    await refused('not_found', stations.remove(ann, own))
  },
  'are recorded when they come and go, and told of': async ({ stations, sharing, at }) => {
    const heard: string[] = []
    sharing.on('*', ({ action }) => void heard.push(action))
    const id = await at(ann)
    await at(ann)
    await stations.touch(ann, id)
    await stations.remove(ada, id)
    const { items } = await sharing.audit.list(ada)
    assert.deepEqual(
      items.map(({ action, actorId, target, resource }) => [action, actorId, target, resource]).sort(),
      [
        ['workstation.registered', 'ann', { kind: 'workstation', id }, null],
        ['workstation.removed', 'ada', { kind: 'workstation', id }, null],
      ],
    )
    await new Promise((resolve) => setTimeout(resolve, 5))
    assert.deepEqual(heard, ['workstation.registered', 'workstation.removed'])
  },
})

const creating = stationCasesOf('createWorkstations', {
  'says what is missing: the action, the type, the store’s part, a sharing of ours': async ({
    store,
    sharing,
  }) => {
    const by = (resources: Definitions, on = store): Sharing =>
      createSharing<Definitions>({ store: on, secret: SECRET, resources })
    const viewed = { note: { roles: { viewer: ['view'] } } }
    const both = { ...viewed, document: { roles: { editor: ['view', 'edit'] } } }
    const set = async (options: WorkstationsOptions) => createWorkstations(sharing, options)
    const create = async (...given: Parameters<typeof createWorkstations>) => createWorkstations(...given)
    await refusedField('sharing.resources', create(by(viewed)))
    await refusedField('options.resources.1', create(by(both), { resources: ['document', 'note'] }))
    await refusedField('options.resources.0', create(by(both), { resources: ['unknown'] }))
    await refusedField('sharing', create({} as never))
    const without = new Proxy(store, {
      get: (target, name) => (name === 'workstations' ? undefined : Reflect.get(target, name)),
    })
    await refusedField('sharing.store', create(by(both, without)))
    await refusedField('options.sessionTimeoutMinutes', set({ sessionTimeoutMinutes: 0 }))
    await refusedField('options.checkpointTtlHours', set({ checkpointTtlHours: -1 }))
    await refusedField('options.checkpointMaxPerItem', set({ checkpointMaxPerItem: 1.5 }))
  },
  'a type without the action, or left out, is not edited': async (world) => {
    const { at, sharing, stations, stationsWith } = world
    const workstationId = await at(ann)
    const folder = { type: 'folder', id: 'f1' } as const
    await sharing.resources.register(folder, { tenantId: 'acme', ownerId: 'ann' })
    await refusedField('resource.type', stations.edits.begin(ann, folder, { workstationId }))
    await refusedField('resource.type', stations.edits.check(folder, 1))
    await world.shared()
    const only = stationsWith({ resources: ['document'] })
    assert.equal((await only.edits.begin(ann, ref, { workstationId })).userId, 'ann')
  },
})

export const workstationRows: readonly ConformanceCase[] = [
  ...registering,
  ...listing,
  ...owning,
  ...creating,
]
