import { z } from 'zod'
import { type Actor, actorSchema, type Visitor, visitorSchema } from './actor.ts'
import { type ResourceRef, refSchema } from './resource.ts'

/**
 * What a reader has in hand: the pass of an opened share, which is verified each time, with whoever brings it; or, for
 * a person, themselves and the resource.
 */
export type Access<Type extends string = string> =
  | { pass: string; visitor?: Visitor | undefined }
  | { actor: Actor; resource: ResourceRef<Type> }

export const accessSchema: z.ZodType<Access, unknown> = z.union(
  [
    z.strictObject({ pass: z.string().max(4096), visitor: visitorSchema.optional() }),
    z.strictObject({ actor: actorSchema, resource: refSchema }),
  ],
  { error: 'must be { pass, visitor? } or { actor, resource }' },
)
