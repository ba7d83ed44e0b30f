import type { Keyset } from '../../src/model/page.ts'
import type { ResourceRef } from '../../src/model/resource.ts'
import { DEFAULT_POLICY, type TenantPolicy } from '../../src/model/tenant-policy.ts'
import type { View } from '../../src/model/view.ts'
import type {
  AccessSituation,
  Anchor,
  Ask,
  AuditRow,
  ConditionSpec,
  CountedViews,
  CountRequest,
  Decide,
  FilterCondition,
  GivenRow,
  LinkFacts,
  LinkSituation,
  LinkViewFacts,
  ListAuditRequest,
  ListGivenRequest,
  ListLinksRequest,
  ListOwnedRequest,
  ListPeopleRequest,
  ListRequestsRequest,
  ManagedLink,
  MessageSettlement,
  PersonRow,
  Remembered,
  RequestFacts,
  ResourceFacts,
  ResourceSituation,
  ShownSnapshot,
  Store,
  Subjects,
  TakeMessageRequest,
  TakenMessage,
  ViewFacts,
  ViewsRequest,
  VisitRight,
  WorkstationVerbs,
} from '../../src/store/index.ts'
import { findAccess } from './access.ts'
import { apply } from './apply.ts'
import { conditionOf } from './condition.ts'
import { countedOf, countViews } from './counts.ts'
import * as delivery from './delivery.ts'
import { listGiven } from './given.ts'
import { tenantsAsked } from './hanging.ts'
import { load } from './load.ts'
import * as maintenance from './maintenance.ts'
import { heldOf, heldQuery, listPeople, subjectArgs } from './people.ts'
import { type Compiler, enter, type Query, type Steps } from './query.ts'
import * as reads from './reads.ts'
import { purgeSlice } from './removal.ts'
import { listRequests } from './requests.ts'
import { resourceKey, resourceOf } from './resource-row.ts'
import type { Scope } from './scope.ts'
import * as snapshots from './snapshots.ts'
import { visitOf } from './visit.ts'
import { workstationVerbs } from './workstations/verbs.ts'

/** How one database runs statements. All that follows from it is written once, in {@link sqlStore}. */
export interface Engine {
  readonly compiler: Compiler
  /** One statement by itself. */
  read<P, R>(scope: Scope, query: Query<P, R>, args: P): Promise<R[]>
  /** The same, for one row or none. */
  first<P, R>(scope: Scope, query: Query<P, R>, args: P): Promise<R | null>
  /** One atomic step, run again where the database asks for it. */
  transaction<R>(steps: () => Steps<R>): Promise<R>
  findOpening(tokenHash: string): Promise<LinkSituation | null>
  appendView(view: LinkViewFacts, remembered?: Remembered): Promise<'recorded' | 'moved'>
  spendView(view: LinkViewFacts): Promise<'recorded' | 'moved'>
  /** The tables of the core, and of a module where it is asked for. */
  migrate(module?: 'workstations'): Promise<void>
  close(): Promise<void>
}

export function sqlStore(engine: Engine): Store {
  return new SqlStore(engine)
}

const named = (ref: ResourceRef): { kind: 'resource'; key: string } => ({
  kind: 'resource',
  key: resourceKey(ref),
})

class SqlStore implements Store {
  readonly #engine: Engine

  readonly workstations: WorkstationVerbs

  constructor(engine: Engine) {
    this.#engine = engine
    this.workstations = workstationVerbs(engine)
  }

  migrate(): Promise<void> {
    return this.#engine.migrate()
  }

  close(): Promise<void> {
    return this.#engine.close()
  }

  change<R>(anchor: Anchor, ask: Ask, decide: Decide<R>): Promise<R> {
    return this.#engine.transaction(function* () {
      const facts = yield* load(anchor, ask)
      const outcome = decide(facts)
      yield* apply(facts.tenantId, outcome)
      return outcome.result
    })
  }

  changeEverywhere<R>(ask: Ask, decide: Decide<R>): Promise<R[]> {
    return this.#engine.transaction(function* () {
      const results: R[] = []
      yield* enter('everywhere')
      for (const tenantId of yield* tenantsAsked(ask)) {
        const facts = yield* load({ at: 'tenant', tenantId }, ask)
        const outcome = decide(facts)
        yield* apply(tenantId, outcome)
        results.push(outcome.result)
      }
      return results
    })
  }

  findOpening(tokenHash: string): Promise<LinkSituation | null> {
    return this.#engine.findOpening(tokenHash)
  }

  appendView(view: LinkViewFacts, remembered?: Remembered): Promise<'recorded' | 'moved'> {
    return this.#engine.appendView(view, remembered)
  }

  spendView(view: LinkViewFacts): Promise<'recorded' | 'moved'> {
    return this.#engine.spendView(view)
  }

  async appendVisit(view: ViewFacts, right: VisitRight): Promise<'recorded' | 'moved'> {
    const { tenantId } = view
    const { query, args } = visitOf(view, right)
    return (await this.#engine.first({ tenantId }, query, args)) === null ? 'moved' : 'recorded'
  }

  async findSnapshotOf(
    tenantId: string,
    grantId: string,
    { content }: { content: boolean },
  ): Promise<ShownSnapshot | null> {
    const query = snapshots.snapshotOfGrant(content)
    const row = await this.#engine.first({ tenantId }, query, { tenantId, grantId })
    return row && snapshots.shownOf(row)
  }

  async findSnapshot(
    tenantId: string,
    resourceUid: string,
    id: string,
    { content }: { content: boolean },
  ): Promise<Omit<ShownSnapshot, 'takenAt'> | null> {
    const args = { tenantId, uid: resourceUid, id }
    const row = await this.#engine.first({ tenantId }, snapshots.findSnapshot(content), args)
    return row && snapshots.foundOf(row)
  }

  async findAccess(ref: ResourceRef, subjects: Subjects | null): Promise<AccessSituation | null> {
    const name = named(ref)
    const { user, email, groups } = subjectArgs(subjects)
    const args = { key: name.key, user, email, groups }
    return this.#engine.first(name, findAccess(subjects), args)
  }

  async findResource(ref: ResourceRef, subjects: Subjects | null): Promise<ResourceSituation | null> {
    const [row] = await this.#engine.read(named(ref), reads.findResource, { key: resourceKey(ref) })
    return this.#situationOf(row, subjects)
  }

  async findLink(
    tenantId: string | null,
    id: string,
    subjects: Subjects | null,
  ): Promise<ManagedLink | null> {
    const [row] =
      tenantId === null
        ? await this.#engine.read({ kind: 'grant', key: id }, reads.findLinkAnywhere, { id })
        : await this.#engine.read({ tenantId }, reads.findLink, { tenantId, id })
    const situation = await this.#situationOf(row, subjects)
    return situation && { link: row!.link, ...situation }
  }

  /** What an actor was given is asked for where nothing was found too, so that nobody learns by it what there is. */
  async #situationOf(
    row: reads.SituationRow | undefined,
    subjects: Subjects | null,
  ): Promise<ResourceSituation | null> {
    const { tenantId, uid } = row?.resource ?? { tenantId: '', uid: '' }
    const held =
      subjects === null
        ? []
        : await this.#engine.read({ tenantId }, heldQuery(subjects), {
            tenantId,
            uid,
            ...subjectArgs(subjects),
          })
    return row ? { resource: resourceOf(row), policy: row.policy, grants: held.map(heldOf(uid)) } : null
  }

  async listPeople({ tenantId, resourceUid, above, ended }: ListPeopleRequest): Promise<PersonRow[]> {
    const rows = await this.#engine.read({ tenantId }, listPeople(above, ended), {
      tenantId,
      uid: resourceUid,
    })
    return rows.map(({ grant, on: { uid, type, id } }) => ({
      ...grant,
      above: uid === resourceUid ? null : { type, id },
    }))
  }

  async listGiven(request: ListGivenRequest): Promise<GivenRow[]> {
    const { subjects, types, tenantId } = request
    if (subjects.length === 0 || types.length === 0) return []
    const scope = request.outside ? 'everywhere' : { tenantId }
    const rows = await this.#engine.read(scope, ...listGiven(request))
    return rows.map((row) => ({ grant: row.grant, resource: resourceOf(row) }))
  }

  async listRequests({ tenantId, resourceUid, limit }: ListRequestsRequest): Promise<RequestFacts[]> {
    const rows = await this.#engine.read({ tenantId }, listRequests, { tenantId, uid: resourceUid, limit })
    return rows.map(({ request }) => request)
  }

  async findPolicy(tenantId: string): Promise<TenantPolicy> {
    const [row] = await this.#engine.read({ tenantId }, reads.findPolicy, { tenantId })
    return row?.policy ?? DEFAULT_POLICY
  }

  async listLinks(request: ListLinksRequest): Promise<Array<{ link: LinkFacts; resource: ResourceFacts }>> {
    const rows = await this.#engine.read(request, ...reads.listLinks(request))
    return rows.map((row) => ({ link: row.link, resource: resourceOf(row) }))
  }

  async listOwned(request: ListOwnedRequest): Promise<ResourceFacts[]> {
    return (await this.#engine.read(request, ...reads.listOwned(request))).map(resourceOf)
  }

  async listViews(request: ViewsRequest & Keyset): Promise<View[]> {
    return (await this.#engine.read(request, ...reads.listViews(request))).map(reads.viewOf)
  }

  async countViews(request: CountRequest): Promise<CountedViews | null> {
    const row = await this.#engine.first(request, ...countViews(request))
    return row === null ? null : countedOf(row)
  }

  async listAudit(request: ListAuditRequest): Promise<AuditRow[]> {
    const rows = await this.#engine.read(request, ...reads.listAudit(request))
    return rows.map((row) => reads.auditRowOf(row, request.resourceUid !== null))
  }

  condition(spec: ConditionSpec): FilterCondition {
    const { dialect, tables } = this.#engine.compiler
    return conditionOf(spec, dialect, tables)
  }

  async tenantIds(after: string, limit: number): Promise<string[]> {
    const rows = await this.#engine.read('everywhere', maintenance.tenantIds, { after, limit })
    return rows.map(({ tenant }) => tenant.tenantId)
  }

  rollUpViews(tenantId: string, until: string): Promise<number> {
    return this.#within(tenantId, () => maintenance.rollUpViews(tenantId, until))
  }

  anonymiseViews(tenantId: string, before: string): Promise<number> {
    return this.#within(tenantId, () => maintenance.anonymiseViews(tenantId, before))
  }

  async sweepTokens(tenantId: string, at: Date): Promise<number> {
    return (await this.#engine.read({ tenantId }, maintenance.sweepTokens, { tenantId, at })).length
  }

  sweepSnapshots(tenantId: string, at: Date): Promise<number> {
    return this.#within(tenantId, () => snapshots.sweepSnapshots(tenantId, at))
  }

  purgeSlice(tenantId: string): Promise<number> {
    return this.#within(tenantId, () => purgeSlice(tenantId))
  }

  sealedByOthers(
    tenantId: string,
    keyId: string,
    after: string,
    limit: number,
  ): Promise<Array<{ id: string; sealedToken: string }>> {
    return this.#within(tenantId, () => maintenance.sealedByOthers(tenantId, keyId, after, limit))
  }

  async reseal(tenantId: string, id: string, from: string, to: string): Promise<boolean> {
    const rows = await this.#engine.read({ tenantId }, maintenance.reseal, { tenantId, id, from, to })
    return rows.length > 0
  }

  async takeMessage(tenantId: string, request: TakeMessageRequest): Promise<TakenMessage | null> {
    for (;;) {
      const taken = await this.#within(tenantId, () => delivery.takeMessage(tenantId, request))
      if (taken !== 'again') return taken
    }
  }

  async renewMessage(
    tenantId: string,
    { message, lease }: Pick<TakenMessage, 'message' | 'lease'>,
    until: Date,
  ): Promise<void> {
    await this.#engine.read({ tenantId }, delivery.renewMessage, { tenantId, id: message.id, lease, until })
  }

  settleMessage(
    tenantId: string,
    held: Pick<TakenMessage, 'message' | 'lease' | 'countedSince'>,
    settlement: MessageSettlement,
  ): Promise<void> {
    return this.#within(tenantId, () => delivery.settleMessage(tenantId, held, settlement))
  }

  #within<R>(tenantId: string, steps: () => Steps<R>): Promise<R> {
    return this.#engine.transaction(function* () {
      yield* enter({ tenantId })
      return yield* steps()
    })
  }
}
