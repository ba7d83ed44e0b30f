import { sql } from 'kysely'
import type { ViewFacts } from '../../src/store/index.ts'
import { view as viewColumns } from './columns.ts'
import { columnList, fieldsOf, type Query, query } from './query.ts'

/** A view that no link led to. The lock makes it wait for whoever is removing the resource, and then find nothing. */
export const insertVisit: Query<ViewFacts, { view: { id: string } }> = query(
  'view.visit',
  ({ t, p, d, columns }) => sql`
    insert into ${t.views} (${columnList(viewColumns)})
    select ${sql.join(fieldsOf(viewColumns).map(([name, kind]) => p(name as keyof ViewFacts, kind)))}
    from ${t.resources} r
    where r.tenant_id = ${p('tenantId')} and r.uid = ${p('resourceUid')} and r.removed_at is null
      ${d.lock('share', 'r')}
    returning ${columns}`,
  { view: ['', { id: 'text' }] },
)
