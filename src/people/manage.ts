import { z } from 'zod'
import { SharingError } from '../errors.ts'
import { auditedGrant } from '../grants/audited.ts'
import { endGrants, endUncovered } from '../grants/ending.ts'
import { auditEvent, change, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema } from '../model/actor.ts'
import { type Collaborator, grantId, roleName } from '../model/collaborator.ts'
import { parse } from '../model/input.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import { kindOf, subjectsOf } from '../model/subject.ts'
import { decideAccess, mayAct, whyOver } from '../policy/access.ts'
import { typeOf } from '../policy/compile.ts'
import { checkOwnRole, checkTypeRole, isAbove } from '../policy/making.ts'
import { administers, refuseLink, scopeOf, standingAmong } from '../policy/standing.ts'
import type { Facts, GrantFacts, Outcome, ResourceFacts } from '../store/index.ts'
import { noticeToGrantee, outboxOf } from './notices.ts'
import { collaborator } from './project.ts'

/** Everyone who was named on a resource, oldest first. */
export async function listCollaborators(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
): Promise<Collaborator[]> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  typeOf(kernel.types, ref.type)
  const own = subjectsOf(actor)
  const situation = await kernel.store.findResource(ref, own)
  const now = kernel.clock()
  if (situation === null) throw new SharingError('not_found')
  const { oversees, named } = standingAmong(kernel.types, actor, situation, now)
  if (!oversees && !named) throw refuseLink(kernel.types, actor, situation, now)
  const { tenantId, uid: resourceUid } = situation.resource
  const people = await kernel.store.listPeople({ tenantId, resourceUid, above: false, ended: false })
  return people
    .filter((grant) => grant.expiresAt === null || grant.expiresAt > now)
    .filter(({ subject }) => oversees || kindOf(subject) !== 'email' || subject === own.email)
    .map((grant) => collaborator(grant, situation.resource, oversees ? 'all' : 'named'))
}

/** Where a grant has to be, for a caller who names that too. */
export interface GrantPlace {
  resource?: ResourceRef | undefined
}

const placeSchema: z.ZodType<GrantPlace> = z.strictObject({ resource: refSchema.optional() })

function placeOf(kernel: Kernel, input: GrantPlace): ResourceRef | undefined {
  const { resource } = parse(placeSchema, input, 'options')
  if (resource !== undefined) typeOf(kernel.types, resource.type)
  return resource
}

/** A grant for whoever may do this to it, or what they get instead. */
function demandGrant(
  kernel: Kernel,
  actor: Actor,
  { grant, resource, policy, grants }: Facts,
  need: 'manages' | 'oversees',
  on: ResourceRef | undefined,
  now: Date,
): { grant: GrantFacts; resource: ResourceFacts } {
  if (grant === null || resource === null) throw new SharingError('not_found')
  if (on !== undefined && (on.type !== resource.type || on.id !== resource.id)) {
    throw new SharingError('not_found')
  }
  const situation = { resource, policy, grants }
  const type = typeOf(kernel.types, resource.type)
  if (!standingAmong(kernel.types, actor, situation, now)[need]) {
    throw refuseLink(kernel.types, actor, situation, now)
  }
  const { allowed, role } = decideAccess(type, 'share', actor, situation, now)
  // What stands above them is not theirs to take away, unless it is their office.
  const byOffice = need === 'oversees' && administers(actor, resource.tenantId)
  if (allowed && !byOffice && isAbove(type, grant.role, role)) throw new SharingError('forbidden')
  if (grant.endedAt !== null) throw new SharingError('not_found')
  return { grant, resource }
}

/** Gives somebody another role. Links that they made and that it does not cover end. */
export async function setCollaboratorRole(
  kernel: Kernel,
  actorInput: Actor,
  idInput: string,
  roleInput: string,
  input: GrantPlace = {},
): Promise<Collaborator> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(grantId, idInput, 'id')
  const role = parse(roleName, roleInput, 'role')
  const on = placeOf(kernel, input)
  const anchor = { at: 'grant', id, tenantId: scopeOf(actor) } as const
  const ask = { actor: subjectsOf(actor), linksUnder: true }
  return change(kernel, anchor, ask, (facts): Outcome<Collaborator> => {
    const now = kernel.clock()
    const { grant, resource } = demandGrant(kernel, actor, facts, 'manages', on, now)
    const type = typeOf(kernel.types, resource.type)
    if (whyOver(grant, now) !== null)
      throw new SharingError('conflict', { message: 'This access is over: add them again.' })
    const own = decideAccess(type, 'share', actor, { ...facts, resource }, now).role
    checkTypeRole(type, role)
    checkOwnRole(type, own, role)
    if (grant.role === role) return { changes: [], audit: [], result: collaborator(grant, resource) }
    const after = { ...grant, role, updatedAt: now }
    const ended = endUncovered(kernel, facts, after, now)
    return {
      changes: [{ kind: 'grant.updated', grant: after }, ...ended.changes],
      audit: [
        auditEvent(kernel, resource, {
          action: 'collaborator.role_changed',
          at: now,
          actorId: actor.userId,
          target: { kind: 'collaborator', id },
          before: auditedGrant(grant),
          after: auditedGrant(after),
        }),
        ...ended.audit,
      ],
      ...outboxOf(
        kernel,
        noticeToGrantee(kernel, after, { kind: 'role_changed', sender: actor.userId, at: now }),
      ),
      result: collaborator(after, resource),
    }
  })
}

/** Takes away what somebody was given, with all that they made by that right. */
export async function removeCollaborator(
  kernel: Kernel,
  actorInput: Actor,
  idInput: string,
  input: GrantPlace = {},
): Promise<void> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(grantId, idInput, 'id')
  const on = placeOf(kernel, input)
  const anchor = { at: 'grant', id, tenantId: scopeOf(actor) } as const
  const ask = { actor: subjectsOf(actor), linksUnder: true }
  await change(kernel, anchor, ask, (facts): Outcome<void> => {
    const now = kernel.clock()
    const { grant } = demandGrant(kernel, actor, facts, 'oversees', on, now)
    const options = { at: now, actorId: actor.userId, reason: 'removed' } as const
    // Whoever had nothing any more loses nothing.
    const told =
      whyOver(grant, now) === null
        ? noticeToGrantee(kernel, grant, { kind: 'removed', sender: actor.userId, at: now })
        : []
    return { ...endGrants(kernel, facts, [grant], options), ...outboxOf(kernel, told), result: undefined }
  })
}

/** Gives up what one was given oneself: by name or by verified address, in whichever tenant. */
export async function leaveResource(kernel: Kernel, actorInput: Actor, refInput: ResourceRef): Promise<void> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  const type = typeOf(kernel.types, ref.type)
  const own = subjectsOf(actor)
  const subjects = own.email === null ? [own.user] : [own.user, own.email]
  const ask = {
    actor: own,
    people: { subjects, addressKey: null, at: kernel.clock() },
    linksUnder: true,
  }
  await change(kernel, { at: 'resource', ref, tenantId: null }, ask, (facts): Outcome<void> => {
    const now = kernel.clock()
    const { resource, people } = facts
    if (resource === null) throw new SharingError('not_found')
    if (people.found.length === 0) {
      const views = mayAct(type, 'view', actor, { ...facts, resource }, now)
      if (!views) throw new SharingError('not_found')
      throw new SharingError('conflict', { message: 'You were not named here: there is nothing to leave.' })
    }
    const options = { at: now, actorId: actor.userId, reason: 'left' } as const
    return { ...endGrants(kernel, facts, people.found, options, 'collaborator.left'), result: undefined }
  })
}
