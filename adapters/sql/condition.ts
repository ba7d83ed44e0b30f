import { type RawBuilder, sql } from 'kysely'
import { invalidInput } from '../../src/model/input.ts'
import type { ConditionSpec, FilterCondition, TraitTerms } from '../../src/store/index.ts'
import type { Dialect } from './dialect.ts'
import type { Tables } from './query.ts'

const COLUMN = /^[A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*){0,2}$/
const TYPE = /^[A-Za-z][A-Za-z0-9_ ]{0,40}(?:\(\d{1,4}\))?$/

/**
 * Ownership as `IN`, so that the host's index on its column can serve; visibility as a correlated `EXISTS`,
 * so that ours does. As one union it is many times slower on large tables.
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
  const branches: RawBuilder<unknown>[] = []
  if (spec.owned !== null) {
    branches.push(sql`${column} in (select ${asHost} from ${of} and r.owner_id = ${value(spec.owned.ownerId)}
      ${terms(spec.owned.traits)})`)
  }
  if (spec.visible !== null) {
    const visibilities = sql.join(spec.visible.visibilities.map(value))
    // A derived table with names of its own: an unqualified column of the host's would otherwise be taken for ours.
    branches.push(sql`exists (select 1 from (
      select r.id as sharegrant_id from ${of} and r.visibility in (${visibilities}) ${terms(spec.visible.traits)}
    ) sharegrant_visible where sharegrant_visible.sharegrant_id = ${asOurs})`)
  }
  const any = branches.length === 0 ? sql`1 = 0` : sql`(${sql.join(branches, sql` or `)})`
  const closed = sql`exists (select 1 from ${t.tenants} p where p.tenant_id = ${value(spec.tenantId)}
    and p.allow_public_shares)`
  const whole = spec.needsPublicShares ? sql`(${any} and ${closed})` : any
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
