import { sql } from 'kysely'
import type { Change } from '../../src/store/index.ts'
import { lockTenantWhole } from './load.ts'
import type { Tables } from './query.ts'
import { first, type Query, query, run, type Steps } from './query.ts'
import { resourceKey } from './resource-row.ts'
import { loseEditsAbroad } from './workstations/apply.ts'

/** How many views one step deletes. A million in one cascade blocks SQLite for a second. */
export const SLICE = 5000

const linksOf = query<{ tenantId: string; uid: string }, { link: { id: string } }>(
  'resource.links',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.grants} g where g.tenant_id = ${p('tenantId')} and g.resource_uid = ${p('uid')}`,
  { link: ['g', { id: 'text' }] },
)

const deleteNames = query<{ tenantId: string; ids: readonly string[] }>(
  'link.delete_names',
  ({ t, p, d, list }) => sql`
    delete from ${t.names} where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`target`, list('ids'))} and not imported`,
)

const deleteTokens = query<{ tenantId: string; id: string }>(
  'token.end',
  ({ t, p }) => sql`
    delete from ${t.names}
    where kind = 'link' and tenant_id = ${p('tenantId')} and target = ${p('id')} and not imported`,
)

/**
 * An older system's token could be imported again, and then open something else: its name stays taken. It leads
 * nowhere at once, whatever another process's clock says of its end.
 */
const spendImported = query<{ tenantId: string; ids: readonly string[]; at: Date }>(
  'token.end_imported',
  ({ t, p, d, list }) => sql`
    update ${t.names} set until = ${p('at', 'time')}, target = ''
    where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`target`, list('ids'))} and imported`,
)

/** Ends all tokens that a link has had. */
export function* endTokens(tenantId: string, id: string, at: Date): Steps<void> {
  yield* run(deleteTokens, { tenantId, id })
  yield* run(spendImported, { tenantId, ids: [id], at })
}

const deleteResourceName = query<{ tenantId: string; key: string }>(
  'resource.delete_name',
  ({ t, p }) =>
    sql`delete from ${t.names} where kind = 'resource' and key = ${p('key')} and tenant_id = ${p('tenantId')}`,
)

/** Of what has the resource for its target: requests, and the edit sessions and checkpoints of a module. */
const deleteRequestNames = query<{ tenantId: string; uid: string }>(
  'resource.delete_request_names',
  ({ t, p }) => sql`
    delete from ${t.names} where tenant_id = ${p('tenantId')} and target = ${p('uid')}
      and kind in ('request', 'fork', 'edit', 'checkpoint')`,
)

const orphanChildren = query<{ tenantId: string; uid: string }>(
  'resource.orphan_children',
  ({ t, p }) => sql`
    update ${t.resources} set parent_uid = null where tenant_id = ${p('tenantId')} and parent_uid = ${p('uid')}`,
)

const markResource = query<{ tenantId: string; uid: string; at: Date }>(
  'resource.mark_removed',
  ({ t, p }) => sql`
    update ${t.resources} set removed_at = ${p('at', 'time')} where tenant_id = ${p('tenantId')} and uid = ${p('uid')}`,
)

const markLinksOf = query<{ tenantId: string; uid: string; at: Date }>(
  'resource.mark_links_removed',
  ({ t, p }) => sql`
    update ${t.grants} set removed_at = ${p('at', 'time')}
    where tenant_id = ${p('tenantId')} and resource_uid = ${p('uid')} and removed_at is null`,
)

const deleteLinksOf = query<{ tenantId: string; uid: string }>(
  'resource.delete_links',
  ({ t, p }) =>
    sql`delete from ${t.grants} where tenant_id = ${p('tenantId')} and resource_uid = ${p('uid')}`,
)

/** The largest of what goes: at once, though the views may take longer. */
const deleteSnapshotsOf = query<{ tenantId: string; uid: string }>(
  'resource.delete_snapshots',
  ({ t, p }) =>
    sql`delete from ${t.snapshots} where tenant_id = ${p('tenantId')} and resource_uid = ${p('uid')}`,
)

const deleteResource = query<{ tenantId: string; uid: string }>(
  'resource.delete',
  ({ t, p }) => sql`delete from ${t.resources} where tenant_id = ${p('tenantId')} and uid = ${p('uid')}`,
)

const markLink = query<{ tenantId: string; id: string; at: Date }>(
  'link.mark_removed',
  ({ t, p }) => sql`
    update ${t.grants} set removed_at = ${p('at', 'time')} where tenant_id = ${p('tenantId')} and id = ${p('id')}`,
)

const deleteLink = query<{ tenantId: string; id: string }>(
  'link.delete',
  ({ t, p }) => sql`delete from ${t.grants} where tenant_id = ${p('tenantId')} and id = ${p('id')}`,
)

interface Slice {
  tenantId: string
  key: string
  limit: number
}

/** Deletes up to `limit` views by one of their keys, and says which. */
const deleteViewsBy = (
  name: string,
  column: 'resource_uid' | 'link_id',
): Query<Slice, { view: { id: string } }> =>
  query<Slice, { view: { id: string } }>(
    name,
    ({ t, p, columns }) => sql`
      delete from ${t.views} as v where v.tenant_id = ${p('tenantId')} and v.id in (
        select id from ${t.views} where tenant_id = ${p('tenantId')} and ${sql.ref(column)} = ${p('key')}
        limit ${p('limit', 'int')}) returning ${columns}`,
    { view: ['', { id: 'text' }] },
  )
const deleteViewsOfResource = deleteViewsBy('views.delete_of_resource', 'resource_uid')
const deleteViewsOfLink = deleteViewsBy('views.delete_of_link', 'link_id')

/**
 * The link's share of its resource's sums goes with it. Who visited through several links cannot be told any
 * more, so the visitors of a day are at most its views.
 */
const subtractDays = query<{ tenantId: string; uid: string; id: string }>(
  'view_days.subtract',
  ({ t, p }) => sql`
    update ${t.view_days} as w set
      views = w.views - (select x.views from ${t.view_days} x where ${sameDay} and x.link_id = ${p('id')}),
      bots = w.bots - (select x.bots from ${t.view_days} x where ${sameDay} and x.link_id = ${p('id')}),
      visitors = case when w.visitors > w.views - (select x.views from ${t.view_days} x where ${sameDay} and x.link_id = ${p('id')})
        then w.views - (select x.views from ${t.view_days} x where ${sameDay} and x.link_id = ${p('id')}) else w.visitors end
    where w.tenant_id = ${p('tenantId')} and w.resource_uid = ${p('uid')} and w.link_id = ''
      and exists (select 1 from ${t.view_days} x where ${sameDay} and x.link_id = ${p('id')})`,
)
const sameDay = sql`x.tenant_id = w.tenant_id and x.resource_uid = w.resource_uid and x.day = w.day`

const deleteEmptyDays = query<{ tenantId: string; uid: string }>(
  'view_days.delete_empty',
  ({ t, p }) => sql`
    delete from ${t.view_days}
    where tenant_id = ${p('tenantId')} and resource_uid = ${p('uid')} and views = 0 and bots = 0`,
)

const deleteDaysOfLink = query<{ tenantId: string; uid: string; id: string }>(
  'view_days.delete_of_link',
  ({ t, p }) => sql`
    delete from ${t.view_days}
    where tenant_id = ${p('tenantId')} and resource_uid = ${p('uid')} and link_id = ${p('id')}`,
)

const linkHome = query<{ tenantId: string; id: string }, { link: { resourceUid: string } }>(
  'link.home_of_removed',
  ({ t, p, columns }) =>
    sql`select ${columns} from ${t.grants} g where g.tenant_id = ${p('tenantId')} and g.id = ${p('id')}`,
  { link: ['g', { resourceUid: 'text' }] },
)

export function* removeResource(
  tenantId: string,
  { uid, ref, at }: Extract<Change, { kind: 'resource.removed' }>,
): Steps<void> {
  yield* run(deleteResourceName, { tenantId, key: resourceKey(ref) })
  const ids = (yield* run(linksOf, { tenantId, uid })).map(({ link }) => link.id)
  yield* run(deleteNames, { tenantId, ids })
  yield* run(spendImported, { tenantId, ids, at })
  yield* run(deleteRequestNames, { tenantId, uid })
  yield* run(orphanChildren, { tenantId, uid })
  // Links before views and the resource: an opening holds its link's row while it waits for the resource's.
  yield* run(markLinksOf, { tenantId, uid, at })
  yield* run(deleteSnapshotsOf, { tenantId, uid })
  const deleted = yield* run(deleteViewsOfResource, { tenantId, key: uid, limit: SLICE })
  if (deleted.length < SLICE) {
    yield* run(deleteLinksOf, { tenantId, uid })
    yield* run(deleteResource, { tenantId, uid })
  } else {
    yield* run(markResource, { tenantId, uid, at })
  }
}

export function* removeLink(
  tenantId: string,
  { id, at }: Extract<Change, { kind: 'link.removed' }>,
): Steps<void> {
  yield* run(deleteNames, { tenantId, ids: [id] })
  yield* run(spendImported, { tenantId, ids: [id], at })
  yield* run(markLink, { tenantId, id, at })
  const home = yield* first(linkHome, { tenantId, id })
  const uid = home?.link.resourceUid ?? ''
  yield* run(subtractDays, { tenantId, uid, id })
  yield* run(deleteDaysOfLink, { tenantId, uid, id })
  yield* run(deleteEmptyDays, { tenantId, uid })
  const deleted = yield* run(deleteViewsOfLink, { tenantId, key: id, limit: SLICE })
  if (deleted.length < SLICE) yield* run(deleteLink, { tenantId, id })
}

const removedResource = query<{ tenantId: string }, { resource: { uid: string } }>(
  'purge.next_resource',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.resources} r
    where r.tenant_id = ${p('tenantId')} and r.removed_at is not null limit 1`,
  { resource: ['r', { uid: 'text' }] },
)

const removedLink = query<{ tenantId: string }, { link: { id: string } }>(
  'purge.next_link',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.grants} g
    where g.tenant_id = ${p('tenantId')} and g.removed_at is not null limit 1`,
  { link: ['g', { id: 'text' }] },
)

/** The next slice of what was removed and was too much for one step. */
export function* purgeSlice(tenantId: string): Steps<number> {
  // Two at once would take each other's rows for the last ones, and delete the rest in one cascade.
  yield* run(lockTenantWhole, { tenantId })
  const resource = yield* first(removedResource, { tenantId })
  if (resource !== null) {
    const { uid } = resource.resource
    const deleted = yield* run(deleteViewsOfResource, { tenantId, key: uid, limit: SLICE })
    if (deleted.length === SLICE) return SLICE
    yield* run(deleteLinksOf, { tenantId, uid })
    yield* run(deleteResource, { tenantId, uid })
    return deleted.length + 1
  }
  const link = yield* first(removedLink, { tenantId })
  if (link === null) return 0
  const { id } = link.link
  const deleted = yield* run(deleteViewsOfLink, { tenantId, key: id, limit: SLICE })
  if (deleted.length === SLICE) return SLICE
  yield* run(deleteLink, { tenantId, id })
  return deleted.length + 1
}

const clear = (table: keyof Tables): Query<{ tenantId: string }, Record<never, never>> =>
  query<{ tenantId: string }>(
    `tenant.clear_${table}`,
    ({ t, p }) => sql`delete from ${t[table]} where tenant_id = ${p('tenantId')}`,
  )
const forgetParents = query<{ tenantId: string }>(
  'tenant.forget_parents',
  ({ t, p }) => sql`
    update ${t.resources} set parent_uid = null where tenant_id = ${p('tenantId')} and parent_uid is not null`,
)
const cleared = (
  [
    'names',
    'views',
    'view_days',
    'requests',
    'outbox',
    'snapshots',
    'grants',
    'resources',
    'counters',
    'audit',
    'tenants',
  ] as const
).map(clear)

/** Everything of a tenant, those that point before what they point at. */
export function* removeTenant(tenantId: string): Steps<void> {
  yield* run(forgetParents, { tenantId })
  for (const statement of cleared) yield* run(statement, { tenantId })
  yield* loseEditsAbroad(tenantId)
}
