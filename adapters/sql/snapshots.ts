import { type RawBuilder, sql } from 'kysely'
import type { Change, ShownSnapshot, SnapshotFacts } from '../../src/store/index.ts'
import { type Columns, snapshot as snapshotColumns } from './columns.ts'
import { lockTenantWhole } from './load.ts'
import { authorityKeys } from './opening.ts'
import { columnList, fieldsOf, type Query, query, run, type Steps } from './query.ts'

type Shown = Omit<ShownSnapshot, 'takenAt' | 'content'>
const shown: Columns<Shown> = { id: 'text', revision: 'text', title: 'text' }
const contentOnly = { content: 'text' } as const
const takenAt = { snapshotAt: 'time' } as const

type OfGrantArgs = { tenantId: string; grantId: string }
type ShownRow = { snapshot: Shown; given: { snapshotAt: Date }; stored: { content: string } | null }

/** Two rows by their primary keys. Without its content what is large is never read. */
const ofGrant = (name: string, withContent: boolean): Query<OfGrantArgs, ShownRow> =>
  query<OfGrantArgs, ShownRow>(
    name,
    ({ t, p, d, columns }) => sql`
      select ${columns} from ${t.grants} g ${d.join} ${t.snapshots} s
      where g.tenant_id = ${p('tenantId')} and g.id = ${p('grantId')} and g.ended_at is null and g.removed_at is null
        and s.tenant_id = ${d.tenantOf('g')} and s.id = g.snapshot_id`,
    {
      snapshot: ['s', shown],
      given: ['g', takenAt],
      ...(withContent ? { stored: ['s', contentOnly] } : {}),
    } as unknown as Parameters<typeof query<OfGrantArgs, ShownRow>>[2],
  )
const wholeOfGrant = ofGrant('snapshot.of_grant', true)
const headOfGrant = ofGrant('snapshot.head_of_grant', false)

export const snapshotOfGrant = (withContent: boolean): Query<OfGrantArgs, ShownRow> =>
  withContent ? wholeOfGrant : headOfGrant

export const shownOf = (row: ShownRow): ShownSnapshot => ({ ...foundOf(row), takenAt: row.given.snapshotAt })

type FindArgs = { tenantId: string; uid: string; id: string }
type FoundRow = Omit<ShownRow, 'given'>
const find = (name: string, withContent: boolean): Query<FindArgs, FoundRow> =>
  query<FindArgs, FoundRow>(
    name,
    ({ t, p, columns }) => sql`
      select ${columns} from ${t.snapshots} s
      where s.tenant_id = ${p('tenantId')} and s.id = ${p('id')} and s.resource_uid = ${p('uid')}`,
    {
      snapshot: ['s', shown],
      ...(withContent ? { stored: ['s', contentOnly] } : {}),
    } as unknown as Parameters<typeof query<FindArgs, FoundRow>>[2],
  )
const findWhole = find('snapshot.find', true)
const findHead = find('snapshot.find_head', false)

export const findSnapshot = (withContent: boolean): Query<FindArgs, FoundRow> =>
  withContent ? findWhole : findHead

export const foundOf = ({ snapshot, stored }: FoundRow): Omit<ShownSnapshot, 'takenAt'> => ({
  ...snapshot,
  content: stored?.content ?? '',
})

/** Its id follows from all that it is: what is there already is the same. */
const storeSnapshot: Query<SnapshotFacts, Record<never, never>> = query(
  'snapshot.store',
  ({ t, p }) => sql`
    insert into ${t.snapshots} (${columnList(snapshotColumns)})
    values (${sql.join(fieldsOf(snapshotColumns).map(([name, kind]) => p(name as 'id', kind)))})
    on conflict do nothing`,
)

/** For passes that were opened with it. */
const keepSnapshot: Query<{ tenantId: string; id: string; until: Date }, Record<never, never>> = query(
  'snapshot.keep',
  ({ t, p }) => sql`
    update ${t.snapshots} set kept_until = ${p('until', 'time')}
    where tenant_id = ${p('tenantId')} and id = ${p('id')}
      and (kept_until is null or kept_until < ${p('until', 'time')})`,
)

export function* applySnapshot(
  tenantId: string,
  change: Extract<Change, { kind: 'snapshot.stored' | 'snapshot.kept' }>,
): Steps<void> {
  if (change.kind === 'snapshot.stored') yield* run(storeSnapshot, change.snapshot)
  else yield* run(keepSnapshot, { tenantId, id: change.id, until: change.until })
}

const goesOn = (alias: 'g' | 'a', at: RawBuilder<unknown>): RawBuilder<unknown> => {
  const expires = sql.ref(`${alias}.expires_at`)
  const claimable = sql.ref(`${alias}.claimable_until`)
  return sql`(${expires} is null or ${expires} > ${at}) and (${claimable} is null or ${claimable} > ${at})`
}

/**
 * What a person was given and is over is never revived, nor are the links that were made by right of it. A link that
 * has expired itself may be given more time. One by an owner's right has no grant that it was made by, and nothing of it
 * is over.
 */
const isNamed = (
  at: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`g.ended_at is null and g.removed_at is null
  and (g.subject is null or (${goesOn('g', at)})) and ${goesOn('a', at)}`

/** Each may be a megabyte. */
const AT_ONCE = 100

const deleteUnnamed = query<{ tenantId: string; at: Date; limit: number }, { snapshot: { id: string } }>(
  'maintain.sweep_snapshots',
  ({ t, p, columns }) => sql`
    delete from ${t.snapshots} where tenant_id = ${p('tenantId')} and id in (
      select s.id from ${t.snapshots} s
      where s.tenant_id = ${p('tenantId')} and (s.kept_until is null or s.kept_until <= ${p('at', 'time')})
        and not exists (select 1 from ${t.grants} g left join ${t.grants} a on ${authorityKeys}
          where g.tenant_id = ${p('tenantId')} and g.snapshot_id = s.id and ${isNamed(p('at', 'time'))})
      limit ${p('limit', 'int')}) returning ${columns}`,
  { snapshot: ['', { id: 'text' }] },
)

/** Alone in the tenant: nobody names one meanwhile. */
export function* sweepSnapshots(tenantId: string, at: Date): Steps<number> {
  yield* run(lockTenantWhole, { tenantId })
  return (yield* run(deleteUnnamed, { tenantId, at, limit: AT_ONCE })).length
}
