import type { Kernel } from '../kernel.ts'
import { kindOf, subjectOf } from '../model/subject.ts'
import type { GrantFacts, NewMessage, Outcome, RequestFacts, ResourceFacts } from '../store/index.ts'

/** What goes into the outbox with a change: nothing where the host sends nothing. */
export function outboxOf({ notify }: Kernel, messages: NewMessage[]): Pick<Outcome<unknown>, 'outbox'> {
  return notify === null ? {} : { outbox: messages }
}

interface Cause {
  kind: NewMessage['kind']
  /** Who did it. */
  sender: string
  message?: string | null | undefined
  at: Date
}

/** To whoever was given something: a user or an address. Groups are not told. */
export function noticeToGrantee({ newId }: Kernel, grant: GrantFacts, cause: Cause): NewMessage[] {
  const kind = kindOf(grant.subject)
  if (kind === 'group') return []
  return [
    {
      id: newId(),
      kind: cause.kind,
      resourceUid: grant.resourceUid,
      grantId: grant.id,
      requestId: null,
      recipient: grant.subject,
      address: kind === 'email' ? grant.address : null,
      role: grant.role,
      sender: cause.sender,
      message: cause.message ?? null,
      at: cause.at,
    },
  ]
}

/**
 * To an address that was added, whoever it belongs to, and also where its person has claimed the grant: which of them
 * it is does not show in the outbox. The address is the one that was stored, not what was typed this time.
 */
export function noticeToAddress(kernel: Kernel, grant: GrantFacts, cause: Cause): NewMessage[] {
  const subject = subjectOf('email', grant.addressKey!)
  return noticeToGrantee(kernel, { ...grant, subject }, cause)
}

/** To a resource's owner, that somebody asks for access. */
export function noticeToOwner(
  { newId }: Kernel,
  { uid, ownerId }: ResourceFacts,
  request: RequestFacts,
): NewMessage {
  return {
    ...ofRequest(request),
    id: newId(),
    kind: 'request_made',
    resourceUid: uid,
    recipient: subjectOf('user', ownerId),
    role: request.role,
    sender: request.userId,
    message: request.message,
    at: request.createdAt,
  }
}

/** To whoever asked, what came of it: the role that they were given, or null. */
export function noticeToAsker(
  { newId }: Kernel,
  request: RequestFacts,
  given: GrantFacts | null,
): NewMessage {
  return {
    ...ofRequest(request),
    id: newId(),
    kind: 'request_answered',
    grantId: given?.id ?? null,
    resourceUid: request.resourceUid,
    recipient: subjectOf('user', request.userId),
    role: request.status === 'approved' ? request.role : null,
    sender: request.answeredBy!,
    message: null,
    at: request.answeredAt!,
  }
}

const ofRequest = ({ id }: RequestFacts): Pick<NewMessage, 'requestId' | 'grantId' | 'address'> => ({
  requestId: id,
  grantId: null,
  address: null,
})
