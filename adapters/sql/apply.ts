import { sql } from 'kysely'
import type { TenantPolicy } from '../../src/model/tenant-policy.ts'
import {
  type Change,
  type LinkFacts,
  type NewAuditEvent,
  type Outcome,
  type ResourceFacts,
  TokenTaken,
} from '../../src/store/index.ts'
import {
  type AuditFacts,
  audit as auditColumns,
  type Columns,
  link as linkColumns,
  policy as policyColumns,
  resource as resourceColumns,
} from './columns.ts'
import { Interleaved } from './interleaved.ts'
import { resourceKey } from './load.ts'
import { columnList, fieldsOf, first, query, run, type Steps } from './query.ts'
import { endTokens, removeLink, removeResource, removeTenant } from './removal.ts'

type StoredResource = Omit<ResourceFacts, 'parent'>

interface NameRow {
  tenantId: string
  kind: string
  key: string
  target: string
  imported: boolean
}

const insertName = query<NameRow, { name: { key: string } }>(
  'name.insert',
  ({ t, p, columns }) => sql`
    insert into ${t.names} (tenant_id, kind, key, target, imported)
    values (${p('tenantId')}, ${p('kind')}, ${p('key')}, ${p('target')}, ${p('imported', 'bool')})
    on conflict do nothing returning ${columns}`,
  { name: ['', { key: 'text' }] },
)

const insertResource = query<StoredResource>(
  'resource.insert',
  ({ t, p }) => sql`
    insert into ${t.resources} (${columnList(resourceColumns)})
    values (${sql.join(fieldsOf(resourceColumns).map(([name, kind]) => p(name as 'uid', kind)))})`,
)

const updatedColumns = {
  uid: 'text',
  ownerId: 'text',
  title: 'text',
  visibility: 'text',
  traits: 'traits',
  parentUid: 'text',
  updatedAt: 'time',
} as const

const updateResources = query<{ tenantId: string; resources: readonly StoredResource[] }>(
  'resource.update',
  ({ t, p, rows }) => sql`
    update ${t.resources} as r set owner_id = x.owner_id, title = x.title, visibility = x.visibility,
      traits = x.traits, parent_uid = x.parent_uid, updated_at = x.updated_at
    from ${rows('resources', updatedColumns, 'x')} where r.tenant_id = ${p('tenantId')} and r.uid = x.uid`,
)

const insertLink = query<LinkFacts>(
  'link.insert',
  ({ t, p }) => sql`
    insert into ${t.grants} (grantee, ${columnList(linkColumns)})
    values ('link', ${sql.join(fieldsOf(linkColumns).map(([name, kind]) => p(name as 'id', kind)))})`,
)

/** Counts and ends are not among what an update writes: they have statements of their own. */
const updateLink = query<LinkFacts>(
  'link.update',
  ({ t, p }) => sql`
    update ${t.grants} set name = ${p('name')}, role = ${p('role')}, expires_at = ${p('expiresAt', 'time')},
      not_before = ${p('notBefore', 'time')}, max_views = ${p('maxViews', 'int')},
      password_hash = ${p('passwordHash')}, password_version = ${p('passwordVersion', 'int')},
      audience = ${p('audience', 'json')}, token_hash = ${p('tokenHash')}, sealed_token = ${p('sealedToken')},
      updated_at = ${p('updatedAt', 'time')}
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and ended_at is null`,
)

const endLinks = query<{ tenantId: string; ids: readonly string[]; reason: string; at: Date }>(
  'link.end',
  ({ t, p, d, list }) => sql`
    update ${t.grants} set ended_at = ${p('at', 'time')}, end_reason = ${p('reason')}, updated_at = ${p('at', 'time')},
      sealed_token = null
    where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`id`, list('ids'))} and ended_at is null`,
)

const moveAuthority = query<{ tenantId: string; uids: readonly string[]; to: string; at: Date }>(
  'link.move_authority',
  ({ t, p, d, list }) => sql`
    update ${t.grants} set authority_id = ${p('to')}, updated_at = ${p('at', 'time')}
    where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`resource_uid`, list('uids'))} and authority = 'owner'
      and ended_at is null`,
)

const graceTokens = query<{ tenantId: string; id: string; until: Date }>(
  'token.grace',
  ({ t, p }) => sql`
    update ${t.names} set until = ${p('until', 'time')}
    where kind = 'link' and tenant_id = ${p('tenantId')} and target = ${p('id')} and until is null`,
)

const setPolicy = query<{ tenantId: string } & TenantPolicy>(
  'policy.set',
  ({ t, p }) => sql`
    update ${t.tenants} set ${sql.join(
      fieldsOf(policyColumns).map(
        ([name, kind]) => sql`${columnList({ [name]: kind })} = ${p(name as 'maxLinkDays', kind)}`,
      ),
    )} where tenant_id = ${p('tenantId')}`,
)

const forgetViewer = query<{ tenantId: string; userId: string; visitor: string }>(
  'viewer.forget',
  ({ t, p }) => sql`
    update ${t.views} set viewer_id = null, ip = null, user_agent = null, visitor = ${p('visitor')}
    where tenant_id = ${p('tenantId')} and viewer_id = ${p('userId')}`,
)

interface HistoryGrowth {
  resource: string
  count: number
}
const growthColumns: Columns<HistoryGrowth> = { resource: 'text', count: 'int' }

/** Takes the next places in the histories of resources, under their locks. */
const takePlaces = query<
  { tenantId: string; growth: readonly HistoryGrowth[] },
  { history: { uid: string; auditSeq: number } }
>(
  'audit.take_places',
  ({ t, p, rows, columns }) => sql`
    update ${t.resources} as r set audit_seq = r.audit_seq + x.count from ${rows('growth', growthColumns, 'x')}
    where r.tenant_id = ${p('tenantId')} and r.uid = x.resource returning ${columns}`,
  { history: ['', { uid: 'text', auditSeq: 'int' }] },
)

const insertAudit = query<{ events: readonly AuditFacts[] }>(
  'audit.insert',
  ({ t, rows }) => sql`
    insert into ${t.audit} (${columnList(auditColumns)}) select ${columnList(auditColumns)}
    from ${rows('events', auditColumns, 'e')}`,
)

/** Applies an outcome: first its history, which needs the resource's row, then what it changes. */
export function* apply(tenantId: string, outcome: Outcome<unknown>): Steps<void> {
  const { changes, audit } = outcome
  for (const change of changes)
    if (change.kind === 'resource.created') yield* create(tenantId, change.resource)
  if (audit.length > 0) yield* appendAudit(tenantId, audit)
  yield* applyAlike(tenantId, changes)
  for (const change of changes) yield* applyChange(tenantId, change)
}

/** What comes in numbers, when somebody leaves with thousands of resources, is one statement for all. */
function* applyAlike(tenantId: string, changes: readonly Change[]): Steps<void> {
  const resources = changes.flatMap((change) => (change.kind === 'resource.updated' ? [change.resource] : []))
  if (resources.length > 0) yield* run(updateResources, { tenantId, resources })
  const moved = changes.filter((change) => change.kind === 'authority.moved')
  for (const [to, same] of Map.groupBy(moved, (change) => change.to)) {
    const uids = same.map((change) => change.resourceUid)
    yield* run(moveAuthority, { tenantId, uids, to, at: same[0]!.at })
  }
}

/** Somebody who registered it between our look and our step makes the step run again. */
function* create(tenantId: string, resource: ResourceFacts): Steps<void> {
  const key = resourceKey(resource)
  const name = { tenantId, kind: 'resource', key, target: resource.uid, imported: false }
  if ((yield* first(insertName, name)) === null) throw new Interleaved()
  yield* run(insertResource, resource)
}

function* appendAudit(tenantId: string, events: readonly NewAuditEvent[]): Steps<void> {
  const counts = new Map<string, number>()
  for (const { resourceUid } of events) {
    if (resourceUid !== null) counts.set(resourceUid, (counts.get(resourceUid) ?? 0) + 1)
  }
  const growth = [...counts].map(([resource, count]) => ({ resource, count }))
  const taken = growth.length === 0 ? [] : yield* run(takePlaces, { tenantId, growth })
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

function* applyChange(tenantId: string, change: Change): Steps<void> {
  switch (change.kind) {
    case 'resource.created':
    case 'resource.updated':
    case 'authority.moved':
      return
    case 'resource.removed':
      yield* removeResource(tenantId, change)
      return
    case 'link.created':
      yield* nameToken(tenantId, change.link, change.imported ?? false)
      yield* run(insertName, {
        tenantId,
        kind: 'grant',
        key: change.link.id,
        target: change.link.id,
        imported: false,
      })
      yield* run(insertLink, change.link)
      return
    case 'link.updated':
      yield* run(updateLink, change.link)
      return
    case 'link.rotated':
      if (change.graceUntil === null) yield* endTokens(tenantId, change.link.id, change.link.updatedAt)
      else yield* run(graceTokens, { tenantId, id: change.link.id, until: change.graceUntil })
      yield* nameToken(tenantId, change.link, false)
      yield* run(updateLink, change.link)
      return
    case 'links.ended':
      yield* run(endLinks, { tenantId, ids: change.ids, reason: change.reason, at: change.at })
      return
    case 'link.removed':
      yield* removeLink(tenantId, change)
      return
    case 'policy.set':
      yield* run(setPolicy, { tenantId, ...change.policy })
      return
    case 'viewer.forgotten':
      yield* run(forgetViewer, { tenantId, userId: change.userId, visitor: change.visitor })
      return
    case 'tenant.removed':
      yield* removeTenant(tenantId)
  }
}

function* nameToken(tenantId: string, link: LinkFacts, imported: boolean): Steps<void> {
  const named = yield* first(insertName, {
    tenantId,
    kind: 'link',
    key: link.tokenHash,
    target: link.id,
    imported,
  })
  if (named === null) throw new TokenTaken()
}
