import { sql } from 'kysely'
import type { NewAuditEvent } from '../../src/store/index.ts'
import { type AuditFacts, audit as auditColumns, type Columns } from './columns.ts'
import { columnList, query, run, type Steps } from './query.ts'

interface HistoryGrowth {
  resource: string
  count: number
}
const growthColumns: Columns<HistoryGrowth> = { resource: 'text', count: 'int' }

interface HistoryRow {
  history: { uid: string; auditSeq: number }
}
const historyGroups = { history: ['', { uid: 'text', auditSeq: 'int' }] } as const

/** Takes the next places in a resource's history, under its lock. */
const takePlacesOfOne = query<{ tenantId: string } & HistoryGrowth, HistoryRow>(
  'audit.take_places',
  ({ t, p, columns }) => sql`
    update ${t.resources} set audit_seq = audit_seq + ${p('count', 'int')}
    where tenant_id = ${p('tenantId')} and uid = ${p('resource')} returning ${columns}`,
  historyGroups,
)

const takePlacesOfMany = query<
  { tenantId: string; uids: readonly string[]; growth: readonly HistoryGrowth[] },
  HistoryRow
>(
  'audit.take_places_of_many',
  ({ t, p, d, list, rows, columns }) => sql`
    update ${t.resources} as r set audit_seq = r.audit_seq + x.count from ${rows('growth', growthColumns, 'x')}
    where r.tenant_id = ${p('tenantId')} and ${d.oneOf(sql`r.uid`, list('uids'))} and r.uid = x.resource
    returning ${columns}`,
  historyGroups,
)

function* takePlaces(
  tenantId: string,
  growth: readonly HistoryGrowth[],
  alike: boolean,
): Steps<HistoryRow[]> {
  const nothing = alike ? { resource: '', count: 0 } : null
  const one = growth.length === 0 ? nothing : growth[0]!
  if (one === null) return []
  if (growth.length <= 1) return yield* run(takePlacesOfOne, { tenantId, ...one })
  const uids = growth.map(({ resource }) => resource)
  return yield* run(takePlacesOfMany, { tenantId, uids, growth })
}

const insertAudit = query<{ events: readonly AuditFacts[] }>(
  'audit.insert',
  ({ t, rows }) => sql`
    insert into ${t.audit} (${columnList(auditColumns)}) select ${columnList(auditColumns)}
    from ${rows('events', auditColumns, 'e')}`,
)

/**
 * Writes events into the histories of their resources, in the order in which changes commit. `alike`: none at all by
 * the statements of one.
 */
export function* appendAudit(
  tenantId: string,
  events: readonly NewAuditEvent[],
  alike: boolean,
): Steps<void> {
  const counts = new Map<string, number>()
  for (const { resourceUid } of events) {
    if (resourceUid !== null) counts.set(resourceUid, (counts.get(resourceUid) ?? 0) + 1)
  }
  const growth = [...counts].map(([resource, count]) => ({ resource, count }))
  const taken = yield* takePlaces(tenantId, growth, alike)
  const next = new Map(taken.map(({ history: { uid, auditSeq } }) => [uid, auditSeq - counts.get(uid)!]))
  const placeOf = (uid: string | null): number => {
    if (uid === null) return 0
    const place = (next.get(uid) ?? 0) + 1
    next.set(uid, place)
    return place
  }
  yield* run(insertAudit, {
    events: events.map((event) => ({
      tenantId,
      id: event.id,
      resourceUid: event.resourceUid,
      resourceType: event.resource?.type ?? null,
      resourceId: event.resource?.id ?? null,
      seq: placeOf(event.resourceUid),
      action: event.action,
      actorId: event.actorId,
      targetKind: event.target?.kind ?? null,
      targetId: event.target?.id ?? null,
      before: event.before,
      after: event.after,
      at: event.at,
    })),
  })
}
