import { z } from 'zod'
import { plainText } from '../model/input.ts'
import { type PageInput, pageShape } from '../model/page.ts'
import type { ResourceRef } from '../model/resource.ts'

/** An installation that a person registered. */
export interface Workstation {
  id: string
  /** The account that it was registered in; null for a person without one. */
  tenantId: string | null
  userId: string
  /** What people call it. */
  name: string
  /** What the client claims to be known by. No secret, and no proof of anything. */
  fingerprint: string
  lastSeen: Date
  createdAt: Date
}

/** Who edits a resource, from where, until when. */
export interface Edit {
  id: string
  resource: ResourceRef
  workstationId: string
  userId: string
  /** Higher than that of every edit session before it in the resource's account. What writes with an older one is late. */
  fence: number
  startedAt: Date
  /** When it is over, unless a heartbeat comes before. */
  expiresAt: Date
}

/** A saved state of a resource. */
export interface Checkpoint {
  id: string
  resource: ResourceRef
  /** The edit session in which it was saved. */
  editId: string
  fence: number
  /** Null once the person was forgotten, as the user. */
  workstationId: string | null
  userId: string | null
  /** The length of its JSON in UTF-8. */
  bytes: number
  savedAt: Date
  expiresAt: Date
}

/** A checkpoint with what was saved. */
export interface SavedCheckpoint extends Checkpoint {
  /** As `JSON.parse` gives it. */
  content: unknown
}

/** How a client names itself. */
export interface RegisterWorkstationInput {
  /** For people: 1 to 200 characters. */
  name: string
  /** The same each time for one installation: 1 to 255 characters. */
  fingerprint: string
}

/** Whose workstations. */
export interface ListWorkstationsInput extends PageInput {
  /** Everybody's, for an admin: of the account, or (for a system admin) of all. */
  all?: boolean | undefined
}

/** From where a resource is edited. */
export interface BeginEditInput {
  workstationId: string
}

/** What `createWorkstations` is told. */
export interface WorkstationsOptions {
  /** After so many minutes without a heartbeat an edit session is over: 15 unless set, 1440 at most. */
  sessionTimeoutMinutes?: number | undefined
  /** How long a checkpoint is kept: 168 hours unless set, 8760 at most. */
  checkpointTtlHours?: number | undefined
  /** How many checkpoints of a resource are kept: 5 unless set, 100 at most. */
  checkpointMaxPerItem?: number | undefined
  /** How long the JSON of a checkpoint may be in UTF-8: 262,144 bytes unless set, 16 MiB at most. */
  checkpointMaxBytes?: number | undefined
  /** The types that are edited; those whose roles know an action `edit` unless set. */
  resources?: readonly string[] | undefined
}

export const optionsSchema: z.ZodType<WorkstationsOptions> = z.strictObject({
  sessionTimeoutMinutes: z.number().positive().max(1440).optional(),
  checkpointTtlHours: z.number().positive().max(8760).optional(),
  checkpointMaxPerItem: z.number().int().min(1).max(100).optional(),
  checkpointMaxBytes: z
    .number()
    .int()
    .min(1)
    .max(16 * 1024 * 1024)
    .optional(),
  resources: z.array(z.string()).min(1).readonly().optional(),
})

export const workstationName: z.ZodString = plainText(200).min(1)
export const fingerprint: z.ZodString = plainText(255).min(1)
export const stationId: z.ZodString = plainText(255).min(1)
export const fenceNumber: z.ZodNumber = z.number().int().min(0)

export const registerSchema: z.ZodType<RegisterWorkstationInput> = z.strictObject({
  name: workstationName,
  fingerprint,
})

export const listSchema: z.ZodType<ListWorkstationsInput> = z.strictObject({
  all: z.boolean().optional(),
  ...pageShape,
})

export const beginSchema: z.ZodType<BeginEditInput> = z.strictObject({ workstationId: stationId })
