import { z } from 'zod'
import { dataRefsSchema } from '../../model/data-ref.ts'
import { type ResourceRef, refSchema } from '../../model/resource.ts'
import { component } from './parts.ts'

interface RefreshBody {
  /** Of an opening. */
  pass?: string | undefined
  /** For somebody with a right of their own, who brings no pass. */
  resource?: ResourceRef | undefined
  refs: string[]
}

/** Which pieces of data, and what the reader has in hand. */
export const refreshBody: z.ZodType<RefreshBody> = component(
  'RefreshRefs',
  z
    .strictObject({
      pass: z.string().max(4096).optional(),
      resource: refSchema.optional(),
      refs: dataRefsSchema,
    })
    .refine(({ pass, resource }) => (pass === undefined) !== (resource === undefined), {
      path: ['pass'],
      message: 'give `pass`, or `resource` where you read by a right of your own',
    }),
)

const refreshed = component(
  'RefreshedRef',
  z.discriminatedUnion('status', [
    z.strictObject({ ref: z.string(), status: z.literal('ok'), token: z.string(), data: z.json() }),
    z.strictObject({ ref: z.string(), status: z.literal('denied') }),
    z.strictObject({ ref: z.string(), status: z.literal('error') }),
  ]),
)

/** Each as it was asked for, in the same order. */
export const refreshedSchema: z.ZodType = z.strictObject({ items: z.array(refreshed) })
