import { type RawBuilder, sql } from 'kysely'
import type { CountedViews, CountRequest, DayCount, ViewedSituation } from '../../src/store/index.ts'
import { accessPolicy, accessResource } from './columns.ts'
import { ofLiveLinks } from './load.ts'
import { type Builder, type Query, query } from './query.ts'

interface CountArgs {
  tenantId: string
  resourceUid: string
  linkId: string
  from: string
  to: string
  fromTime: Date
  toTime: Date
}

interface CountedRow {
  link: { createdBy: string | null; authorityId: string | null }
  resource: ViewedSituation['resource']
  policy: ViewedSituation['policy']
  mark: { rolledUntil: string }
  listed: { days: string | null }
}

const makeCounted = (values: readonly unknown[]): CountedRow => {
  const v = values as readonly never[]
  return {
    link: { createdBy: v[0]!, authorityId: v[1]! },
    resource: { uid: v[2]!, type: v[3]!, tenantId: v[4]!, ownerId: v[5]!, visibility: v[6]!, traits: v[7]! },
    policy: { allowPublicShares: v[8]!, allowGuests: v[9]!, allowedEmailDomains: v[10]! },
    mark: { rolledUntil: v[11]! },
    listed: { days: v[12]! },
  }
}

/**
 * Counts with what decides who may see them, in one row: all days as one text cost less than a row for each, and are
 * put in order by whoever reads it. There is no row where the resource is gone.
 */
const counts = (
  name: string,
  days: (builder: Builder<CountArgs>) => RawBuilder<unknown>,
): Query<CountArgs, CountedRow> =>
  query<CountArgs, CountedRow>(
    name,
    (b) => {
      const { t, p, d, columns } = b
      return sql`
      select ${columns} from (
        select string_agg(concat_ws(' ', a.day, a.views, a.visitors, a.bots), ' ') as days
        from ${days(b)}) c ${d.join} ${t.resources} r ${d.join} ${t.tenants} t
      left join ${t.grants} g on g.tenant_id = r.tenant_id and g.id = ${p('linkId')} and g.resource_uid = r.uid
        and g.removed_at is null
      where r.tenant_id = ${p('tenantId')} and r.uid = ${p('resourceUid')} and r.removed_at is null
        and t.tenant_id = ${d.tenantOf('r')}`
    },
    {
      link: ['g', { createdBy: 'text', authorityId: 'text' }],
      resource: ['r', { uid: 'text', type: 'text', ...accessResource }],
      policy: ['t', accessPolicy],
      mark: ['t', { rolledUntil: 'text' }],
      listed: ['c', { days: 'text' }],
    },
    makeCounted,
  )

/**
 * Days that were added up, and the raw views of those that were not. Where one ends and the other begins is
 * read in the same statement: a day that is added up meanwhile is never counted twice.
 */
const viewCounts = (name: string, ofLink: boolean): Query<CountArgs, CountedRow> =>
  counts(
    name,
    ({ t, p, d }) => sql`(
        select w.day, w.views, w.visitors, w.bots from ${t.view_days} w
        where w.tenant_id = ${p('tenantId')} and w.resource_uid = ${p('resourceUid')} and w.link_id = ${p('linkId')}
          and w.day >= ${p('from')} and w.day <= ${p('to')}
        union all
        select s.day, s.views, s.visitors, s.bots from (
          select ${d.day(sql`v.viewed_at`)} as day,
            sum(case when v.counted then 1 else 0 end) as views,
            count(distinct case when v.counted then coalesce(v.viewer_id, v.visitor) end) as visitors,
            sum(case when v.bot then 1 else 0 end) as bots
          from ${t.views} v
          where v.tenant_id = ${p('tenantId')}
            and ${ofLink ? sql`v.link_id = ${p('linkId')}` : sql`v.resource_uid = ${p('resourceUid')}`}
            and v.viewed_at >= ${p('fromTime', 'time')} and v.viewed_at <= ${p('toTime', 'time')}
            and ${ofLiveLinks(t, p('tenantId'))}
            and ${d.day(sql`v.viewed_at`)} >= (select t.rolled_until from ${t.tenants} t where t.tenant_id = ${p('tenantId')})
          group by 1) s
      ) a`,
  )

const countOfLink = viewCounts('views.count_of_link', true)
const countOfResource = viewCounts('views.count_of_resource', false)

/** The same where all the days asked for were added up: they stay so. */
const countOfDays = counts(
  'views.count_of_days',
  ({ t, p }) => sql`${t.view_days} a
    where a.tenant_id = ${p('tenantId')} and a.resource_uid = ${p('resourceUid')} and a.link_id = ${p('linkId')}
      and a.day >= ${p('from')} and a.day <= ${p('to')}`,
)

export function countViews(request: CountRequest): [Query<CountArgs, CountedRow>, CountArgs] {
  const { tenantId, resourceUid, linkId, from, to, rolledUntil } = request
  const begun = from < rolledUntil ? rolledUntil : from
  return [
    to < rolledUntil ? countOfDays : linkId === null ? countOfResource : countOfLink,
    {
      ...{ tenantId, resourceUid, linkId: linkId ?? '', from, to },
      fromTime: new Date(`${begun}T00:00:00.000Z`),
      toTime: new Date(`${to}T23:59:59.999Z`),
    },
  ]
}

export function countedOf({ link, resource, policy, mark, listed }: CountedRow): CountedViews {
  return {
    link: link.createdBy === null ? null : { createdBy: link.createdBy, authorityId: link.authorityId! },
    resource,
    policy,
    rolledUntil: mark.rolledUntil,
    days: listed.days === null ? [] : daysIn(listed.days),
  }
}

const SPACE = 32
const ZERO = 48
/** A number of so many digits is exact, however it is read. */
const DIGITS = 15

/** Reads day by day what {@link counts} put together: taking the text to pieces first would take twice as long. */
function daysIn(text: string): DayCount[] {
  let at = 0
  const number = (): number => {
    const begin = at
    let value = 0
    let plain = true
    for (
      let code = text.charCodeAt(at++);
      at <= text.length && code !== SPACE;
      code = text.charCodeAt(at++)
    ) {
      plain &&= code >= ZERO && code < ZERO + 10
      value = value * 10 + code - ZERO
    }
    return plain && at - begin <= DIGITS + 1 ? value : Number(text.slice(begin, at - 1))
  }
  const days: DayCount[] = []
  let inOrder = true
  while (at < text.length) {
    const end = text.indexOf(' ', at)
    const day = text.slice(at, end)
    at = end + 1
    inOrder &&= days.length === 0 || days.at(-1)!.day < day
    days.push({ day, views: number(), visitors: number(), bots: number() })
  }
  return inOrder ? days : days.sort((a, b) => (a.day < b.day ? -1 : 1))
}
