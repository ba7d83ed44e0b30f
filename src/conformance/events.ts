import assert from 'node:assert/strict'
import type { SharingEvent } from '../events/hub.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, documentRef, type World } from './world.ts'

const { ann, bob, ada } = ACTORS
const ref = documentRef()

/** Listeners are told after the call that they hear of has returned. */
async function told(heard: readonly unknown[], count: number): Promise<void> {
  for (let turn = 0; heard.length < count && turn < 200; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  assert.equal(heard.length, count)
}

function listen({ sharing }: World): SharingEvent[] {
  const heard: SharingEvent[] = []
  sharing.on('*', (event) => void heard.push(event))
  return heard
}

export const events: ConformanceCase[] = casesOf('events', {
  'are what the audit records, and the openings': async (world) => {
    const { sharing } = world
    const heard = listen(world)
    await world.document()
    const { id, token } = await world.link()
    const { viewId } = await sharing.open(token, { actor: bob })
    await sharing.links.revoke(ann, id)
    await told(heard, 4)
    const { items } = await sharing.audit.list(ann, { resource: ref })
    const recorded = heard.filter(({ action }) => action !== 'link.opened')
    assert.deepEqual(
      recorded.map((event) => event.id),
      items.map((event) => event.id).reverse(),
    )
    const opened = heard.find(({ action }) => action === 'link.opened')
    assert.deepEqual(
      [opened?.id, opened?.actorId, opened?.tenantId, opened?.resource, opened?.target],
      [viewId, 'bob', 'acme', ref, { kind: 'link', id }],
    )
  },
  'come after the commit: what they tell of can be read': async (world) => {
    const seen: unknown[] = []
    world.sharing.on('resource.updated', async () => {
      seen.push((await world.sharing.resources.get(ref))?.title)
    })
    await world.document()
    await world.sharing.resources.update(ref, { title: 'committed' })
    await told(seen, 1)
    assert.deepEqual(seen, ['committed'])
  },
  'of what was refused or changed nothing there are none': async (world) => {
    const { sharing } = world
    await world.document()
    const { token } = await world.link({ password: 'pw' })
    const heard = listen(world)
    await refused('not_found', sharing.links.create(bob, ref, { visibility: 'public' }))
    await refused('password_required', sharing.open(token))
    await sharing.peek(token)
    await sharing.resources.update(ref, {})
    await sharing.resources.setVisibility(ann, ref, 'private')
    await sharing.policies.set(ada, { allowPublicShares: true })
    await sharing.resources.update(ref, { title: 'last' })
    await told(heard, 1)
    assert.equal(heard[0]?.action, 'resource.updated')
  },
  'a listener hears what it asked for until it is let go, and harms nobody': async (world) => {
    const { sharing } = world
    const failures: unknown[] = []
    const own = world.sharingWith({ onError: (error) => void failures.push(error) })
    const heard: string[] = []
    const off = own.on('link.created', ({ action }) => void heard.push(action))
    own.on('link.created', () => {
      throw new Error('of the listener')
    })
    await world.document()
    await own.links.create(ann, ref, { visibility: 'public' })
    await told(heard, 1)
    await told(failures, 1)
    off()
    off()
    await own.links.create(ann, ref, { visibility: 'public' })
    await told(failures, 2)
    assert.equal(heard.length, 1)
    assert.equal((await sharing.links.list(ann)).items.length, 2)
  },
})
