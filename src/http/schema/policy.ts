import { z } from 'zod'
import type { PolicyInput } from '../../model/tenant-policy.ts'
import { component } from './parts.ts'

/** What an account allows from now on; what is left out stays. */
export const policyBody: z.ZodType<PolicyInput> = component(
  'SetPolicy',
  z.strictObject({
    allowPublicShares: z.boolean().optional(),
    maxLinkDays: z.number().int().min(1).max(3650).nullable().optional(),
    requireExpiry: z.boolean().optional(),
    requirePassword: z.boolean().optional(),
    allowedEmailDomains: z.array(z.string().max(255)).min(1).max(100).nullable().optional(),
    allowGuests: z.boolean().optional(),
  }),
)

export const policySchema: z.ZodType = component(
  'TenantPolicy',
  z.strictObject({
    allowPublicShares: z.boolean(),
    maxLinkDays: z.number().int().nullable(),
    requireExpiry: z.boolean(),
    requirePassword: z.boolean(),
    allowedEmailDomains: z.array(z.string()).nullable(),
    allowGuests: z.boolean(),
  }),
)
