import { sql } from 'kysely'
import type { ViewFacts } from '../../src/store/index.ts'
import { type Columns, snake, view as viewColumns } from '../sql/columns.ts'
import { type CountLink, stillOpen } from '../sql/opening.ts'
import { columnList, fieldsOf, type Query, query } from '../sql/query.ts'

type Written = { view: { id: string } }

const countColumns: Columns<CountLink> = { tenantId: 'text', linkId: 'text', count: 'int', at: 'time' }

const one = (name: string, guard: ReturnType<typeof sql>, counted: boolean): Query<ViewFacts, Written> =>
  query<ViewFacts, Written>(
    name,
    ({ t, p, d, columns }) => sql`
      with counted as (
        update ${t.grants} as g set
          view_count = g.view_count + ${counted ? sql`case when ${p('counted', 'bool')} then 1 else 0 end` : sql`1`},
          last_viewed_at = ${d.greatest(sql`g.last_viewed_at`, p('viewedAt', 'time'))}
        where g.tenant_id = ${p('tenantId')} and g.id = ${p('linkId')} and ${stillOpen} and ${guard}
        returning g.id)
      insert into ${t.views} as v (${columnList(viewColumns)})
      select ${sql.join(fieldsOf(viewColumns).map(([field, kind]) => p(field as keyof ViewFacts, kind)))} from counted
      returning ${columns}`,
    { view: ['', { id: 'text' }] },
  )

/** A view and its link's count in one statement, unless the link has ended or been capped meanwhile. */
export const appendOne: Query<ViewFacts, Written> = one('view.append', sql`g.max_views is null`, true)

/** A view of a link that has one left. */
export const spendOne: Query<ViewFacts, Written> = one('view.spend', sql`g.view_count < g.max_views`, false)

/** All that waited, in one statement and one commit. */
export const appendMany: Query<{ links: readonly CountLink[]; views: readonly ViewFacts[] }, Written> = query(
  'view.append_many',
  ({ t, d, rows, columns }) => sql`
    with counted as (
      update ${t.grants} as g set view_count = g.view_count + x.count,
        last_viewed_at = ${d.greatest(sql`g.last_viewed_at`, sql`x.at`)}
      from ${rows('links', countColumns, 'x')}
      where g.tenant_id = x.tenant_id and g.id = x.link_id and ${stillOpen} and g.max_views is null
      returning g.tenant_id, g.id)
    insert into ${t.views} as v (${columnList(viewColumns)})
    select ${sql.join(fieldsOf(viewColumns).map(([field]) => sql.ref(`y.${snake(field)}`)))}
    from ${rows('views', viewColumns, 'y')} join counted c on c.tenant_id = y.tenant_id and c.id = y.link_id
    returning ${columns}`,
  { view: ['', { id: 'text' }] },
)
