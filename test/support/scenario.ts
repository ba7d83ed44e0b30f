import type { Actor, Store } from '../../src/index.ts'
import { doc, outcomeOf, type Sample, SECRET, sampleOn } from './sample.ts'

/** What was made that nobody but its bearer may have. */
export interface Secrets {
  tokens: string[]
  passes: string[]
  passwords: string[]
}

export const OWNER: Actor = { userId: 'owner', tenantId: 'acme', admin: 'tenant' }
export const MEMBER: Actor = { userId: 'member', tenantId: 'acme', email: 'member@example.com' }
export const SYSTEM: Actor = { userId: 'root', tenantId: 'operator', admin: 'system' }
export const PERSON: Actor = { userId: 'person', tenantId: null }
export const LEGACY: RegExp = /old-[a-z-]{10,}/

const ADDRESS = { ip: '2001:db8::1', userAgent: 'Mozilla/5.0' }

/** Furnishes two accounts and a person without one, and does everything that can be done, short of ending it all. */
export async function live(sharing: Sample): Promise<Secrets> {
  const secrets: Secrets = { tokens: [], passes: [], passwords: ['first pässword', 'second-password'] }
  const opened = async (token: string, visitor: Parameters<Sample['open']>[1] = ADDRESS): Promise<string> => {
    const { pass } = await sharing.open(token, visitor)
    secrets.passes.push(pass)
    await sharing.resume(pass, visitor)
    return pass
  }
  const made = async <T extends { token: string }>(link: Promise<T>): Promise<T> => {
    const created = await link
    secrets.tokens.push(created.token)
    return created
  }
  const folder = { type: 'folder', id: 'f1' } as const
  await sharing.resources.register(folder, { tenantId: 'acme', ownerId: 'owner' })
  await sharing.resources.register(doc('d1'), { tenantId: 'acme', ownerId: 'owner', parent: folder })
  await sharing.resources.register(doc('d1'), { tenantId: 'acme', ownerId: 'owner', title: 'Plan' })
  await sharing.resources.register(doc('d2'), { tenantId: 'acme', ownerId: 'member', visibility: 'account' })
  await sharing.resources.register(doc('d3'), { tenantId: null, ownerId: 'person' })
  await sharing.resources.register(doc('d4'), { tenantId: 'other', ownerId: 'owner' })
  await sharing.resources.update(doc('d2'), { traits: ['archived'], parent: folder })
  await sharing.resources.get(doc('d1'))
  await sharing.resources.setVisibility(OWNER, doc('d1'), 'public')

  // An invitation beside what its person was given by name: one grant, once it is claimed.
  const invited = { userId: 'invited', tenantId: 'acme', email: 'invited@example.com' }
  await sharing.collaborators.add(OWNER, doc('d1'), { email: invited.email, role: 'viewer' })
  await sharing.collaborators.add(OWNER, doc('d1'), { userId: 'invited', role: 'viewer' })
  secrets.passes.push((await sharing.attach(invited, doc('d1'))).pass)
  await sharing.collaborators.add(OWNER, folder, { email: invited.email, role: 'viewer' })
  await sharing.invitations.claim(invited)

  const [password = '', second = ''] = secrets.passwords
  const open = await made(sharing.links.create(OWNER, doc('d1'), { visibility: 'public', role: 'editor' }))
  const guarded = await made(
    sharing.links.create(OWNER, doc('d1'), { visibility: 'public', password, maxViews: 3, name: 'Guarded' }),
  )
  const inside = await made(
    sharing.links.create(OWNER, doc('d1'), { visibility: 'account', emails: ['member@example.com'] }),
  )
  const byRoot = await made(sharing.links.create(SYSTEM, doc('d2'), { visibility: 'public' }))
  const personal = await made(sharing.links.create(PERSON, doc('d3'), { visibility: 'public' }))
  const imported = await made(
    sharing.links.import(OWNER, doc('d1'), { visibility: 'public', token: 'old-token-of-another-time' }),
  )

  await Promise.all([open, open, byRoot, personal, imported].map(({ token }) => opened(token)))
  await opened(open.token, { ...ADDRESS, actor: MEMBER })
  await opened(open.token, { userAgent: 'Googlebot/2.1' })
  // Known by now: the next ones are decided on what was remembered.
  await Promise.all([open, byRoot, open].map(({ token }) => opened(token)))
  await opened(inside.token, { actor: MEMBER })
  const minted = await sharing.refs.mint({ actor: OWNER, resource: doc('d1') }, 'rows')
  await sharing.refs.verify(minted, OWNER)
  const borne = await sharing.refresh({ pass: secrets.passes.at(-1)!, visitor: { actor: MEMBER } }, ['rows'])
  for (const answer of borne) if (answer.status === 'ok') secrets.tokens.push(answer.token)
  secrets.tokens.push(minted)
  const then = await made(
    sharing.links.create(OWNER, doc('d1'), { visibility: 'public', mode: 'snapshot', role: 'editor' }),
  )
  await opened(then.token)
  await sharing.peek(then.token)
  await sharing.links.update(OWNER, then.id, { snapshot: 'refresh' })
  await sharing.refs.mint({ pass: await opened(then.token), visitor: ADDRESS }, 'rows')
  const past = { userId: 'past', tenantId: 'acme' }
  const given = { userId: 'past', role: 'editor', mode: 'snapshot' } as const
  for (let times = 0; times < 2; times++) await sharing.collaborators.add(OWNER, doc('d1'), given)
  const attached = await sharing.attach(past, doc('d1'))
  secrets.passes.push((await sharing.resume(attached.pass, { actor: past })).pass)
  await sharing.fork({ actor: OWNER, resource: doc('d1') }, { idempotencyKey: 'key' })
  await outcomeOf(() => sharing.fork({ actor: past, resource: doc('d1') }))
  await opened(guarded.token, { ...ADDRESS, password })
  await outcomeOf(() => sharing.open(guarded.token, { ...ADDRESS, password: 'a wrong guess' }))
  await sharing.peek(guarded.token)

  await sharing.links.update(OWNER, guarded.id, { password: second, expiresAt: '2999-01-01T00:00:00Z' })
  const rotated = await made(sharing.links.rotate(OWNER, open.id, { graceSeconds: 60 }))
  await opened(open.token)
  await opened(rotated.token)
  await made(sharing.links.rotate(OWNER, open.id))
  await sharing.links.reveal(OWNER, open.id)
  await sharing.links.revoke(SYSTEM, byRoot.id)

  await share(sharing, folder)
  await read(sharing, open.id)
  await sharing.policies.set(OWNER, { maxLinkDays: 3000 })
  await read(sharing, open.id)
  await sharing.resources.transfer(OWNER, doc('d1'), 'member', { keep: null })
  return secrets
}

/** Names people on what they own, and takes some of it back. */
async function share(sharing: Sample, folder: { type: 'folder'; id: string }): Promise<void> {
  const { collaborators } = sharing
  await collaborators.add(OWNER, folder, { userId: 'member', role: 'viewer' })
  const given = await collaborators.add(OWNER, doc('d1'), { userId: 'member', role: 'manager' })
  const invited = await collaborators.add(OWNER, doc('d1'), { email: 'Somebody@Example.com', role: 'viewer' })
  await collaborators.add(OWNER, doc('d1'), { groupId: 'staff', role: 'viewer' })
  await collaborators.add(SYSTEM, doc('d4'), { userId: 'person', role: 'viewer' })
  for (const actor of [OWNER, { ...MEMBER, groups: ['staff'] }]) {
    await collaborators.list(actor, doc('d1'))
    await sharing.list(actor, { filter: 'shared' })
    await sharing.links.list(actor, { resource: doc('d1') })
    await sharing.can(actor, 'view', doc('d1'))
  }
  await sharing.links.create(MEMBER, doc('d1'), { visibility: 'account' })
  await collaborators.setRole(OWNER, given.id, 'viewer')
  await collaborators.remove(OWNER, invited.id)
  await sharing.groups.removeMember('acme', 'staff', 'member')
  await collaborators.leave(MEMBER, doc('d1'))
  await sharing.resources.register(doc('d5'), { tenantId: 'acme', ownerId: 'owner' })
  await sharing.resources.transfer(OWNER, doc('d5'), 'member')
}

/** Asks everything that can be asked. */
async function read(sharing: Sample, link: string): Promise<void> {
  const owner = OWNER
  const resource = doc('d1')
  const pages = async (page: (cursor?: string) => Promise<{ nextCursor: string | null }>): Promise<void> => {
    const { nextCursor } = await page()
    if (nextCursor !== null) await page(nextCursor)
  }
  for (const actor of [owner, MEMBER, SYSTEM, PERSON]) {
    for (const includeInactive of [true, false]) {
      const options = { includeInactive, limit: 1 }
      await pages((cursor) => sharing.links.list(actor, { ...options, ...(cursor ? { cursor } : {}) }))
      await sharing.links.list(actor, { ...options, mine: true })
      await outcomeOf(() => sharing.links.list(actor, { ...options, resource }))
      await outcomeOf(() => sharing.links.list(actor, { ...options, resource, mine: true }))
    }
    await pages((cursor) => sharing.list(actor, { limit: 1, ...(cursor ? { cursor } : {}) }))
    await sharing.list(actor, { filter: 'owned', type: 'document' })
    await outcomeOf(() => sharing.links.get(actor, link))
    for (const target of [{ link }, { resource }]) {
      await outcomeOf(() => sharing.views.list(actor, { ...target, limit: 1 }))
      await outcomeOf(() => sharing.views.stats(actor, target))
    }
    await outcomeOf(() => sharing.audit.list(actor, { resource, limit: 1 }))
    await outcomeOf(() => sharing.audit.list(actor, { limit: 1 }))
    await sharing.can(actor, 'view', resource)
    await sharing.explain(actor, 'edit', resource)
    await outcomeOf(() => sharing.authorize(actor, 'share', resource))
    await outcomeOf(() => sharing.access(actor, resource))
    await outcomeOf(() => sharing.audit.accessAt(actor, resource, new Date()))
    await sharing.policies.get(actor)
  }
  await sharing.can(null, 'view', resource)
}

/** The ways in which all of it ends. `later`: the same library when time has passed and the secret was rotated. */
export async function end(
  sharing: Sample,
  later: Sample,
  maintained: { tenantId?: string } = {},
): Promise<void> {
  const { items } = await sharing.links.list(OWNER, { includeInactive: true })
  await sharing.maintain(maintained)
  await later.maintain(maintained)
  const to = new Date(Date.now() + 86_400_000)
  // The second time it is known until when views were added up.
  for (const until of [to, new Date(0)]) await later.views.stats(OWNER, { resource: doc('d1'), to: until })
  if (items[0] !== undefined) await sharing.links.remove(SYSTEM, items[0].id)
  await sharing.admins.remove('root', null)
  await sharing.admins.remove('root', 'acme')
  await sharing.members.remove('acme', 'member', { heir: 'heir' })
  await sharing.members.remove('acme', 'heir')
  await sharing.users.forget('owner')
  await sharing.resources.remove(doc('d1'))
  await sharing.maintain(maintained)
  await sharing.tenants.remove('acme')
}

/** The same store a hundred days later, under a new secret. */
export const laterOn = (store: Store): Sample =>
  sampleOn(store, {
    secret: ['another secret, which is longer than 32 bytes', SECRET],
    clock: () => new Date(Date.now() + 100 * 86_400_000),
  })
