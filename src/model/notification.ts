import type { ResourceRef } from './resource.ts'

/**
 * What somebody is told of: that they were given access (`invited`), another role, or lost it (`removed`); an owner,
 * that somebody asks for access; whoever asked, what came of it.
 */
export type NotificationKind = 'invited' | 'role_changed' | 'removed' | 'request_made' | 'request_answered'

/** Whom a notification goes to, as far as the library and the host's directory know. */
export interface NotificationRecipient {
  /** The address that was invited, or the one that the directory has for the user; null where neither is known. */
  email: string | null
  /** Null for an address that the directory knows nobody by. */
  userId: string | null
  name?: string
}

/** One mail or push that the host is to send. */
export interface Notification {
  /** The same at every attempt: the idempotency key. */
  id: string
  kind: NotificationKind
  to: NotificationRecipient
  resource: ResourceRef
  /** The role that was given, lost or asked for; null of a request that was denied. */
  role: string | null
  /** The user id of whoever caused it. */
  by: string
  /** Their own words, as plain text. */
  message: string | null
  /** Of an invitation to an address: what `invitations.accept` takes. */
  token?: string
  /** When it was caused. */
  at: Date
}

/**
 * Sends a notification. Called by `maintain()`, at least once for each: what throws, or takes more than two minutes,
 * is tried again later, ten times in all. `notification.id` tells a second call for the same.
 */
export type Notify = (notification: Notification) => Promise<void>
