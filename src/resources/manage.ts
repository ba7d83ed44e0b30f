import { SharingError } from '../errors.ts'
import { auditedGrant } from '../grants/audited.ts'
import { type Ending, endLinks, endPeople, NOTHING } from '../grants/ending.ts'
import { auditEvent, change, changeResource, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema, isPersonal } from '../model/actor.ts'
import { hostId, invalidInput, parse } from '../model/input.ts'
import {
  type Resource,
  type ResourceRef,
  refSchema,
  type TransferInput,
  transferSchema,
  type UpdateResourceInput,
  updateResourceSchema,
  type Visibility,
  visibilitySchema,
} from '../model/resource.ts'
import { subjectOf } from '../model/subject.ts'
import { whyOver } from '../policy/access.ts'
import { typeOf } from '../policy/compile.ts'
import { checkRoom, checkTypeRole, checkVisibility } from '../policy/making.ts'
import { demand } from '../policy/standing.ts'
import { NO_SNAPSHOT } from '../snapshots/naming.ts'
import type { Change, Facts, GrantFacts, NewAuditEvent, Outcome, ResourceFacts } from '../store/index.ts'
import { askOf, audited, endBelow, resourceOf, updated } from './register.ts'

export async function updateResource(
  kernel: Kernel,
  refInput: ResourceRef,
  input: UpdateResourceInput,
): Promise<Resource> {
  const ref = parse(refSchema, refInput, 'resource')
  const options = parse(updateResourceSchema, input, 'options')
  typeOf(kernel.types, ref.type)
  return change(kernel, { at: 'resource', ref, tenantId: null }, askOf(options), (facts) => {
    if (facts.resource === null) throw new SharingError('not_found')
    return updated(kernel, facts, options, kernel.clock())
  })
}

export async function getResource(kernel: Kernel, refInput: ResourceRef): Promise<Resource | null> {
  const ref = parse(refSchema, refInput, 'resource')
  typeOf(kernel.types, ref.type)
  const found = await kernel.store.findResource(ref, null)
  return found && resourceOf(found.resource)
}

/** Gone with all its shares. What is not there is gone already. */
export async function removeResource(kernel: Kernel, refInput: ResourceRef): Promise<void> {
  const ref = parse(refSchema, refInput, 'resource')
  typeOf(kernel.types, ref.type)
  await change(kernel, { at: 'resource', ref, tenantId: null }, { moves: true }, (facts): Outcome<void> => {
    const { resource } = facts
    if (resource === null) return { changes: [], audit: [], result: undefined }
    const now = kernel.clock()
    const ended = endBelow(kernel, facts, now)
    return {
      changes: [...ended.changes, { kind: 'resource.removed', uid: resource.uid, ref, at: now }],
      audit: [
        ...ended.audit,
        auditEvent(kernel, resource, {
          action: 'resource.removed',
          at: now,
          actorId: null,
          before: audited(resource),
        }),
      ],
      result: undefined,
    }
  })
}

export async function setVisibility(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
  visibilityInput: Visibility,
): Promise<Resource> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  const visibility = parse(visibilitySchema, visibilityInput, 'visibility')
  const type = typeOf(kernel.types, ref.type)
  return changeResource(kernel, actor, ref, (facts): Outcome<Resource> => {
    const { resource, policy, grants } = facts
    const situation = resource && { resource, policy, grants }
    const now = kernel.clock()
    demand(kernel.types, 'share', actor, situation, ref.type, now)
    checkVisibility(type, resource!, policy, visibility)
    if (visibility === 'public') demand(kernel.types, 'publish', actor, situation, ref.type, now)
    if (resource!.visibility === visibility) return { changes: [], audit: [], result: resourceOf(resource!) }
    const after: ResourceFacts = { ...resource!, visibility, updatedAt: now }
    return {
      changes: [{ kind: 'resource.updated', resource: after }],
      audit: [visibilityChanged(kernel, resource!, visibility, now, actor.userId)],
      result: resourceOf(after),
    }
  })
}

export const visibilityChanged = (
  kernel: Kernel,
  resource: ResourceFacts,
  visibility: Visibility,
  at: Date,
  actorId: string | null,
): ReturnType<typeof auditEvent> =>
  auditEvent(kernel, resource, {
    action: 'visibility.changed',
    at,
    actorId,
    before: { visibility: resource.visibility },
    after: { visibility },
  })

export async function transferResource(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
  newOwnerInput: string,
  input: TransferInput = {},
): Promise<Resource> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  const newOwnerId = parse(hostId, newOwnerInput, 'newOwnerId')
  const { keep } = parse(transferSchema, input, 'options')
  const type = typeOf(kernel.types, ref.type)
  if (keep) checkTypeRole(type, keep)
  const id = kernel.newId()
  const subjects = [subjectOf('user', newOwnerId)]
  const ask = { people: { subjects, addressKey: null, at: kernel.clock() }, linksUnder: true }
  const decide = (facts: Facts): Outcome<Resource> => {
    const { resource, policy, grants, people } = facts
    const now = kernel.clock()
    demand(kernel.types, 'transfer', actor, resource && { resource, policy, grants }, ref.type, now)
    if (resource!.ownerId === newOwnerId) return { changes: [], audit: [], result: resourceOf(resource!) }
    if (isPersonal(resource!.tenantId)) {
      throw invalidInput([
        { path: 'newOwnerId', message: 'what a person owns without an account cannot change hands' },
      ])
    }
    // Whoever becomes the owner leaves their place among the people to whoever was.
    const freed = people.found.some((grant) => whyOver(grant, now) === null) ? 1 : 0
    if (keep !== null) checkRoom(kernel.limits.collaboratorsPerResource, people.count - freed)
    const handed = handOver(kernel, [resource!], newOwnerId, now, actor.userId)
    const joined = becomeOwners(
      kernel,
      { given: people.found.map((grant) => ({ grant, resource: resource! })), links: facts.links },
      newOwnerId,
      now,
    )
    const kept =
      keep === null ? NOTHING : keepRole(kernel, resource!, keep ?? type.roles.at(-1)!.name, id, actor, now)
    return {
      changes: [...handed.changes, ...joined.changes, ...kept.changes],
      audit: [...handed.audit, ...joined.audit, ...kept.audit],
      result: resourceOf(handed.resources[0]!),
    }
  }
  return changeResource(kernel, actor, ref, decide, ask)
}

/**
 * Whoever owns a resource needs no grant on it: what they made on it by its right is by their own from now on. What
 * stood by a right that is over, or lies below, ends with the grant.
 */
export function becomeOwners(
  kernel: Kernel,
  { given, links }: Pick<Facts, 'given' | 'links'>,
  owner: string,
  at: Date,
): Ending {
  const ended = endPeople(kernel, given, { at, actorId: null, reason: 'superseded' })
  const going = given.filter(({ grant }) => whyOver(grant, at) === null)
  const goesOn = ({ link, resource }: Facts['links'][number]): boolean =>
    going.some((one) => one.grant.id === link.authorityId && one.resource.uid === resource.uid)
  const under = links.filter(({ link }) => given.some(({ grant }) => grant.id === link.authorityId))
  const left = endLinks(
    kernel,
    under.filter((one) => !goesOn(one)),
    { at, actorId: null, reason: 'authority_ended' },
  )
  const moved = going.map(
    ({ grant, resource }): Change => ({
      kind: 'authority.joined',
      from: grant.id,
      to: { owner, resourceUid: resource.uid },
      at,
    }),
  )
  return {
    changes: [...left.changes, ...moved, ...ended.changes],
    audit: [...left.audit, ...ended.audit],
  }
}

/** Whoever owned a resource keeps a role on it. */
function keepRole(
  kernel: Kernel,
  resource: ResourceFacts,
  role: string,
  id: string,
  actor: Actor,
  at: Date,
): Ending {
  const grant: GrantFacts = {
    id,
    tenantId: resource.tenantId,
    resourceUid: resource.uid,
    subject: subjectOf('user', resource.ownerId),
    address: null,
    addressKey: null,
    role,
    mode: 'live',
    ...NO_SNAPSHOT,
    createdBy: actor.userId,
    createdAt: at,
    updatedAt: at,
    expiresAt: null,
    claimableUntil: null,
    acceptedAt: at,
    endedAt: null,
    endReason: null,
  }
  return {
    changes: [{ kind: 'grant.created', grant, resource }],
    audit: [
      auditEvent(kernel, resource, {
        action: 'collaborator.added',
        at,
        actorId: actor.userId,
        target: { kind: 'collaborator', id },
        after: auditedGrant(grant),
      }),
    ],
  }
}

/** Resources with their owner's links, by right of another owner from now on. */
export function handOver(
  kernel: Kernel,
  owned: readonly ResourceFacts[],
  to: string,
  at: Date,
  actorId: string | null,
): { changes: Change[]; audit: NewAuditEvent[]; resources: ResourceFacts[] } {
  const resources = owned.map((resource) => ({ ...resource, ownerId: to, updatedAt: at }))
  return {
    resources,
    changes: [
      ...resources.map((resource): Change => ({ kind: 'resource.updated', resource })),
      ...resources.map(({ uid }): Change => ({ kind: 'authority.moved', resourceUid: uid, to, at })),
    ],
    audit: owned.map((resource) =>
      auditEvent(kernel, resource, {
        action: 'resource.transferred',
        at,
        actorId,
        target: { kind: 'user', id: to },
        before: { ownerId: resource.ownerId },
        after: { ownerId: to },
      }),
    ),
  }
}
