import type { NotificationKind } from '../model/notification.ts'
import type { ResourceRef } from '../model/resource.ts'
import type { Subject } from '../model/subject.ts'
import type { GrantFacts, RequestFacts } from './facts.ts'

/** A notification as it is put in the outbox. No token, password or other secret is in it. */
export interface NewMessage {
  id: string
  kind: NotificationKind
  resourceUid: string
  /** What it is about: a grant, or a request. */
  grantId: string | null
  requestId: string | null
  /** A user, or an address by its key. */
  recipient: Subject
  /** The address as it was written; null for a user. */
  address: string | null
  role: string | null
  /** The user id of whoever caused it. */
  sender: string
  message: string | null
  at: Date
}

/** A message that is leased to whoever delivers it, with what it is about as it is now. */
export interface TakenMessage {
  message: NewMessage
  /** How often it was taken, this time included. */
  attempts: number
  /** The lease that it was taken under. */
  lease: string
  /** When the hour began that this delivery is counted in; null where nothing is counted. */
  countedSince: Date | null
  /** Null where it was removed. */
  resource: (ResourceRef & { ownerId: string }) | null
  grant: Pick<GrantFacts, 'role' | 'createdAt' | 'endedAt' | 'expiresAt' | 'claimableUntil'> | null
  request: Pick<RequestFacts, 'status'> | null
  /** Whether what told first of its grant, when that was given, waits for its first attempt. */
  unheard: boolean
  /** Whether a later message of its kind about the same grant waits, too. */
  overtaken: boolean
}

/** How messages are taken. */
export interface TakeMessageRequest {
  at: Date
  /** A name that nobody else uses, and until when the message is ours. */
  lease: string
  leasedUntil: Date
  /** How many one sender's messages are delivered in an hour; false for any number. */
  perHour: number | false
}

/** What became of a message that was taken. */
export type MessageSettlement =
  /** It was sent. */
  | { outcome: 'delivered' }
  /** There is nothing to tell any more, nor (`unheard`) that its grant was taken away. It does not count as delivered. */
  | { outcome: 'dropped'; unheard: boolean }
  /** It was not sent, and does not count as delivered. Due again at a moment, or (null) never: a dead letter. */
  | { outcome: 'failed'; dueAt: Date | null; at: Date }

/**
 * What waits to be told to people. Messages are written by `change`, in the same commit as what they tell of. Verbs
 * are safe to call from several processes at once.
 */
export interface OutboxVerbs {
  /**
   * Leases the message of a tenant that is due first, and counts it for its sender: at most one holder has it until
   * the lease ends, and none is taken while another about the same grant is leased. Messages of a sender whose hour is
   * used up become due when that ends. Null: none is due.
   */
  takeMessage(tenantId: string, request: TakeMessageRequest): Promise<TakenMessage | null>
  /** Makes a lease longer, if it is still held. */
  renewMessage(tenantId: string, held: Pick<TakenMessage, 'message' | 'lease'>, until: Date): Promise<void>
  /** Ends a lease, if it is still held: the message goes, or waits for another attempt. */
  settleMessage(
    tenantId: string,
    held: Pick<TakenMessage, 'message' | 'lease' | 'countedSince'>,
    settlement: MessageSettlement,
  ): Promise<void>
}
