import { type RawBuilder, sql } from 'kysely'
import type { TypeTerms } from '../../src/store/index.ts'
import type { Columns } from './columns.ts'
import type { Builder } from './query.ts'

/** A trait that resources of a type must have, or must not have. */
export interface TraitTerm {
  type: string
  /** Between commas, as it stands among a resource's. */
  trait: string
  present: boolean
}
const columns: Columns<TraitTerm> = { type: 'text', trait: 'text', present: 'bool' }

/** One row a term. A type of which nothing is left must have a trait that none has. */
export const traitTermsOf = (terms: readonly TypeTerms[]): TraitTerm[] =>
  terms.flatMap(({ type, traits }) => {
    const { absent, present } = traits ?? { absent: [], present: [''] }
    const row = (trait: string, needed: boolean): TraitTerm => ({
      type,
      trait: `,${trait},`,
      present: needed,
    })
    return [...absent.map((trait) => row(trait, false)), ...present.map((trait) => row(trait, true))]
  })

/**
 * Whether a resource meets the terms of its type: the worst of them is no 1. As a number that differs from another,
 * since a planner expects that of nearly all rows; of half of them it would sort what lies in order.
 */
export const meetsTerms = <P extends { terms: readonly TraitTerm[] }>(
  { d, rows }: Builder<P>,
  { type, traits, of = sql`` }: Record<'type' | 'traits', RawBuilder<unknown>> & { of?: RawBuilder<unknown> },
): RawBuilder<unknown> => sql`1 <> (
  select coalesce(max(1), 0) from ${rows('terms', columns, 'w')} ${of} where w.type = ${type}
    and (${d.contains(traits, sql`w.trait`)}) <> w.present)`
