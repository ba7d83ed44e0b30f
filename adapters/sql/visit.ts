import { sql } from 'kysely'
import type { ViewFacts, VisitRight } from '../../src/store/index.ts'
import { view as viewColumns } from './columns.ts'
import { columnList, fieldsOf, type Query, query } from './query.ts'

type Args = ViewFacts & {
  ownerId: string
  visibility: string
  traits: readonly string[]
  /** Empty for none, as no id is. */
  parentUid: string
  grantId: string
}

/**
 * A view that no link led to. The locks make it wait for whoever is taking away what its visitor was let in by, and
 * then find that gone. A grant above is only looked at: locked by all who come by it, it could not be taken away.
 */
const insert = (name: string, by: 'grant' | 'grant above' | null): Query<Args, { view: { id: string } }> =>
  query<Args, { view: { id: string } }>(
    name,
    ({ t, p, d, columns }) => sql`
    insert into ${t.views} (${columnList(viewColumns)})
    select ${sql.join(fieldsOf(viewColumns).map(([name, kind]) => p(name as keyof ViewFacts, kind)))}
    from ${t.resources} r ${by ? sql`${d.join} ${t.grants} g` : sql``}
    where r.tenant_id = ${p('tenantId')} and r.uid = ${p('resourceUid')} and r.removed_at is null
      and r.owner_id = ${p('ownerId')} and r.visibility = ${p('visibility')} and r.traits = ${p('traits', 'traits')}
      and coalesce(r.parent_uid, '') = ${p('parentUid')}
      ${
        by
          ? sql`and g.tenant_id = r.tenant_id and g.id = ${p('grantId')} and g.ended_at is null and g.removed_at is null`
          : sql``
      }
      ${d.lock('share', 'r')} ${by === 'grant' ? d.lock('share', 'g') : sql``}
    returning ${columns}`,
    { view: ['', { id: 'text' }] },
  )
const insertVisit = insert('view.visit', null)
const insertVisitByGrant = insert('view.visit_by_grant', 'grant')
const insertVisitByGrantAbove = insert('view.visit_by_grant_above', 'grant above')

export function visitOf(
  view: ViewFacts,
  { resource: { ownerId, visibility, traits, parentUid }, grant }: VisitRight,
): { query: Query<Args, { view: { id: string } }>; args: Args } {
  const args = { ...view, ownerId, visibility, traits, parentUid: parentUid ?? '', grantId: grant?.id ?? '' }
  if (grant === null) return { query: insertVisit, args }
  return { query: grant.above ? insertVisitByGrantAbove : insertVisitByGrant, args }
}
