import type {
  AuditRow,
  Counter,
  DayCount,
  GrantFacts,
  HeldGrant,
  LinkFacts,
  LinkSituation,
  ManagedLink,
  RequestFacts,
  ResourceFacts,
  ResourceSituation,
  SnapshotFacts,
  Subject,
  Subjects,
  ViewFacts,
} from '../../src/index.ts'
import type { Position } from '../../src/model/page.ts'
import { DEFAULT_POLICY, type TenantPolicy } from '../../src/model/tenant-policy.ts'
import type { StoredMessage } from './outbox.ts'
import { emptyStations, type Stations } from './workstations.ts'

export interface Tenant {
  policy: TenantPolicy
  /** Days before this one are added up. */
  rolledUntil: string
  /** Days before this one have lost address and agent. */
  purgedUntil: string
}

export type StoredView = Omit<ViewFacts, 'visitor'> & { visitor: string | null }
export type StoredDay = DayCount & { resourceUid: string; linkId: string | null }
export type StoredEvent = Omit<AuditRow, 'position'> & { resourceUid: string | null; seq: number }

/** What a token's hash leads to. An imported one's stays taken when it leads nowhere any more. */
export interface StoredToken {
  tenantId: string
  linkId: string | null
  until: Date | null
  imported: boolean
}

/** Everything that a store keeps, as plain objects. */
export interface State {
  tenants: Map<string, Tenant>
  /** By uid. A parent is named by its uid; its ref is read off the parent. */
  resources: Map<string, ResourceFacts>
  uids: Map<string, string>
  links: Map<string, LinkFacts>
  /** What people and groups were given. */
  grants: Map<string, GrantFacts>
  /** By tenant and id. */
  snapshots: Map<string, SnapshotFacts & { keptUntil: Date | null }>
  begun: Map<string, { tenantId: string; of: readonly Subject[]; until: Date }>
  /** By tenant and key. */
  forks: Map<string, { uid: string; until: Date | null }>
  requests: Map<string, RequestFacts>
  outbox: StoredMessage[]
  /** By tenant, kind and key. */
  counters: Map<string, Counter>
  tokens: Map<string, StoredToken>
  views: StoredView[]
  days: StoredDay[]
  audit: StoredEvent[]
  stations: Stations
}

export const emptyState = (): State => ({
  tenants: new Map(),
  resources: new Map(),
  uids: new Map(),
  links: new Map(),
  grants: new Map(),
  snapshots: new Map(),
  begun: new Map(),
  forks: new Map(),
  requests: new Map(),
  outbox: [],
  counters: new Map(),
  tokens: new Map(),
  views: [],
  days: [],
  audit: [],
  stations: emptyStations(),
})

export const counterKey = (tenantId: string, { kind, key }: Pick<Counter, 'kind' | 'key'>): string =>
  `${tenantId}\n${kind}\n${key}`

export const refKey = (ref: { type: string; id: string }): string => `${ref.type}:${ref.id}`

/** Ids are compared byte by byte, whatever the language's own order of text is. */
export const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** Newest first, and by id within one moment. */
export const newestFirst =
  <T>(position: (item: T) => Position) =>
  (a: T, b: T): number => {
    const [left, right] = [position(a), position(b)]
    return right.at.getTime() - left.at.getTime() || compareBytes(right.id, left.id)
  }

/** The rows of a page and one more. */
export function pageOf<T>(
  items: readonly T[],
  { after, limit }: { after: Position | null; limit: number },
  position: (item: T) => Position,
): T[] {
  const order = newestFirst((at: Position) => at)
  return [...items]
    .sort(newestFirst(position))
    .filter((item) => after === null || order(after, position(item)) < 0)
    .slice(0, limit + 1)
}

export const policyOf = (state: State, tenantId: string): TenantPolicy =>
  state.tenants.get(tenantId)?.policy ?? DEFAULT_POLICY

export function makeTenant(state: State, tenantId: string): Tenant {
  const tenant = state.tenants.get(tenantId) ?? { policy: DEFAULT_POLICY, rolledUntil: '', purgedUntil: '' }
  state.tenants.set(tenantId, tenant)
  return tenant
}

/** A copy of a resource as it is now. What callers are given is theirs: nothing they do to it is stored. */
export function resourceOf(state: State, uid: string | undefined): ResourceFacts | null {
  const found = uid === undefined ? undefined : state.resources.get(uid)
  if (found === undefined) return null
  const parent = found.parentUid === null ? undefined : state.resources.get(found.parentUid)
  return structuredClone({ ...found, parent: parent ? { type: parent.type, id: parent.id } : null })
}

/** A resource and all that lies above it, from the bottom. */
export function chainOf(state: State, uid: string | undefined): ResourceFacts[] {
  const chain: ResourceFacts[] = []
  let at = uid === undefined ? undefined : state.resources.get(uid)
  while (at !== undefined && !chain.includes(at)) {
    chain.push(at)
    at = at.parentUid === null ? undefined : state.resources.get(at.parentUid)
  }
  return chain
}

/** What these subjects were given on a resource and above it. */
export function heldOn(state: State, uid: string | undefined, subjects: Subjects | null): HeldGrant[] {
  if (subjects === null) return []
  const all: string[] = [
    subjects.user,
    ...(subjects.email === null ? [] : [subjects.email]),
    ...subjects.groups,
  ]
  return chainOf(state, uid).flatMap((resource) =>
    [...state.grants.values()]
      .filter(
        (grant) =>
          grant.resourceUid === resource.uid && grant.endedAt === null && all.includes(grant.subject),
      )
      .map(({ id, subject, role, mode, expiresAt, claimableUntil }) => ({
        ...structuredClone({ id, subject, role, mode, expiresAt, claimableUntil }),
        above: resource.uid === uid ? null : { type: resource.type, id: resource.id },
      })),
  )
}

export function situationOf(
  state: State,
  uid: string | undefined,
  subjects: Subjects | null,
): ResourceSituation | null {
  const resource = resourceOf(state, uid)
  const grants = heldOn(state, uid, subjects)
  return resource && { resource, policy: policyOf(state, resource.tenantId), grants }
}

export function managedLink(
  state: State,
  tenantId: string | null,
  id: string,
  subjects: Subjects | null,
): ManagedLink | null {
  const link = state.links.get(id)
  if (link === undefined || (tenantId !== null && link.tenantId !== tenantId)) return null
  const situation = situationOf(state, link.resourceUid, subjects)
  return situation && { ...situation, link: structuredClone(link) }
}

/** What a token's link is judged by, with all of it but the count as its version. */
export function openingOf(state: State, tokenHash: string): LinkSituation | null {
  const token = state.tokens.get(tokenHash)
  const found = token?.linkId ? managedLink(state, null, token.linkId, null) : null
  if (token === undefined || found === null) return null
  const { viewCount: _, lastViewedAt: __, ...link } = found.link
  const right = found.link.authority === 'grant' ? state.grants.get(found.link.authorityId) : undefined
  const authority = structuredClone(right ?? null)
  const version = JSON.stringify([token.until, link, found.resource, found.policy, authority])
  return { ...found, authority, tokenUntil: token.until, version }
}
