import { z } from 'zod'
import { hostId } from '../../model/input.ts'
import { pageShape } from '../../model/page.ts'
import { name } from '../../model/resource.ts'

/** What the OpenAPI document says of a schema beyond what the schema itself says; `id` makes it a component. */
export const documented: z.core.$ZodRegistry<{ id?: string; [keyword: string]: unknown }> = z.registry<{
  id?: string
  [keyword: string]: unknown
}>()

/** A schema under a name of its own in the OpenAPI document. */
export function component<S extends z.ZodType>(id: string, schema: S): S {
  documented.add(schema, { id })
  return schema
}

/** A moment as JSON has it. */
export const time: z.ZodISODateTime = z.iso.datetime({
  offset: true,
  error: 'must be ISO 8601 text with an offset, such as 2030-01-31T12:00:00Z',
})

const limit: z.ZodType<number> = z
  .string()
  .refine((text) => /^[0-9]{1,9}$/.test(text), 'must be a whole number')
  .transform(Number)
  .pipe(pageShape.limit.unwrap())

documented.add(limit, { type: 'integer', minimum: 1, maximum: 100, default: 50 })

/** A flag in a query. */
export const queryFlag: z.ZodType<boolean> = z.enum(['true', 'false']).transform((text) => text === 'true')

documented.add(queryFlag, { type: 'boolean' })

/** How a list is asked for. */
export const pageQuery: {
  limit: z.ZodOptional<z.ZodType<number>>
  cursor: typeof pageShape.cursor
} = { limit: limit.optional(), cursor: pageShape.cursor }

/** A resource in a path. */
export const refParams: z.ZodObject<{ type: z.ZodString; id: z.ZodString }> = z.object({
  type: name,
  id: hostId,
})

/** A resource as an answer names it. */
export const ref: z.ZodObject<{ type: z.ZodString; id: z.ZodString }> = component(
  'ResourceRef',
  z.strictObject({ type: z.string(), id: z.string() }),
)

/** A page of something. */
export function pageSchema<S extends z.ZodType>(
  item: S,
): z.ZodObject<{ items: z.ZodArray<S>; nextCursor: z.ZodNullable<z.ZodString> }> {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** What a grant in snapshot mode shows, without its content; null in live mode. */
export const snapshotName: z.ZodType = z.strictObject({ revision: z.string(), takenAt: time }).nullable()
