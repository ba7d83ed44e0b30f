import { z } from 'zod'
import { hostId, moment } from './input.ts'
import { pageShape } from './page.ts'
import { type ResourceRef, refSchema } from './resource.ts'

/** One recorded opening. After the retention time address and agent are null, and the view stays counted. */
export interface View {
  id: string
  /** Null where a person attached by a right of their own. */
  linkId: string | null
  resource: ResourceRef
  viewerId: string | null
  ip: string | null
  userAgent: string | null
  /** Whether the agent says that it is a program. Scanners imitate browsers: a hint, not a proof. */
  bot: boolean
  viewedAt: Date
}

/** Openings of a link or a resource, by day (UTC). */
export interface ViewStats {
  /** Openings, bots left out except where `maxViews` counts them. */
  views: number
  /** Distinct visitors per day (viewer, else hashed address and agent), summed over the days. */
  visitors: number
  bots: number
  days: Array<{ day: string; views: number; visitors: number }>
}

/** Whose views: a link's, or a resource's through whatever opened it. */
export interface ListViewsInput {
  link?: string | undefined
  resource?: ResourceRef | undefined
  limit?: number | undefined
  cursor?: string | undefined
}

/** Whose openings are added up, and over which days (UTC). */
export interface ViewStatsInput {
  link?: string | undefined
  resource?: ResourceRef | undefined
  /** The first day (UTC) that counts; 30 days before `to` unless set. */
  from?: Date | string | undefined
  /** The last day (UTC) that counts; today unless set. */
  to?: Date | string | undefined
}

const target = { link: hostId.optional(), resource: refSchema.optional() }
const oneTarget = {
  check: (input: { link?: string | undefined; resource?: ResourceRef | undefined }): boolean =>
    (input.link === undefined) !== (input.resource === undefined),
  message: 'give either `link` or `resource`',
}

export const listViewsSchema: z.ZodType<ListViewsInput> = z
  .strictObject({ ...target, ...pageShape })
  .refine(oneTarget.check, oneTarget.message)

export const viewStatsSchema: z.ZodType<
  {
    link?: string | undefined
    resource?: ResourceRef | undefined
    from?: Date | undefined
    to?: Date | undefined
  },
  unknown
> = z
  .strictObject({ ...target, from: moment.optional(), to: moment.optional() })
  .refine(oneTarget.check, oneTarget.message)

/** A day in UTC, such as `2030-01-31`. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}
