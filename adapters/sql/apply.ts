import { sql } from 'kysely'
import {
  type Change,
  type LinkFacts,
  type NewAuditEvent,
  type Outcome,
  TokenTaken,
} from '../../src/store/index.ts'
import {
  audit as auditColumns,
  link as linkColumns,
  policy as policyColumns,
  resource as resourceColumns,
} from './columns.ts'
import { Interleaved } from './interleaved.ts'
import { resourceKey } from './load.ts'
import { columnList, fieldsOf, first, query, run, type Steps } from './query.ts'
import { removeLink, removeResource, removeTenant } from './removal.ts'

interface NameRow {
  tenantId: string
  kind: string
  key: string
  target: string
}

const insertName = query<NameRow, { name: { key: string } }>(
  'name.insert',
  ({ t, p, columns }) => sql`
    insert into ${t.names} (tenant_id, kind, key, target)
    values (${p('tenantId')}, ${p('kind')}, ${p('key')}, ${p('target')})
    on conflict do nothing returning ${columns}`,
  { name: ['', { key: 'text' }] },
)

const insertResource = query<Omit<import('../../src/store/index.ts').ResourceFacts, 'parent'>>(
  'resource.insert',
  ({ t, p }) => sql`
    insert into ${t.resources} (${columnList(resourceColumns)})
    values (${sql.join(fieldsOf(resourceColumns).map(([name, kind]) => p(name as 'uid', kind)))})`,
)

const updateResource = query<Omit<import('../../src/store/index.ts').ResourceFacts, 'parent'>>(
  'resource.update',
  ({ t, p }) => sql`
    update ${t.resources} set owner_id = ${p('ownerId')}, title = ${p('title')}, visibility = ${p('visibility')},
      traits = ${p('traits', 'traits')}, parent_uid = ${p('parentUid')}, updated_at = ${p('updatedAt', 'time')}
    where tenant_id = ${p('tenantId')} and uid = ${p('uid')}`,
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
    update ${t.grants} set ended_at = ${p('at', 'time')}, end_reason = ${p('reason')}, updated_at = ${p('at', 'time')}
    where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`id`, list('ids'))} and ended_at is null`,
)

const moveAuthority = query<{ tenantId: string; resourceUid: string; to: string; at: Date }>(
  'link.move_authority',
  ({ t, p }) => sql`
    update ${t.grants} set authority_id = ${p('to')}, updated_at = ${p('at', 'time')}
    where tenant_id = ${p('tenantId')} and resource_uid = ${p('resourceUid')} and authority = 'owner'
      and ended_at is null`,
)

const endTokens = query<{ tenantId: string; id: string }>(
  'token.end',
  ({ t, p }) =>
    sql`delete from ${t.names} where kind = 'link' and tenant_id = ${p('tenantId')} and target = ${p('id')}`,
)

const graceTokens = query<{ tenantId: string; id: string; until: Date }>(
  'token.grace',
  ({ t, p }) => sql`
    update ${t.names} set until = ${p('until', 'time')}
    where kind = 'link' and tenant_id = ${p('tenantId')} and target = ${p('id')} and until is null`,
)

const setPolicy = query<{ tenantId: string } & import('../../src/model/tenant-policy.ts').TenantPolicy>(
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

const nextSeq = query<{ tenantId: string; uid: string; count: number }, { history: { auditSeq: number } }>(
  'audit.next',
  ({ t, p, columns }) => sql`
    update ${t.resources} as r set audit_seq = r.audit_seq + ${p('count', 'int')}
    where r.tenant_id = ${p('tenantId')} and r.uid = ${p('uid')} returning ${columns}`,
  { history: ['', { auditSeq: 'int' }] },
)

const insertAudit = query<{ events: readonly import('./columns.ts').AuditFacts[] }>(
  'audit.insert',
  ({ t, rows }) => sql`
    insert into ${t.audit} (${columnList(auditColumns)}) select ${columnList(auditColumns)}
    from ${rows('events', auditColumns, 'e')}`,
)

/** Applies an outcome: first its history, which needs the resource's row, then what it changes. */
export function* apply(tenantId: string, outcome: Outcome<unknown>): Steps<void> {
  const creations = outcome.changes.filter((change) => change.kind === 'resource.created')
  for (const change of creations) yield* applyChange(tenantId, change)
  if (outcome.audit.length > 0) yield* appendAudit(tenantId, outcome.audit)
  for (const change of outcome.changes) {
    if (change.kind !== 'resource.created') yield* applyChange(tenantId, change)
  }
}

function* appendAudit(tenantId: string, events: readonly NewAuditEvent[]): Steps<void> {
  const next = new Map<string, number>()
  for (const uid of new Set(events.map((event) => event.resourceUid))) {
    if (uid === null) continue
    const count = events.filter((event) => event.resourceUid === uid).length
    const row = yield* first(nextSeq, { tenantId, uid, count })
    next.set(uid, (row?.history.auditSeq ?? count) - count)
  }
  yield* run(insertAudit, {
    events: events.map((event) => {
      const seq = event.resourceUid === null ? 0 : (next.get(event.resourceUid) ?? 0) + 1
      if (event.resourceUid !== null) next.set(event.resourceUid, seq)
      return {
        tenantId,
        id: event.id,
        resourceUid: event.resourceUid,
        resourceType: event.resource?.type ?? null,
        resourceId: event.resource?.id ?? null,
        seq,
        action: event.action,
        actorId: event.actorId,
        targetKind: event.target?.kind ?? null,
        targetId: event.target?.id ?? null,
        before: event.before,
        after: event.after,
        at: event.at,
      }
    }),
  })
}

function* applyChange(tenantId: string, change: Change): Steps<void> {
  switch (change.kind) {
    case 'resource.created': {
      const { resource } = change
      const key = resourceKey(resource)
      const named = yield* first(insertName, { tenantId, kind: 'resource', key, target: resource.uid })
      // Somebody registered it between our look and our step: look again.
      if (named === null) throw new Interleaved()
      yield* run(insertResource, resource)
      return
    }
    case 'resource.updated':
      yield* run(updateResource, change.resource)
      return
    case 'resource.removed':
      yield* removeResource(tenantId, change)
      return
    case 'authority.moved':
      yield* run(moveAuthority, { tenantId, resourceUid: change.resourceUid, to: change.to, at: change.at })
      return
    case 'link.created':
      yield* nameToken(tenantId, change.link)
      yield* run(insertName, { tenantId, kind: 'grant', key: change.link.id, target: change.link.id })
      yield* run(insertLink, change.link)
      return
    case 'link.updated':
      yield* run(updateLink, change.link)
      return
    case 'link.rotated':
      if (change.graceUntil === null) yield* run(endTokens, { tenantId, id: change.link.id })
      else yield* run(graceTokens, { tenantId, id: change.link.id, until: change.graceUntil })
      yield* nameToken(tenantId, change.link)
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

function* nameToken(tenantId: string, link: LinkFacts): Steps<void> {
  const named = yield* first(insertName, { tenantId, kind: 'link', key: link.tokenHash, target: link.id })
  if (named === null) throw new TokenTaken()
}
