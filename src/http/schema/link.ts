import { z } from 'zod'
import { hostId, plainText } from '../../model/input.ts'
import type { CreateLinkInput, UpdateLinkInput } from '../../model/link.ts'
import type { PageInput } from '../../model/page.ts'
import { name } from '../../model/resource.ts'
import { component, pageQuery, queryFlag, ref, snapshotName, time } from './parts.ts'

const settings = {
  name: plainText(200).nullable().optional(),
  role: name.optional(),
  expiresAt: time.nullable().optional(),
  notBefore: time.nullable().optional(),
  maxViews: z.number().int().min(1).max(2_000_000_000).nullable().optional(),
  password: z.string().min(1).max(1024).nullable().optional(),
  emails: z.array(z.string().max(320)).min(1).max(100).nullable().optional(),
  domains: z.array(z.string().max(255)).min(1).max(100).nullable().optional(),
}

/** What a new link is to be. */
export const createLinkBody: z.ZodType<CreateLinkInput> = component(
  'CreateLink',
  z.strictObject({
    visibility: z.enum(['public', 'account']),
    mode: z.enum(['live', 'snapshot']).optional(),
    ...settings,
  }),
)

/** What a link is to be from now on; what is left out stays. */
export const updateLinkBody: z.ZodType<UpdateLinkInput> = component(
  'UpdateLink',
  z.strictObject({ ...settings, snapshot: z.literal('refresh').optional() }),
)

/** How long the old token lives on: not at all, unless set. */
export const rotateBody: z.ZodType<{ graceSeconds?: number | undefined }> = component(
  'RotateLink',
  z.strictObject({ graceSeconds: z.number().int().min(0).max(2_592_000).optional() }),
)

/** A link in a path. */
export const linkParams: z.ZodObject<{ id: z.ZodString }> = z.object({ id: hostId })

interface LinksQuery extends PageInput {
  includeInactive?: boolean | undefined
}

const ofResource = z.object({ includeInactive: queryFlag.optional(), ...pageQuery })
/** Which of a resource's links. */
export const resourceLinksQuery: z.ZodType<LinksQuery> = ofResource

/** Which links: one's own unless an account's admin asks for `mine=false`. */
export const linksQuery: z.ZodType<LinksQuery & { mine?: boolean | undefined }> = ofResource.extend({
  mine: queryFlag.optional(),
})

const shape = {
  id: z.string(),
  resource: ref,
  tenantId: z.string().nullable(),
  name: z.string().nullable(),
  visibility: z.enum(['public', 'account']),
  role: z.string(),
  mode: z.enum(['live', 'snapshot']),
  snapshot: snapshotName,
  createdBy: z.string(),
  createdAt: time,
  updatedAt: time,
  expiresAt: time.nullable(),
  notBefore: time.nullable(),
  maxViews: z.number().int().nullable(),
  hasPassword: z.boolean(),
  emails: z.array(z.string()).nullable(),
  domains: z.array(z.string()).nullable(),
  viewCount: z.number().int(),
  lastViewedAt: time.nullable(),
  isActive: z.boolean(),
  status: z.enum(['active', 'scheduled', 'expired', 'exhausted', 'revoked']),
}

/** A link as those see it who manage it. */
export const linkSchema: z.ZodType = component('ShareLink', z.strictObject(shape))

/** A link with its token, which only its making and its rotation tell. */
export const createdLinkSchema: z.ZodType = component(
  'CreatedShareLink',
  z.strictObject({ ...shape, token: z.string() }),
)

export const revealedSchema: z.ZodType = z.strictObject({ token: z.string() })
