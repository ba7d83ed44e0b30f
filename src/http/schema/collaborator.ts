import { z } from 'zod'
import { grantId, message } from '../../model/collaborator.ts'
import { hostId } from '../../model/input.ts'
import type { Mode } from '../../model/link.ts'
import { name } from '../../model/resource.ts'
import { component, ref, refParams, snapshotName, time } from './parts.ts'

/** One of a resource's people in a path. */
export const collaboratorParams: z.ZodObject<{
  type: z.ZodString
  id: z.ZodString
  collaboratorId: z.ZodType<string>
}> = refParams.extend({ collaboratorId: grantId })

interface AddBody {
  email?: string | undefined
  userId?: string | undefined
  groupId?: string | undefined
  role: string
  mode?: Mode | undefined
  expiresAt?: string | null | undefined
  message?: string | undefined
}

/** Who is given something, by one of `email`, `userId` and `groupId`, and what. */
export const addCollaboratorBody: z.ZodType<AddBody> = component(
  'AddCollaborator',
  z.strictObject({
    email: z.string().max(320).optional(),
    userId: hostId.optional(),
    groupId: hostId.optional(),
    role: name,
    mode: z.enum(['live', 'snapshot']).optional(),
    expiresAt: time.nullable().optional(),
    message,
  }),
)

/** The token of an invitation's mail. In the body, since a URL is kept in logs and histories. */
export const acceptInvitationBody: z.ZodType<{ token: string }> = component(
  'AcceptInvitation',
  z.strictObject({ token: z.string().max(4096) }),
)

/** Another role. */
export const setRoleBody: z.ZodType<{ role: string }> = component('SetRole', z.strictObject({ role: name }))

const grantee = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('user'), userId: z.string(), email: z.string().optional() }),
  z.strictObject({ kind: z.literal('email'), email: z.string() }),
  z.strictObject({ kind: z.literal('group'), groupId: z.string() }),
])

/** A person or a group that was given a role. */
export const collaboratorSchema: z.ZodType = component(
  'Collaborator',
  z.strictObject({
    id: z.string(),
    resource: ref,
    role: z.string(),
    mode: z.enum(['live', 'snapshot']),
    snapshot: snapshotName,
    status: z.enum(['invited', 'active']),
    invitedBy: z.string(),
    createdAt: time,
    acceptedAt: time.nullable(),
    expiresAt: time.nullable(),
    invitationExpiresAt: time.nullable(),
    grantee,
  }),
)

/** Everyone who was named, oldest first. */
export const collaboratorsSchema: z.ZodType = z.strictObject({ items: z.array(collaboratorSchema) })
