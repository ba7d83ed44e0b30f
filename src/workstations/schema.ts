import { z } from 'zod'
import { component, pageQuery, pageSchema, queryFlag, ref, time } from '../http/schema/parts.ts'
import { beginSchema, fingerprint, registerSchema, stationId } from './model.ts'

export const registerBody: typeof registerSchema = component('RegisterWorkstation', registerSchema)

/** One's own, one of them, or everybody's. */
export const workstationsQuery: z.ZodObject<
  { all: z.ZodOptional<z.ZodType<boolean>>; fingerprint: z.ZodOptional<z.ZodString> } & typeof pageQuery
> = z.object({ all: queryFlag.optional(), fingerprint: fingerprint.optional(), ...pageQuery })

export const idParams: z.ZodObject<{ id: z.ZodString }> = z.object({ id: stationId })

export const workstationSchema: z.ZodType = component(
  'Workstation',
  z.strictObject({
    id: z.string(),
    tenantId: z.string().nullable(),
    userId: z.string(),
    name: z.string(),
    fingerprint: z.string(),
    lastSeen: time,
    createdAt: time,
  }),
)

export const workstationsSchema: z.ZodType = pageSchema(workstationSchema)

export const beginBody: typeof beginSchema = component('BeginEdit', beginSchema)

export const editSchema: z.ZodType = component(
  'Edit',
  z.strictObject({
    id: z.string(),
    resource: ref,
    workstationId: z.string(),
    userId: z.string(),
    fence: z.number().int(),
    startedAt: time,
    expiresAt: time,
  }),
)

/** Who edits something, or nobody. */
export const currentEditSchema: z.ZodType = z.strictObject({ edit: editSchema.nullable() })

/** Nothing has to be said. That it is JSON, if anything comes, keeps the forms of other sites out. */
export const emptyBody: z.ZodType<Record<string, never>> = component('Nothing', z.strictObject({}))

/** The content is JSON already: a copy of it would not be it to the byte. */
export const saveBody: z.ZodType<{ editId: string; content?: unknown }> = component(
  'SaveCheckpoint',
  z.strictObject({ editId: stationId, content: z.unknown() }),
)

const saved = {
  id: z.string(),
  resource: ref,
  editId: z.string(),
  fence: z.number().int(),
  workstationId: z.string().nullable(),
  userId: z.string().nullable(),
  bytes: z.number().int(),
  savedAt: time,
  expiresAt: time,
}

export const checkpointSchema: z.ZodType = component('Checkpoint', z.strictObject(saved))

/** Newest first. */
export const checkpointsSchema: z.ZodType = z.strictObject({ items: z.array(checkpointSchema) })

export const savedCheckpointSchema: z.ZodType = component(
  'SavedCheckpoint',
  z.strictObject({ ...saved, content: z.unknown() }),
)
