import { sql } from 'kysely'
import { ofLiveLinks } from './load.ts'
import { first, type Query, query, run, type Steps } from './query.ts'

export const tenantIds: Query<{ after: string; limit: number }, { tenant: { tenantId: string } }> = query(
  'maintain.tenants',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.tenants} t where t.tenant_id > ${p('after')}
    order by t.tenant_id limit ${p('limit', 'int')}`,
  { tenant: ['t', { tenantId: 'text' }] },
)

const lockTenant = query<{ tenantId: string }, { mark: { rolledUntil: string; purgedUntil: string } }>(
  'maintain.lock_tenant',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.tenants} t where t.tenant_id = ${p('tenantId')}
      ${d.queue('update', sql.ref('t.tenant_id'))} ${d.lock('update', 't')}`,
  { mark: ['t', { rolledUntil: 'text', purgedUntil: 'text' }] },
)

const oldestView = query<{ tenantId: string; from: Date }, { view: { viewedAt: Date } }>(
  'maintain.oldest_view',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.views} v where v.tenant_id = ${p('tenantId')} and v.viewed_at >= ${p('from', 'time')}
    order by v.viewed_at limit 1`,
  { view: ['v', { viewedAt: 'time' }] },
)

interface DayArgs {
  tenantId: string
  day: string
  from: Date
  to: Date
}

/** A day's views, per link and for the resource as a whole (an empty link id). */
const addUp = (name: string, ofLink: boolean): Query<DayArgs, Record<never, never>> =>
  query<DayArgs>(
    name,
    ({ t, p }) => sql`
      insert into ${t.view_days} (tenant_id, resource_uid, link_id, day, views, visitors, bots)
      select v.tenant_id, v.resource_uid, ${ofLink ? sql`v.link_id` : sql`''`}, ${p('day')},
        sum(case when v.counted then 1 else 0 end),
        count(distinct case when v.counted then coalesce(v.viewer_id, v.visitor) end),
        sum(case when v.bot then 1 else 0 end)
      from ${t.views} v
      where v.tenant_id = ${p('tenantId')} and v.viewed_at >= ${p('from', 'time')} and v.viewed_at < ${p('to', 'time')}
        ${ofLink ? sql`and v.link_id is not null` : sql``} and ${ofLiveLinks(t, p('tenantId'))}
      group by v.tenant_id, v.resource_uid ${ofLink ? sql`, v.link_id` : sql``}
      on conflict (tenant_id, resource_uid, link_id, day) do nothing`,
  )
const addUpLinks = addUp('maintain.add_up_links', true)
const addUpResources = addUp('maintain.add_up_resources', false)

const setRolled = query<{ tenantId: string; until: string }>(
  'maintain.set_rolled',
  ({ t, p }) => sql`update ${t.tenants} set rolled_until = ${p('until')} where tenant_id = ${p('tenantId')}`,
)

const setPurged = query<{ tenantId: string; until: string }>(
  'maintain.set_purged',
  ({ t, p }) => sql`update ${t.tenants} set purged_until = ${p('until')} where tenant_id = ${p('tenantId')}`,
)

const anonymise = query<{ tenantId: string; from: Date; to: Date }, { view: { id: string } }>(
  'maintain.anonymise',
  ({ t, p, columns }) => sql`
    update ${t.views} as v set ip = null, user_agent = null, visitor = null
    where v.tenant_id = ${p('tenantId')} and v.viewed_at >= ${p('from', 'time')} and v.viewed_at < ${p('to', 'time')}
    returning ${columns}`,
  { view: ['', { id: 'text' }] },
)

const dayStart = (day: string): Date => new Date(day === '' ? 0 : `${day}T00:00:00.000Z`)
const nextDay = (day: string): string =>
  new Date(dayStart(day).getTime() + 86_400_000).toISOString().slice(0, 10)

/** The day of the tenant's first view at or after a day, or null. */
function* firstDay(tenantId: string, from: string): Steps<string | null> {
  const oldest = yield* first(oldestView, { tenantId, from: dayStart(from) })
  return oldest === null ? null : oldest.view.viewedAt.toISOString().slice(0, 10)
}

/** One day a step: what is done is done, and another process goes on with the next. */
export function* rollUpViews(tenantId: string, until: string): Steps<number> {
  const tenant = yield* first(lockTenant, { tenantId })
  if (tenant === null || tenant.mark.rolledUntil >= until) return 0
  const day = yield* firstDay(tenantId, tenant.mark.rolledUntil)
  if (day === null || day >= until) {
    yield* run(setRolled, { tenantId, until })
    return 0
  }
  const next = nextDay(day)
  const args = { tenantId, day, from: dayStart(day), to: dayStart(next) }
  yield* run(addUpLinks, args)
  yield* run(addUpResources, args)
  yield* run(setRolled, { tenantId, until: next })
  return 1
}

/** One day a step, and never a day that is not added up. */
export function* anonymiseViews(tenantId: string, before: string): Steps<number> {
  const tenant = yield* first(lockTenant, { tenantId })
  if (tenant === null) return 0
  const until = before < tenant.mark.rolledUntil ? before : tenant.mark.rolledUntil
  if (tenant.mark.purgedUntil >= until) return 0
  const day = yield* firstDay(tenantId, tenant.mark.purgedUntil)
  if (day === null || day >= until) {
    yield* run(setPurged, { tenantId, until })
    return 0
  }
  const next = nextDay(day)
  const touched = yield* run(anonymise, { tenantId, from: dayStart(day), to: dayStart(next) })
  yield* run(setPurged, { tenantId, until: next })
  return Math.max(1, touched.length)
}

export const sweepTokens: Query<{ tenantId: string; at: Date }, { name: { key: string } }> = query(
  'maintain.sweep_tokens',
  ({ t, p, columns }) => sql`
    delete from ${t.names} as n where n.tenant_id = ${p('tenantId')} and n.until is not null and not n.imported
      and n.until <= ${p('at', 'time')}
    returning ${columns}`,
  { name: ['', { key: 'text' }] },
)

/**
 * Whether there is one at all, by the index over the names of keys: mostly there is none, and then the links of a tenant
 * need not be gone through.
 */
const sealedBeside = (
  name: string,
  side: '<' | '>',
): Query<{ tenantId: string; keyId: string }, { link: { id: string } }> =>
  query(
    name,
    ({ t, p, columns }) => sql`
    select ${columns} from ${t.grants} g
    where g.tenant_id = ${p('tenantId')} and g.sealed_token is not null and g.ended_at is null and g.removed_at is null
      and substr(g.sealed_token, 1, 8) ${sql.raw(side)} ${p('keyId')}
    limit 1`,
    { link: ['g', { id: 'text' }] },
  )

const sealedBefore = sealedBeside('maintain.sealed_before', '<')
const sealedAfter = sealedBeside('maintain.sealed_after', '>')

const sealedRows: Query<
  { tenantId: string; keyId: string; after: string; limit: number },
  { link: { id: string; sealedToken: string } }
> = query(
  'maintain.sealed_by_others',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.grants} g
    where g.tenant_id = ${p('tenantId')} and g.sealed_token is not null and g.ended_at is null and g.removed_at is null
      and g.id > ${p('after')} and substr(g.sealed_token, 1, 8) <> ${p('keyId')}
    order by g.id limit ${p('limit', 'int')}`,
  { link: ['g', { id: 'text', sealedToken: 'text' }] },
)

export function* sealedByOthers(
  tenantId: string,
  keyId: string,
  after: string,
  limit: number,
): Steps<Array<{ id: string; sealedToken: string }>> {
  const some =
    after !== '' ||
    (yield* first(sealedBefore, { tenantId, keyId })) !== null ||
    (yield* first(sealedAfter, { tenantId, keyId })) !== null
  if (!some) return []
  const rows = yield* run(sealedRows, { tenantId, keyId, after, limit })
  return rows.map(({ link }) => link)
}

export const reseal: Query<
  { tenantId: string; id: string; from: string; to: string },
  { link: { id: string } }
> = query(
  'maintain.reseal',
  ({ t, p, columns }) => sql`
    update ${t.grants} set sealed_token = ${p('to')}
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and sealed_token = ${p('from')}
    returning ${columns}`,
  { link: ['', { id: 'text' }] },
)
