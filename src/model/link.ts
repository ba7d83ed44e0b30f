import { z } from 'zod'
import { emailKey } from './email.ts'
import { hostId, invalidInput, moment, plainText } from './input.ts'
import { pageShape } from './page.ts'
import { name, type ResourceRef, refSchema } from './resource.ts'
import { domainList } from './tenant-policy.ts'

/** Whether a link opens for whoever bears it, or for signed-in members of its account only. */
export type LinkVisibility = 'public' | 'account'

/** `live`: the resource as it is now. `snapshot`: the revision at sharing, and nothing later. */
export type Mode = 'live' | 'snapshot'

/** The first that applies: revoked, expired, exhausted, scheduled, active. */
export type LinkStatus = 'active' | 'scheduled' | 'expired' | 'exhausted' | 'revoked'

/** A link as those see it who manage it. The token is not among it: it is shown at creation, and by `reveal`. */
export interface ShareLink<Type extends string = string> {
  id: string
  resource: ResourceRef<Type>
  tenantId: string | null
  name: string | null
  visibility: LinkVisibility
  role: string
  mode: Mode
  /** What it shows in snapshot mode; null in live mode. */
  snapshot: { revision: string; takenAt: Date } | null
  createdBy: string
  createdAt: Date
  updatedAt: Date
  /** When it ends: the earlier of its own expiry and what the account's `maxLinkDays` leaves it. */
  expiresAt: Date | null
  notBefore: Date | null
  maxViews: number | null
  hasPassword: boolean
  /** The only addresses that open it, as they are compared, or null for anyone's. */
  emails: string[] | null
  /** The only e-mail domains that open it, or null for any. */
  domains: string[] | null
  /** Openings, bots left out, except where `maxViews` is set: there every opening spends one. */
  viewCount: number
  lastViewedAt: Date | null
  isActive: boolean
  status: LinkStatus
}

/** What can be changed of a link. Left out: as it was (or unset, at creation); null: unset. */
export interface LinkSettings {
  name?: string | null | undefined
  role?: string | undefined
  /** The moment at which it is over. */
  expiresAt?: Date | string | null | undefined
  /** The moment at which it begins. */
  notBefore?: Date | string | null | undefined
  /** How often it opens, whoever opens it. */
  maxViews?: number | null | undefined
  password?: string | null | undefined
  /** Only people who sign in with one of these verified addresses. */
  emails?: readonly string[] | null | undefined
  /** Only people who sign in with a verified address in one of these domains. */
  domains?: readonly string[] | null | undefined
}

/** A new link. Without `role` it carries the weakest that a link of its type may. */
export interface CreateLinkInput extends LinkSettings {
  visibility: LinkVisibility
  mode?: Mode | undefined
}

/** A new link with an older system's token. */
export interface ImportLinkInput extends CreateLinkInput {
  /** The older system's token, which keeps working. */
  token: string
}

/** What is to change of a link. Its visibility, mode and resource are fixed. */
export interface UpdateLinkInput extends LinkSettings {
  /** Takes the snapshot anew, as whoever asks for it. What was opened before goes on showing what it showed. */
  snapshot?: 'refresh' | undefined
}

/** Whose links: of a resource, or else one's own (an admin's account's). */
export interface ListLinksInput<Type extends string = string> {
  resource?: ResourceRef<Type> | undefined
  /** Expired, exhausted and revoked ones too. */
  includeInactive?: boolean | undefined
  /** For an admin, whose list without a resource is the account's: only their own. */
  mine?: boolean | undefined
  limit?: number | undefined
  cursor?: string | undefined
}

/** Settings as they were understood. What was left out stays undefined, so that an update can tell it from null. */
export interface ParsedSettings {
  name?: string | null | undefined
  role?: string | undefined
  expiresAt?: Date | null | undefined
  notBefore?: Date | null | undefined
  maxViews?: number | null | undefined
  password?: string | null | undefined
  emails?: string[] | null | undefined
  domains?: string[] | null | undefined
}

const address = z.string().transform((text, context) => {
  const key = emailKey(text)
  if (key !== null) return key
  context.addIssue({
    code: 'custom',
    message: 'is not an e-mail address',
    params: { error: 'invalid_email' },
  })
  return z.NEVER
})

/** Hashed as UTF-8, all halves of surrogate pairs are one: another text would be as good. */
const isWellFormed = (text: string): boolean => text.isWellFormed()
const ILL_FORMED = 'must be well-formed Unicode'

const settings = {
  name: plainText(200).nullable().optional(),
  role: name.optional(),
  expiresAt: moment.nullable().optional(),
  notBefore: moment.nullable().optional(),
  maxViews: z.number().int().min(1).max(2_000_000_000).nullable().optional(),
  password: z.string().min(1).max(1024).refine(isWellFormed, ILL_FORMED).nullable().optional(),
  emails: z
    .array(address)
    .min(1)
    .max(100)
    .transform((keys) => [...new Set(keys)])
    .nullable()
    .optional(),
  domains: domainList.nullable().optional(),
}
const visibility = z.enum(['public', 'account'])
const mode = z.enum(['live', 'snapshot']).optional()

type Created = ParsedSettings & { visibility: LinkVisibility; mode?: Mode | undefined }

export const createLinkSchema: z.ZodType<Created, unknown> = z.strictObject({ visibility, mode, ...settings })

export const importLinkSchema: z.ZodType<Created & { token: string }, unknown> = z.strictObject({
  token: z.string().min(1).max(512).refine(isWellFormed, ILL_FORMED),
  visibility,
  mode,
  ...settings,
})

export const updateLinkSchema: z.ZodType<ParsedSettings & { snapshot?: 'refresh' | undefined }, unknown> =
  z.strictObject({ ...settings, snapshot: z.literal('refresh').optional() })

export const rotateSchema: z.ZodType<{ graceSeconds?: number | undefined }> = z.strictObject({
  graceSeconds: z.number().int().min(0).max(2_592_000).optional(),
})

export const listLinksSchema: z.ZodType<ListLinksInput> = z
  .strictObject({
    resource: refSchema.optional(),
    includeInactive: z.boolean().optional(),
    mine: z.boolean().optional(),
    ...pageShape,
  })
  .refine((input) => !input.mine || input.resource === undefined, {
    path: ['mine'],
    message: 'is for the list without a resource',
  })

export const linkId: z.ZodType<string> = hostId

/** Refuses times that could never open. */
export function checkTimes(
  times: { expiresAt: Date | null; notBefore: Date | null },
  now: Date,
  changed: { expiresAt: boolean },
): void {
  if (changed.expiresAt && times.expiresAt !== null && times.expiresAt <= now) {
    throw invalidInput([{ path: 'options.expiresAt', message: 'must lie in the future' }])
  }
  if (times.expiresAt !== null && times.notBefore !== null && times.notBefore >= times.expiresAt) {
    throw invalidInput([{ path: 'options.notBefore', message: 'must lie before expiresAt' }])
  }
}
