import { SharingError } from '../errors.ts'
import { type Ending, endLinks, NOTHING } from '../grants/ending.ts'
import { auditEvent, change, difference, type Kernel } from '../kernel.ts'
import { hostTenant } from '../model/actor.ts'
import { invalidInput, parse } from '../model/input.ts'
import {
  normalTraits,
  type RegisterInput,
  type Resource,
  type ResourceRef,
  refSchema,
  registerSchema,
} from '../model/resource.ts'
import { typeOf } from '../policy/compile.ts'
import { checkVisibility } from '../policy/making.ts'
import type { Ask, Facts, Outcome, ResourceFacts } from '../store/index.ts'

/** A resource as hosts know it. */
export function resourceOf(facts: ResourceFacts): Resource {
  const { uid: _, parentUid: __, tenantId, ...resource } = facts
  return { ...resource, tenantId: hostTenant(tenantId) }
}

/** Tells the library of a resource, or again with what has changed. */
export async function registerResource(
  kernel: Kernel,
  refInput: ResourceRef,
  input: RegisterInput,
): Promise<Resource> {
  const ref = parse(refSchema, refInput, 'resource')
  const options = parse(registerSchema, input, 'options')
  const type = typeOf(kernel.types, ref.type)
  const tenantId = options.tenantId ?? `~${options.ownerId}`
  const uid = kernel.newId()
  const ask = askOf(options)
  return change(kernel, { at: 'registration', ref, tenantId }, ask, (facts): Outcome<Resource> => {
    const now = kernel.clock()
    if (facts.taken) throw new SharingError('conflict')
    if (facts.resource !== null) {
      if (facts.resource.ownerId !== options.ownerId) throw new SharingError('conflict')
      return updated(
        kernel,
        facts,
        { title: options.title, traits: options.traits, parent: options.parent },
        now,
      )
    }
    const parent = parentOf(facts, options.parent, null)
    const resource: ResourceFacts = {
      uid,
      tenantId,
      type: ref.type,
      id: ref.id,
      ownerId: options.ownerId,
      title: options.title ?? null,
      visibility: options.visibility ?? 'private',
      traits: normalTraits(options.traits ?? []),
      parentUid: parent?.uid ?? null,
      parent: parent && { type: parent.type, id: parent.id },
      forkedFrom: null,
      createdAt: now,
      updatedAt: now,
    }
    checkVisibility(type, resource, facts.policy, resource.visibility)
    return {
      changes: [{ kind: 'resource.created', resource }],
      audit: [
        auditEvent(kernel, resource, {
          action: 'resource.registered',
          at: now,
          actorId: null,
          after: audited(resource),
        }),
      ],
      result: resourceOf(resource),
    }
  })
}

export const audited = ({
  ownerId,
  title,
  visibility,
  traits,
  parent,
}: ResourceFacts): Record<string, unknown> => ({
  ownerId,
  title,
  visibility,
  traits,
  parent,
})

export interface Changes {
  title?: string | null | undefined
  traits?: readonly string[] | undefined
  parent?: ResourceRef | null | undefined
}

/** A resource with what was given, and nothing where nothing changes. */
export function updated(kernel: Kernel, facts: Facts, changes: Changes, now: Date): Outcome<Resource> {
  const before = facts.resource!
  const parent = changes.parent === undefined ? before.parent : parentOf(facts, changes.parent, before)
  const after: ResourceFacts = {
    ...before,
    title: changes.title === undefined ? before.title : changes.title,
    traits: changes.traits === undefined ? before.traits : normalTraits(changes.traits),
    parent: parent && { type: parent.type, id: parent.id },
    parentUid:
      changes.parent === undefined ? before.parentUid : ((parent as ResourceFacts | null)?.uid ?? null),
  }
  const changed = difference(before, after, ['title', 'traits', 'parent'])
  if (changed === null) return { changes: [], audit: [], result: resourceOf(before) }
  after.updatedAt = now
  const ended = after.parentUid === before.parentUid ? NOTHING : endUnreached(kernel, facts, now)
  return {
    changes: [{ kind: 'resource.updated', resource: after }, ...ended.changes],
    audit: [
      auditEvent(kernel, after, { action: 'resource.updated', at: now, actorId: null, ...changed }),
      ...ended.audit,
    ],
    result: resourceOf(after),
  }
}

/** What a registration or an update has to be asked: a parent that is given may be another one. */
export function askOf({ parent }: { parent?: ResourceRef | null | undefined }): Ask {
  return parent === undefined ? {} : { moves: true, ...(parent === null ? {} : { parent }) }
}

/** Links end that were made by right of a grant above, where the resource does not lie below that any more. */
function endUnreached(kernel: Kernel, { moving, parent }: Facts, at: Date): Ending {
  if (moving === null) return NOTHING
  const unreached = moving.links.filter(
    ({ authorityUid }) => moving.above.has(authorityUid) && !parent?.ancestors.has(authorityUid),
  )
  return endLinks(kernel, unreached, { at, actorId: null, reason: 'authority_ended' })
}

/** The same where a resource goes, which nothing below it is reached through any more. */
export function endBelow(kernel: Kernel, { moving, resource }: Facts, at: Date): Ending {
  if (moving === null || resource === null) return NOTHING
  const below = moving.links.filter(
    ({ link, authorityUid }) =>
      link.resourceUid !== resource.uid && (authorityUid === resource.uid || moving.above.has(authorityUid)),
  )
  return endLinks(kernel, below, { at, actorId: null, reason: 'authority_ended' })
}

/** The parent that was asked for, in the same tenant and not below the resource itself. */
function parentOf(
  facts: Facts,
  given: ResourceRef | null | undefined,
  self: ResourceFacts | null,
): ResourceFacts | null {
  if (given === null || given === undefined) return null
  if (facts.parent === null) {
    throw invalidInput([{ path: 'options.parent', message: 'must be registered in the same account' }])
  }
  if (self !== null && facts.parent.ancestors.has(self.uid)) {
    throw invalidInput([
      { path: 'options.parent', message: 'must not be the resource itself or lie below it' },
    ])
  }
  return facts.parent.resource
}
