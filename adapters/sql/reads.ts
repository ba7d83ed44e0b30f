import { type RawBuilder, sql } from 'kysely'
import type { Keyset } from '../../src/model/page.ts'
import type { TenantPolicy } from '../../src/model/tenant-policy.ts'
import type { View } from '../../src/model/view.ts'
import type {
  AuditRow,
  LinkFacts,
  ListAuditRequest,
  ListLinksRequest,
  ListOwnedRequest,
  ViewFacts,
  ViewsRequest,
} from '../../src/store/index.ts'
import {
  type AuditFacts,
  audit as auditColumns,
  link as linkColumns,
  policy as policyColumns,
  view as viewColumns,
} from './columns.ts'
import type { Dialect } from './dialect.ts'
import { ofLiveLinks } from './load.ts'
import { type Builder, type Query, query } from './query.ts'
import { type ResourceRow, resourceGroups } from './resource-row.ts'
import { meetsTerms, type TraitTerm, traitTermsOf } from './trait-terms.ts'

export interface SituationRow extends ResourceRow {
  policy: TenantPolicy
}

const situationGroups = { ...resourceGroups, policy: ['t', policyColumns] } as const

export const findResource: Query<{ key: string }, SituationRow> = query(
  'resource.find',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.names} n ${d.join} ${t.resources} r ${d.join} ${t.tenants} t
    left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
    where n.kind = 'resource' and n.key = ${p('key')}
      and r.tenant_id = n.tenant_id and r.uid = n.target and r.removed_at is null
      and t.tenant_id = ${d.tenantOf('n')}`,
  situationGroups,
)

interface ManagedRow extends SituationRow {
  link: LinkFacts
}

const managed = (d: Dialect): RawBuilder<unknown> =>
  sql`r.tenant_id = ${d.tenantOf('g')} and r.uid = g.resource_uid and r.removed_at is null
  and t.tenant_id = ${d.tenantOf('r')} and g.removed_at is null`

export const findLink: Query<{ tenantId: string; id: string }, ManagedRow> = query(
  'link.find',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.grants} g ${d.join} ${t.resources} r ${d.join} ${t.tenants} t
    left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
    where g.tenant_id = ${p('tenantId')} and g.id = ${p('id')} and g.grantee = 'link' and ${managed(d)}`,
  { link: ['g', linkColumns], ...situationGroups },
)

export const findLinkAnywhere: Query<{ id: string }, ManagedRow> = query(
  'link.find_anywhere',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.names} n ${d.join} ${t.grants} g ${d.join} ${t.resources} r ${d.join} ${t.tenants} t
    left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
    where n.kind = 'grant' and n.key = ${p('id')} and g.tenant_id = n.tenant_id and g.id = n.target
      and g.grantee = 'link' and ${managed(d)}`,
  { link: ['g', linkColumns], ...situationGroups },
)

export const findPolicy: Query<{ tenantId: string }, { policy: TenantPolicy }> = query(
  'policy.find',
  ({ t, p, columns }) => sql`select ${columns} from ${t.tenants} t where t.tenant_id = ${p('tenantId')}`,
  { policy: ['t', policyColumns] },
)

interface After {
  afterAt: Date
  afterId: string
  limit: number
}

/** The first page begins after a place that nothing precedes. */
const BEFORE_ALL = { afterAt: new Date('9999-12-31T23:59:59.999Z'), afterId: '\u{10ffff}' }

export const afterOf = ({ after, limit }: Keyset): After => ({
  ...(after === null ? BEFORE_ALL : { afterAt: after.at, afterId: after.id }),
  limit: limit + 1,
})

/** Newest first, by row values: the same cost on any page. */
function page<P extends After>(
  b: Builder<P>,
  at: string,
  id: string,
): { after: RawBuilder<unknown>; order: RawBuilder<unknown> } {
  return {
    after: sql`(${sql.ref(at)}, ${sql.ref(id)}) < (${b.p('afterAt', 'time')}, ${b.p('afterId')})`,
    order: sql`order by ${sql.ref(at)} desc, ${sql.ref(id)} desc limit ${b.p('limit', 'int')}`,
  }
}

type ListedLink = { link: LinkFacts } & ResourceRow
type LinkListArgs = After & { tenantId: string; key: string; at: Date; createdAfter: Date }

/** One statement for each way to list and whether only active ones count. */
const linkList = (
  name: string,
  by: RawBuilder<unknown> | null,
  active: boolean,
): Query<LinkListArgs, ListedLink> =>
  query<LinkListArgs, ListedLink>(
    name,
    (b) => {
      const { t, p, d } = b
      const { after, order } = page(b, 'g.created_at', 'g.id')
      const isActive = sql`and g.ended_at is null and (g.expires_at is null or g.expires_at > ${p('at', 'time')})
        and (g.max_views is null or g.view_count < g.max_views) and g.created_at > ${p('createdAfter', 'time')}`
      return sql`
        select ${b.columns} from ${t.grants} g ${d.join} ${t.resources} r
        left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
        where g.tenant_id = ${p('tenantId')} and g.grantee = 'link' ${by === null ? sql`` : sql`and ${by} = ${p('key')}`}
          and r.tenant_id = g.tenant_id and r.uid = g.resource_uid and r.removed_at is null and g.removed_at is null
          ${active ? isActive : sql``} and ${after} ${order}`
    },
    { link: ['g', linkColumns], ...resourceGroups },
  )

const byResource = sql`g.resource_uid`
const byCreator = sql`g.created_by`
const linkLists = {
  all: {
    resource: linkList('links.of_resource', byResource, false),
    creator: linkList('links.of_creator', byCreator, false),
    tenant: linkList('links.of_tenant', null, false),
  },
  active: {
    resource: linkList('links.of_resource_active', byResource, true),
    creator: linkList('links.of_creator_active', byCreator, true),
    tenant: linkList('links.of_tenant_active', null, true),
  },
}

export function listLinks(request: ListLinksRequest): [Query<LinkListArgs, ListedLink>, LinkListArgs] {
  const subject =
    request.resourceUid !== null ? 'resource' : request.createdBy !== null ? 'creator' : 'tenant'
  return [
    linkLists[request.activeAt === null ? 'all' : 'active'][subject],
    {
      tenantId: request.tenantId,
      key: request.resourceUid ?? request.createdBy ?? '',
      at: request.activeAt ?? new Date(0),
      createdAfter: request.createdAfter ?? new Date(-1),
      ...afterOf(request),
    },
  ]
}

type OwnedArgs = After & { tenantId: string; ownerId: string; type: string; terms: readonly TraitTerm[] }
const ownedList = (name: string, typed: boolean): Query<OwnedArgs, ResourceRow> =>
  query<OwnedArgs, ResourceRow>(
    name,
    (b) => {
      const { t, p } = b
      const { after, order } = page(b, 'r.created_at', 'r.uid')
      return sql`
        select ${b.columns} from ${t.resources} r
        left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
        where r.tenant_id = ${p('tenantId')} and r.owner_id = ${p('ownerId')} and r.removed_at is null
          ${typed ? sql`and r.type = ${p('type')}` : sql``}
          and ${meetsTerms(b, { type: sql`r.type`, traits: sql`r.traits` })} and ${after} ${order}`
    },
    resourceGroups,
  )
const ownedOfAnyType = ownedList('resources.owned', false)
const ownedOfType = ownedList('resources.owned_of_type', true)

export function listOwned(request: ListOwnedRequest): [Query<OwnedArgs, ResourceRow>, OwnedArgs] {
  const { tenantId, ownerId, type, terms } = request
  return [
    type === null ? ownedOfAnyType : ownedOfType,
    { tenantId, ownerId, type: type ?? '', terms: traitTermsOf(terms), ...afterOf(request) },
  ]
}

interface ViewRow {
  view: ViewFacts
  resource: { type: string; id: string }
}
type ViewArgs = After & { tenantId: string; key: string }
const viewList = (name: string, column: string): Query<ViewArgs, ViewRow> =>
  query<ViewArgs, ViewRow>(
    name,
    (b) => {
      const { t, p, d } = b
      const { after, order } = page(b, 'v.viewed_at', 'v.id')
      return sql`
        select ${b.columns} from ${t.views} v ${d.join} ${t.resources} r
        where v.tenant_id = ${p('tenantId')} and ${sql.ref(column)} = ${p('key')}
          and r.tenant_id = v.tenant_id and r.uid = v.resource_uid and ${ofLiveLinks(t, p('tenantId'))}
          and ${after} ${order}`
    },
    { view: ['v', viewColumns], resource: ['r', { type: 'text', id: 'text' }] },
  )
const viewsOfLink = viewList('views.of_link', 'v.link_id')
const viewsOfResource = viewList('views.of_resource', 'v.resource_uid')

export function listViews(request: ViewsRequest & Keyset): [Query<ViewArgs, ViewRow>, ViewArgs] {
  const { tenantId, resourceUid, linkId } = request
  return [
    linkId === null ? viewsOfResource : viewsOfLink,
    { tenantId, key: linkId ?? resourceUid, ...afterOf(request) },
  ]
}

export const viewOf = ({ view, resource }: ViewRow): View => ({
  id: view.id,
  linkId: view.linkId,
  resource: { type: resource.type, id: resource.id },
  viewerId: view.viewerId,
  ip: view.ip,
  userAgent: view.userAgent,
  bot: view.bot,
  viewedAt: view.viewedAt,
})

type AuditArgs = After & { tenantId: string; resourceUid: string }

/** By place in the resource's history: the order in which its changes committed. */
const auditOfResource = query<AuditArgs & { afterSeq: number }, { event: AuditFacts }>(
  'audit.of_resource',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.audit} e
    where e.tenant_id = ${p('tenantId')} and e.resource_uid = ${p('resourceUid')} and e.seq < ${p('afterSeq', 'int')}
    order by e.seq desc limit ${p('limit', 'int')}`,
  { event: ['e', auditColumns] },
)

const tenantAudit = (name: string, only: RawBuilder<unknown>): Query<AuditArgs, { event: AuditFacts }> =>
  query<AuditArgs, { event: AuditFacts }>(
    name,
    (b) => {
      const { after, order } = page(b, 'e.at', 'e.id')
      return sql`
        select ${b.columns} from ${b.t.audit} e where e.tenant_id = ${b.p('tenantId')} ${only} and ${after} ${order}`
    },
    { event: ['e', auditColumns] },
  )
const auditOfTenant = tenantAudit('audit.of_tenant', sql``)
const auditOfPolicy = tenantAudit('audit.of_policy', sql`and e.action = 'policy.changed'`)

export function listAudit(
  request: ListAuditRequest,
): [Query<AuditArgs & { afterSeq: number }, { event: AuditFacts }>, AuditArgs & { afterSeq: number }] {
  const given = Number(request.after?.id ?? Number.MAX_SAFE_INTEGER)
  const afterSeq = Number.isSafeInteger(given) ? given : 0
  const args = {
    tenantId: request.tenantId,
    resourceUid: request.resourceUid ?? '',
    afterSeq,
    ...afterOf(request),
  }
  if (request.resourceUid !== null) return [auditOfResource, args]
  return [request.action === undefined ? auditOfTenant : auditOfPolicy, args]
}

export const auditRowOf = ({ event }: { event: AuditFacts }, ofResource: boolean): AuditRow => ({
  id: event.id,
  at: event.at,
  action: event.action,
  actorId: event.actorId,
  tenantId: event.tenantId,
  resource: event.resourceType === null ? null : { type: event.resourceType, id: event.resourceId! },
  target: event.targetKind === null ? null : { kind: event.targetKind, id: event.targetId! },
  before: event.before,
  after: event.after,
  position: ofResource ? String(event.seq) : event.id,
})
