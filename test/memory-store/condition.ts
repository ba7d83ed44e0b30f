import { sql } from 'kysely'
import { type ConditionSpec, type FilterCondition, SharingError, type TypeTerms } from '../../src/index.ts'
import { mayHaveDomain } from '../../src/policy/access.ts'
import { chainOf, policyOf, type State } from './state.ts'

const COLUMN = /^[A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*){0,2}$/

/** There is no table to join: the ids that meet the terms at this moment are written out. */
export function conditionOf(state: State, spec: ConditionSpec): FilterCondition {
  if (!COLUMN.test(spec.column)) throw new SharingError('invalid_input')
  const ids = idsOf(state, spec)
  const places = ids.map((_, index) => `$${spec.firstParameter + index}`)
  return {
    sql: ids.length === 0 ? '1 = 0' : `${spec.column} in (${places.join(', ')})`,
    parameters: ids,
    expressionType: undefined,
    toOperationNode: () =>
      (ids.length === 0
        ? sql<boolean>`1 = 0`
        : sql<boolean>`${sql.ref(spec.column)} in (${sql.join(ids)})`
      ).toOperationNode() as { readonly kind: 'RawNode' },
  }
}

export const fits = (terms: { absent: string[]; present: string[] }, traits: readonly string[]): boolean =>
  terms.absent.every((trait) => !traits.includes(trait)) &&
  terms.present.every((trait) => traits.includes(trait))

/** Whether a resource meets the terms of its type. */
export const meets = (
  terms: readonly TypeTerms[],
  one: { type: string; traits: readonly string[] },
): boolean =>
  terms.every(({ type, traits }) => type !== one.type || (traits !== null && fits(traits, one.traits)))

function idsOf(state: State, spec: ConditionSpec): string[] {
  if (spec.needsPublicShares && !policyOf(state, spec.tenantId).allowPublicShares) return []
  const { owned, given, visible } = spec
  const roles = (uid: string): string[] =>
    given === null
      ? []
      : chainOf(state, uid).flatMap((one) =>
          [...state.grants.values()]
            .filter((grant) => grant.resourceUid === one.uid && given.subjects.includes(grant.subject))
            .filter(
              ({ subject }) =>
                subject !== given.address?.subject || mayHaveDomain(policyOf(state, spec.tenantId), subject),
            )
            .filter(({ mode, endedAt }) => mode === 'live' && endedAt === null)
            .filter(({ expiresAt }) => expiresAt === null || expiresAt > spec.at)
            .filter(({ claimableUntil }) => claimableUntil === null || claimableUntil > spec.at)
            .map(({ role }) => role),
        )
  return [...state.resources.values()]
    .filter(({ tenantId, type }) => tenantId === spec.tenantId && type === spec.type)
    .filter(
      ({ uid, ownerId, visibility, traits }) =>
        (owned !== null && owned.ownerId === ownerId && fits(owned.traits, traits)) ||
        (given !== null &&
          fits(given.traits, traits) &&
          roles(uid).some((role) => given.roles.includes(role))) ||
        (visible?.visibilities.includes(visibility) && fits(visible.traits, traits)),
    )
    .map(({ id }) => id)
}
