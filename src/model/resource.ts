import { z } from 'zod'
import { hostId, isHostId, parse } from './input.ts'

/** Names something shareable. The id is the host's own, unique within its type across the installation. */
export interface ResourceRef<Type extends string = string> {
  type: Type
  id: string
}

/**
 * Who sees a resource without being named: nobody, the members of its tenant, or everyone.
 * `public` that a rule or the tenant's policy closes counts as `account`.
 */
export type Visibility = 'private' | 'account' | 'public'

/** What the library knows of one of the host's resources. */
export interface Resource<Type extends string = string> extends ResourceRef<Type> {
  /** The owning account, or null for a person without one. */
  tenantId: string | null
  ownerId: string
  title: string | null
  visibility: Visibility
  /** Flags that the host sets and that rules speak of, in byte order. */
  traits: string[]
  parent: ResourceRef | null
  forkedFrom: ResourceRef | null
  createdAt: Date
  updatedAt: Date
}

/** What the host tells of a resource at its registration. */
export interface RegisterInput {
  tenantId: string | null
  ownerId: string
  title?: string | null | undefined
  visibility?: Visibility | undefined
  traits?: readonly string[] | undefined
  parent?: ResourceRef | null | undefined
}

/** What has changed of a resource. Left out: as it was; null: none. */
export interface UpdateResourceInput {
  title?: string | null | undefined
  traits?: readonly string[] | undefined
  parent?: ResourceRef | null | undefined
}

/** What becomes of whoever owned a resource that changes hands. */
export interface TransferInput {
  /** The role that they keep: the strongest unless set; null for none. */
  keep?: string | null | undefined
}

/** A type's, role's, action's or trait's name. */
export const NAME: RegExp = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

export const name: z.ZodString = z
  .string()
  .regex(NAME, 'must be a letter, then up to 63 letters, digits, "_" or "-"')

export const refSchema: z.ZodType<ResourceRef> = z.object({ type: name, id: hostId })

/** Reads a ref, by hand where it is right: at a quarter of what the schema takes, which says what is wrong with it. */
export const readRef = (value: unknown, name: string): ResourceRef =>
  soundRef(value) ?? parse(refSchema, value, name)

function soundRef(value: unknown): ResourceRef | null {
  try {
    // Each field is looked at once: a getter may answer otherwise the second time.
    const { type, id } = value as Partial<Record<keyof ResourceRef, unknown>>
    const sound = !Array.isArray(value) && typeof type === 'string' && NAME.test(type) && isHostId(id)
    return sound ? { type, id } : null
  } catch {
    return null
  }
}

export const traits: z.ZodType<readonly string[] | undefined> = z.array(name).max(50).readonly().optional()
/** A title is for showing: what cannot be shown becomes a space, so that no document is refused for a stray tab. */
export const title: z.ZodType<string | null | undefined, unknown> = z
  .string()
  .transform((text) => text.toWellFormed().replace(/[\u0000-\u001f\u007f]+/g, ' '))
  .pipe(z.string().max(500))
  .nullable()
  .optional()
const parent = refSchema.nullable().optional()

export const visibilitySchema: z.ZodType<Visibility> = z.enum(['private', 'account', 'public'])

export const registerSchema: z.ZodType<RegisterInput, unknown> = z.strictObject({
  tenantId: hostId.nullable(),
  ownerId: hostId,
  title,
  visibility: visibilitySchema.optional(),
  traits,
  parent,
})

export const updateResourceSchema: z.ZodType<UpdateResourceInput, unknown> = z.strictObject({
  title,
  traits,
  parent,
})

export const transferSchema: z.ZodType<TransferInput> = z.strictObject({ keep: name.nullable().optional() })

/** Traits as they are stored and compared: each once, in byte order. */
export function normalTraits(given: readonly string[]): string[] {
  return [...new Set(given)].sort((a, b) => (a < b ? -1 : 1))
}
