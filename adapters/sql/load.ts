import { type RawBuilder, sql } from 'kysely'
import type { ResourceRef } from '../../src/model/resource.ts'
import { DEFAULT_POLICY, type TenantPolicy } from '../../src/model/tenant-policy.ts'
import type { Anchor, Ask, Facts, LinkFacts, ResourceFacts } from '../../src/store/index.ts'
import {
  type Columns,
  link as linkColumns,
  parentRef,
  policy as policyColumns,
  resource as resourceColumns,
} from './columns.ts'
import { Interleaved } from './interleaved.ts'
import { enter, first, type Query, query, run, type Steps, type Tables } from './query.ts'

export const resourceKey = (ref: ResourceRef): string => `${ref.type}:${ref.id}`

export interface ResourceRow {
  resource: Omit<ResourceFacts, 'parent'>
  parent: { type: string | null; id: string | null }
}

export function resourceOf({ resource, parent }: ResourceRow): ResourceFacts {
  return { ...resource, parent: parent.type === null ? null : { type: parent.type, id: parent.id! } }
}

/** Views of a link that is removed are gone, also while `purgeSlice` is still deleting them. */
export const ofLiveLinks = (t: Tables, tenantId: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(v.link_id is null or v.link_id not in (
    select x.id from ${t.grants} x where x.tenant_id = ${tenantId} and x.removed_at is not null))`

export const resourceGroups: {
  resource: readonly [string, Columns<ResourceRow['resource']>]
  parent: readonly [string, Columns<ResourceRow['parent']>]
} = { resource: ['r', resourceColumns], parent: ['u', parentRef] }

const findName = query<{ kind: string; key: string }, { name: { tenantId: string; target: string } }>(
  'name.find',
  ({ t, p, columns }) =>
    sql`select ${columns} from ${t.names} n where n.kind = ${p('kind')} and n.key = ${p('key')}`,
  { name: ['n', { tenantId: 'text', target: 'text' }] },
)

const makeTenant = query<{ tenantId: string }>(
  'tenant.make',
  ({ t, p }) => sql`insert into ${t.tenants} (tenant_id) values (${p('tenantId')}) on conflict do nothing`,
)

const lockTenant = (strength: 'share' | 'update'): Query<{ tenantId: string }, { policy: TenantPolicy }> =>
  query(
    `tenant.lock_${strength}`,
    ({ t, p, d, columns }) =>
      sql`select ${columns} from ${t.tenants} t where t.tenant_id = ${p('tenantId')}
        ${d.queue(strength, sql.ref('t.tenant_id'))} ${d.lock(strength, 't')}`,
    { policy: ['t', policyColumns] },
  )
const lockTenantToRead = lockTenant('share')
export const lockTenantWhole: Query<{ tenantId: string }, { policy: TenantPolicy }> = lockTenant('update')

const lockResource = query<{ tenantId: string; uid: string }, ResourceRow>(
  'resource.lock',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.resources} r
    left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
    where r.tenant_id = ${p('tenantId')} and r.uid = ${p('uid')} and r.removed_at is null ${d.lock('update', 'r')}`,
  resourceGroups,
)

const linkHome = query<{ tenantId: string; id: string }, { link: { resourceUid: string } }>(
  'link.home',
  ({ t, p, columns }) =>
    sql`select ${columns} from ${t.grants} g where g.tenant_id = ${p('tenantId')} and g.id = ${p('id')}`,
  { link: ['g', { resourceUid: 'text' }] },
)

const lockLink = query<{ tenantId: string; id: string }, { link: LinkFacts }>(
  'link.lock',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.grants} g
    where g.tenant_id = ${p('tenantId')} and g.id = ${p('id')} and g.removed_at is null ${d.lock('update', 'g')}`,
  { link: ['g', linkColumns] },
)

const ancestors = query<{ tenantId: string; uid: string }, { ancestor: { uid: string } }>(
  'resource.ancestors',
  ({ t, p, d, columns }) => sql`
    with recursive a(uid, parent_uid) as (
      select r.uid, r.parent_uid from ${t.resources} r
      where r.tenant_id = ${p('tenantId')} and r.uid = ${p('uid')}
      union
      select r.uid, r.parent_uid from a ${d.join} ${t.resources} r
      where r.tenant_id = ${p('tenantId')} and r.uid = a.parent_uid
    ) select ${columns} from a`,
  { ancestor: ['a', { uid: 'text' }] },
)

interface HangingRow extends ResourceRow {
  link: LinkFacts
}

const linksOfMember = query<{ tenantId: string; userId: string }, HangingRow>(
  'member.links',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.grants} g
    join ${t.resources} r on r.tenant_id = g.tenant_id and r.uid = g.resource_uid
    left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
    where g.tenant_id = ${p('tenantId')} and g.ended_at is null and g.removed_at is null
      and g.id in (
        select id from ${t.grants} where tenant_id = ${p('tenantId')} and created_by = ${p('userId')}
        union all
        select m.id from ${t.resources} o ${d.join} ${t.grants} m
        where o.tenant_id = ${p('tenantId')} and o.owner_id = ${p('userId')}
          and m.tenant_id = o.tenant_id and m.resource_uid = o.uid)`,
  { link: ['g', linkColumns], ...resourceGroups },
)

const ownedByMember = query<{ tenantId: string; userId: string }, ResourceRow>(
  'member.owned',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.resources} r
    left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
    where r.tenant_id = ${p('tenantId')} and r.owner_id = ${p('userId')} and r.removed_at is null
    order by r.created_at, r.uid`,
  resourceGroups,
)

const linksByAdmin = query<{ tenantId: string; userId: string }, HangingRow>(
  'admin.links',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.grants} g
    join ${t.resources} r on r.tenant_id = g.tenant_id and r.uid = g.resource_uid
    left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
    where g.tenant_id = ${p('tenantId')} and g.authority = 'admin' and g.authority_id = ${p('userId')}
      and g.ended_at is null and g.removed_at is null`,
  { link: ['g', linkColumns], ...resourceGroups },
)

/** Tenants in which a person owns something, made links or opened them. The library knows no memberships to ask. */
const tenantsOfMember = query<{ userId: string }, { found: { tenantId: string } }>(
  'member.tenants',
  ({ t, p, columns }) => sql`
    select ${columns} from (
      select tenant_id from ${t.resources} where owner_id = ${p('userId')}
      union select tenant_id from ${t.grants} where created_by = ${p('userId')}
      union select tenant_id from ${t.views} where viewer_id = ${p('userId')}
    ) f order by f.tenant_id`,
  { found: ['f', { tenantId: 'text' }] },
)

const tenantsOfAdmin = query<{ userId: string }, { found: { tenantId: string } }>(
  'admin.tenants',
  ({ t, p, columns }) => sql`
    select ${columns} from (
      select distinct tenant_id from ${t.grants}
      where authority = 'admin' and authority_id = ${p('userId')} and ended_at is null
    ) f order by f.tenant_id`,
  { found: ['f', { tenantId: 'text' }] },
)

export function* tenantsAsked(ask: Ask): Steps<string[]> {
  const rows =
    ask.member !== undefined
      ? yield* run(tenantsOfMember, { userId: ask.member })
      : yield* run(tenantsOfAdmin, { userId: ask.admin ?? '' })
  return rows.map(({ found }) => found.tenantId)
}

/** Loads one situation under lock: the tenant's row, then the resource's, then what the ask names. */
export function* load(anchor: Anchor, ask: Ask): Steps<Facts> {
  const place = yield* locate(anchor)
  const { tenantId } = place
  const whole = anchor.at === 'tenant' || ask.parent !== undefined
  const tenant = yield* first(whole ? lockTenantWhole : lockTenantToRead, { tenantId })
  // Its row was there or was just made: the tenant has been removed since.
  if (tenant === null && (anchor.at === 'tenant' || anchor.at === 'registration')) throw new Interleaved()
  const resourceRow =
    anchor.at === 'tenant' ? null : yield* first(lockResource, { tenantId, uid: place.resourceUid })
  const linkRow = anchor.at === 'link' ? yield* first(lockLink, { tenantId, id: anchor.id }) : null
  const resource = resourceRow && resourceOf(resourceRow)
  return {
    tenantId,
    policy: tenant?.policy ?? DEFAULT_POLICY,
    resource,
    taken: place.taken,
    link: resource && linkRow ? linkRow.link : null,
    parent: ask.parent ? yield* loadParent(tenantId, ask.parent) : null,
    ...(yield* loadHanging(tenantId, ask)),
  }
}

interface Place {
  tenantId: string
  resourceUid: string
  taken: boolean
}

/**
 * Resolves an anchor to its tenant. What is unknown or another tenant's comes out as a place where nothing is,
 * so that the same statements follow for both.
 */
function* locate(anchor: Anchor): Steps<Place> {
  switch (anchor.at) {
    case 'tenant':
      yield* enter(anchor)
      yield* run(makeTenant, { tenantId: anchor.tenantId })
      return { tenantId: anchor.tenantId, resourceUid: '', taken: false }
    case 'registration': {
      yield* enter(anchor)
      yield* run(makeTenant, { tenantId: anchor.tenantId })
      const found = yield* first(findName, { kind: 'resource', key: resourceKey(anchor.ref) })
      const taken = found !== null && found.name.tenantId !== anchor.tenantId
      return { tenantId: anchor.tenantId, resourceUid: taken ? '' : (found?.name.target ?? ''), taken }
    }
    case 'resource': {
      const found = yield* first(findName, { kind: 'resource', key: resourceKey(anchor.ref) })
      const there = found !== null && (anchor.tenantId === null || anchor.tenantId === found.name.tenantId)
      const tenantId = there ? found.name.tenantId : (anchor.tenantId ?? '')
      yield* enter({ tenantId })
      return { tenantId, resourceUid: there ? found.name.target : '', taken: false }
    }
    case 'link': {
      const named =
        anchor.tenantId === null ? yield* first(findName, { kind: 'grant', key: anchor.id }) : null
      const tenantId = anchor.tenantId ?? named?.name.tenantId ?? ''
      yield* enter({ tenantId })
      const home = yield* first(linkHome, { tenantId, id: anchor.id })
      return { tenantId, resourceUid: home?.link.resourceUid ?? '', taken: false }
    }
  }
}

function* loadParent(tenantId: string, ref: ResourceRef): Steps<Facts['parent']> {
  const found = yield* first(findName, { kind: 'resource', key: resourceKey(ref) })
  const uid = found?.name.tenantId === tenantId ? found.name.target : ''
  const row = yield* first(lockResource, { tenantId, uid })
  if (row === null) return null
  const above = yield* run(ancestors, { tenantId, uid })
  return { resource: resourceOf(row), ancestors: new Set(above.map(({ ancestor }) => ancestor.uid)) }
}

function* loadHanging(tenantId: string, ask: Ask): Steps<Pick<Facts, 'links' | 'owned'>> {
  // Sorted here: asked for an order, SQLite reads the whole tenant in it.
  const hanging = (rows: HangingRow[]): Facts['links'] =>
    rows
      .map((row) => ({ link: row.link, resource: resourceOf(row) }))
      .sort((a, b) => a.link.createdAt.getTime() - b.link.createdAt.getTime())
  if (ask.member !== undefined) {
    const args = { tenantId, userId: ask.member }
    const links = hanging(yield* run(linksOfMember, args))
    return { links, owned: (yield* run(ownedByMember, args)).map(resourceOf) }
  }
  if (ask.admin !== undefined) {
    return { links: hanging(yield* run(linksByAdmin, { tenantId, userId: ask.admin })), owned: [] }
  }
  return { links: [], owned: [] }
}
