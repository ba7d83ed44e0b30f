import {
  type AccessSituation,
  type Anchor,
  type Ask,
  type AuditRow,
  type ConditionSpec,
  type CountedViews,
  type CountRequest,
  type Decide,
  type FilterCondition,
  type GivenRow,
  type LinkSituation,
  type LinkViewFacts,
  type ListAuditRequest,
  type ListGivenRequest,
  type ListLinksRequest,
  type ListOwnedRequest,
  type ListPeopleRequest,
  type ListRequestsRequest,
  type ManagedLink,
  type MessageSettlement,
  type PersonRow,
  type Remembered,
  type RequestFacts,
  type ResourceFacts,
  type ResourceRef,
  type ResourceSituation,
  SharingError,
  type ShownSnapshot,
  type Store,
  type Subjects,
  type TakeMessageRequest,
  type TakenMessage,
  type TenantPolicy,
  type View,
  type ViewFacts,
  type ViewsRequest,
  type VisitRight,
} from '../../src/index.ts'
import type { Keyset } from '../../src/model/page.ts'
import { apply } from './apply.ts'
import { conditionOf, meets } from './condition.ts'
import { load, tenantsAsked } from './load.ts'
import * as maintenance from './maintenance.ts'
import * as outbox from './outbox.ts'
import * as people from './people.ts'
import * as snapshots from './snapshots.ts'
import * as state from './state.ts'
import * as views from './views.ts'
import { stationVerbs } from './workstations.ts'

/**
 * The smallest store that keeps the contract: plain objects, in this process only, gone with it. Every verb is
 * one synchronous piece of work, so that no two ever interleave.
 */
export function memoryStore(): Store {
  return new MemoryStore()
}

class MemoryStore implements Store {
  readonly #state = state.emptyState()
  #closed = false
  readonly workstations = stationVerbs(() => this.#open)

  get #open(): state.State {
    if (this.#closed) throw new SharingError('storage_unavailable')
    return this.#state
  }

  async migrate(): Promise<void> {
    void this.#open
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  async change<R>(anchor: Anchor, ask: Ask, decide: Decide<R>): Promise<R> {
    const known = new Set(this.#open.tenants.keys())
    try {
      const facts = load(this.#open, anchor, ask)
      const outcome = decide(facts)
      apply(this.#open, facts.tenantId, outcome)
      return outcome.result
    } catch (error) {
      // What is refused leaves nothing behind, the tenant that was made for it neither.
      for (const id of this.#open.tenants.keys()) if (!known.has(id)) this.#open.tenants.delete(id)
      throw error
    }
  }

  async changeEverywhere<R>(ask: Ask, decide: Decide<R>): Promise<R[]> {
    const outcomes = tenantsAsked(this.#open, ask).map((tenantId) => ({
      tenantId,
      outcome: decide(load(this.#open, { at: 'tenant', tenantId }, ask)),
    }))
    for (const { tenantId, outcome } of outcomes) apply(this.#open, tenantId, outcome)
    return outcomes.map(({ outcome }) => outcome.result)
  }

  async findOpening(tokenHash: string): Promise<LinkSituation | null> {
    return state.openingOf(this.#open, tokenHash)
  }

  async appendView(view: LinkViewFacts, remembered?: Remembered): Promise<'recorded' | 'moved'> {
    if (remembered !== undefined) {
      const present = state.openingOf(this.#open, remembered.tokenHash)
      if (present?.version !== remembered.version) return 'moved'
    }
    return views.writeView(this.#open, view, (link) => link.maxViews === null)
  }

  async spendView(view: LinkViewFacts): Promise<'recorded' | 'moved'> {
    return views.writeView(
      this.#open,
      view,
      (link) => link.maxViews !== null && link.viewCount < link.maxViews,
    )
  }

  async appendVisit(view: ViewFacts, right: VisitRight): Promise<'recorded' | 'moved'> {
    return views.writeVisit(this.#open, view, right)
  }

  async findSnapshotOf(
    tenantId: string,
    grantId: string,
    options: { content: boolean },
  ): Promise<ShownSnapshot | null> {
    return snapshots.findSnapshotOf(this.#open, tenantId, grantId, options)
  }

  async findSnapshot(
    tenantId: string,
    resourceUid: string,
    id: string,
    options: { content: boolean },
  ): Promise<Omit<ShownSnapshot, 'takenAt'> | null> {
    return snapshots.findSnapshot(this.#open, tenantId, resourceUid, id, options)
  }

  async findAccess(ref: ResourceRef, subjects: Subjects | null): Promise<AccessSituation | null> {
    return this.findResource(ref, subjects)
  }

  async findResource(ref: ResourceRef, subjects: Subjects | null): Promise<ResourceSituation | null> {
    return state.situationOf(this.#open, this.#open.uids.get(state.refKey(ref)), subjects)
  }

  async findLink(
    tenantId: string | null,
    id: string,
    subjects: Subjects | null,
  ): Promise<ManagedLink | null> {
    return state.managedLink(this.#open, tenantId, id, subjects)
  }

  async listPeople(request: ListPeopleRequest): Promise<PersonRow[]> {
    return people.listPeople(this.#open, request)
  }

  async listGiven(request: ListGivenRequest): Promise<GivenRow[]> {
    return people.listGiven(this.#open, request)
  }

  async listRequests(request: ListRequestsRequest): Promise<RequestFacts[]> {
    return outbox.listRequests(this.#open, request)
  }

  async findPolicy(tenantId: string): Promise<TenantPolicy> {
    return state.policyOf(this.#open, tenantId)
  }

  async listLinks(request: ListLinksRequest): Promise<Array<Omit<ManagedLink, 'policy'>>> {
    const { tenantId, resourceUid, createdBy, activeAt, createdAfter } = request
    const found = [...this.#open.links.values()]
      .filter((link) => link.tenantId === tenantId)
      .filter((link) => resourceUid === null || link.resourceUid === resourceUid)
      .filter((link) => createdBy === null || link.createdBy === createdBy)
      .filter(
        (link) =>
          activeAt === null ||
          (link.endedAt === null &&
            (link.expiresAt === null || link.expiresAt > activeAt) &&
            (link.maxViews === null || link.viewCount < link.maxViews) &&
            (createdAfter === null || link.createdAt > createdAfter)),
      )
    return state
      .pageOf(found, request, (link) => ({ at: link.createdAt, id: link.id }))
      .map((link) => state.managedLink(this.#open, tenantId, link.id, null)!)
  }

  async listOwned(request: ListOwnedRequest): Promise<ResourceFacts[]> {
    const { tenantId, ownerId, type, terms } = request
    const found = [...this.#open.resources.values()]
      .filter((one) => one.tenantId === tenantId && one.ownerId === ownerId)
      .filter((one) => (type === null || one.type === type) && meets(terms, one))
    return state
      .pageOf(found, request, (one) => ({ at: one.createdAt, id: one.uid }))
      .map((one) => state.resourceOf(this.#open, one.uid)!)
  }

  async listViews(request: ViewsRequest & Keyset): Promise<View[]> {
    return views.listViews(this.#open, request)
  }

  async countViews(request: CountRequest): Promise<CountedViews | null> {
    return views.countViews(this.#open, request)
  }

  async listAudit(request: ListAuditRequest): Promise<AuditRow[]> {
    return views.listAudit(this.#open, request)
  }

  condition(spec: ConditionSpec): FilterCondition {
    return conditionOf(this.#open, spec)
  }

  async tenantIds(after: string, limit: number): Promise<string[]> {
    const ids = [...this.#open.tenants.keys()].sort(state.compareBytes)
    return ids.filter((id) => state.compareBytes(id, after) > 0).slice(0, limit)
  }

  async rollUpViews(tenantId: string, until: string): Promise<number> {
    return maintenance.rollUpViews(this.#open, tenantId, until)
  }

  async anonymiseViews(tenantId: string, before: string): Promise<number> {
    return maintenance.anonymiseViews(this.#open, tenantId, before)
  }

  async sweepTokens(tenantId: string, at: Date): Promise<number> {
    return maintenance.sweepTokens(this.#open, tenantId, at)
  }

  async sweepSnapshots(tenantId: string, at: Date): Promise<number> {
    return snapshots.sweepSnapshots(this.#open, tenantId, at)
  }

  async takeMessage(tenantId: string, request: TakeMessageRequest): Promise<TakenMessage | null> {
    return outbox.takeMessage(this.#open, tenantId, request)
  }

  async renewMessage(
    tenantId: string,
    held: Pick<TakenMessage, 'message' | 'lease'>,
    until: Date,
  ): Promise<void> {
    outbox.renewMessage(this.#open, tenantId, held, until)
  }

  async settleMessage(
    tenantId: string,
    held: Pick<TakenMessage, 'message' | 'lease' | 'countedSince'>,
    settlement: MessageSettlement,
  ): Promise<void> {
    outbox.settleMessage(this.#open, tenantId, held, settlement)
  }

  /** What is removed is gone at once. */
  async purgeSlice(): Promise<number> {
    return 0
  }

  async sealedByOthers(
    tenantId: string,
    keyId: string,
    after: string,
    limit: number,
  ): Promise<Array<{ id: string; sealedToken: string }>> {
    return [...this.#open.links.values()]
      .filter((link) => link.tenantId === tenantId && link.endedAt === null && link.id > after)
      .flatMap(({ id, sealedToken }) => (sealedToken === null ? [] : [{ id, sealedToken }]))
      .filter(({ sealedToken }) => !sealedToken.startsWith(keyId))
      .sort((a, b) => state.compareBytes(a.id, b.id))
      .slice(0, limit)
  }

  async reseal(tenantId: string, id: string, from: string, to: string): Promise<boolean> {
    const link = this.#open.links.get(id)
    if (link?.tenantId !== tenantId || link.sealedToken !== from) return false
    link.sealedToken = to
    return true
  }
}
