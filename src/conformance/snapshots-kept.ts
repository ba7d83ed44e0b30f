import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import { hostOf } from './canvases.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR } from './world.ts'

const { ann, bob } = ACTORS
const ref = documentRef()

export const snapshotsKept: ConformanceCase[] = casesOf('snapshots, how long', {
  'until what their link was made by right of is over: of a person, of an address; others go on': async (
    world,
  ) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    const swept = async () => (await sharing.maintain()).snapshotsSwept
    const make = (actor: Actor, revision: string, more: object = {}) => {
      holds.set('d1', { revision, content: revision })
      return sharing.links.create(actor, ref, { visibility: 'account', mode: 'snapshot', ...more })
    }
    const soon = new Date(world.clock.now.getTime() + HOUR)
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'manager', expiresAt: soon })
    await sharing.collaborators.add(ann, ref, { groupId: 'staff', role: 'manager' })
    const dan = { userId: 'dan', tenantId: 'acme', groups: ['staff'] }
    const ending = await make(bob, 'bobs', { expiresAt: new Date(soon.getTime() - 1) })
    const lasting = await make(dan, 'dans')
    const owners = await make(ann, 'owners', { expiresAt: soon })
    const cyd = { userId: 'cyd', tenantId: 'acme', email: 'cyd@acme.example' }
    await sharing.collaborators.add(ann, ref, { email: cyd.email, role: 'manager' })
    await make(cyd, 'invited')
    world.clock.at(soon.getTime() - 1)
    assert.equal(await swept(), 0)
    world.clock.at(soon.getTime())
    assert.equal(await swept(), 1)
    assert.equal(await swept(), 0)
    // Nobody claimed it.
    world.clock.pass(30 * DAY)
    assert.equal(await swept(), 1)
    // More time for the link is none for the right behind it.
    await sharing.links.update(ann, ending.id, { expiresAt: null })
    await refused('not_found', sharing.open(ending.token, { actor: dan }))
    for (const [link, revision] of [
      [lasting, 'dans'],
      [owners, 'owners'],
    ] as const) {
      await sharing.links.update(ann, link.id, { expiresAt: null })
      assert.equal((await sharing.open(link.token, { actor: dan })).snapshot?.revision, revision)
    }
  },
})
