import { z } from 'zod'
import { auditEvent, change, changeEverywhere, type Kernel } from '../kernel.ts'
import { hostId, invalidInput, parse } from '../model/input.ts'
import { handOver, visibilityChanged } from '../resources/manage.ts'
import type { Change, EndReason, Facts, NewAuditEvent, Outcome } from '../store/index.ts'

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
  // A link dies with the right it was made by: what changed hands before, by its new owner's right, stays.
  const ending = facts.links.filter(({ link, resource }) =>
    resource.ownerId === userId && (heir === null || link.authority === 'owner')
      ? heir === null
      : link.authorityId === userId,
  )
  const outcome = endLinks(kernel, ending, at, reason)
  const { owned } = facts
  // Whose account is gone is named only where they had a part: elsewhere they may just have opened something.
  if (reason === 'user_forgotten' && ending.length === 0 && owned.length === 0) {
    return { ...outcome, result: undefined }
  }
  if (heir !== null && owned.length > 0) {
    const handed = handOver(kernel, owned, heir, at, null)
    outcome.changes.push(...handed.changes)
    outcome.audit.push(...handed.audit)
  }
  const closing = heir === null ? owned.filter(({ visibility }) => visibility !== 'private') : []
  if (closing.length > 0) {
    const resources = closing.map((resource) => ({
      ...resource,
      visibility: 'private' as const,
      updatedAt: at,
    }))
    outcome.changes.push(...resources.map((resource): Change => ({ kind: 'resource.updated', resource })))
    outcome.audit.push(...closing.map((resource) => visibilityChanged(kernel, resource, 'private', at, null)))
  }
  const about = { tenantId: facts.tenantId }
  const target = { kind: 'user', id: userId } as const
  const after = { reason, heir, linksEnded: ending.length, resourcesOwned: owned.length }
  outcome.audit.push(
    auditEvent(kernel, about, { action: 'member.removed', at, actorId: null, target, after }),
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
