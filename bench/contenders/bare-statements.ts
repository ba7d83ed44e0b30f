/**
 * The statements that the work needs at the least, as text. `test/bench/honesty.test.ts` compares them with those
 * that the library issues: the same columns of the same rows, found by the same keys.
 */

const OPENING_COLUMNS = [
  'n.until',
  'g.id, g.tenant_id, g.resource_uid, g.name, g.visibility, g.role, g.mode, g.authority, g.authority_id',
  'g.created_at, g.expires_at, g.not_before, g.max_views, g.view_count, g.password_hash, g.password_version',
  'g.audience, g.ended_at',
  'r.type, r.id as of_resource, r.owner_id, r.title, r.traits',
  't.allow_public_shares, t.max_link_days, t.allowed_email_domains',
  'a.subject, a.role as of_right, a.mode as of_way, a.expires_at as of_end, a.claimable_until, a.ended_at as of_over',
].join(', ')

/** Where the columns that a writer needs stand in a row of an opening. */
export const AT = { linkId: 1, tenantId: 2, resourceUid: 3 } as const

/** `entry` is the parameter by which the join is entered: `?` needs a `+` on SQLite, or the planner enters elsewhere. */
export const opening = (entry: '+?' | '$1', columns: string = OPENING_COLUMNS): string =>
  `select ${columns} from share_names n cross join share_grants g cross join share_resources r cross join share_tenants t
    left join share_grants a on g.authority = 'grant' and a.tenant_id = g.tenant_id and a.id = g.authority_id
      and a.removed_at is null
    where n.kind = 'link' and n.key = ${entry} and g.tenant_id = n.tenant_id and g.id = n.target
      and r.tenant_id = g.tenant_id and r.uid = g.resource_uid and t.tenant_id = n.tenant_id`

/** `who`: the person's and the address's subjects. A resource that lies below none: nothing above it is looked for. */
export const access = (entry: '+?' | '$1', who: '+?, +?' | '$2, $3'): string =>
  `select r.tenant_id, r.owner_id, r.visibility, r.traits, t.allow_public_shares, t.allow_guests,
      t.allowed_email_domains, g.id as of_grant, g.subject, g.role, g.mode, g.expires_at, g.claimable_until,
      r.parent_uid
    from share_names n cross join share_resources r cross join share_tenants t
    left join share_grants g on g.tenant_id = r.tenant_id and g.resource_uid = r.uid and g.subject in (${who})
      and g.ended_at is null
    where n.kind = 'resource' and n.key = ${entry} and r.tenant_id = n.tenant_id and r.uid = n.target
      and r.removed_at is null and t.tenant_id = n.tenant_id`

export const VIEW_COLUMNS =
  'tenant_id, id, resource_uid, link_id, viewer_id, visitor, ip, user_agent, bot, counted, viewed_at'

/** What the bare statements write as a view's visitor: as long as ours, and told from it when views are counted. */
export const BARE_VISITOR = 'a visitor of the bench'

/** One look-up by a unique index: the least that any token costs. */
export const lookUp = (parameter: '?' | '$1'): string =>
  `select tenant_id, target from share_names where kind = 'link' and key = ${parameter}`

/** What an opening writes: the view, and its link's count. */
export const writing = {
  insert: `insert into share_views (${VIEW_COLUMNS}) values (?, ?, ?, ?, null, ?, ?, ?, 0, 1, ?)`,
  count:
    'update share_grants set view_count = view_count + 1, last_viewed_at = ? where tenant_id = ? and id = ?',
  spend: `update share_grants set view_count = view_count + 1, last_viewed_at = ?
    where tenant_id = ? and id = ? and view_count < max_views`,
} as const

const inOne = (guard: string, source: string): string => `with l as (${opening('$1')}),
  c as (update share_grants g set view_count = g.view_count + 1, last_viewed_at = $2 from l
    where g.tenant_id = l.tenant_id and g.id = l.id ${guard} returning g.id),
  i as (insert into share_views (${VIEW_COLUMNS})
    select l.tenant_id, $3, l.resource_uid, l.id, null, $4, $5, $6, false, true, $2 from ${source})
  select * from l`

/** A whole opening in one statement, which only Postgres can; and the same, kept to the link's limit. */
export const openingInOne = {
  open: inOne('', 'l'),
  capped: inOne('and g.view_count < g.max_views', 'l join c on c.id = l.id'),
} as const

/** A page of a link's views, newest first. */
const page = `select v.tenant_id, v.id, v.resource_uid, v.link_id, v.viewer_id, v.visitor, v.ip, v.user_agent, v.bot,
    v.counted, v.viewed_at, r.type, r.id
  from share_views v cross join share_resources r
  where v.tenant_id = ? and v.link_id = ? and r.tenant_id = v.tenant_id and r.uid = v.resource_uid
  order by v.viewed_at desc, v.id desc limit ?`

/** A link's views by day, as they were added up. */
const rolledUp = `select day, views, visitors, bots from share_view_days
  where tenant_id = ? and resource_uid = ? and link_id = ? and day >= ? and day <= ?`

/** The same, with the views of a last day that was not added up. */
const withRest = (yes: string): string => `${rolledUp} union all
  select cast(? as text), sum(case when counted = ${yes} then 1 else 0 end),
    count(distinct case when counted = ${yes} then coalesce(viewer_id, visitor) end),
    sum(case when bot = ${yes} then 1 else 0 end)
  from share_views where tenant_id = ? and link_id = ? and viewed_at >= ? and viewed_at <= ?`

const numbered = (text: string): string => {
  let number = 0
  return text.replace(/\?/g, () => `$${++number}`)
}

/** With a bare `?`, SQLite plans anew for other values, at more than the statement takes. */
const plannedOnce = (text: string): string => text.replace(/\?/g, '+?')

export const views = {
  sqlite: {
    page: plannedOnce(page),
    rolledUp: plannedOnce(`${rolledUp} order by day`),
    withRest: plannedOnce(withRest('1')),
  },
  postgres: {
    page: numbered(page),
    rolledUp: numbered(`${rolledUp} order by day`),
    withRest: numbered(withRest('true')),
  },
} as const
