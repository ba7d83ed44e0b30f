import { SharingError } from '../errors.ts'
import { auditEvent, change, changeResource, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema, isPersonal } from '../model/actor.ts'
import { hostId, invalidInput, parse } from '../model/input.ts'
import {
  type Resource,
  type ResourceRef,
  refSchema,
  type UpdateResourceInput,
  updateResourceSchema,
  type Visibility,
  visibilitySchema,
} from '../model/resource.ts'
import { typeOf } from '../policy/compile.ts'
import { checkVisibility } from '../policy/making.ts'
import { demand } from '../policy/standing.ts'
import type { Change, NewAuditEvent, Outcome, ResourceFacts } from '../store/index.ts'
import { audited, resourceOf, updated } from './register.ts'

export async function updateResource(
  kernel: Kernel,
  refInput: ResourceRef,
  input: UpdateResourceInput,
): Promise<Resource> {
  const ref = parse(refSchema, refInput, 'resource')
  const options = parse(updateResourceSchema, input, 'options')
  typeOf(kernel.types, ref.type)
  const ask = options.parent ? { parent: options.parent } : {}
  return change(kernel, { at: 'resource', ref, tenantId: null }, ask, (facts) => {
    if (facts.resource === null) throw new SharingError('not_found')
    return updated(kernel, facts, options, kernel.clock())
  })
}

export async function getResource(kernel: Kernel, refInput: ResourceRef): Promise<Resource | null> {
  const ref = parse(refSchema, refInput, 'resource')
  typeOf(kernel.types, ref.type)
  const found = await kernel.store.findResource(ref)
  return found && resourceOf(found.resource)
}

/** Gone with all its shares. What is not there is gone already. */
export async function removeResource(kernel: Kernel, refInput: ResourceRef): Promise<void> {
  const ref = parse(refSchema, refInput, 'resource')
  typeOf(kernel.types, ref.type)
  await change(kernel, { at: 'resource', ref, tenantId: null }, {}, ({ resource }): Outcome<void> => {
    if (resource === null) return { changes: [], audit: [], result: undefined }
    const now = kernel.clock()
    return {
      changes: [{ kind: 'resource.removed', uid: resource.uid, ref, at: now }],
      audit: [
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
    const { resource, policy } = facts
    const situation = resource && { resource, policy }
    demand(kernel.types, 'share', actor, situation, ref.type)
    checkVisibility(type, resource!, policy, visibility)
    if (visibility === 'public') demand(kernel.types, 'publish', actor, situation, ref.type)
    if (resource!.visibility === visibility) return { changes: [], audit: [], result: resourceOf(resource!) }
    const now = kernel.clock()
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
): Promise<Resource> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  const newOwnerId = parse(hostId, newOwnerInput, 'newOwnerId')
  return changeResource(kernel, actor, ref, (facts): Outcome<Resource> => {
    const { resource, policy } = facts
    demand(kernel.types, 'transfer', actor, resource && { resource, policy }, ref.type)
    if (resource!.ownerId === newOwnerId) return { changes: [], audit: [], result: resourceOf(resource!) }
    if (isPersonal(resource!.tenantId)) {
      throw invalidInput([
        { path: 'newOwnerId', message: 'what a person owns without an account cannot change hands' },
      ])
    }
    const now = kernel.clock()
    const { changes, audit, resources } = handOver(kernel, [resource!], newOwnerId, now, actor.userId)
    return { changes, audit, result: resourceOf(resources[0]!) }
  })
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
