import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import type { AuditEvent } from '../model/audit.ts'
import type { Collaborator } from '../model/collaborator.ts'
import { createInvitationTokens } from '../tokens/invitation.ts'
import { createKeyRing } from '../tokens/keys.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce, outcomeOf, refused, tally } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR, SECRET, type World } from './world.ts'

const { ann, bob, ada, eve, zoe, root } = ACTORS
const ref = documentRef()
/** Somebody of acme with an address of their own. */
export const cyd: Actor & { email: string } = { userId: 'cyd', tenantId: 'acme', email: 'Cyd@Acme.example' }
const guest = { ...cyd, tenantId: 'rival' }

/** The token that the mail about a grant carries. */
export const tokenOf = (id: string, tenantId = 'acme'): string =>
  createInvitationTokens(createKeyRing(SECRET), 'shr').mint({ tenantId, id })

interface Invited {
  role?: 'viewer' | 'commenter' | 'editor'
  email?: string
  expiresAt?: Date
}

/** Ann invites cyd to her document. */
export async function invite(
  world: World,
  { role = 'commenter', ...more }: Invited = {},
): Promise<Collaborator & { token: string }> {
  const added = await world.sharing.collaborators.add(ann, ref, { email: 'cyd@acme.example', role, ...more })
  return { ...added, token: tokenOf(added.id) }
}

const rights = async ({ sharing }: World, actor: Actor): Promise<string[]> =>
  (await sharing.explain(actor, 'view', ref)).actions

/** Ann's document with cyd invited to it. */
export async function invited(world: World, options: Invited = {}): ReturnType<typeof invite> {
  await world.document()
  return invite(world, options)
}

/** What was recorded of claims on ann's document. */
export const claims = async ({ sharing }: World): Promise<AuditEvent[]> =>
  (await sharing.audit.list(ann, { resource: ref, limit: 100 })).items.filter(
    ({ action }) => action === 'collaborator.claimed',
  )

/** One who may share: the roles of the suite's documents give nobody else that right. */
const MANAGED = { document: { roles: { viewer: ['view'], keeper: ['view', 'share', 'publish'] } } } as const

export const accepting: readonly ConformanceCase[] = casesOf('invitations.accept', {
  'binds it to the person for good, whatever their address becomes': async (world) => {
    const { sharing, clock } = world
    const { token, id, ...added } = await invited(world)
    clock.pass(HOUR)
    const claimed = await sharing.invitations.accept(cyd, token)
    assert.deepEqual(claimed, {
      ...added,
      id,
      status: 'active',
      acceptedAt: clock.now,
      invitationExpiresAt: null,
      grantee: { kind: 'user', userId: 'cyd', email: 'cyd@acme.example' },
    })
    assert.deepEqual(await sharing.collaborators.list(ann, ref), [claimed])
    for (const email of ['another@acme.example', undefined]) {
      assert.deepEqual(await rights(world, { ...cyd, email }), ['view', 'comment'])
    }
    // Whoever has the address from now on is somebody else.
    assert.deepEqual(await rights(world, { ...bob, email: cyd.email }), [])
    clock.pass(365 * DAY)
    assert.deepEqual(await rights(world, { userId: 'cyd', tenantId: 'acme' }), ['view', 'comment'])
  },
  'again by the same person: the same answer, also under another address; nothing is recorded': async (
    world,
  ) => {
    const { sharing } = world
    const { token } = await invited(world)
    const first = await sharing.invitations.accept(cyd, token)
    assert.deepEqual(await sharing.invitations.accept(cyd, token), first)
    assert.deepEqual(await sharing.invitations.accept({ ...cyd, email: undefined }, token), first)
    assert.equal((await claims(world)).length, 1)
  },
  'is recorded without the address, and told to listeners': async (world) => {
    const { sharing, clock } = world
    const { token, id } = await invited(world)
    const heard: unknown[] = []
    sharing.on('collaborator.claimed', ({ actorId, target }) => void heard.push([actorId, target]))
    await sharing.invitations.accept(cyd, token)
    const [event] = await claims(world)
    const terms = { role: 'commenter', mode: 'live', expiresAt: null }
    const until = new Date(clock.now.getTime() + 30 * DAY).toJSON()
    assert.deepEqual(
      [event?.actorId, event?.target, event?.before, event?.after],
      [
        'cyd',
        { kind: 'collaborator', id },
        { grantee: { kind: 'email' }, ...terms, claimableUntil: until },
        { grantee: { kind: 'user', id: 'cyd' }, ...terms, claimableUntil: null },
      ],
    )
    await new Promise((resolve) => setTimeout(resolve, 5))
    assert.deepEqual(heard, [['cyd', { kind: 'collaborator', id }]])
    const { items } = await sharing.audit.list(ada, { limit: 100 })
    assert.doesNotMatch(JSON.stringify(items), /cyd@/i)
  },
  'under another address, or none: the invited one is shown masked': async (world) => {
    const { sharing } = world
    const { token } = await invited(world)
    for (const actor of [bob, eve, zoe, { ...cyd, email: undefined }, { ...cyd, email: 'no address' }]) {
      const { public: shown } = await refused('email_mismatch', sharing.invitations.accept(actor, token))
      assert.deepEqual(shown, { hint: 'c…@acme.example' })
    }
    assert.deepEqual(await claims(world), [])
  },
  'what is unknown, ended, another’s, or no token of ours is not there': async (world) => {
    const { sharing } = world
    const { token, id } = await invited(world)
    const accepting = (text: unknown, actor: Actor = cyd) =>
      refused('not_found', sharing.invitations.accept(actor, text as string))
    const link = await world.link()
    const { pass } = await sharing.open(link.token)
    const attached = await sharing.attach(ann, ref)
    const others = [link.token, pass, attached.pass, id, '', `${token}A`, token.slice(0, -1), undefined, {}]
    for (const text of [
      ...others,
      tokenOf('none'),
      tokenOf(link.id),
      tokenOf(id, 'rival'),
      tokenOf(id, 'none'),
    ]) {
      await accepting(text)
    }
    for (const call of [sharing.open, sharing.peek, sharing.resume]) await refused('not_found', call(token))
    await sharing.invitations.accept(cyd, token)
    await accepting(token, { ...bob, email: cyd.email })
    await accepting(token, bob)
    await sharing.collaborators.remove(ann, id)
    await accepting(token)
    const again = await invite(world)
    await accepting(token)
    await sharing.resources.remove(ref)
    await accepting(again.token)
  },
  'what is over has expired: the invitation, or what it gives': async (world) => {
    const { sharing, clock } = world
    await world.document('d2')
    const { token } = await invited(world)
    const short = await sharing.collaborators.add(ann, documentRef('d2'), {
      email: cyd.email,
      role: 'viewer',
      expiresAt: new Date(clock.now.getTime() + HOUR),
    })
    clock.pass(HOUR)
    await refused('expired', sharing.invitations.accept(cyd, tokenOf(short.id)))
    clock.pass(30 * DAY - HOUR - 1)
    await refused('email_mismatch', sharing.invitations.accept(bob, token))
    clock.pass(1)
    await refused('expired', sharing.invitations.accept(cyd, token))
    assert.deepEqual(await rights(world, cyd), [])
    const again = await invite(world)
    await refused('not_found', sharing.invitations.accept(cyd, token))
    await sharing.invitations.accept(cyd, again.token)
  },
  'from outside only where the policy lets guests in': async (world) => {
    const { sharing } = world
    const { token } = await invited(world)
    await refused('forbidden', sharing.invitations.accept(guest, token))
    await sharing.policies.set(ada, { allowGuests: true })
    const claimed = await sharing.invitations.accept(guest, token)
    assert.equal(claimed.status, 'active')
    assert.deepEqual(await rights(world, { userId: 'cyd', tenantId: null }), ['view', 'comment'])
  },
  'with what the person was given before it becomes one, where one of them covers the other': async (
    world,
  ) => {
    const { sharing, clock } = world
    await world.document()
    const soon = new Date(clock.now.getTime() + HOUR)
    const late = new Date(clock.now.getTime() + DAY)
    const own = await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'viewer', expiresAt: soon })
    const { token, id } = await invite(world, { role: 'editor', expiresAt: late })
    const claimed = await sharing.invitations.accept(cyd, token)
    assert.deepEqual(
      [claimed.id, claimed.role, claimed.expiresAt, claimed.grantee],
      [own.id, 'editor', late, { kind: 'user', userId: 'cyd', email: 'cyd@acme.example' }],
    )
    assert.deepEqual(await sharing.collaborators.list(ann, ref), [claimed])
    assert.deepEqual(await sharing.invitations.accept({ ...cyd, email: undefined }, token), claimed)
    assert.deepEqual((await claims(world))[0]?.target, { kind: 'collaborator', id })
    // By the address they are found again, not invited once more.
    const again = await invite(world, { role: 'commenter' })
    assert.deepEqual([again.id, again.status], [own.id, 'active'])
    await refused('not_found', sharing.collaborators.remove(ann, id))
  },
  'beside what the person has for longer, and is less, it stays what it is: no right lasts longer than it was given':
    async (world) => {
      const { sharing, clock } = world
      const soon = new Date(clock.now.getTime() + HOUR)
      for (const [id, own, asked] of [
        ['d1', { role: 'viewer' }, { role: 'commenter', expiresAt: soon }],
        ['d2', { role: 'commenter', expiresAt: soon }, { role: 'viewer' }],
      ] as const) {
        await world.document(id)
        await sharing.collaborators.add(ann, documentRef(id), { userId: 'cyd', ...own })
        await sharing.collaborators.add(ann, documentRef(id), { email: cyd.email, ...asked })
      }
      const comments = (id: string) => sharing.can(cyd, 'comment', documentRef(id))
      await sharing.invitations.claim(cyd)
      assert.deepEqual([await comments('d1'), await comments('d2')], [true, true])
      clock.pass(HOUR)
      await sharing.invitations.claim(cyd)
      assert.deepEqual([await comments('d1'), await comments('d2')], [false, false])
      for (const id of ['d1', 'd2']) {
        assert.equal(await sharing.can({ ...cyd, email: undefined }, 'view', documentRef(id)), true)
      }
    },
  'the weaker takes nothing: without an end stays without an end': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const own = await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'editor' })
    const { token } = await invite(world, { role: 'viewer', expiresAt: new Date(clock.now.getTime() + HOUR) })
    const { id, role, expiresAt } = await sharing.invitations.accept(cyd, token)
    assert.deepEqual([id, role, expiresAt], [own.id, 'editor', null])
  },
  'what a person had that is over stays over': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const expiresAt = new Date(clock.now.getTime() + HOUR)
    await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'editor', expiresAt })
    const { token, id } = await invite(world, { role: 'viewer' })
    clock.pass(HOUR)
    assert.equal((await sharing.invitations.accept(cyd, token)).id, id)
    assert.deepEqual(await rights(world, cyd), ['view'])
  },
  'links that were made by right of either go on by right of the one': async (world) => {
    const sharing = world.sharingWith({ resources: MANAGED as never }) as unknown as World['sharing']
    await world.document()
    const add = (who: object) =>
      sharing.collaborators.add(ann, ref, { role: 'keeper' as 'viewer', ...who } as never)
    const { id } = (await add({ email: cyd.email })) as { id: string }
    const byAddress = await sharing.links.create(cyd, ref, { visibility: 'public' })
    const own = (await add({ userId: 'cyd' })) as { id: string }
    await sharing.invitations.accept(cyd, tokenOf(id))
    const byName = await sharing.links.create({ ...cyd, email: undefined }, ref, { visibility: 'public' })
    for (const { token } of [byAddress, byName]) await sharing.open(token)
    await sharing.collaborators.remove(ann, own.id)
    for (const { token } of [byAddress, byName]) await refused('not_found', sharing.open(token))
  },
  'links that the role of the one would not have let them make end': async (world) => {
    const roles = { keeper: ['view', 'share', 'publish'], reader: ['view', 'edit'] }
    const resources = { document: { roles, linkRoles: ['keeper'] } }
    const sharing = world.sharingWith({ resources: resources as never }) as unknown as World['sharing']
    await world.document()
    const add = (who: object, role: string) => sharing.collaborators.add(ann, ref, { role, ...who } as never)
    await add({ userId: 'cyd' }, 'keeper')
    const { id, token } = await sharing.links.create(cyd, ref, { visibility: 'public' })
    await sharing.open(token)
    const invitation = await add({ email: cyd.email }, 'reader')
    assert.equal((await sharing.invitations.accept(cyd, tokenOf(invitation.id))).role, 'reader')
    assert.equal((await sharing.links.get(ann, id)).status, 'revoked')
    await refused('not_found', sharing.open(token))
  },
  'the owner needs none: what they made by its right is by their own': async (world) => {
    const sharing = world.sharingWith({ resources: MANAGED as never }) as unknown as World['sharing']
    await world.document()
    const { id } = await sharing.collaborators.add(root as typeof ann, ref, {
      email: ann.email,
      role: 'keeper' as 'viewer',
    })
    const first = await sharing.invitations.accept(ann, tokenOf(id))
    assert.deepEqual([first.id, first.status], [id, 'active'])
    assert.deepEqual(await sharing.invitations.accept(ann, tokenOf(id)), first)
    assert.deepEqual(await sharing.collaborators.list(ann, ref), [])
    const { token } = await sharing.links.create(ann, ref, { visibility: 'public' })
    await sharing.open(token)
  },
  'a past moment shows it as it was then': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const own = await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'viewer' })
    const { token } = await invite(world, { role: 'editor' })
    const before = clock.now
    clock.pass(HOUR)
    await sharing.invitations.accept(cyd, token)
    const peopleAt = async (date: Date) =>
      (await sharing.audit.accessAt(ann, ref, date))
        .filter(({ via }) => via === 'grant')
        .map(({ who, role }) => `${who.kind} ${role}`)
        .sort()
    assert.deepEqual(await peopleAt(before), ['email editor', 'user viewer'])
    assert.deepEqual(await peopleAt(clock.now), ['user editor'])
    assert.equal((await sharing.collaborators.list(ann, ref))[0]?.id, own.id)
  },
  'of several with the address, at once: one has it, once': async (world) => {
    const { token } = await invited(world)
    const elsewhere = await world.elsewhere()
    const people = ['p1', 'p2', 'p3', 'p4'].map((userId) => ({ ...cyd, userId }))
    const calls = atOnce(16, (index) => {
      const sharing = index % 2 ? world.sharing : elsewhere
      const actor = people[index % people.length]!
      return index < 8 ? sharing.invitations.accept(actor, token) : sharing.invitations.claim(actor)
    })
    await Promise.all(calls.map(outcomeOf))
    const listed = await world.sharing.collaborators.list(ann, ref)
    assert.equal(listed.length, 1)
    const outcomes = await Promise.all(
      people.map((one) => outcomeOf(world.sharing.invitations.accept(one, token))),
    )
    assert.deepEqual([...outcomes].sort(), ['not_found', 'not_found', 'not_found', 'ok'])
    const holders = await Promise.all(people.map((one) => world.sharing.can(one, 'view', ref)))
    assert.deepEqual(
      holders,
      outcomes.map((one) => one === 'ok'),
    )
    assert.equal((await claims(world)).length, 1)
  },
  'a removal meanwhile leaves nothing': async (world) => {
    await world.document()
    const elsewhere = await world.elsewhere()
    for (let round = 0; round < 8; round++) {
      const { token, id } = await invite(world)
      const counts = await tally([
        elsewhere.invitations.accept(cyd, token),
        world.sharing.collaborators.remove(ann, id),
        elsewhere.invitations.claim(cyd),
        elsewhere.attach(cyd, ref).catch(() => null),
      ])
      assert.equal((counts['ok'] ?? 0) + (counts['not_found'] ?? 0), 4)
      assert.equal(await world.sharing.can(cyd, 'view', ref), false)
      await refused('not_found', world.sharing.invitations.accept(cyd, token))
    }
  },
})
