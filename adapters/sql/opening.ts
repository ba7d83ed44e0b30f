import { type RawBuilder, sql } from 'kysely'
import type { LinkSituation, OpenedLinkFacts, OpenedResourceFacts, ViewFacts } from '../../src/store/index.ts'
import { openedLink, openedPolicy, openedResource } from './columns.ts'
import { type Builder, type Query, query } from './query.ts'

interface OpeningRow {
  name: { key: string; until: Date | null }
  link: OpenedLinkFacts
  resource: OpenedResourceFacts
  policy: LinkSituation['policy']
}

const opening = <P>(
  name: string,
  entry: (builder: Builder<P>) => ReturnType<typeof sql>,
): Query<P, OpeningRow> =>
  query<P, OpeningRow>(
    name,
    (builder) => {
      const { t, d, columns } = builder
      return sql`
        select ${columns} from ${t.names} n
        ${d.join} ${t.grants} g ${d.join} ${t.resources} r ${d.join} ${t.tenants} t
        where n.kind = 'link' and ${entry(builder)}
          and g.tenant_id = n.tenant_id and g.id = n.target
          and r.tenant_id = g.tenant_id and r.uid = g.resource_uid
          and t.tenant_id = n.tenant_id`
    },
    {
      name: ['n', { key: 'text', until: 'time' }],
      link: ['g', openedLink],
      resource: ['r', openedResource],
      policy: ['t', openedPolicy],
    },
  )

/** What one link is judged by: four rows by their primary keys. */
export const findOpening: Query<{ tokenHash: string }, OpeningRow> = opening(
  'opening.find',
  ({ d, p }) => sql`n.key = ${d.entry(p('tokenHash'))}`,
)

/** The same for all that wait at the moment. For one alone it costs more than twice as much. */
export const findOpenings: Query<{ tokenHashes: readonly string[] }, OpeningRow> = opening(
  'opening.find_many',
  ({ d, list }) => d.oneOf(sql`n.key`, list('tokenHashes')),
)

export function situationOf({ name, link, resource, policy }: OpeningRow): LinkSituation {
  return { link, resource, policy, tokenUntil: name.until }
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
export function countsOf(views: readonly ViewFacts[]): Map<string, CountLink> {
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
