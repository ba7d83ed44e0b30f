import { auditEvent, type Kernel } from '../kernel.ts'
import type { AuditAction } from '../model/audit.ts'
import { roleNamed } from '../policy/compile.ts'
import type { Change, EndReason, Facts, GrantFacts, NewAuditEvent, ResourceFacts } from '../store/index.ts'
import { auditedGrant } from './audited.ts'

/** Writes and what the audit says of them. */
export interface Ending {
  changes: Change[]
  audit: NewAuditEvent[]
}

export const NOTHING: Ending = { changes: [], audit: [] }

export interface EndingOptions {
  at: Date
  /** Who ends it; null for the host or the library itself. */
  actorId: string | null
  reason: EndReason
}

/** Ends links, each with its event. */
export function endLinks(
  kernel: Kernel,
  ending: Facts['links'],
  { at, actorId, reason }: EndingOptions,
): Ending {
  const ids = ending.map(({ link }) => link.id)
  return {
    changes: ids.length === 0 ? [] : [{ kind: 'links.ended', ids, reason, at }],
    audit: ending.map(({ link, resource }) =>
      auditEvent(kernel, resource, {
        action: 'link.revoked',
        at,
        actorId,
        target: { kind: 'link', id: link.id },
        after: { reason },
      }),
    ),
  }
}

/** Ends what people were given, each with its event. */
export function endPeople(
  kernel: Kernel,
  ending: ReadonlyArray<{ grant: GrantFacts; resource: ResourceFacts }>,
  { at, actorId, reason }: EndingOptions,
  action: AuditAction = 'collaborator.removed',
): Ending {
  const ids = ending.map(({ grant }) => grant.id)
  return {
    changes: ids.length === 0 ? [] : [{ kind: 'grants.ended', ids, reason, at }],
    audit: ending.map(({ grant, resource }) =>
      auditEvent(kernel, resource, {
        action,
        at,
        actorId,
        target: { kind: 'collaborator', id: grant.id },
        before: auditedGrant(grant),
        after: { reason },
      }),
    ),
  }
}

/** Ends grants on one resource with the links that were made by their right. */
export function endGrants(
  kernel: Kernel,
  { resource, links }: Pick<Facts, 'resource' | 'links'>,
  grants: readonly GrantFacts[],
  options: EndingOptions,
  action?: AuditAction,
): Ending {
  const people = grants.map((grant) => ({ grant, resource: resource! }))
  const under = links.filter(({ link }) => grants.some(({ id }) => id === link.authorityId))
  const [ended, made] = [
    endPeople(kernel, people, options, action),
    endLinks(kernel, under, { ...options, reason: 'authority_ended' }),
  ]
  return { changes: [...ended.changes, ...made.changes], audit: [...ended.audit, ...made.audit] }
}

/** Links that were made by right of a grant end where its new role would not let them be made. */
export function endUncovered(
  kernel: Kernel,
  { links }: Pick<Facts, 'links'>,
  grant: GrantFacts,
  at: Date,
): Ending {
  const uncovered = links.filter(({ link, resource }) => {
    if (link.authority !== 'grant' || link.authorityId !== grant.id) return false
    // Below, the role's name is that of the type there.
    const type = kernel.types.get(resource.type)
    const actions = type === undefined ? [] : (roleNamed(type, grant.role)?.actions ?? [])
    return !actions.includes('share') || (link.visibility === 'public' && !actions.includes('publish'))
  })
  return endLinks(kernel, uncovered, { at, actorId: null, reason: 'authority_ended' })
}
