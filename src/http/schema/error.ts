import { z } from 'zod'
import { component } from './parts.ts'

/** Every answer that is no success: `code` is stable, `message` is fit for strangers, more fields help a client. */
export const errorSchema: z.ZodType = component(
  'Error',
  z.looseObject({
    error: z.string(),
    message: z.string(),
    code: z.string(),
    issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    retryAfter: z.number().int().optional(),
  }),
)
