import { sql } from 'kysely'
import type { ViewFacts } from '../../src/store/index.ts'
import { view as viewColumns } from '../sql/columns.ts'
import { type CountLink, stillOpen } from '../sql/opening.ts'
import { columnList, fieldsOf, type Query, query } from '../sql/query.ts'

/** Joins views to a link's count, unless the link has ended or been capped meanwhile. */
export const countViews: Query<CountLink, Record<never, never>> = query(
  'view.count',
  ({ t, p, d }) => sql`
    update ${t.grants} as g set view_count = g.view_count + ${p('count', 'int')},
      last_viewed_at = ${d.greatest(sql`g.last_viewed_at`, p('at', 'time'))}
    where g.tenant_id = ${p('tenantId')} and g.id = ${p('linkId')} and ${stillOpen} and g.max_views is null
`,
)

/** Takes one of the views that a link has left. */
export const spendOne: Query<Omit<CountLink, 'count'>, Record<never, never>> = query(
  'view.spend',
  ({ t, p, d }) => sql`
    update ${t.grants} as g set view_count = g.view_count + 1,
      last_viewed_at = ${d.greatest(sql`g.last_viewed_at`, p('at', 'time'))}
    where g.tenant_id = ${p('tenantId')} and g.id = ${p('linkId')} and ${stillOpen} and g.view_count < g.max_views
`,
)

export const insertView: Query<ViewFacts, Record<never, never>> = query(
  'view.insert',
  ({ t, p }) => sql`
    insert into ${t.views} (${columnList(viewColumns)})
    values (${sql.join(fieldsOf(viewColumns).map(([name, kind]) => p(name as keyof ViewFacts, kind)))})`,
)
