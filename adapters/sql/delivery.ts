import { sql } from 'kysely'
import { windowAt } from '../../src/model/window.ts'
import type {
  GrantFacts,
  MessageSettlement,
  NewMessage,
  RequestFacts,
  TakeMessageRequest,
  TakenMessage,
} from '../../src/store/index.ts'
import { setCounter } from './apply.ts'
import { type Columns, message as messageColumns } from './columns.ts'
import { loadCounter } from './load.ts'
import { type Builder, first, type Query, query, run, type Steps } from './query.ts'

type WaitingGrant = Pick<GrantFacts, 'id' | 'role' | 'createdAt' | 'endedAt' | 'expiresAt' | 'claimableUntil'>
const waitingGrant: Columns<WaitingGrant> = {
  id: 'text',
  role: 'text',
  createdAt: 'time',
  endedAt: 'time',
  expiresAt: 'time',
  claimableUntil: 'time',
}
type Nullable<T> = { [K in keyof T]: T[K] | null }

interface Waiting {
  message: NewMessage
  sent: { attempts: number; unheard: boolean; overtaken: boolean }
  resource: Nullable<NonNullable<TakenMessage['resource']>>
  grant: Nullable<WaitingGrant>
  request: Nullable<Pick<RequestFacts, 'id' | 'status'>>
}

/** Another message about the same grant. */
const another = <P extends { tenantId: string }>(
  { t, p }: Builder<P>,
  of: string,
) => sql`select 1 from ${t.outbox} e
  where e.tenant_id = ${p('tenantId')} and e.grant_id = ${sql.ref(`${of}.grant_id`)} and e.id <> ${sql.ref(`${of}.id`)}`

/** Neither given up nor with somebody who delivers it. */
const isDue = <P extends { at: Date }>({ p }: Builder<P>, of: string) => sql`${sql.raw(of)}dead_at is null
  and ${sql.raw(of)}due_at <= ${p('at', 'time')}
  and (${sql.raw(of)}leased_until is null or ${sql.raw(of)}leased_until <= ${p('at', 'time')})`

const nextDue = query<{ tenantId: string; at: Date }, Waiting>(
  'outbox.next_due',
  (b) => sql`
    select ${b.columns} from (
      select w.*,
        exists (${another(b, 'w')} and e.kind in ('invited', 'request_answered') and e.attempts = 0
          and e.at = (select x.created_at from ${b.t.grants} x
            where x.tenant_id = ${b.p('tenantId')} and x.id = w.grant_id)) as unheard,
        exists (${another(b, 'w')} and e.kind = w.kind and e.dead_at is null and (e.at, e.id) > (w.at, w.id)) as overtaken
      from (
      select o.* from ${b.t.outbox} o where o.tenant_id = ${b.p('tenantId')} and ${isDue(b, 'o.')}
        and not exists (${another(b, 'o')} and e.leased_until > ${b.p('at', 'time')})
      order by o.due_at, o.at, o.id limit 1
    ) w ) m
    left join ${b.t.resources} r on r.tenant_id = ${b.p('tenantId')} and r.uid = m.resource_uid and r.removed_at is null
    left join ${b.t.grants} g on g.tenant_id = ${b.p('tenantId')} and g.id = m.grant_id and g.removed_at is null
    left join ${b.t.requests} q on q.tenant_id = ${b.p('tenantId')} and q.id = m.request_id`,
  {
    message: ['m', messageColumns],
    sent: ['m', { attempts: 'int', unheard: 'bool', overtaken: 'bool' }],
    resource: ['r', { type: 'text', id: 'text', ownerId: 'text' }],
    grant: ['g', waitingGrant],
    request: ['q', { id: 'text', status: 'text' }],
  },
)

/** Under its guard once more: somebody else may have looked at the same message. */
const lease = query<
  { tenantId: string; id: string; at: Date; lease: string; until: Date },
  { taken: { id: string } }
>(
  'outbox.lease',
  (b) => sql`
    update ${b.t.outbox} set lease = ${b.p('lease')}, leased_until = ${b.p('until', 'time')}, attempts = attempts + 1
    where tenant_id = ${b.p('tenantId')} and id = ${b.p('id')} and ${isDue(b, '')} returning ${b.columns}`,
  { taken: ['', { id: 'text' }] },
)

const postpone = query<{ tenantId: string; sender: string; at: Date; until: Date }>(
  'outbox.postpone',
  (b) => sql`
    update ${b.t.outbox} set due_at = ${b.p('until', 'time')}
    where tenant_id = ${b.p('tenantId')} and sender = ${b.p('sender')} and ${isDue(b, '')}`,
)

/**
 * One attempt to take a message. `again` where somebody else was faster, or where its sender's hour is used up: the
 * next may be another's. The counter comes before the message for everybody, so that no two wait for each other.
 */
export function* takeMessage(
  tenantId: string,
  { at, lease: name, leasedUntil, perHour }: TakeMessageRequest,
): Steps<TakenMessage | 'again' | null> {
  const found = yield* first(nextDue, { tenantId, at })
  if (found === null) return null
  const { message, sent, resource, grant, request } = found
  const key = { kind: 'emails', key: message.sender } as const
  const hour = perHour === false ? null : windowAt(yield* loadCounter(tenantId, key), at)
  if (hour !== null && perHour !== false && hour.count >= perHour) {
    yield* run(postpone, { tenantId, sender: message.sender, at, until: hour.ends })
    return 'again'
  }
  const taken = yield* first(lease, { tenantId, id: message.id, at, lease: name, until: leasedUntil })
  if (taken === null) return 'again'
  if (hour !== null) {
    yield* run(setCounter, { tenantId, ...key, since: hour.since, count: hour.count + 1 })
  }
  return {
    message,
    attempts: sent.attempts + 1,
    lease: name,
    countedSince: hour?.since ?? null,
    resource: resource.id === null ? null : (resource as TakenMessage['resource']),
    grant: grant.id === null ? null : (grant as WaitingGrant),
    request: request.id === null ? null : (request as RequestFacts),
    unheard: sent.unheard,
    overtaken: sent.overtaken,
  }
}

interface Held {
  tenantId: string
  id: string
  lease: string
}

export const renewMessage: Query<Held & { until: Date }, Record<never, never>> = query(
  'outbox.renew',
  ({ t, p }) => sql`
    update ${t.outbox} set leased_until = ${p('until', 'time')}
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and lease = ${p('lease')}`,
)

const remove = query<Held>(
  'outbox.delete',
  ({ t, p }) => sql`
    delete from ${t.outbox}
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and lease = ${p('lease')}`,
)

const removeEndOf = query<Held & { grantId: string }>(
  'outbox.delete_end',
  ({ t, p }) => sql`
    delete from ${t.outbox} where tenant_id = ${p('tenantId')} and grant_id = ${p('grantId')} and kind = 'removed'
      and exists (select 1 from ${t.outbox} o
        where o.tenant_id = ${p('tenantId')} and o.id = ${p('id')} and o.lease = ${p('lease')})`,
)

const retry = query<Held & { dueAt: Date }>(
  'outbox.retry',
  ({ t, p }) => sql`
    update ${t.outbox} set due_at = ${p('dueAt', 'time')}, lease = null, leased_until = null
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and lease = ${p('lease')}`,
)

const giveUp = query<Held & { at: Date }>(
  'outbox.give_up',
  ({ t, p }) => sql`
    update ${t.outbox} set dead_at = ${p('at', 'time')}, lease = null, leased_until = null
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and lease = ${p('lease')}`,
)

/** What was not delivered counts no more in the hour that it was counted in. */
const uncount = query<Held & { sender: string; since: Date }>(
  'outbox.uncount',
  ({ t, p }) => sql`
    update ${t.counters} set count = count - 1
    where tenant_id = ${p('tenantId')} and kind = 'emails' and key = ${p('sender')} and since = ${p('since', 'time')}
      and count > 0 and exists (select 1 from ${t.outbox} o
        where o.tenant_id = ${p('tenantId')} and o.id = ${p('id')} and o.lease = ${p('lease')})`,
)

export function* settleMessage(
  tenantId: string,
  { message, lease: name, countedSince }: Pick<TakenMessage, 'message' | 'lease' | 'countedSince'>,
  settlement: MessageSettlement,
): Steps<void> {
  const held = { tenantId, id: message.id, lease: name }
  if (settlement.outcome !== 'delivered' && countedSince !== null) {
    yield* run(uncount, { ...held, sender: message.sender, since: countedSince })
  }
  if (settlement.outcome === 'dropped' && settlement.unheard && message.grantId !== null) {
    yield* run(removeEndOf, { ...held, grantId: message.grantId })
  }
  if (settlement.outcome !== 'failed') yield* run(remove, held)
  else if (settlement.dueAt === null) yield* run(giveUp, { ...held, at: settlement.at })
  else yield* run(retry, { ...held, dueAt: settlement.dueAt })
}
