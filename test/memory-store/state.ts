import type {
  AuditRow,
  DayCount,
  LinkFacts,
  LinkSituation,
  ManagedLink,
  ResourceFacts,
  ResourceSituation,
  ViewFacts,
} from '../../src/index.ts'
import type { Position } from '../../src/model/page.ts'
import { DEFAULT_POLICY, type TenantPolicy } from '../../src/model/tenant-policy.ts'

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
  tokens: Map<string, StoredToken>
  views: StoredView[]
  days: StoredDay[]
  audit: StoredEvent[]
}

export const emptyState = (): State => ({
  tenants: new Map(),
  resources: new Map(),
  uids: new Map(),
  links: new Map(),
  tokens: new Map(),
  views: [],
  days: [],
  audit: [],
})

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

export function situationOf(state: State, uid: string | undefined): ResourceSituation | null {
  const resource = resourceOf(state, uid)
  return resource && { resource, policy: policyOf(state, resource.tenantId) }
}

export function managedLink(state: State, tenantId: string | null, id: string): ManagedLink | null {
  const link = state.links.get(id)
  if (link === undefined || (tenantId !== null && link.tenantId !== tenantId)) return null
  const situation = situationOf(state, link.resourceUid)
  return situation && { ...situation, link: structuredClone(link) }
}

/** What a token's link is judged by, with all of it but the count as its version. */
export function openingOf(state: State, tokenHash: string): LinkSituation | null {
  const token = state.tokens.get(tokenHash)
  const found = token?.linkId ? managedLink(state, null, token.linkId) : null
  if (token === undefined || found === null) return null
  const { viewCount: _, lastViewedAt: __, ...link } = found.link
  const version = JSON.stringify([token.until, link, found.resource, found.policy])
  return { ...found, tokenUntil: token.until, version }
}
