import { z } from 'zod'
import type { PageInput } from '../../model/page.ts'
import { component, pageQuery, ref, time } from './parts.ts'

/** How views, or what the audit holds, are asked for. */
export const recordsQuery: z.ZodType<PageInput> = z.object(pageQuery)

const day = z.union([time, z.iso.date().transform((text) => `${text}T00:00:00Z`)], {
  error: 'must be a day such as 2030-01-31, or ISO 8601 text with an offset',
})
/** Which days are counted (UTC): the last thirty unless set. */
export const statsQuery: z.ZodType<{ from?: string | undefined; to?: string | undefined }> = z.object({
  from: day.optional(),
  to: day.optional(),
})

export const viewSchema: z.ZodType = component(
  'View',
  z.strictObject({
    id: z.string(),
    linkId: z.string().nullable(),
    resource: ref,
    viewerId: z.string().nullable(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    bot: z.boolean(),
    viewedAt: time,
  }),
)

const count = z.number().int()

export const viewStatsSchema: z.ZodType = component(
  'ViewStats',
  z.strictObject({
    views: count,
    visitors: count,
    bots: count,
    days: z.array(z.strictObject({ day: z.iso.date(), views: count, visitors: count })),
  }),
)

const fields = z.record(z.string(), z.json()).nullable()

export const auditEventSchema: z.ZodType = component(
  'AuditEvent',
  z.strictObject({
    id: z.string(),
    at: time,
    action: z.string(),
    actorId: z.string().nullable(),
    tenantId: z.string().nullable(),
    resource: ref.nullable(),
    target: z.strictObject({ kind: z.string(), id: z.string() }).nullable(),
    before: fields,
    after: fields,
  }),
)
