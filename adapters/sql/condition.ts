import { type RawBuilder, sql } from 'kysely'
import { invalidInput } from '../../src/model/input.ts'
import type { ConditionSpec, FilterCondition, TraitTerms } from '../../src/store/index.ts'
import type { Dialect } from './dialect.ts'
import type { Tables } from './query.ts'

const COLUMN = /^[A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*){0,2}$/
const TYPE = /^[A-Za-z][A-Za-z0-9_ ]{0,40}(?:\(\d{1,4}\))?$/

/** Up to so many, what a person may see is looked up beforehand. */
const FEW = 2000
const ENOUGH = sql`limit ${sql.lit(FEW + 1)}`

/**
 * A condition on a column of the host's, that is true of what the tenant has and the actor may act on. A policy that
 * forbids public shares closes what only they would open.
 */
export function conditionOf(spec: ConditionSpec, d: Dialect, t: Tables): FilterCondition {
  if (!COLUMN.test(spec.column)) {
    throw invalidInput([{ path: 'options.column', message: 'must be a column, such as documents.id' }])
  }
  if (spec.cast !== null && !TYPE.test(spec.cast)) {
    throw invalidInput([
      { path: 'options.cast', message: 'must be the SQL type of the column, such as uuid' },
    ])
  }
  const allowed = allowedOf(spec, d, t)
  const closed = sql`exists (select 1 from ${t.tenants} p where p.tenant_id = ${value(spec.tenantId)}
    and p.allow_public_shares)`
  const whole = spec.needsPublicShares ? sql`(${allowed} and ${closed})` : allowed
  const compiled = whole.compile(d.kysely)
  const shift = spec.firstParameter - 1
  return {
    sql: shift === 0 ? compiled.sql : shiftPlaces(compiled.sql, shift),
    parameters: compiled.parameters,
    expressionType: undefined,
    toOperationNode: () => whole.toOperationNode() as { readonly kind: 'RawNode' },
  }
}

/**
 * Ownership alone as `IN`, so that the host's index on its column can serve. With whatever else may let a person see,
 * no one shape stays fast: somebody who may see twenty of a million has these looked up first, since a test of each row
 * would walk up from a million; somebody who may see a hundred thousand has each row tested, since a page needs fifty.
 * Which of the two it is, is counted in the statement itself, no further than it matters.
 */
function allowedOf(spec: ConditionSpec, d: Dialect, t: Tables): RawBuilder<unknown> {
  const column = sql.ref(spec.column)
  const id = sql.ref('r.id')
  const asHost = spec.cast === null ? id : d.cast(id, spec.cast)
  const asOurs = spec.cast === null ? column : d.cast(column, 'text')
  const reasons = [ownedBy(spec, d, t), visibleTo(spec, d, t), givenTo(spec, d, t)].filter(
    (reason) => reason !== null,
  )
  const of = resourcesOf(spec, t)
  if (reasons.length === 0) return sql`1 = 0`
  const each = sql.join(
    reasons.map(({ test }) => sql`(${test})`),
    sql` or `,
  )
  if (spec.visible === null && spec.given === null) {
    return sql`${column} in (select ${asHost} from ${of} and ${each})`
  }
  const reached = sql.join(
    reasons.map(({ reach }) => reach),
    sql` union all `,
  )
  const first = sql`(select uid from (${reached}) sharegrant_reached ${ENOUGH})`
  // A derived table with a name of its own: an unqualified column of the host's would otherwise be taken for ours.
  // With a limit and an offset, which keep a planner from reading all that is ours before the first of the host's.
  return sql`case when (select count(*) from ${first} sharegrant_first) <= ${sql.lit(FEW)}
    then ${column} in (select ${asHost} from ${of} and r.uid in (select uid from ${first} sharegrant_first) and (${each}))
    else exists (select 1 from (
      select r.id as sharegrant_id from ${of} and (${each})
    ) sharegrant_seen where sharegrant_seen.sharegrant_id = ${asOurs} limit 1 offset 0) end`
}

/** Why somebody may act on a resource `r`: the test of one, and a select of the uids of all that it may be true of. */
interface Reason {
  test: RawBuilder<unknown>
  reach: RawBuilder<unknown>
}

function ownedBy(spec: ConditionSpec, d: Dialect, t: Tables): Reason | null {
  if (spec.owned === null) return null
  const owned = sql`r.owner_id = ${value(spec.owned.ownerId)}`
  return {
    test: sql`${owned} ${terms(spec.owned.traits, d)}`,
    reach: sql`select r.uid from ${resourcesOf(spec, t)} and ${owned}`,
  }
}

function visibleTo(spec: ConditionSpec, d: Dialect, t: Tables): Reason | null {
  if (spec.visible === null) return null
  const { visibilities, traits } = spec.visible
  const visible = sql`r.visibility in (${sql.join(visibilities.map(value))})`
  // What is private is most of all, and in no index.
  const indexed = visibilities.includes('private') ? sql`` : sql`and r.visibility <> 'private'`
  return {
    test: sql`${visible} ${terms(traits, d)}`,
    reach: sql`select r.uid from ${resourcesOf(spec, t)} and ${visible} ${indexed}`,
  }
}

function givenTo(spec: ConditionSpec, d: Dialect, t: Tables): Reason | null {
  if (spec.given === null) return null
  const { subjects, roles, traits, address } = spec.given
  const tenantId = value(spec.tenantId)
  const at = d.moment(spec.at)
  const holds = (x: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`${x}.tenant_id = ${tenantId} and ${x}.role in (${sql.join(roles.map(value))})
      and ${x}.mode = 'live' and ${x}.ended_at is null and ${x}.removed_at is null
      and (${x}.expires_at is null or ${x}.expires_at > ${at})
      and (${x}.claimable_until is null or ${x}.claimable_until > ${at})`
  const addressed =
    address === null
      ? sql``
      : sql`and (g.subject <> ${value(address.subject)} or exists (
          select 1 from ${t.tenants} p where p.tenant_id = ${tenantId} and (p.allowed_email_domains is null
            or ${d.contains(sql`p.allowed_email_domains`, value(JSON.stringify(address.domain)))})))`
  const held = sql`g.subject in (${sql.join(subjects.map(value))}) ${addressed} and ${holds(sql`g`)}`
  const subject = sql.join(
    subjects.map((one) => sql`select ${d.cast(value(one), 'text')} as subject`),
    sql` union all `,
  )
  // In the index's order, so that no planner takes the limit for a reason to read the table instead.
  const newest = sql`x.subject = s.subject and ${holds(sql`x`)}
    order by x.resource_type, x.resource_created_at, x.resource_uid ${ENOUGH}`
  const below = sql`r.tenant_id = ${tenantId} and r.parent_uid = b.uid and r.removed_at is null`
  return {
    test: sql`exists (
        select 1 from ${t.grants} g where g.resource_uid = r.uid and ${held} limit 1 offset 0
      ) ${terms(traits, d)} or r.parent_uid is not null and exists (
        with recursive sharegrant_above(uid, parent_uid) as (
          select a.uid, a.parent_uid from ${t.resources} a
          where a.tenant_id = ${tenantId} and a.uid = r.parent_uid and a.removed_at is null
          union
          select a.uid, a.parent_uid from sharegrant_above c ${d.join} ${t.resources} a
          where a.tenant_id = ${tenantId} and a.uid = c.parent_uid and a.removed_at is null
        ) select 1 from sharegrant_above c where exists (
          select 1 from ${t.grants} g where g.resource_uid = c.uid and ${held} limit 1 offset 0)
      ) ${terms(traits, d)}`,
    reach: sql`select b.uid from (
      with recursive sharegrant_below(uid) as (
        select uid from (
          select f.resource_uid as uid from ${d.newestOfEach(sql`(${subject}) s`, t.grants, newest)}
            and f.tenant_id = ${tenantId} ${ENOUGH}
        ) sharegrant_given
        union all
        select r.uid from sharegrant_below b ${d.lookUp('cross', t.resources, 'r', below)} ${d.endOfRecursion(FEW + 1)}
      ) select uid from sharegrant_below) b`,
  }
}

const resourcesOf = (spec: ConditionSpec, t: Tables): RawBuilder<unknown> =>
  sql`${t.resources} r where r.tenant_id = ${value(spec.tenantId)} and r.type = ${value(spec.type)}
    and r.removed_at is null`

function terms({ absent, present }: TraitTerms, d: Dialect): RawBuilder<unknown> {
  const has = (trait: string): RawBuilder<boolean> => d.contains(sql.ref('r.traits'), value(`,${trait},`))
  const all = [...absent.map((trait) => sql`not ${has(trait)}`), ...present.map(has)]
  return all.length === 0 ? sql`` : sql`and ${sql.join(all, sql` and `)}`
}

const value = (text: string): RawBuilder<unknown> => sql`${text}`

/** Moves `$1` and on, outside of quoted names. */
function shiftPlaces(text: string, by: number): string {
  return text.replace(/"(?:[^"]|"")*"|\$(\d+)/g, (whole, place?: string) =>
    place === undefined ? whole : `$${Number(place) + by}`,
  )
}
