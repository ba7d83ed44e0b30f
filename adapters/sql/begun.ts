import { type RawBuilder, sql } from 'kysely'
import type { Begun, Change } from '../../src/store/index.ts'
import { type Builder, first, type Query, query, run, type Steps } from './query.ts'

type Theirs = { from: string; to: string }
type Key = { tenantId: string; key: string }

/** Of one person, since no other's begins so: their ids come after the length of their own. */
const theirs = (userId: string): Theirs => {
  const name = `${userId.length}:${userId}`
  return { from: `${name}:`, to: `${name};` }
}
const keyOf = ({ userId, id }: Begun): string => `${theirs(userId).from}${id}`

const areTheirs = ({ p }: Builder<Theirs>): RawBuilder<unknown> =>
  sql`n.kind = 'begun' and n.key >= ${p('from')} and n.key < ${p('to')}`

const findBegun = query<Key, { begun: { key: string } }>(
  'begun.find',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.names} n
    where n.kind = 'begun' and n.key = ${p('key')} and n.tenant_id = ${p('tenantId')}`,
  { begun: ['n', { key: 'text' }] },
)

/** Nobody drops it meanwhile: whoever does has the tenant for themselves. */
export function* isBegun(tenantId: string, begun: Begun): Steps<boolean> {
  return (yield* first(findBegun, { tenantId, key: keyOf(begun) })) !== null
}

const tenantsOf: Query<Theirs, { found: { tenantId: string } }> = query(
  'begun.tenants',
  (b) => sql`select distinct ${b.columns} from ${b.t.names} n where ${areTheirs(b)}`,
  { found: ['n', { tenantId: 'text' }] },
)

/** Tenants in which a person has begun to share something. */
export function* tenantsOfBegun(userId: string): Steps<string[]> {
  return (yield* run(tenantsOf, theirs(userId))).map(({ found }) => found.tenantId)
}

const begin = query<Key & { id: string; until: Date }>(
  'begun.begin',
  ({ t, p }) => sql`
    insert into ${t.names} (tenant_id, kind, key, target, until)
    values (${p('tenantId')}, 'begun', ${p('key')}, ${p('id')}, ${p('until', 'time')})
    on conflict do nothing`,
)

const end = query<Key>(
  'begun.end',
  ({ t, p }) => sql`
    delete from ${t.names} where kind = 'begun' and key = ${p('key')} and tenant_id = ${p('tenantId')}`,
)

const drop = query<{ tenantId: string } & Theirs>(
  'begun.drop',
  (b) => sql`delete from ${b.t.names} as n where ${areTheirs(b)} and n.tenant_id = ${b.p('tenantId')}`,
)

export function* applyBegun(
  tenantId: string,
  change: Extract<Change, { kind: `begun.${string}` }>,
): Steps<void> {
  if (change.kind === 'begun.dropped') yield* run(drop, { tenantId, ...theirs(change.userId) })
  else if (change.kind === 'begun.ended') yield* run(end, { tenantId, key: keyOf(change.begun) })
  else {
    const { begun, until } = change
    yield* run(begin, { tenantId, key: keyOf(begun), id: begun.id, until })
  }
}
