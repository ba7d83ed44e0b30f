import { z } from 'zod'
import { domainKey } from './email.ts'

/** What an account allows. A new one allows public shares and no guests. */
export interface TenantPolicy {
  /** False closes every public link and public visibility, those that exist too, until it is true again. */
  allowPublicShares: boolean
  /** A link ends this many days after its creation, whatever its own expiry says. */
  maxLinkDays: number | null
  /** Demanded of whoever makes or changes a link. */
  requireExpiry: boolean
  /** Demanded of whoever makes or changes a link. */
  requirePassword: boolean
  /** Whoever has to sign in for a link needs a verified address in one of these domains. */
  allowedEmailDomains: readonly string[] | null
  /** Whether people of other accounts may be let in by invitation. */
  allowGuests: boolean
}

/** What is to change of an account's policy. Left out: as it was. */
export type PolicyInput = { [K in keyof TenantPolicy]?: TenantPolicy[K] | undefined }

export const DEFAULT_POLICY: TenantPolicy = Object.freeze({
  allowPublicShares: true,
  maxLinkDays: null,
  requireExpiry: false,
  requirePassword: false,
  allowedEmailDomains: null,
  allowGuests: false,
})

/** Domains as they are compared: IDNA, lower case, each once. */
export const domainList: z.ZodType<string[], unknown> = z
  .array(
    z.string().transform((domain, context) => {
      const key = domainKey(domain)
      if (key !== null) return key
      context.addIssue({ code: 'custom', message: 'is not a domain, such as example.com' })
      return z.NEVER
    }),
  )
  .min(1)
  .max(100)
  .transform((domains) => [...new Set(domains)])

export const policySchema: z.ZodType<PolicyInput, unknown> = z.strictObject({
  allowPublicShares: z.boolean().optional(),
  maxLinkDays: z.number().int().min(1).max(3650).nullable().optional(),
  requireExpiry: z.boolean().optional(),
  requirePassword: z.boolean().optional(),
  allowedEmailDomains: domainList.nullable().optional(),
  allowGuests: z.boolean().optional(),
})
