import { type RawBuilder, sql } from 'kysely'
import type {
  AuthorityFacts,
  LinkSituation,
  LinkViewFacts,
  OpenedLinkFacts,
  OpenedResourceFacts,
} from '../../src/store/index.ts'
import { authority, openedLink, openedPolicy, openedResource } from './columns.ts'
import type { Dialect } from './dialect.ts'
import { type Builder, type Groups, type Query, query } from './query.ts'

/** What one link is judged by: four rows by their primary keys, and a fifth where it was made by right of a grant. */
export interface OpeningRow {
  name: { until: Date | null }
  link: OpenedLinkFacts
  resource: OpenedResourceFacts
  policy: LinkSituation['policy']
  authority: { [K in keyof AuthorityFacts]: AuthorityFacts[K] | null }
}

export const openingGroups: Groups<OpeningRow> = {
  name: ['n', { until: 'time' }],
  link: ['g', openedLink],
  resource: ['r', openedResource],
  policy: ['t', openedPolicy],
  authority: ['a', authority],
}

/** The tables of an opening, in the order in which their rows are found. */
export const openingTables = <P>({ t, d }: Builder<P>): RawBuilder<unknown> =>
  sql`${t.names} n ${d.join} ${t.grants} g ${d.join} ${t.resources} r ${d.join} ${t.tenants} t
    left join ${t.grants} a on ${authorityKeys}`

/** The grant by whose right a link was made. */
export const authorityKeys: RawBuilder<unknown> = sql`g.authority = 'grant' and a.tenant_id = g.tenant_id
  and a.id = g.authority_id and a.removed_at is null`

/** How each of them is found, the token's hash aside. */
export const openingKeys = ({ d }: { d: Dialect }): RawBuilder<unknown> => sql`n.kind = 'link'
  and g.tenant_id = n.tenant_id and g.id = n.target
  and r.tenant_id = ${d.tenantOf('g')} and r.uid = g.resource_uid
  and t.tenant_id = ${d.tenantOf('n')}`

type Values = readonly never[]

/** The row of {@link openingGroups} out of its values, in their order. */
export const makeOpening = (values: readonly unknown[]): OpeningRow => {
  const v = values as Values
  return {
    name: { until: v[0]! },
    link: {
      id: v[1]!,
      tenantId: v[2]!,
      resourceUid: v[3]!,
      name: v[4]!,
      visibility: v[5]!,
      role: v[6]!,
      mode: v[7]!,
      authority: v[8]!,
      authorityId: v[9]!,
      createdAt: v[10]!,
      expiresAt: v[11]!,
      notBefore: v[12]!,
      maxViews: v[13]!,
      viewCount: v[14]!,
      passwordHash: v[15]!,
      passwordVersion: v[16]!,
      audience: v[17]!,
      endedAt: v[18]!,
    },
    resource: { type: v[19]!, id: v[20]!, ownerId: v[21]!, title: v[22]!, traits: v[23]! },
    policy: { allowPublicShares: v[24]!, maxLinkDays: v[25]!, allowedEmailDomains: v[26]! },
    authority: {
      subject: v[27]!,
      role: v[28]!,
      mode: v[29]!,
      expiresAt: v[30]!,
      claimableUntil: v[31]!,
      endedAt: v[32]!,
    },
  }
}

/** How many values that takes. */
export const OPENING_VALUES = 33

export const findOpening: Query<{ tokenHash: string }, OpeningRow> = query(
  'opening.find',
  (builder) =>
    sql`select ${builder.columns} from ${openingTables(builder)}
      where n.key = ${builder.p('tokenHash')} and ${openingKeys(builder)}`,
  openingGroups,
  makeOpening,
)

export function situationOf({ name, link, resource, policy, authority }: OpeningRow): LinkSituation {
  return {
    link,
    resource,
    policy,
    authority: authority.role === null ? null : (authority as AuthorityFacts),
    tokenUntil: name.until,
    version: null,
  }
}

/** What must still hold of a link when its view is written. */
export const stillOpen: RawBuilder<unknown> = sql`g.ended_at is null and g.removed_at is null`

export interface CountLink {
  tenantId: string
  linkId: string
  count: number
  at: Date
}

export const linkKey = (view: { tenantId: string; linkId: string }): string =>
  `${view.tenantId}\n${view.linkId}`

/** What each link gains by a batch of views, in an order that every process keeps, so that none waits in a circle. */
export function countsOf(views: readonly LinkViewFacts[]): Map<string, CountLink> {
  const counts = new Map<string, CountLink>()
  for (const view of views) {
    const { tenantId, linkId, viewedAt: at } = view
    const count = counts.get(linkKey(view)) ?? { tenantId, linkId, count: 0, at }
    if (view.counted) count.count++
    if (at > count.at) count.at = at
    counts.set(linkKey(view), count)
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}
