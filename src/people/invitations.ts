import { SharingError } from '../errors.ts'
import { change, changeEverywhere, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema, tenantOf } from '../model/actor.ts'
import { type Collaborator, maskedAddress } from '../model/collaborator.ts'
import { parse } from '../model/input.ts'
import type { ResourceRef } from '../model/resource.ts'
import { idOf, kindOf, type Subjects, subjectsOf } from '../model/subject.ts'
import { mayHaveDomain, whyOver } from '../policy/access.ts'
import type { Facts, GrantFacts, Outcome, ResourceFacts } from '../store/index.ts'
import { bind } from './claim.ts'
import { collaborator } from './project.ts'

/** Claims the invitation that a mail's token names. */
export async function acceptInvitation(
  kernel: Kernel,
  actorInput: Actor,
  token: string,
): Promise<Collaborator> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const invitation = typeof token === 'string' ? kernel.invitations.read(token) : null
  if (invitation === null) throw new SharingError('not_found')
  const own = subjectsOf(actor)
  const ask = { people: { subjects: [own.user], addressKey: null, at: kernel.clock() }, linksUnder: true }
  return change(kernel, { at: 'grant', ...invitation }, ask, (facts): Outcome<Collaborator> => {
    const now = kernel.clock()
    const { grant, resource, links } = facts
    if (grant === null || resource === null) throw new SharingError('not_found')
    const mine = facts.people.found.filter(({ id }) => id !== grant.id)
    const had = claimedBefore(grant, resource, mine, own)
    demandClaimable(actor, had ?? grant, facts, now)
    if (had !== null) return { changes: [], audit: [], result: collaborator(had, resource) }
    const bound = bind(kernel, actor, { grant, resource, mine, links }, now)
    return { ...bound, result: collaborator(bound.grant, resource) }
  })
}

/** What somebody has by an invitation that they claimed before; null for one that nobody has claimed. */
function claimedBefore(
  grant: GrantFacts,
  resource: ResourceFacts,
  mine: readonly GrantFacts[],
  { user }: Subjects,
): GrantFacts | null {
  if (kindOf(grant.subject) === 'email' && grant.endedAt === null) return null
  if (grant.subject === user && grant.acceptedAt !== null) {
    if (grant.endedAt === null) return grant
    if (grant.endReason === 'superseded') {
      const joined = mine.find(({ mode }) => mode === grant.mode)
      if (joined !== undefined) return joined
      if (resource.ownerId === idOf(user)) return grant
    }
  }
  throw new SharingError('not_found')
}

function demandClaimable(actor: Actor, grant: GrantFacts, { tenantId, policy }: Facts, now: Date): void {
  if (kindOf(grant.subject) === 'email' && grant.subject !== subjectsOf(actor).email) {
    const hint = maskedAddress(grant.address ?? idOf(grant.subject))
    throw new SharingError('email_mismatch', { public: { hint } })
  }
  if (whyOver(grant, now) !== null) {
    throw new SharingError('expired', { message: 'This invitation has expired.' })
  }
  if (tenantOf(actor) !== tenantId && !policy.allowGuests) throw new SharingError('forbidden')
  if (!mayHaveDomain(policy, grant.subject)) throw new SharingError('forbidden')
}

/** Claims every invitation to an actor's verified address, here and wherever guests are let in. */
export async function claimInvitations(kernel: Kernel, actorInput: Actor): Promise<Collaborator[]> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const { user, email } = subjectsOf(actor)
  if (email === null) return []
  const claimed = await changeEverywhere(
    kernel,
    { invited: { email, user }, linksUnder: true },
    ({ tenantId, policy, given, links }) => claimOf(kernel, actor, { tenantId, policy, given, links }),
  )
  return claimed.flat()
}

/** Claims an actor's own invitations on one resource. There may be none: then nothing happens. */
export async function claimOn(kernel: Kernel, actor: Actor, ref: ResourceRef): Promise<void> {
  const { user, email } = subjectsOf(actor)
  if (email === null) return
  const people = { subjects: [user, email], addressKey: null, at: kernel.clock() }
  const ask = { people, linksUnder: true }
  await change(kernel, { at: 'resource', ref, tenantId: null }, ask, (facts) => {
    const { tenantId, policy, resource, links } = facts
    const given = resource === null ? [] : facts.people.found.map((grant) => ({ grant, resource }))
    return claimOf(kernel, actor, { tenantId, policy, given, links })
  })
}

/** Binds those of a tenant's invitations that an actor can claim. */
function claimOf(
  kernel: Kernel,
  actor: Actor,
  { tenantId, policy, given, links }: Pick<Facts, 'tenantId' | 'policy' | 'given' | 'links'>,
): Outcome<Collaborator[]> {
  const now = kernel.clock()
  const { user, email } = subjectsOf(actor)
  const mayClaim = tenantOf(actor) === tenantId || policy.allowGuests
  const invited = mayClaim
    ? given.filter(
        ({ grant }) =>
          grant.subject === email && whyOver(grant, now) === null && mayHaveDomain(policy, grant.subject),
      )
    : []
  const bound = invited.map(({ grant, resource }) => {
    const mine = given
      .filter((one) => one.resource.uid === resource.uid && one.grant.subject === user)
      .map((one) => one.grant)
    return {
      resource,
      ...bind(kernel, actor, { grant, resource, mine, links: linksOf(links, [grant, ...mine]) }, now),
    }
  })
  return {
    changes: bound.flatMap(({ changes }) => changes),
    audit: bound.flatMap(({ audit }) => audit),
    result: bound.map(({ grant, resource }) => collaborator(grant, resource)),
  }
}

const linksOf = (links: Facts['links'], grants: readonly GrantFacts[]): Facts['links'] =>
  links.filter(({ link }) => grants.some(({ id }) => id === link.authorityId))
