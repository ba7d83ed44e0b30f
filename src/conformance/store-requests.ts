import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, documentRef, MINUTE, type World } from './world.ts'

const { ann, bob, root } = ACTORS
const [cyd, dan] = [
  { userId: 'cyd', tenantId: 'acme' },
  { userId: 'dan', tenantId: 'acme' },
]

/** Asks, and says under which id. */
async function asked({ sharing, clock }: World, actor: Actor, id: string): Promise<string> {
  clock.pass(MINUTE)
  await sharing.requests.create(actor, documentRef(id), { role: 'viewer' })
  return (await sharing.requests.list(ann, documentRef(id)))[0]!.id
}

export const storeRequests: readonly ConformanceCase[] = casesOf('store, whose request it is', {
  'each is of its own resource and person, for whoever answers, wherever they are': async (world) => {
    const asking = { d1: bob, d2: cyd, d3: dan }
    const ids: string[] = []
    for (const [id, actor] of Object.entries(asking)) {
      await world.document(id)
      ids.push(await asked(world, actor, id))
    }
    for (const [index, [id, { userId }]] of Object.entries(asking).entries()) {
      const by = index === 1 ? ann : root
      const { resource, grantee } = await world.sharing.requests.approve(by, ids[index]!)
      assert.deepEqual([resource.id, grantee], [id, { kind: 'user', userId }])
    }
  },
  'those of one who leaves lead nowhere from then on; what was answered, and others’, is found': async (
    world,
  ) => {
    const { sharing } = world
    await world.document()
    const denied = await asked(world, dan, 'd1')
    await sharing.requests.deny(ann, denied)
    const [gone, stays] = [await asked(world, dan, 'd1'), await asked(world, bob, 'd1')]
    await sharing.members.remove('acme', 'dan')
    await refused('conflict', sharing.requests.deny(root, denied))
    await refused('not_found', sharing.requests.deny(root, gone))
    await sharing.requests.deny(root, stays)
  },
  'so many at most, the newest': async (world) => {
    await world.document()
    const ids: string[] = []
    for (const actor of [bob, cyd, dan]) ids.unshift(await asked(world, actor, 'd1'))
    const { uid: resourceUid } = (await world.store.findResource(documentRef(), null))!.resource
    const found = await world.store.listRequests({ tenantId: 'acme', resourceUid, limit: 2 })
    assert.deepEqual(
      found.map(({ id }) => id),
      ids.slice(0, 2),
    )
  },
})
