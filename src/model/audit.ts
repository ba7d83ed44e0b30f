import { z } from 'zod'
import { pageShape } from './page.ts'
import { type ResourceRef, refSchema } from './resource.ts'

/** What is written down of a change, in the same commit as the change. */
export type AuditAction =
  | 'resource.registered'
  | 'resource.updated'
  | 'resource.removed'
  | 'resource.transferred'
  | 'visibility.changed'
  | 'link.created'
  | 'link.updated'
  | 'link.revoked'
  | 'link.rotated'
  | 'link.removed'
  | 'collaborator.added'
  | 'collaborator.role_changed'
  | 'collaborator.removed'
  | 'collaborator.left'
  | 'collaborator.claimed'
  | 'request.created'
  | 'request.approved'
  | 'request.denied'
  | 'policy.changed'
  | 'member.removed'
  | 'workstation.registered'
  | 'workstation.removed'
  | 'edit.begun'
  | 'edit.ended'
  | 'edit.lost'
  | 'edit.taken_over'
  | 'snapshot.taken'
  | 'resource.forked'

/** One recorded change. */
export interface AuditEvent {
  id: string
  at: Date
  action: AuditAction
  /** Who did it; null for the host itself. */
  actorId: string | null
  tenantId: string | null
  resource: ResourceRef | null
  /** What it was done to, beside the resource: a link, a collaborator, a request, a workstation or an edit (by its id), a user. */
  target: {
    kind:
      | 'link'
      | 'user'
      | 'tenant'
      | 'collaborator'
      | 'group'
      | 'request'
      | 'resource'
      | 'workstation'
      | 'edit'
    id: string
  } | null
  /** The fields that changed, as they were and as they are. Never a token or a password. */
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

/** Whose audit, and how much of it at once: of one resource, or (for an admin) of the account. */
export interface ListAuditInput {
  resource?: ResourceRef | undefined
  limit?: number | undefined
  cursor?: string | undefined
}

export const listAuditSchema: z.ZodType<ListAuditInput> = z.strictObject({
  resource: refSchema.optional(),
  ...pageShape,
})
