import { z } from 'zod'
import { hostId, isHostId, isPlainText, parse, plainText } from './input.ts'

/**
 * The signed-in person that the host vouches for. It always comes from the host's own authentication,
 * never from a request's body.
 */
export interface Actor {
  userId: string
  /** The account that is active now, or null for a person without one. */
  tenantId: string | null
  /** An address that the host has verified, or left out. */
  email?: string | undefined
  /** Ids of groups inside the tenant. */
  groups?: readonly string[] | undefined
  /**
   * `tenant`: lists and revokes links of the tenant, reads its audit, sets its policy, but opens and
   * changes no resource. `system`: every action in every tenant, audited.
   */
  admin?: 'tenant' | 'system' | undefined
}

/** Whoever opens a link, and with what. */
export interface Visitor {
  actor?: Actor | null | undefined
  /** The address as the host's proxy settings tell it. */
  ip?: string | undefined
  userAgent?: string | undefined
  password?: string | undefined
  /** A pass of theirs for this link: while it holds, opening again spends and records nothing more. */
  pass?: string | undefined
}

const EMAIL_LENGTH = 320

export const actorSchema: z.ZodType<Actor> = z.object({
  userId: hostId,
  tenantId: hostId.nullable(),
  email: plainText(EMAIL_LENGTH).optional(),
  groups: z.array(hostId).max(1000).readonly().optional(),
  admin: z.enum(['tenant', 'system']).optional(),
})

/**
 * Reads an actor. An ordinary one is read by hand at a quarter of what the schema takes; the schema says what else it
 * may be, and what is wrong with it.
 */
export const readActor = (value: unknown, name: string): Actor =>
  ordinaryActor(value) ?? parse(actorSchema, value, name)

function ordinaryActor(value: unknown): Actor | null {
  try {
    // Each field is looked at once: a getter may answer otherwise the second time.
    const { userId, tenantId, email, groups, admin } = value as Partial<Record<keyof Actor, unknown>>
    if (Array.isArray(value) || groups !== undefined || admin !== undefined) return null
    if (!isHostId(userId) || !(tenantId === null || isHostId(tenantId))) return null
    if (email === undefined) return { userId, tenantId }
    return isPlainText(email, EMAIL_LENGTH) ? { userId, tenantId, email } : null
  } catch {
    return null
  }
}

export const visitorSchema: z.ZodType<Visitor> = z.object({
  actor: actorSchema.nullish(),
  ip: z.string().max(1024).optional(),
  userAgent: z.string().optional(),
  password: z.string().max(1024).optional(),
  pass: z.string().max(4096).optional(),
})

/** The tenant that an actor acts in. A person without an account is a tenant of one. */
export function tenantOf(actor: Actor): string {
  return actor.tenantId ?? `~${actor.userId}`
}

/** Whether a stored tenant id is a person's tenant of one. */
export function isPersonal(tenantId: string): boolean {
  return tenantId.startsWith('~')
}

/** The tenant id as hosts know it: null for a tenant of one. */
export function hostTenant(tenantId: string): string | null {
  return isPersonal(tenantId) ? null : tenantId
}
