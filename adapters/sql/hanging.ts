import { type RawBuilder, sql } from 'kysely'
import { subjectOf } from '../../src/model/subject.ts'
import type { Ask, Facts, GrantFacts, LinkFacts } from '../../src/store/index.ts'
import { tenantsOfBegun } from './begun.ts'
import { link as linkColumns } from './columns.ts'
import { givenOfMember, givenToInvited, tenantsOfSubject } from './people.ts'
import { type Builder, type Query, query, run, type Steps } from './query.ts'
import { type ResourceRow, resourceGroups, resourceOf } from './resource-row.ts'
import { tenantsOfWorkstations } from './workstations/tenants.ts'

export interface HangingRow extends ResourceRow {
  link: LinkFacts
}

const linksWhere = <P extends { tenantId: string }>(
  name: string,
  which: (builder: Builder<P>) => RawBuilder<unknown>,
): Query<P, HangingRow> =>
  query<P, HangingRow>(
    name,
    (b) => sql`
      select ${b.columns} from ${b.t.grants} g ${b.d.join} ${b.t.resources} r
      left join ${b.t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
      where g.tenant_id = ${b.p('tenantId')} and g.grantee = 'link' and g.ended_at is null and g.removed_at is null
        and r.tenant_id = g.tenant_id and r.uid = g.resource_uid and ${which(b)}`,
    { link: ['g', linkColumns], ...resourceGroups },
  )

const linksUnder = linksWhere<{ tenantId: string; ids: readonly string[] }>(
  'grants.links_under',
  ({ d, list }) => sql`g.authority = 'grant' and ${d.oneOf(sql`g.authority_id`, list('ids'))}`,
)

const linksByGroup = linksWhere<{ tenantId: string; group: string; userId: string }>(
  'group.links',
  ({ t, p }) => sql`g.created_by = ${p('userId')} and g.authority = 'grant' and exists (
    select 1 from ${t.grants} a where a.tenant_id = ${p('tenantId')} and a.id = g.authority_id
      and a.subject = ${p('group')})`,
)

/** Links at or below a resource that live by right of a grant, with what this was given on. */
export const linksBelow: Query<
  { tenantId: string; uid: string },
  HangingRow & { right: { resourceUid: string } }
> = query(
  'resource.links_below',
  ({ t, p, d, columns }) => sql`
    with recursive below(uid) as (
      select r.uid from ${t.resources} r where r.tenant_id = ${p('tenantId')} and r.uid = ${p('uid')}
      union
      select r.uid from below b ${d.join} ${t.resources} r
      where r.tenant_id = ${p('tenantId')} and r.parent_uid = b.uid and r.removed_at is null
    )
    select ${columns} from below b ${d.join} ${t.grants} g ${d.join} ${t.grants} a ${d.join} ${t.resources} r
    left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
    where g.tenant_id = ${p('tenantId')} and g.resource_uid = b.uid and g.grantee = 'link' and g.authority = 'grant'
      and g.ended_at is null and g.removed_at is null
      and a.tenant_id = g.tenant_id and a.id = g.authority_id
      and r.tenant_id = g.tenant_id and r.uid = g.resource_uid`,
  { link: ['g', linkColumns], ...resourceGroups, right: ['a', { resourceUid: 'text' }] },
)

const linksOfMember = linksWhere<{ tenantId: string; userId: string }>(
  'member.links',
  ({ t, p, d }) => sql`g.id in (
    select id from ${t.grants} where tenant_id = ${p('tenantId')} and created_by = ${p('userId')}
    union all
    select m.id from ${t.resources} o ${d.join} ${t.grants} m
    where o.tenant_id = ${p('tenantId')} and o.owner_id = ${p('userId')}
      and m.tenant_id = o.tenant_id and m.resource_uid = o.uid)`,
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

const linksByAdmin = linksWhere<{ tenantId: string; userId: string }>(
  'admin.links',
  ({ p }) => sql`g.authority = 'admin' and g.authority_id = ${p('userId')}`,
)

/**
 * Tenants in which a person owns something, was given something, claimed or asked for it or is to be told of it, made
 * links or opened them. The library knows no
 * memberships to ask.
 */
const tenantsOfMember = query<
  { userId: string; subject: string; email: string },
  { found: { tenantId: string } }
>(
  'member.tenants',
  ({ t, p, columns }) => sql`
    select ${columns} from (
      select tenant_id from ${t.resources} where owner_id = ${p('userId')}
      union select tenant_id from ${t.grants} where created_by = ${p('userId')}
      union select tenant_id from ${t.grants} where subject = ${p('subject')} and ended_at is null and removed_at is null
      union select tenant_id from ${t.grants} where subject in (${p('subject')}, ${p('email')}) and address is not null
      union select tenant_id from ${t.requests} where user_id = ${p('userId')}
      union select tenant_id from ${t.outbox} where recipient = ${p('subject')}
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

/** No subject is empty. */
const memberArgs = (
  { memberAddress }: Ask,
  userId: string,
): { userId: string; subject: string; email: string } => ({
  userId,
  subject: subjectOf('user', userId),
  email: memberAddress ?? '',
})

export function* tenantsAsked(ask: Ask): Steps<string[]> {
  const rows =
    ask.member !== undefined
      ? yield* run(tenantsOfMember, memberArgs(ask, ask.member))
      : ask.invited !== undefined
        ? yield* run(tenantsOfSubject, { subject: ask.invited.email })
        : yield* run(tenantsOfAdmin, { userId: ask.admin ?? '' })
  const others = yield* tenantsOfWorkstations(ask)
  const begun = yield* tenantsOfBegun(ask)
  others.push(...begun)
  const known = rows.map(({ found }) => found.tenantId)
  return others.length === 0 ? known : [...new Set([...known, ...others])].sort((a, b) => (a < b ? -1 : 1))
}

export function* loadHanging(
  tenantId: string,
  ask: Ask,
  grants: readonly GrantFacts[],
): Steps<Pick<Facts, 'links' | 'owned' | 'given'>> {
  // Sorted here: asked for an order, SQLite reads the whole tenant in it.
  const hanging = (rows: HangingRow[]): Facts['links'] =>
    rows
      .map((row) => ({ link: row.link, resource: resourceOf(row) }))
      .sort((a, b) => a.link.createdAt.getTime() - b.link.createdAt.getTime())
  const given = (rows: Array<ResourceRow & { grant: GrantFacts }>): Facts['given'] =>
    rows
      .map((row) => ({ grant: row.grant, resource: resourceOf(row) }))
      .sort((a, b) => a.grant.createdAt.getTime() - b.grant.createdAt.getTime())
  if (ask.member !== undefined) {
    const args = { tenantId, ...memberArgs(ask, ask.member) }
    return {
      links: hanging(yield* run(linksOfMember, args)),
      owned: (yield* run(ownedByMember, args)).map(resourceOf),
      given: given(yield* run(givenOfMember, args)),
    }
  }
  const none = { links: [], owned: [], given: [] }
  if (ask.admin !== undefined) {
    return { ...none, links: hanging(yield* run(linksByAdmin, { tenantId, userId: ask.admin })) }
  }
  if (ask.groupMember !== undefined) {
    return { ...none, links: hanging(yield* run(linksByGroup, { tenantId, ...ask.groupMember })) }
  }
  const invited =
    ask.invited === undefined ? [] : given(yield* run(givenToInvited, { tenantId, ...ask.invited }))
  if (!ask.linksUnder) return { ...none, given: invited }
  const ids = [...grants, ...invited.map(({ grant }) => grant)].map(({ id }) => id)
  return { ...none, given: invited, links: hanging(yield* run(linksUnder, { tenantId, ids })) }
}
