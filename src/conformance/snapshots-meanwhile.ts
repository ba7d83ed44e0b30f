import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import { type Host, hostOf } from './canvases.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, documentRef, HOUR, type World } from './world.ts'

const { ann, bob, root } = ACTORS
const ref = documentRef()
const PUBLIC = { visibility: 'public', mode: 'snapshot' } as const

const refreshingRights: ConformanceCase[] = casesOf('links.update, snapshot', {
  'of a public link is publishing: not for somebody who may only share': async (world) => {
    await world.document()
    const { sharing, hooks, asked } = hostOf(world)
    const given = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'inviter' as never })
    const inside = await sharing.links.create(ann, ref, { ...PUBLIC, visibility: 'account' })
    const { id, token } = await sharing.links.create(ann, ref, PUBLIC)
    await sharing.links.update(bob, inside.id, { snapshot: 'refresh' })
    await refused('forbidden', sharing.links.update(bob, id, { snapshot: 'refresh' }))
    assert.equal(asked.length, 3)
    await sharing.collaborators.setRole(ann, given.id, 'manager')
    hooks.snapshot = async () => {
      await sharing.collaborators.setRole(ann, given.id, 'inviter' as never)
      return { revision: 'draft', content: 'draft' }
    }
    await refused('forbidden', sharing.links.update(bob, id, { snapshot: 'refresh' }))
    assert.equal((await sharing.open(token)).snapshot?.revision, 'r1')
  },
})

const takesOf = ({ sharing, hooks }: Host) => ({
  again: (actor: Actor) => async () => {
    const { snapshot } = hooks
    hooks.snapshot = () => ({ revision: 'first', content: null })
    const link = await sharing.links.create(ann, ref, { ...PUBLIC, visibility: 'account' })
    hooks.snapshot = snapshot
    try {
      return await sharing.links.update(actor, link.id, { snapshot: 'refresh', password: 'another' })
    } catch (error) {
      // A link of the owner's goes with the owner.
      if ((await sharing.links.get(root, link.id)).isActive) {
        assert.equal((await sharing.links.get(root, link.id)).hasPassword, false)
        await sharing.links.remove(root, link.id)
      }
      throw error
    }
  },
  link: (actor: Actor) => () => sharing.links.create(actor, ref, PUBLIC),
  hidden: (actor: Actor) => () => sharing.links.create(actor, ref, { ...PUBLIC, password: 'a secret' }),
  address: (actor: Actor) => () =>
    sharing.collaborators.add(actor, ref, { email: 'cyd@acme.example', role: 'viewer', mode: 'snapshot' }),
  person: (actor: Actor) => () =>
    sharing.collaborators.add(actor, ref, { userId: 'cyd', role: 'viewer', mode: 'snapshot' }),
})

type Deed = () => Promise<unknown>

/** While the host is asked, a right is lost, and nothing is stored; or another is, and that is no matter. */
async function losing(
  world: World,
  { sharing, hooks }: Host,
  rounds: ReadonlyArray<readonly [take: Deed, lose: Deed, spare: Deed]>,
): Promise<void> {
  for (const [take, lose, spare] of rounds) {
    if (await sharing.resources.get(ref)) await sharing.resources.remove(ref)
    await world.document()
    await sharing.collaborators.add(ann, ref, { groupId: 'g1', role: 'manager' })
    hooks.snapshot = async () => {
      await lose()
      return { revision: 'r1', content: null }
    }
    await refused('conflict', take())
    assert.deepEqual((await sharing.links.list(root, { resource: ref })).items, [])
    const people = await sharing.collaborators.list(root, ref)
    assert.ok(people.every(({ mode }) => mode === 'live'))
    hooks.snapshot = async () => {
      await spare()
      return { revision: 'r1', content: null }
    }
    await take()
  }
}

const overtaking: ConformanceCase[] = casesOf('snapshots, taken at once', {
  'that came later are not overwritten by those that took longer': async (world) => {
    await world.document()
    const { sharing, hooks } = hostOf(world)
    const { id, token } = await sharing.links.create(ann, ref, PUBLIC)
    const bobs = { userId: 'bob', role: 'viewer', mode: 'snapshot' } as const
    for (const [first, take, shown] of [
      [null, () => sharing.links.update(ann, id, { snapshot: 'refresh' }), () => sharing.open(token)],
      [null, () => sharing.collaborators.add(ann, ref, bobs), () => sharing.attach(bob, ref)],
      ['r1', () => sharing.collaborators.add(ann, ref, bobs), () => sharing.attach(bob, ref)],
    ] as const) {
      for (const newer of ['newer', 'same']) {
        hooks.snapshot = () => ({ revision: `${first}`, content: null })
        if (first !== null) await take()
        world.clock.pass(HOUR)
        hooks.snapshot = async () => {
          hooks.snapshot = () => ({ revision: newer, content: null })
          world.clock.pass(HOUR)
          await take()
          return { revision: 'same', content: null }
        }
        await refused('conflict', take())
        const { snapshot } = await shown()
        assert.deepEqual([snapshot?.revision, snapshot?.takenAt], [newer, world.clock.now])
      }
    }
  },
  'are not stored by another right than they were taken by': async (world) => {
    await world.document()
    const { sharing, hooks } = hostOf(world)
    const { id, token } = await sharing.links.create(ann, ref, PUBLIC)
    const cyds = { userId: 'cyd', role: 'viewer', mode: 'snapshot' } as const
    for (const [index, take] of [
      () => sharing.links.create(ann, ref, PUBLIC),
      () => sharing.links.update(ann, id, { snapshot: 'refresh' }),
      () => sharing.collaborators.add(ann, ref, cyds),
    ].entries()) {
      const [from, to] = index % 2 === 0 ? [ann, 'bob'] : [bob, 'ann']
      hooks.snapshot = async () => {
        await sharing.resources.transfer(from, ref, to, { keep: 'manager' })
        return { revision: 'the owner’s', content: null }
      }
      await refused('conflict', take())
    }
    assert.equal((await sharing.open(token)).snapshot?.revision, 'r1')
    const people = await sharing.collaborators.list(ann, ref)
    assert.ok(people.every(({ mode }) => mode === 'live'))
  },
  'are not stored by whoever lost their right meanwhile': async (world) => {
    const host = hostOf(world)
    const { admins, groups, members } = host.sharing
    const takes = takesOf(host)
    await losing(world, host, [
      [takes.link(root), () => admins.remove('root', 'acme'), () => admins.remove('root', 'rival')],
      [
        takes.hidden({ ...bob, groups: ['g1'] }),
        () => groups.removeMember('acme', 'g1', 'bob'),
        () => groups.removeMember('acme', 'g1', 'bo'),
      ],
      [
        takes.again({ ...bob, groups: ['g1'] }),
        () => groups.removeMember('acme', 'g1', 'bob'),
        () => groups.removeMember('acme', 'g1', 'cyd'),
      ],
      [takes.again(root), () => admins.remove('root', 'acme'), () => admins.remove('root', 'rival')],
      [takes.link(ann), () => members.remove('acme', 'ann'), () => members.remove('acme', 'cyd')],
      [takes.person(ann), () => members.remove('acme', 'cyd'), () => members.remove('acme', 'bob')],
      [takes.person(ann), () => members.remove('acme', 'ann'), () => members.remove('rival', 'ann')],
    ])
  },
  'are not stored by whoever lost their right everywhere meanwhile': async (world) => {
    const host = hostOf(world)
    const { admins, users } = host.sharing
    const takes = takesOf(host)
    await losing(world, host, [
      [takes.hidden(root), () => admins.remove('root', null), () => admins.remove('roo', null)],
      [takes.link(ann), () => users.forget('ann'), () => users.forget('cyd')],
      [takes.again(root), () => users.forget('root'), () => users.forget('bob')],
      [takes.person(ann), () => users.forget('ann'), () => admins.remove('root', null)],
      [takes.person(ann), () => users.forget('cyd'), () => users.forget('bob')],
      [
        takes.address(ann),
        () => users.forget('cyd', { email: 'cyd@acme.example' }),
        () => users.forget('bob', { email: 'bob@acme.example' }),
      ],
    ])
  },
  'and a copy is not theirs who left while the host made it': async (world) => {
    await world.document()
    const { sharing, hooks } = hostOf(world)
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'commenter' })
    hooks.fork = async () => {
      await sharing.members.remove('acme', 'bob', { heir: 'ann' })
      return { id: 'copy' }
    }
    await refused('conflict', sharing.fork({ actor: bob, resource: ref }, { idempotencyKey: 'key' }))
    assert.equal(await sharing.resources.get(documentRef('copy')), null)
    // By right of a group, which goes on: only the host knows who is in it.
    await sharing.collaborators.add(ann, ref, { groupId: 'g1', role: 'commenter' })
    const member = { ...bob, groups: ['g1'] }
    const { snapshot } = hooks
    hooks.snapshot = async (request) => {
      await sharing.members.remove('acme', 'bob')
      return snapshot(request)
    }
    hooks.fork = () => assert.fail('asked for somebody who has left')
    await refused('conflict', sharing.fork({ actor: member, resource: ref }, { idempotencyKey: 'key' }))
    hooks.snapshot = snapshot
    hooks.fork = async ({ actor }) => {
      await sharing.members.remove('acme', 'cyd')
      Object.assign(actor, { userId: 'eve', tenantId: 'rival' })
      return { id: 'copy' }
    }
    const copy = await sharing.fork({ actor: member, resource: ref }, { idempotencyKey: 'key' })
    assert.deepEqual([copy.tenantId, copy.ownerId], ['acme', 'bob'])
  },
  'and a copy does not bring an account back that was removed while it was made': async (world) => {
    await world.document()
    const { sharing, hooks } = hostOf(world)
    hooks.fork = async () => {
      await sharing.tenants.remove('acme')
      return { id: 'copy' }
    }
    await refused('conflict', sharing.fork({ actor: ann, resource: ref }))
    assert.equal((await world.store.tenantIds('', 10)).includes('acme'), false)
  },
  'are stored each by itself where somebody shares twice at once': async (world) => {
    await world.document()
    const { sharing, hooks } = hostOf(world)
    hooks.snapshot = async () => {
      hooks.snapshot = () => ({ revision: 'r2', content: null })
      await sharing.links.create(ann, ref, PUBLIC)
      return { revision: 'r1', content: null }
    }
    const { snapshot } = await sharing.links.create(ann, ref, PUBLIC)
    assert.equal(snapshot?.revision, 'r1')
  },
  'that nothing came of leave nothing behind for long': async (world) => {
    await world.document()
    const { sharing, hooks } = hostOf(world)
    const fault = new Error('the host’s own')
    hooks.snapshot = () => Promise.reject(fault)
    await assert.rejects(sharing.links.create(ann, ref, PUBLIC), fault)
    assert.equal((await sharing.maintain()).tokensSwept, 0)
    world.clock.pass(25 * HOUR)
    assert.equal((await sharing.maintain()).tokensSwept, 1)
    const bobs = { userId: 'bob', role: 'viewer', mode: 'snapshot' } as const
    await assert.rejects(sharing.collaborators.add(ann, ref, bobs), fault)
    world.clock.pass(25 * HOUR)
    // Of whoever makes it, and of whom it is for.
    assert.equal((await sharing.maintain()).tokensSwept, 2)
  },
  'are not made as whoever the host’s code says': async (world) => {
    await world.document()
    const { sharing, hooks } = hostOf(world)
    hooks.snapshot = ({ actor, resource }) => {
      Object.assign(actor, { userId: 'bob', tenantId: 'rival' })
      resource.traits.push('quarantined')
      return { revision: 'r1', content: null }
    }
    const { createdBy } = await sharing.links.create(ann, ref, PUBLIC)
    assert.equal(createdBy, 'ann')
  },
  'are dated when the host was asked': async (world) => {
    await world.document()
    const { sharing, hooks } = hostOf(world)
    const asked = world.clock.now
    hooks.snapshot = () => {
      world.clock.pass(HOUR)
      return { revision: 'r1', content: null }
    }
    const { snapshot } = await sharing.links.create(ann, ref, PUBLIC)
    assert.deepEqual(snapshot?.takenAt, asked)
  },
})

/** What changes while the host is asked for a snapshot. */
export const snapshotsMeanwhile: readonly ConformanceCase[] = [...refreshingRights, ...overtaking]
