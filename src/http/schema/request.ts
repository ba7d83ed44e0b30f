import { z } from 'zod'
import { grantId, message } from '../../model/collaborator.ts'
import type { ApproveRequestInput, CreateRequestInput } from '../../model/request.ts'
import { name } from '../../model/resource.ts'
import { component, ref, time } from './parts.ts'

/** What is asked for, with a few words to whoever decides. */
export const createRequestBody: z.ZodType<CreateRequestInput> = component(
  'RequestAccess',
  z.strictObject({ role: name, message }),
)

/** A request in a path. */
export const requestParams: z.ZodObject<{ id: z.ZodType<string> }> = z.object({ id: grantId })

/** Another role than the one that was asked for, if it is to be another. */
export const approveRequestBody: z.ZodType<ApproveRequestInput> = component(
  'ApproveRequest',
  z.strictObject({ role: name.optional() }),
)

/** Nothing has to be said. That it is JSON, if anything comes, keeps the forms of other sites out. */
export const denyRequestBody: z.ZodType<Record<string, never>> = component('DenyRequest', z.strictObject({}))

/** A request as those see it who may answer it. */
export const accessRequestSchema: z.ZodType = component(
  'AccessRequest',
  z.strictObject({
    id: z.string(),
    resource: ref,
    userId: z.string(),
    email: z.string().nullable(),
    role: z.string(),
    message: z.string().nullable(),
    status: z.enum(['open', 'approved', 'denied']),
    createdAt: time,
    answeredAt: time.nullable(),
    answeredBy: z.string().nullable(),
  }),
)

/** The open ones first, then the newest. */
export const accessRequestsSchema: z.ZodType = z.strictObject({ items: z.array(accessRequestSchema) })

/** That it was denied. */
export const deniedRequestSchema: z.ZodType = component(
  'DeniedRequest',
  z.strictObject({ id: z.string(), status: z.literal('denied') }),
)
