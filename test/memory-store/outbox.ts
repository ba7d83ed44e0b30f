import type {
  MessageSettlement,
  NewMessage,
  RequestFacts,
  TakeMessageRequest,
  TakenMessage,
} from '../../src/index.ts'
import { windowAt } from '../../src/model/window.ts'
import { compareBytes, counterKey, resourceOf, type State } from './state.ts'

/** A message as it waits. */
export interface StoredMessage extends NewMessage {
  tenantId: string
  dueAt: Date
  attempts: number
  lease: string | null
  leasedUntil: Date | null
  deadAt: Date | null
}

export function putMessages(state: State, tenantId: string, messages: readonly NewMessage[]): void {
  for (const message of messages) {
    state.outbox.push({
      ...structuredClone(message),
      tenantId,
      dueAt: message.at,
      attempts: 0,
      lease: null,
      leasedUntil: null,
      deadAt: null,
    })
  }
}

const isDue = ({ deadAt, dueAt, leasedUntil }: StoredMessage, at: Date): boolean =>
  deadAt === null && dueAt <= at && (leasedUntil === null || leasedUntil <= at)

const dueFirst = (a: StoredMessage, b: StoredMessage): number =>
  a.dueAt.getTime() - b.dueAt.getTime() || a.at.getTime() - b.at.getTime() || compareBytes(a.id, b.id)

export function takeMessage(
  state: State,
  tenantId: string,
  { at, lease, leasedUntil, perHour }: TakeMessageRequest,
): TakenMessage | null {
  for (;;) {
    const due = state.outbox.filter((one) => one.tenantId === tenantId && isDue(one, at)).sort(dueFirst)
    const found = due.find((one) => !others(state, one).some(({ leasedUntil: until }) => (until ?? 0) > at))
    if (found === undefined) return null
    const counter = { kind: 'emails', key: found.sender } as const
    const key = counterKey(tenantId, counter)
    const { since, count, ends } = windowAt(state.counters.get(key) ?? null, at)
    if (perHour !== false && count >= perHour) {
      for (const one of due) if (one.sender === found.sender) one.dueAt = ends
      continue
    }
    if (perHour !== false) state.counters.set(key, { ...counter, since, count: count + 1 })
    Object.assign(found, { lease, leasedUntil, attempts: found.attempts + 1 })
    return takenOf(state, found, lease, perHour === false ? null : since)
  }
}

/** The other messages about the same grant. */
const others = (state: State, { tenantId, id, grantId }: StoredMessage): StoredMessage[] =>
  state.outbox.filter(
    (one) => one.tenantId === tenantId && one.id !== id && grantId !== null && one.grantId === grantId,
  )

function takenOf(
  state: State,
  stored: StoredMessage,
  lease: string,
  countedSince: Date | null,
): TakenMessage {
  const {
    tenantId: _,
    dueAt: __,
    attempts,
    lease: ___,
    leasedUntil: ____,
    deadAt: _____,
    ...message
  } = stored
  const resource = resourceOf(state, stored.resourceUid)
  const grant = (stored.grantId !== null && state.grants.get(stored.grantId)) || null
  const beside = others(state, stored)
  return structuredClone({
    message,
    attempts,
    lease,
    countedSince,
    resource: resource && { type: resource.type, id: resource.id, ownerId: resource.ownerId },
    grant,
    request: (stored.requestId !== null && state.requests.get(stored.requestId)) || null,
    unheard: beside.some(
      (one) =>
        ['invited', 'request_answered'].includes(one.kind) &&
        one.attempts === 0 &&
        one.at.getTime() === grant?.createdAt.getTime(),
    ),
    overtaken: beside.some(
      (one) =>
        one.kind === stored.kind &&
        one.deadAt === null &&
        (one.at.getTime() - stored.at.getTime() || compareBytes(one.id, stored.id)) > 0,
    ),
  })
}

type Held = Pick<TakenMessage, 'message' | 'lease'>
const heldBy = (state: State, tenantId: string, { message, lease }: Held): StoredMessage | undefined =>
  state.outbox.find((one) => one.tenantId === tenantId && one.id === message.id && one.lease === lease)

export function renewMessage(state: State, tenantId: string, held: Held, until: Date): void {
  const stored = heldBy(state, tenantId, held)
  if (stored !== undefined) stored.leasedUntil = until
}

export function settleMessage(
  state: State,
  tenantId: string,
  held: Held & Pick<TakenMessage, 'countedSince'>,
  settlement: MessageSettlement,
): void {
  const stored = heldBy(state, tenantId, held)
  if (stored === undefined) return
  const counter = state.counters.get(counterKey(tenantId, { kind: 'emails', key: stored.sender }))
  if (settlement.outcome !== 'delivered' && counter?.since.getTime() === held.countedSince?.getTime()) {
    if (counter !== undefined && counter.count > 0) counter.count--
  }
  if (settlement.outcome !== 'failed') {
    const end = settlement.outcome === 'dropped' && settlement.unheard ? others(state, stored) : []
    state.outbox = state.outbox.filter(
      (one) => one !== stored && !(one.kind === 'removed' && end.includes(one)),
    )
    return
  }
  Object.assign(stored, { lease: null, leasedUntil: null })
  if (settlement.dueAt === null) stored.deadAt = settlement.at
  else stored.dueAt = settlement.dueAt
}

export function forgetRecipient(state: State, tenantId: string, userId: string): void {
  const subject = `user:${userId}`
  state.outbox = state.outbox.filter(
    ({ tenantId: home, recipient, grantId }) =>
      home !== tenantId ||
      (recipient !== subject && (grantId === null || state.grants.get(grantId)?.subject !== subject)),
  )
}

/** The open ones first, then the newest. */
export function listRequests(
  state: State,
  { tenantId, resourceUid, limit }: { tenantId: string; resourceUid: string; limit: number },
): RequestFacts[] {
  const rank = ({ status }: RequestFacts): number => (status === 'open' ? 0 : 1)
  return [...state.requests.values()]
    .filter((one) => one.tenantId === tenantId && one.resourceUid === resourceUid)
    .sort(
      (a, b) =>
        rank(a) - rank(b) || b.createdAt.getTime() - a.createdAt.getTime() || compareBytes(b.id, a.id),
    )
    .slice(0, limit)
    .map((one) => structuredClone(one))
}
