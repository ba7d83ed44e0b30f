import { type RawBuilder, sql } from 'kysely'
import { invalidInput } from '../../src/model/input.ts'
import type { ConditionSpec, FilterCondition, TraitTerms } from '../../src/store/index.ts'
import type { Dialect } from './dialect.ts'
import type { Tables } from './query.ts'

const COLUMN = /^[A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*){0,2}$/
const TYPE = /^[A-Za-z][A-Za-z0-9_ ]{0,40}(?:\(\d{1,4}\))?$/

/**
 * Ownership alone as `IN`, so that the host's index on its column can serve. Whatever else may let a person see is
 * looked for row by row, upwards from the row at hand: a person may have been given a hundred thousand, a folder may
 * hold a million, and a page shows fifty.
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
  const value = (text: string): RawBuilder<unknown> => sql`${text}`
  const column = sql.ref(spec.column)
  const { cast } = spec
  const asHost = cast === null ? sql.ref('r.id') : d.cast(sql.ref('r.id'), cast)
  const asOurs = cast === null ? column : d.cast(column, 'text')
  const of = sql`${t.resources} r where r.tenant_id = ${value(spec.tenantId)} and r.type = ${value(spec.type)}
    and r.removed_at is null`
  const terms = ({ absent, present }: TraitTerms): RawBuilder<unknown> => {
    const has = (trait: string): RawBuilder<boolean> => d.contains(sql.ref('r.traits'), value(`,${trait},`))
    const all = [...absent.map((trait) => sql`not ${has(trait)}`), ...present.map(has)]
    return all.length === 0 ? sql`` : sql`and ${sql.join(all, sql` and `)}`
  }
  const owned = (): RawBuilder<unknown> =>
    sql`r.owner_id = ${value(spec.owned!.ownerId)} ${terms(spec.owned!.traits)}`
  const reasons: RawBuilder<unknown>[] = []
  if (spec.visible !== null) {
    const visibilities = sql.join(spec.visible.visibilities.map(value))
    reasons.push(sql`r.visibility in (${visibilities}) ${terms(spec.visible.traits)}`)
  }
  if (spec.given !== null) {
    const { given } = spec
    const subjects = sql.join(given.subjects.map(value))
    const roles = sql.join(given.roles.map(value))
    const at = d.moment(spec.at)
    const held = sql`g.tenant_id = ${value(spec.tenantId)} and g.subject in (${subjects}) and g.role in (${roles})
      and g.mode = 'live' and g.ended_at is null and g.removed_at is null
      and (g.expires_at is null or g.expires_at > ${at}) and (g.claimable_until is null or g.claimable_until > ${at})`
    reasons.push(
      sql`exists (select 1 from ${t.grants} g where g.resource_uid = r.uid and ${held} limit 1 offset 0)
        ${terms(given.traits)}`,
      sql`r.parent_uid is not null ${terms(given.traits)} and exists (
        with recursive sharegrant_above(uid, parent_uid) as (
          select a.uid, a.parent_uid from ${t.resources} a where a.tenant_id = ${value(spec.tenantId)}
            and a.uid = r.parent_uid and a.removed_at is null
          union
          select a.uid, a.parent_uid from sharegrant_above c ${d.join} ${t.resources} a
          where a.tenant_id = ${value(spec.tenantId)} and a.uid = c.parent_uid and a.removed_at is null
        ) select 1 from sharegrant_above c where exists (
          select 1 from ${t.grants} g where g.resource_uid = c.uid and ${held} limit 1 offset 0))`,
    )
  }
  let sources = sql`1 = 0`
  if (reasons.length > 0) {
    if (spec.owned !== null) reasons.unshift(owned())
    // A derived table with a name of its own: an unqualified column of the host's would otherwise be taken for ours.
    // Each with a limit and an offset, which keep a planner from reading all that is ours before the first of the host's.
    const each = sql.join(
      reasons.map((reason) => sql`(${reason})`),
      sql` or `,
    )
    sources = sql`exists (select 1 from (
      select r.id as sharegrant_id from ${of} and (${each})
    ) sharegrant_seen where sharegrant_seen.sharegrant_id = ${asOurs} limit 1 offset 0)`
  } else if (spec.owned !== null) {
    sources = sql`${column} in (select ${asHost} from ${of} and ${owned()})`
  }
  const closed = sql`exists (select 1 from ${t.tenants} p where p.tenant_id = ${value(spec.tenantId)}
    and p.allow_public_shares)`
  const whole = spec.needsPublicShares ? sql`(${sources} and ${closed})` : sources
  const compiled = whole.compile(d.kysely)
  const shift = spec.firstParameter - 1
  return {
    sql: shift === 0 ? compiled.sql : shiftPlaces(compiled.sql, shift),
    parameters: compiled.parameters,
    expressionType: undefined,
    toOperationNode: () => whole.toOperationNode() as { readonly kind: 'RawNode' },
  }
}

/** Moves `$1` and on, outside of quoted names. */
function shiftPlaces(text: string, by: number): string {
  return text.replace(/"(?:[^"]|"")*"|\$(\d+)/g, (whole, place?: string) =>
    place === undefined ? whole : `$${Number(place) + by}`,
  )
}
