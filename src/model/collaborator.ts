import { z } from 'zod'
import { emailKey } from './email.ts'
import { hostId, moment, plainText } from './input.ts'
import type { Mode } from './link.ts'
import { name, type ResourceRef } from './resource.ts'

/** A person or a group that was given a role on a resource. */
export interface Collaborator<Type extends string = string> {
  id: string
  resource: ResourceRef<Type>
  role: string
  mode: Mode
  /** What they are shown in snapshot mode; null in live mode. */
  snapshot: { revision: string; takenAt: Date } | null
  /** `invited` until a signed-in person with the verified address has claimed it. */
  status: 'invited' | 'active'
  invitedBy: string
  createdAt: Date
  acceptedAt: Date | null
  /** When what was given ends. */
  expiresAt: Date | null
  /** Until when an invitation can be claimed; null where nothing is left to claim. */
  invitationExpiresAt: Date | null
  /** The address that was invited is shown to those who manage, and to its person. */
  grantee:
    | { kind: 'user'; userId: string; email?: string }
    | { kind: 'email'; email: string }
    | { kind: 'group'; groupId: string }
}

/** Who is given something: one of the three. */
export type GranteeInput =
  | { email: string; userId?: undefined; groupId?: undefined }
  | { userId: string; email?: undefined; groupId?: undefined }
  | { groupId: string; email?: undefined; userId?: undefined }

/** What somebody is given. */
export type AddCollaboratorInput = GranteeInput & {
  role: string
  mode?: Mode | undefined
  /** The moment at which it ends. */
  expiresAt?: Date | string | null | undefined
  /** A few words for the mail. */
  message?: string | undefined
}

/** The same as it was understood. */
export interface ParsedCollaborator {
  email?: { address: string; key: string } | undefined
  userId?: string | undefined
  groupId?: string | undefined
  role: string
  mode?: Mode | undefined
  expiresAt?: Date | null | undefined
  message?: string | undefined
}

/** An address with the key that it is compared by. */
export const address: z.ZodType<{ address: string; key: string }, unknown> = z
  .string()
  .transform((text, context) => {
    const key = emailKey(text)
    if (key !== null) return { address: text.trim(), key }
    context.addIssue({
      code: 'custom',
      message: 'is not an e-mail address',
      params: { error: 'invalid_email' },
    })
    return z.NEVER
  })

/** Control characters that are no tab and no line break. A database may refuse them, and a mail has no use for them. */
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/

/** Of several lines, perhaps. */
export const message: z.ZodOptional<z.ZodString> = z
  .string()
  .max(2000)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode')
  .refine((text) => !CONTROL.test(text), 'must not contain control characters, line breaks and tabs aside')
  .optional()

export const addCollaboratorSchema: z.ZodType<ParsedCollaborator, unknown> = z
  .strictObject({
    email: address.optional(),
    userId: hostId.optional(),
    groupId: hostId.optional(),
    role: name,
    mode: z.enum(['live', 'snapshot']).optional(),
    expiresAt: moment.nullable().optional(),
    message,
  })
  .refine(
    ({ email, userId, groupId }) => [email, userId, groupId].filter((one) => one !== undefined).length === 1,
    { path: ['email'], message: 'give one of email, userId and groupId' },
  )

export const roleName: z.ZodType<string> = name
export const grantId: z.ZodType<string> = plainText(255).min(1)

/** An address for somebody who need not know it: `j…@acme.test`. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return `${[...address][0]}…${address.slice(at)}`
}
