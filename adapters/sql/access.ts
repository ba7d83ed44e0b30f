import { type RawBuilder, sql } from 'kysely'
import type { AccessSituation, HeldGrant, Subject, Subjects } from '../../src/store/index.ts'
import { accessPolicy, accessResource } from './columns.ts'
import { heldBy, type SubjectArgs } from './people.ts'
import { type Builder, type Query, query } from './query.ts'

type AccessArgs = SubjectArgs & { key: string }

const tables = <P>({ t, d }: Builder<P>): RawBuilder<unknown> =>
  sql`${t.names} n ${d.join} ${t.resources} r ${d.join} ${t.tenants} t`

const keys = <P extends { key: string }>({ p, d }: Builder<P>): RawBuilder<unknown> => sql`n.kind = 'resource'
  and n.key = ${p('key')} and r.tenant_id = n.tenant_id and r.uid = n.target and r.removed_at is null
  and t.tenant_id = ${d.tenantOf('n')}`

/** What an actor was given on one resource, as {@link given} lists it: its times are milliseconds on every database. */
type GivenValues = [
  id: string,
  subject: Subject,
  role: string,
  mode: HeldGrant['mode'],
  expiresAt: number | null,
  claimableUntil: number | null,
  type?: string,
  ofResource?: string,
]

const grantOf = ([id, subject, role, mode, expiresAt, until, type, of]: GivenValues): HeldGrant => ({
  id,
  subject,
  role,
  mode,
  expiresAt: momentOf(expiresAt),
  claimableUntil: momentOf(until),
  above: type === undefined ? null : { type, id: of! },
})

const momentOf = (at: number | null): Date | null => (at === null ? null : new Date(Math.round(at)))

const NONE: readonly HeldGrant[] = []

const grantsIn = (list: string | null | undefined): readonly HeldGrant[] =>
  typeof list !== 'string' || list === '[]' ? NONE : (JSON.parse(list) as GivenValues[]).map(grantOf)

const make = (values: readonly unknown[]): AccessSituation => {
  const v = values as readonly never[]
  const [here, above] = [grantsIn(v[7]), grantsIn(v[8])]
  return {
    resource: { tenantId: v[0]!, ownerId: v[1]!, visibility: v[2]!, traits: v[3]! },
    policy: { allowPublicShares: v[4]!, allowGuests: v[5]!, allowedEmailDomains: v[6]! },
    grants: above.length === 0 ? here : [...here, ...above],
  }
}

type Groups = Parameters<typeof query<AccessArgs, AccessSituation>>[2]
const groups = { resource: ['r', accessResource], policy: ['t', accessPolicy] } as unknown as Groups

/** Three rows by their keys: all that `can` reads for nobody. */
const ofNobody: Query<AccessArgs, AccessSituation> = query<AccessArgs, AccessSituation>(
  'access.find',
  (b) => sql`select ${b.columns} from ${tables(b)} where ${keys(b)}`,
  groups,
  make,
)

/** Grants of the actor's `g`, as one value. */
const given = ({ d }: Builder<AccessArgs>, ...more: RawBuilder<unknown>[]): RawBuilder<unknown> => {
  const times = [sql`g.expires_at`, sql`g.claimable_until`].map((column) => d.read(column, 'time'))
  return d.listOf(sql.join([sql`g.id, g.subject, g.role, g.mode`, ...times, ...more]))
}

/** What the actor was given on `r` itself. */
const here = (b: Builder<AccessArgs>, withGroups: boolean): RawBuilder<unknown> => sql`(
  select ${given(b)} from ${b.t.grants} g
  where g.tenant_id = r.tenant_id and g.resource_uid = r.uid and ${heldBy(b, withGroups)})`

/**
 * What the actor was given on all that lies above `r`, which is only worked out where something does: a recursion
 * beside the other tables would cost each look-up as much as all the rest. `union` ends a circle, should there ever be
 * one.
 */
const above = (b: Builder<AccessArgs>, withGroups: boolean): RawBuilder<unknown> => {
  const { t, d } = b
  const next = sql`a.tenant_id = r.tenant_id and a.uid = u.parent_uid and a.removed_at is null`
  const held = sql`g.tenant_id = r.tenant_id and g.resource_uid = u.uid and ${heldBy(b, withGroups)}`
  return sql`case when r.parent_uid is not null then (
    with recursive u(uid, parent_uid, type, id) as (
      select a.uid, a.parent_uid, a.type, a.id from ${t.resources} a
      where a.tenant_id = r.tenant_id and a.uid = r.parent_uid and a.removed_at is null
      union
      select a.uid, a.parent_uid, a.type, a.id from u ${d.lookUp('cross', t.resources, 'a', next)}
    )
    select ${given(b, sql`u.type`, sql`u.id`)} from u ${d.lookUp('cross', t.grants, 'g', held)}) end`
}

/**
 * The same, and what the actor was given on the resource and above it: one row, since for several each value would be
 * worked out again. One statement whatever it finds, so that nobody learns by it what there is.
 */
const ofActor = (name: string, withGroups: boolean): Query<AccessArgs, AccessSituation> =>
  query<AccessArgs, AccessSituation>(
    name,
    (b) => sql`
      select ${b.columns}, ${here(b, withGroups)}, ${above(b, withGroups)} from ${tables(b)} where ${keys(b)}`,
    groups,
    make,
  )
const ofPerson = ofActor('access.find_held', false)
const ofPersonWithGroups = ofActor('access.find_held_with_groups', true)

/** What decides about a resource: one row, or none. */
export function findAccess(subjects: Subjects | null): Query<AccessArgs, AccessSituation> {
  if (subjects === null) return ofNobody
  return subjects.groups.length === 0 ? ofPerson : ofPersonWithGroups
}
