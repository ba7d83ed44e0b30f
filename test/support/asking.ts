import type { Store } from '../../src/index.ts'
import { doc, outcomeOf, sampleOn } from './sample.ts'

const OWNER = { userId: 'host', tenantId: 'acme' } as const
const SYSTEM = { userId: 'root', tenantId: 'operator', admin: 'system' } as const
const asker = (userId: string) => ({ userId, tenantId: 'acme', email: `${userId}@example.com` })

/** Whatever can be asked for and told, in an account that was furnished: each statement that it takes is issued. */
export async function asking(store: Store): Promise<void> {
  let now = Date.now()
  let broken = true
  const sharing = sampleOn(store, {
    clock: () => new Date(now),
    limits: { emailsPerHour: 3 },
    notify: async ({ kind }) => {
      if (broken && kind === 'invited') throw new Error('no mail today')
    },
  })
  const ref = doc('asked')
  await sharing.resources.register(ref, { tenantId: 'acme', ownerId: OWNER.userId })
  const { id } = await sharing.collaborators.add(OWNER, ref, { email: 'one@example.com', role: 'viewer' })
  await sharing.collaborators.add(OWNER, ref, { email: 'two@example.com', role: 'viewer' })
  await sharing.collaborators.setRole(OWNER, id, 'editor')
  for (const userId of ['first', 'second', 'third']) {
    await sharing.requests.create(asker(userId), ref, { role: 'viewer' })
  }
  const [third, second] = await sharing.requests.list(OWNER, ref)
  await sharing.requests.approve(OWNER, second!.id)
  await sharing.requests.deny(SYSTEM, third!.id)
  const { token } = await sharing.links.create(OWNER, ref, { visibility: 'account' })
  await sharing.requests.create(asker('fourth'), token, { role: 'viewer' })
  await outcomeOf(() => sharing.requests.approve(asker('fourth'), second!.id))
  await sharing.collaborators.remove(OWNER, id)
  for (let attempt = 0; attempt < 12; attempt++) {
    await sharing.maintain({ tenantId: 'acme' })
    now += 7 * 3_600_000
  }
  broken = false
  await sharing.collaborators.add(OWNER, ref, { email: 'three@example.com', role: 'viewer' })
  const leasedUntil = new Date(now + 60_000)
  const taken = await store.takeMessage('acme', {
    at: new Date(now),
    lease: 'held',
    leasedUntil,
    perHour: false,
  })
  await store.renewMessage('acme', taken!, new Date(now + 120_000))
  await store.settleMessage('acme', taken!, { outcome: 'delivered' })
  // Attached by one's own, by what was given here, and by what was given above.
  const folder = { type: 'folder', id: 'asked' } as const
  await sharing.resources.register(folder, { tenantId: 'acme', ownerId: OWNER.userId })
  await sharing.resources.update(ref, { parent: folder })
  await sharing.collaborators.add(OWNER, folder, { userId: 'above', role: 'viewer' })
  for (const actor of [OWNER, asker('second'), { userId: 'above', tenantId: 'acme' }]) {
    await outcomeOf(() => sharing.attach(actor, ref))
  }
  // Forks that were begun and left, taken over, and given up.
  const until = new Date(now)
  for (const again of [false, true]) {
    await store.change({ at: 'counter', tenantId: 'acme' }, { fork: 'left' }, () => ({
      changes: [{ kind: 'fork.begun', key: 'left', until, again }],
      audit: [],
      result: undefined,
    }))
  }
  await store.change({ at: 'counter', tenantId: 'acme' }, {}, () => ({
    changes: [{ kind: 'fork.given_up', key: 'left', until }],
    audit: [],
    result: undefined,
  }))
  // More than go out in an hour.
  for (const name of ['four', 'five', 'six', 'seven', 'eight']) {
    await sharing.collaborators.add(OWNER, ref, { email: `${name}@example.com`, role: 'viewer' })
  }
  await sharing.maintain({ tenantId: 'acme' })
  await sharing.members.remove('acme', 'fourth')
  const resourceUid = (await store.findResource(ref, null))!.resource.uid
  for (const above of [false, true]) {
    for (const ended of [false, true]) await store.listPeople({ tenantId: 'acme', resourceUid, above, ended })
  }
}
