/** Traits that must be set or absent for an action to be left. */
export interface TraitTerms {
  absent: string[]
  present: string[]
}

/** The same for resources of a type; null where nothing is left, whatever their traits. */
export interface TypeTerms {
  type: string
  traits: TraitTerms | null
}

/** Which resources of a type an actor may act on, in terms that a store can turn into a condition. */
export interface ConditionSpec {
  tenantId: string
  type: string
  /** Resources of this owner, if these traits allow it; null for none. */
  owned: { ownerId: string; traits: TraitTerms } | null
  /**
   * Resources on which, or on what lies above which, one of these subjects was given one of these roles, in live
   * mode, and has it at this moment; null for none. What was given to an address counts only while the tenant's policy
   * allows its domain.
   */
  given: {
    subjects: readonly string[]
    /** The one of them that is an address. */
    address: { subject: string; domain: string } | null
    roles: readonly string[]
    traits: TraitTerms
  } | null
  /** The moment at which grants have to hold. */
  at: Date
  /** Resources with one of these visibilities; null for none. */
  visible: { visibilities: Array<'private' | 'account' | 'public'>; traits: TraitTerms } | null
  /** Whether the tenant's policy has to allow public shares. */
  needsPublicShares: boolean
  /** The host's column, such as `documents.id`. */
  column: string
  /** The column's SQL type, where it is not text. */
  cast: string | null
  /** The number of the first parameter in `sql` (Postgres: `$1`). */
  firstParameter: number
}

/**
 * A condition on a column of the host's. It is a Kysely expression (`where(condition)`), and `sql` with
 * `parameters` for anything else.
 */
export interface FilterCondition {
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly expressionType: boolean | undefined
  toOperationNode(): { readonly kind: 'RawNode' }
}
