import { type RawBuilder, sql } from 'kysely'
import type { LinkViewFacts, Remembered } from '../../src/store/index.ts'
import { type Columns, snake, view as viewColumns } from '../sql/columns.ts'
import { type CountLink, openingKeys, stillOpen } from '../sql/opening.ts'
import { type Builder, columnList, fieldsOf, type Query, query } from '../sql/query.ts'
import { versionOf } from './opening.ts'

/** A view that was written. Its id is one within its tenant. */
export type WrittenView = { view: Pick<LinkViewFacts, 'tenantId' | 'id'> }

/** A view that was decided on what was remembered. */
export type RememberedView = LinkViewFacts & Remembered

/** What a link gains, by the token that it was opened with. */
export type RememberedCount = CountLink & Remembered

const countColumns: Columns<CountLink> = { tenantId: 'text', linkId: 'text', count: 'int', at: 'time' }
const rememberedColumns: Columns<RememberedCount> = { ...countColumns, tokenHash: 'text', version: 'text' }

/** The other rows that the link of an update was judged by. */
const judgedRows = <P>({ t }: Builder<P>): RawBuilder<unknown> =>
  sql`${t.names} n, ${t.resources} r, ${t.tenants} t`

const one = <P extends LinkViewFacts>(
  name: string,
  counted: (builder: Builder<P>) => RawBuilder<unknown>,
  guard: (builder: Builder<P>) => { from?: RawBuilder<unknown>; where: RawBuilder<unknown> },
): Query<P, WrittenView> =>
  query<P, WrittenView>(
    name,
    (builder) => {
      const { t, p, d, columns } = builder
      const { from = sql``, where } = guard(builder)
      const values = fieldsOf(viewColumns).map(([field, kind]) => p(field as keyof LinkViewFacts, kind))
      return sql`
        with counted as (
          update ${t.grants} as g set view_count = g.view_count + ${counted(builder)},
            last_viewed_at = ${d.greatest(sql`g.last_viewed_at`, p('viewedAt', 'time'))}
          ${from}
          where g.tenant_id = ${p('tenantId')} and g.id = ${p('linkId')} and ${stillOpen} and ${where}
          returning g.id)
        insert into ${t.views} as v (${columnList(viewColumns)})
        select ${sql.join(values)} from counted
        returning ${columns}`
    },
    { view: ['', { tenantId: 'text', id: 'text' }] },
  )

const ifCounted = <P extends LinkViewFacts>({ p }: Builder<P>): RawBuilder<unknown> =>
  sql`case when ${p('counted', 'bool')} then 1 else 0 end`

/** A view and its link's count in one statement, unless the link has ended or been capped meanwhile. */
export const appendOne: Query<LinkViewFacts, WrittenView> = one('view.append', ifCounted, () => ({
  where: sql`g.max_views is null`,
}))

/** A view of a link that has one left. */
export const spendOne: Query<LinkViewFacts, WrittenView> = one(
  'view.spend',
  () => sql`1`,
  () => ({ where: sql`g.view_count < g.max_views` }),
)

/** A view of a link of which everything is as it was remembered. */
export const appendRemembered: Query<RememberedView, WrittenView> = one(
  'view.append_remembered',
  ifCounted,
  (builder) => ({
    from: sql`from ${judgedRows(builder)}`,
    where: sql`n.key = ${builder.p('tokenHash')} and ${openingKeys(builder)}
      and g.max_views is null and ${versionOf(builder)} = ${builder.p('version')}`,
  }),
)

const many = <P extends { links: readonly CountLink[]; views: readonly LinkViewFacts[] }>(
  name: string,
  links: Columns<P['links'][number]>,
  guard: (builder: Builder<P>) => { from?: RawBuilder<unknown>; where: RawBuilder<unknown> },
): Query<P, WrittenView> =>
  query<P, WrittenView>(
    name,
    (builder) => {
      const { t, d, rows, columns } = builder
      const { from = sql``, where } = guard(builder)
      // An update takes its rows as they come, by token for one: two that take the same would wait in a circle.
      return sql`
        with locked as (
          select g.tenant_id, g.id, x.count, x.at from ${rows('links', links, 'x')}, ${t.grants} g ${from}
          where g.tenant_id = x.tenant_id and g.id = x.link_id and ${stillOpen} and g.max_views is null and ${where}
          order by g.tenant_id, g.id ${d.lock('update', 'g')}),
        counted as (
          update ${t.grants} as g set view_count = g.view_count + l.count,
            last_viewed_at = ${d.greatest(sql`g.last_viewed_at`, sql`l.at`)}
          from locked l where g.tenant_id = l.tenant_id and g.id = l.id
          returning g.tenant_id, g.id)
        insert into ${t.views} as v (${columnList(viewColumns)})
        select ${sql.join(fieldsOf(viewColumns).map(([field]) => sql.ref(`y.${snake(field)}`)))}
        from ${rows('views', viewColumns, 'y')} join counted c on c.tenant_id = y.tenant_id and c.id = y.link_id
        returning ${columns}`
    },
    { view: ['', { tenantId: 'text', id: 'text' }] },
  )

/** All that waited, in one statement and one commit. */
export const appendMany: Query<
  { links: readonly CountLink[]; views: readonly LinkViewFacts[] },
  WrittenView
> = many('view.append_many', countColumns, () => ({ where: sql`true` }))

/** The same, each link as it was remembered. A link is in it by one token only. */
export const appendManyRemembered: Query<
  { links: readonly RememberedCount[]; views: readonly LinkViewFacts[]; tokenHashes: readonly string[] },
  WrittenView
> = many('view.append_many_remembered', rememberedColumns, (builder) => ({
  from: sql`, ${judgedRows(builder)}`,
  // The list beside the rows makes the planner go by the key.
  where: sql`n.key = x.token_hash and ${builder.d.oneOf(sql`n.key`, builder.list('tokenHashes'))}
    and ${openingKeys(builder)} and ${versionOf(builder)} = x.version`,
}))
