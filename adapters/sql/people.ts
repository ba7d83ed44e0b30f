import { type RawBuilder, sql } from 'kysely'
import type { GrantFacts, HeldGrant, Subject, Subjects } from '../../src/store/index.ts'
import { type Columns, grant as grantColumns, heldGrant } from './columns.ts'
import { type Builder, type Query, query, run, type Steps } from './query.ts'
import { type ResourceRow, resourceGroups } from './resource-row.ts'

/** An actor's subjects as a statement takes them. No subject is empty. */
export interface SubjectArgs {
  user: string
  email: string
  groups: readonly string[]
}

export const NOBODY: SubjectArgs = { user: '', email: '', groups: [] }

export const subjectArgs = (subjects: Subjects | null): SubjectArgs =>
  subjects === null ? NOBODY : { user: subjects.user, email: subjects.email ?? '', groups: subjects.groups }

/** What an actor holds that has not ended. Groups are a list, which costs; most actors come without. */
export const heldBy = <P extends SubjectArgs>(
  { d, p, list }: Builder<P>,
  withGroups: boolean,
): RawBuilder<unknown> => {
  const own = sql`g.subject in (${p('user')}, ${p('email')})`
  const any = withGroups ? sql`(${own} or ${d.oneOf(sql`g.subject`, list('groups'))})` : own
  return sql`${any} and g.ended_at is null`
}

/** A resource and all that lies above it. `union` ends a circle, should there ever be one. */
export const chain = <P extends { tenantId: string; uid: string }>({
  t,
  p,
  d,
}: Builder<P>): RawBuilder<unknown> => sql`
  with recursive chain(uid, parent_uid, type, id) as (
    select r.uid, r.parent_uid, r.type, r.id from ${t.resources} r
    where r.tenant_id = ${p('tenantId')} and r.uid = ${p('uid')}
    union
    select r.uid, r.parent_uid, r.type, r.id from chain c ${d.lookUp(
      'cross',
      t.resources,
      'r',
      sql`
      r.tenant_id = ${p('tenantId')} and r.uid = c.parent_uid and r.removed_at is null`,
    )}
  )`

interface On {
  uid: string
  type: string
  id: string
}
const on: Columns<On> = { uid: 'text', type: 'text', id: 'text' }

type HeldRow = { grant: Omit<HeldGrant, 'above'>; on: On }
type HeldArgs = SubjectArgs & { tenantId: string; uid: string }

const heldGrants = (name: string, withGroups: boolean): Query<HeldArgs, HeldRow> =>
  query<HeldArgs, HeldRow>(
    name,
    (b) => sql`
      ${chain(b)} select ${b.columns} from chain c ${b.d.lookUp(
        'cross',
        b.t.grants,
        'g',
        sql`
        g.tenant_id = ${b.p('tenantId')} and g.resource_uid = c.uid and ${heldBy(b, withGroups)}`,
      )}`,
    { grant: ['g', heldGrant], on: ['c', on] },
  )
const heldByPerson = heldGrants('grants.held', false)
const heldWithGroups = heldGrants('grants.held_with_groups', true)

export const heldQuery = (subjects: Subjects): Query<HeldArgs, HeldRow> =>
  subjects.groups.length === 0 ? heldByPerson : heldWithGroups

export const heldOf =
  (uid: string) =>
  ({ grant, on: { uid: where, type, id } }: HeldRow): HeldGrant => ({
    ...grant,
    above: where === uid ? null : { type, id },
  })

/** What an actor was given on a resource and above it. */
export function* loadHeld(tenantId: string, uid: string, subjects: Subjects): Steps<HeldGrant[]> {
  const rows = yield* run(heldQuery(subjects), { tenantId, uid, ...subjectArgs(subjects) })
  return rows.map(heldOf(uid))
}

/** Whoever has something now: neither over nor an invitation that nobody took up. */
const holds = (at: RawBuilder<unknown>): RawBuilder<unknown> => sql`g.ended_at is null
  and (g.expires_at is null or g.expires_at > ${at}) and (g.claimable_until is null or g.claimable_until > ${at})`

/** Without people `count` is one row of 0: an aggregate has a row always. */
export const countPeople: Query<{ tenantId: string; uid: string; at: Date }, { people: { count: number } }> =
  query(
    'people.count',
    ({ t, p, columns }) => sql`
    select ${columns} from (
      select count(distinct g.subject) as count from ${t.grants} g
      where g.tenant_id = ${p('tenantId')} and g.resource_uid = ${p('uid')} and g.subject is not null
        and ${holds(p('at', 'time'))}) c`,
    { people: ['c', { count: 'int' }] },
  )

export const findPeople: Query<
  { tenantId: string; uid: string; subjects: readonly Subject[]; addressKey: string },
  { grant: GrantFacts }
> = query(
  'people.find',
  ({ t, p, d, list, columns }) => sql`
    select ${columns} from ${t.grants} g
    where g.tenant_id = ${p('tenantId')} and g.resource_uid = ${p('uid')} and g.subject is not null
      and g.ended_at is null and (${d.oneOf(sql`g.subject`, list('subjects'))} or g.address_key = ${p('addressKey')})
    order by g.created_at, g.id`,
  { grant: ['g', grantColumns] },
)

type PeopleArgs = { tenantId: string; uid: string }
const people = (
  name: string,
  above: boolean,
  ended: boolean,
): Query<PeopleArgs, { grant: GrantFacts; on: On }> =>
  query<PeopleArgs, { grant: GrantFacts; on: On }>(
    name,
    (b) => sql`
      ${chain(b)} select ${b.columns} from chain c ${b.d.lookUp(
        'cross',
        b.t.grants,
        'g',
        sql`g.tenant_id = ${b.p('tenantId')}
        and g.resource_uid = c.uid and g.subject is not null ${ended ? sql`` : sql`and g.ended_at is null`}`,
      )}
      ${above ? sql`` : sql`where c.uid = ${b.p('uid')}`}
      order by g.created_at, g.id`,
    { grant: ['g', grantColumns], on: ['c', on] },
  )
const peopleLists = {
  here: { active: people('people.list', false, false), all: people('people.list_all', false, true) },
  above: {
    active: people('people.list_above', true, false),
    all: people('people.list_above_all', true, true),
  },
}

export const listPeople = (
  above: boolean,
  ended: boolean,
): Query<PeopleArgs, { grant: GrantFacts; on: On }> =>
  peopleLists[above ? 'above' : 'here'][ended ? 'all' : 'active']

interface GivenQueryRow extends ResourceRow {
  grant: GrantFacts
}

/** By ids: the terms that make them grants to people stand where the ids are found, by an index that has them. */
const given = <P extends { tenantId: string }>(
  name: string,
  which: (builder: Builder<P>) => RawBuilder<unknown>,
): Query<P, GivenQueryRow> =>
  query<P, GivenQueryRow>(
    name,
    (b) => sql`
      select ${b.columns} from ${b.t.grants} g ${b.d.join} ${b.t.resources} r
      left join ${b.t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
      where g.tenant_id = ${b.p('tenantId')} and r.tenant_id = g.tenant_id and r.uid = g.resource_uid and ${which(b)}`,
    { grant: ['g', grantColumns], ...resourceGroups },
  )

/**
 * What a person was given in a tenant, by an address too (their `email`, and those that they claimed by), and what
 * anybody was given on what they own.
 */
export const givenOfMember: Query<
  { tenantId: string; userId: string; subject: string; email: string },
  GivenQueryRow
> = given(
  'member.given',
  ({ t, p, d }) => sql`g.id in (
    select id from ${t.grants} where tenant_id = ${p('tenantId')} and subject in (${p('subject')}, ${p('email')})
      and ended_at is null and removed_at is null
    union all
    select e.id from ${t.grants} c ${d.join} ${t.grants} e
    where c.tenant_id = ${p('tenantId')} and c.subject = ${p('subject')} and c.address_key is not null
      and c.ended_at is null and c.removed_at is null
      and e.tenant_id = c.tenant_id and e.subject = 'email:' || c.address_key
      and e.ended_at is null and e.removed_at is null
    union all
    select m.id from ${t.resources} o ${d.join} ${t.grants} m
    where o.tenant_id = ${p('tenantId')} and o.owner_id = ${p('userId')}
      and m.tenant_id = o.tenant_id and m.resource_uid = o.uid and m.subject is not null
      and m.ended_at is null and m.removed_at is null)`,
)

/** What was given to an address, and what its person was given on the same resources: of thousands only those. */
export const givenToInvited: Query<{ tenantId: string; email: string; user: string }, GivenQueryRow> = given(
  'invited.given',
  ({ t, p, d }) => sql`g.id in (
    select id from ${t.grants} where tenant_id = ${p('tenantId')} and subject = ${p('email')}
      and ended_at is null and removed_at is null
    union all
    select m.id from ${t.grants} e ${d.join} ${t.grants} m
    where e.tenant_id = ${p('tenantId')} and e.subject = ${p('email')} and e.ended_at is null and e.removed_at is null
      and m.tenant_id = e.tenant_id and m.resource_uid = e.resource_uid and m.subject = ${p('user')}
      and m.ended_at is null and m.removed_at is null)`,
)

/** Tenants in which an address was invited. */
export const tenantsOfSubject: Query<{ subject: string }, { found: { tenantId: string } }> = query(
  'invited.tenants',
  ({ t, p, columns }) => sql`
    select ${columns} from (
      select distinct tenant_id from ${t.grants}
      where subject = ${p('subject')} and ended_at is null and removed_at is null
    ) f order by f.tenant_id`,
  { found: ['f', { tenantId: 'text' }] },
)
