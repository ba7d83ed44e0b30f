import type { GivenRow, ListGivenRequest, ListPeopleRequest, PersonRow } from '../../src/index.ts'
import { mayHaveDomain } from '../../src/policy/access.ts'
import { meets } from './condition.ts'
import { chainOf, compareBytes, newestFirst, policyOf, resourceOf, type State } from './state.ts'

export function listPeople(
  state: State,
  { tenantId, resourceUid, above, ended }: ListPeopleRequest,
): PersonRow[] {
  const chain = chainOf(state, resourceUid).filter((one) => one.tenantId === tenantId)
  const places = above ? chain : chain.slice(0, 1)
  return places
    .flatMap(({ uid, type, id }) =>
      [...state.grants.values()]
        .filter((grant) => grant.resourceUid === uid && (ended || grant.endedAt === null))
        .map((grant) => ({ ...structuredClone(grant), above: uid === resourceUid ? null : { type, id } })),
    )
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || compareBytes(a.id, b.id))
}

/** The grants of the newest resources: so many resources as are asked for, and one more. */
export function listGiven(state: State, request: ListGivenRequest): GivenRow[] {
  const { tenantId, ownerId, subjects, types, terms, address, outside, at, after, limit } = request
  const position = ({ resource }: GivenRow) => ({ at: resource.createdAt, id: resource.uid })
  const order = newestFirst(position)
  const rows = [...state.grants.values()]
    .filter((grant) => grant.endedAt === null && subjects.includes(grant.subject))
    .filter((grant) => (grant.tenantId === tenantId) !== outside)
    .filter((grant) => !outside || policyOf(state, grant.tenantId).allowGuests)
    .filter(
      ({ subject, tenantId: home }) =>
        subject !== address?.subject || mayHaveDomain(policyOf(state, home), subject),
    )
    .filter(({ expiresAt, claimableUntil }) => (expiresAt ?? LATER) > at && (claimableUntil ?? LATER) > at)
    .map((grant) => ({ grant: structuredClone(grant), resource: resourceOf(state, grant.resourceUid)! }))
    .filter(({ grant, resource }) =>
      types.some(({ name, roles }) => name === resource.type && roles.includes(grant.role)),
    )
    .filter(({ resource }) => outside || resource.ownerId !== ownerId)
    .filter(({ resource }) => meets(terms, resource))
    .filter((row) => after === null || newestFirst((one: typeof after) => one)(after, position(row)) < 0)
    .sort((a, b) => order(a, b) || compareBytes(a.grant.id, b.grant.id))
  const shown = [...new Set(rows.map(({ resource }) => resource.uid))].slice(0, limit + 1)
  return rows.filter(({ resource }) => shown.includes(resource.uid))
}

const LATER = new Date(8_640_000_000_000_000)
