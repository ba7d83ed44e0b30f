import { z } from 'zod'
import { message } from './collaborator.ts'
import { name, type ResourceRef } from './resource.ts'

/** Somebody's wish to be given access to a resource. */
export interface AccessRequest<Type extends string = string> {
  id: string
  resource: ResourceRef<Type>
  /** Who asks. */
  userId: string
  /** Their verified address when they asked, where the host gave one. */
  email: string | null
  /** The role that they ask for; of one that was approved, the role that they were given. */
  role: string
  message: string | null
  status: 'open' | 'approved' | 'denied'
  createdAt: Date
  answeredAt: Date | null
  answeredBy: string | null
}

/** What somebody asks for. */
export interface CreateRequestInput {
  role: string
  /** A few words to whoever decides. */
  message?: string | undefined
}

/** How a request is approved. */
export interface ApproveRequestInput {
  /** Another role than the one that was asked for. */
  role?: string | undefined
}

export const createRequestSchema: z.ZodType<CreateRequestInput, unknown> = z.strictObject({
  role: name,
  message,
})

export const approveRequestSchema: z.ZodType<ApproveRequestInput, unknown> = z.strictObject({
  role: name.optional(),
})
