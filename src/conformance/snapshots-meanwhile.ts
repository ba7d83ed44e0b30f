import assert from 'node:assert/strict'
import { hostOf } from './canvases.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, documentRef, HOUR } from './world.ts'

const { ann, bob } = ACTORS
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
