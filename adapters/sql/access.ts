import { type RawBuilder, sql } from 'kysely'
import type { AccessSituation, HeldGrant, Subjects } from '../../src/store/index.ts'
import { accessPolicy, accessResource, heldGrant } from './columns.ts'
import { heldBy, type SubjectArgs } from './people.ts'
import { type Builder, type Query, query } from './query.ts'

/** What decides about a resource, with one grant of the actor's or none. */
interface AccessRow extends Omit<AccessSituation, 'grants'> {
  grant: HeldGrant | null
}

type AccessArgs = SubjectArgs & { key: string }

const tables = <P>({ t, d }: Builder<P>): RawBuilder<unknown> =>
  sql`${t.names} n ${d.join} ${t.resources} r ${d.join} ${t.tenants} t`

const keys = <P extends { key: string }>({ p, d }: Builder<P>): RawBuilder<unknown> => sql`n.kind = 'resource'
  and n.key = ${p('key')} and r.tenant_id = n.tenant_id and r.uid = n.target and r.removed_at is null
  and t.tenant_id = ${d.tenantOf('n')}`

const make = (values: readonly unknown[]): AccessRow => {
  const v = values as readonly never[]
  const id: string | null = v[7] ?? null
  const aboveType: string | null = v[13] ?? null
  return {
    resource: { tenantId: v[0]!, ownerId: v[1]!, visibility: v[2]!, traits: v[3]! },
    policy: { allowPublicShares: v[4]!, allowGuests: v[5]!, allowedEmailDomains: v[6]! },
    grant:
      id === null
        ? null
        : {
            id,
            subject: v[8]!,
            role: v[9]!,
            mode: v[10]!,
            expiresAt: v[11]!,
            claimableUntil: v[12]!,
            above: aboveType === null ? null : { type: aboveType, id: v[14]! },
          },
  }
}

type Groups = Parameters<typeof query<AccessArgs, AccessRow>>[2]

/** Three rows by their keys: all that `can` reads for nobody. */
const ofNobody: Query<AccessArgs, AccessRow> = query<AccessArgs, AccessRow>(
  'access.find',
  (b) => sql`select ${b.columns} from ${tables(b)} where ${keys(b)}`,
  { resource: ['r', accessResource], policy: ['t', accessPolicy] } as unknown as Groups,
  make,
)

/**
 * The same, and what the actor was given on the resource and on all that lies above it: as many rows as there are
 * steps and grants. One statement whatever it finds, so that nobody learns by it what there is.
 */
const ofActor = (name: string, withGroups: boolean): Query<AccessArgs, AccessRow> =>
  query<AccessArgs, AccessRow>(
    name,
    (b) => {
      const { t, d } = b
      return sql`
        with recursive c(tenant_id, owner_id, visibility, traits, allow_public_shares, allow_guests,
          allowed_email_domains, uid, parent_uid, above_type, above_id) as (
          select r.tenant_id, r.owner_id, r.visibility, r.traits, t.allow_public_shares, t.allow_guests,
            t.allowed_email_domains, r.uid, r.parent_uid, nullif(r.type, r.type), nullif(r.id, r.id)
          from ${tables(b)} where ${keys(b)}
          union
          select c.tenant_id, c.owner_id, c.visibility, c.traits, c.allow_public_shares, c.allow_guests,
            c.allowed_email_domains, r.uid, r.parent_uid, r.type, r.id
          from c ${d.join} ${t.resources} r
          where r.tenant_id = c.tenant_id and r.uid = c.parent_uid and r.removed_at is null
        )
        select ${b.columns} from c
        left join ${t.grants} g on g.tenant_id = c.tenant_id and g.resource_uid = c.uid and ${heldBy(b, withGroups)}`
    },
    {
      resource: ['c', accessResource],
      policy: ['c', accessPolicy],
      grant: ['g', heldGrant],
      above: ['c', { aboveType: 'text', aboveId: 'text' }],
    } as unknown as Groups,
    make,
  )
const ofPerson = ofActor('access.find_held', false)
const ofPersonWithGroups = ofActor('access.find_held_with_groups', true)

export function findAccess(subjects: Subjects | null): Query<AccessArgs, AccessRow> {
  if (subjects === null) return ofNobody
  return subjects.groups.length === 0 ? ofPerson : ofPersonWithGroups
}

/** The rows of one resource as one situation. */
export function accessOf(rows: readonly AccessRow[]): AccessSituation | null {
  const [first] = rows
  if (first === undefined) return null
  const { resource, policy } = first
  return { resource, policy, grants: rows.flatMap(({ grant }) => (grant === null ? [] : [grant])) }
}
