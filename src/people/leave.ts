import { z } from 'zod'
import { auditEvent, change, changeEverywhere, type Kernel } from '../kernel.ts'
import { hostId, invalidInput, parse } from '../model/input.ts'
import { handOver, visibilityChanged } from '../resources/manage.ts'
import type { Change, EndReason, Facts, NewAuditEvent, Outcome, ResourceFacts } from '../store/index.ts'

const heirSchema = z.strictObject({ heir: hostId.optional() })

/** A person leaves a tenant. */
export async function removeMember(
  kernel: Kernel,
  tenantInput: string,
  userInput: string,
  input: { heir?: string | undefined } = {},
): Promise<void> {
  const tenantId = parse(hostId, tenantInput, 'tenantId')
  const userId = parse(hostId, userInput, 'userId')
  const { heir } = parse(heirSchema, input, 'options')
  if (heir === userId) throw invalidInput([{ path: 'options.heir', message: 'must be somebody else' }])
  await change(kernel, { at: 'tenant', tenantId }, { member: userId }, (facts) =>
    leave(kernel, facts, userId, heir ?? null, 'member_removed'),
  )
}

/** The account is gone: the same in every tenant, and the person's views are nobody's. */
export async function forgetUser(kernel: Kernel, userInput: string): Promise<void> {
  const userId = parse(hostId, userInput, 'userId')
  // One for all of them, so that the visitors of a day stay as many as they were.
  const visitor = kernel.newId()
  await changeEverywhere(kernel, { member: userId }, (facts) => {
    const left = leave(kernel, facts, userId, null, 'user_forgotten')
    return { ...left, changes: [...left.changes, { kind: 'viewer.forgotten', userId, visitor }] }
  })
}

/** Somebody is no admin any more: what they made by that right ends. */
export async function removeAdmin(
  kernel: Kernel,
  userInput: string,
  tenantInput: string | null,
): Promise<void> {
  const admin = parse(hostId, userInput, 'userId')
  const tenantId = parse(hostId.nullable(), tenantInput, 'tenantId')
  const decide = (facts: Facts): Outcome<void> => {
    const at = kernel.clock()
    return { ...endLinks(kernel, facts.links, at, 'admin_removed'), result: undefined }
  }
  if (tenantId === null) await changeEverywhere(kernel, { admin }, decide)
  else await change(kernel, { at: 'tenant', tenantId }, { admin }, decide)
}

export async function removeTenant(kernel: Kernel, tenantInput: string): Promise<void> {
  const tenantId = parse(hostId, tenantInput, 'tenantId')
  await change(kernel, { at: 'tenant', tenantId }, {}, () => ({
    changes: [{ kind: 'tenant.removed' }],
    audit: [],
    result: undefined,
  }))
}

/**
 * Ends what hangs on a person in a tenant. Without an heir all shares of what they own end, whoever made them.
 * With one, the resources change hands with their shares, and only what the person made elsewhere ends.
 */
function leave(
  kernel: Kernel,
  facts: Facts,
  userId: string,
  heir: string | null,
  reason: EndReason,
): Outcome<void> {
  const at = kernel.clock()
  const owns = (resource: ResourceFacts): boolean => resource.ownerId === userId
  const ending = facts.links.filter(({ resource }) => heir === null || !owns(resource))
  const outcome = endLinks(kernel, ending, at, reason)
  for (const resource of facts.owned) {
    if (heir !== null) {
      const handed = handOver(kernel, resource, heir, at, null)
      outcome.changes.push(...handed.changes)
      outcome.audit.push(...handed.audit)
    } else if (resource.visibility !== 'private') {
      outcome.changes.push({
        kind: 'resource.updated',
        resource: { ...resource, visibility: 'private', updatedAt: at },
      })
      outcome.audit.push(visibilityChanged(kernel, resource, 'private', at, null))
    }
  }
  outcome.audit.push(
    auditEvent(
      kernel,
      { tenantId: facts.tenantId },
      {
        action: 'member.removed',
        at,
        actorId: null,
        target: { kind: 'user', id: userId },
        after: { reason, heir, linksEnded: ending.length, resourcesOwned: facts.owned.length },
      },
    ),
  )
  return { ...outcome, result: undefined }
}

function endLinks(
  kernel: Kernel,
  ending: Facts['links'],
  at: Date,
  reason: EndReason,
): { changes: Change[]; audit: NewAuditEvent[] } {
  const ids = ending.map(({ link }) => link.id)
  return {
    changes: ids.length === 0 ? [] : [{ kind: 'links.ended', ids, reason, at }],
    audit: ending.map(({ link, resource }) =>
      auditEvent(kernel, resource, {
        action: 'link.revoked',
        at,
        actorId: null,
        target: { kind: 'link', id: link.id },
        after: { reason },
      }),
    ),
  }
}
