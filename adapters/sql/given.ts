import { type RawBuilder, sql } from 'kysely'
import type { GrantFacts, ListGivenRequest } from '../../src/store/index.ts'
import { type Columns, grant as grantColumns } from './columns.ts'
import { type Builder, type Query, query } from './query.ts'
import { afterOf } from './reads.ts'
import { type ResourceRow, resourceGroups } from './resource-row.ts'
import { meetsTerms, type TraitTerm, traitTermsOf } from './trait-terms.ts'

interface Branch {
  subject: string
  type: string
  /** `,viewer,editor,` */
  roles: string
  /** Of an address, as it stands in a policy: `"acme.test"`; empty for others. */
  domain: string
}
const branchColumns: Columns<Branch> = { subject: 'text', type: 'text', roles: 'text', domain: 'text' }

interface GivenArgs {
  tenantId: string
  ownerId: string
  branches: readonly Branch[]
  terms: readonly TraitTerm[]
  at: Date
  afterAt: Date
  afterId: string
  limit: number
}

type Row = { grant: GrantFacts } & ResourceRow

/** Whether a tenant's policy shares with the address of a branch. */
const mayHaveDomain = ({ d }: Builder<GivenArgs>): RawBuilder<unknown> =>
  sql`(b.domain = '' or t.allowed_email_domains is null or ${d.contains(sql`t.allowed_email_domains`, sql`b.domain`)})`

const insideBranches = (b: Builder<GivenArgs>): RawBuilder<unknown> => sql`(
    select b.* from ${b.rows('branches', branchColumns, 'b')} where exists (
      select 1 from ${b.t.tenants} t where t.tenant_id = ${b.p('tenantId')} and ${mayHaveDomain(b)} limit 1 offset 0)
  ) as s`

/** Inside: what is in the tenant that the person acts in, without what is their own. */
const notOwn = ({ t, p }: Builder<GivenArgs>): RawBuilder<unknown> =>
  sql`and ${p('ownerId')} <> (
    select o.owner_id from ${t.resources} o where o.tenant_id = x.tenant_id and o.uid = x.resource_uid)`

/**
 * Outside: all tenants that let guests in, but that one. From one tenant of a subject to the next, since a hundred
 * thousand grants in the person's own are none of these. What does not count is left out here, not afterwards: a page
 * that is short would be taken for the last.
 */
const outsideBranches = (b: Builder<GivenArgs>): RawBuilder<unknown> => {
  const { t, p } = b
  const next = (subject: RawBuilder<unknown>, after: RawBuilder<unknown>): RawBuilder<unknown> => sql`(
    select x.tenant_id from ${t.grants} x where x.subject = ${subject} ${after} and x.ended_at is null
      and x.removed_at is null order by x.tenant_id limit 1)`
  return sql`(
    with recursive places(subject, tenant_id) as (
      select s.subject, ${next(sql`s.subject`, sql``)}
      from (select distinct subject from ${b.rows('branches', branchColumns, 'b')}) s
      union all
      select o.subject, ${next(sql`o.subject`, sql`and x.tenant_id > o.tenant_id`)}
      from places o where o.tenant_id is not null
    )
    select b.subject, b.type, b.roles, o.tenant_id from places o
    join ${b.rows('branches', branchColumns, 'b')} on b.subject = o.subject
    where o.tenant_id <> ${p('tenantId')} and exists (
      select 1 from ${t.tenants} t where t.tenant_id = o.tenant_id and t.allow_guests and ${mayHaveDomain(b)}
      limit 1 offset 0)
  ) as s`
}

/** Whether no rule forbids to view what a grant was given on. */
const mayBeViewed = (b: Builder<GivenArgs>): RawBuilder<unknown> =>
  meetsTerms(b, {
    of: sql`${b.d.join} ${b.t.resources} v`,
    type: sql`x.resource_type and v.tenant_id = x.tenant_id and v.uid = x.resource_uid`,
    traits: sql`v.traits`,
  })

/**
 * The newest of each subject and type, by an index that has them in order, and of those the newest. The same resource
 * may come by several grants: all of them are given, and count once.
 */
const givenList = (name: string, outside: boolean): Query<GivenArgs, Row> =>
  query<GivenArgs, Row>(
    name,
    (b) => {
      const { t, p, d } = b
      const sign = sql.raw(outside ? '<>' : '=')
      // One subject may have a resource twice, live and as a snapshot. A limit that Postgres cannot see beforehand lets it
      // read in the index's order: by the average of all subjects it would read and sort whatever this one has.
      const branch = sql`
        x.subject = s.subject and x.tenant_id = ${outside ? sql`s.tenant_id` : p('tenantId')}
        and x.resource_type = s.type ${outside ? sql`` : notOwn(b)} and x.ended_at is null and x.removed_at is null
        and ${d.contains(sql`s.roles`, sql`',' || x.role || ','`)} and ${mayBeViewed(b)}
        and (x.expires_at is null or x.expires_at > ${p('at', 'time')})
        and (x.claimable_until is null or x.claimable_until > ${p('at', 'time')})
        and (x.resource_created_at, x.resource_uid) < (${p('afterAt', 'time')}, ${p('afterId')})
        order by x.resource_created_at desc, x.resource_uid desc limit (select 2 * ${p('limit', 'int')})`
      return sql`
        select ${b.columns} from (
          select f.*, dense_rank() over (order by f.resource_created_at desc, f.resource_uid desc) as place
          from ${d.newestOfEach(outside ? outsideBranches(b) : insideBranches(b), t.grants, branch)}
            and f.tenant_id ${sign} ${p('tenantId')}
        ) g
        ${d.lookUp('cross', t.resources, 'r', sql`r.tenant_id = g.tenant_id and r.uid = g.resource_uid and r.removed_at is null`)}
        ${d.lookUp('left', t.resources, 'u', sql`u.tenant_id = r.tenant_id and u.uid = r.parent_uid`)}
        where g.place <= ${p('limit', 'int')}
        order by g.place, g.id`
    },
    { grant: ['g', grantColumns], ...resourceGroups },
  )
const givenInside = givenList('grants.given', false)
const givenOutside = givenList('grants.given_outside', true)

export function listGiven(request: ListGivenRequest): [Query<GivenArgs, Row>, GivenArgs] {
  const { tenantId, ownerId, subjects, types, terms, address, at, outside } = request
  const branches = subjects.flatMap((subject) =>
    types.map(({ name, roles }) => ({
      subject,
      type: name,
      roles: `,${roles.join()},`,
      domain: subject === address?.subject ? JSON.stringify(address.domain) : '',
    })),
  )
  const args = { tenantId, ownerId, branches, terms: traitTermsOf(terms), at, ...afterOf(request) }
  return [outside ? givenOutside : givenInside, args]
}
