import { type RawBuilder, sql } from 'kysely'
import { subjectOf } from '../../src/model/subject.ts'
import type { Ask, Begun, Change, Subject } from '../../src/store/index.ts'
import { type Builder, first, type Query, query, run, type Steps } from './query.ts'

type Whose = { from: string; to: string }
type Key = { tenantId: string; key: string }

/** Of one subject, since no other's begins so: what it is called comes after how long that is. */
const whose = (subject: Subject): Whose => {
  const name = `${subject.length}:${subject}`
  return { from: `${name}:`, to: `${name};` }
}

const keysOf = ({ of, id }: Begun): string[] => of.map((subject) => `${whose(subject).from}${id}`)

const areTheirs = ({ p }: Builder<Whose>): RawBuilder<unknown> =>
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
  for (const key of keysOf(begun)) if ((yield* first(findBegun, { tenantId, key })) === null) return false
  return true
}

const tenantsOf: Query<Whose, { found: { tenantId: string } }> = query(
  'begun.tenants',
  (b) => sql`select distinct ${b.columns} from ${b.t.names} n where ${areTheirs(b)}`,
  { found: ['n', { tenantId: 'text' }] },
)

/** Tenants in which a person has begun something, or is about to be given something. */
export function* tenantsOfBegun({ member, memberAddress, admin }: Ask): Steps<string[]> {
  const tenants: string[] = []
  for (const subject of [subjectOf('user', member ?? admin ?? ''), memberAddress ?? null]) {
    if (subject === null) continue
    tenants.push(...(yield* run(tenantsOf, whose(subject))).map(({ found }) => found.tenantId))
  }
  return tenants
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

const drop = query<{ tenantId: string } & Whose>(
  'begun.drop',
  (b) => sql`delete from ${b.t.names} as n where ${areTheirs(b)} and n.tenant_id = ${b.p('tenantId')}`,
)

export function* applyBegun(
  tenantId: string,
  change: Extract<Change, { kind: `begun.${string}` }>,
): Steps<void> {
  if (change.kind === 'begun.dropped') {
    for (const subject of change.subjects) yield* run(drop, { tenantId, ...whose(subject) })
    return
  }
  const { begun } = change
  for (const key of keysOf(begun)) {
    if (change.kind === 'begun.ended') yield* run(end, { tenantId, key })
    else yield* run(begin, { tenantId, key, id: begun.id, until: change.until })
  }
}
