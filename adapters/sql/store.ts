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
  LinkFacts,
  LinkSituation,
  ListAuditRequest,
  ListLinksRequest,
  ListOwnedRequest,
  ManagedLink,
  Remembered,
  ResourceFacts,
  ResourceSituation,
  Store,
  ViewFacts,
  ViewsRequest,
} from '../../src/store/index.ts'
import { apply } from './apply.ts'
import { conditionOf } from './condition.ts'
import { countedOf, countViews } from './counts.ts'
import { load, resourceKey, resourceOf, tenantsAsked } from './load.ts'
import * as maintenance from './maintenance.ts'
import { type Compiler, enter, type Query, type Steps } from './query.ts'
import * as reads from './reads.ts'
import { purgeSlice } from './removal.ts'
import type { Scope } from './scope.ts'

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
  appendView(view: ViewFacts, remembered?: Remembered): Promise<'recorded' | 'moved'>
  spendView(view: ViewFacts): Promise<'recorded' | 'moved'>
  migrate(): Promise<void>
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

  constructor(engine: Engine) {
    this.#engine = engine
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

  appendView(view: ViewFacts, remembered?: Remembered): Promise<'recorded' | 'moved'> {
    return this.#engine.appendView(view, remembered)
  }

  spendView(view: ViewFacts): Promise<'recorded' | 'moved'> {
    return this.#engine.spendView(view)
  }

  findAccess(ref: ResourceRef): Promise<AccessSituation | null> {
    const name = named(ref)
    return this.#engine.first(name, reads.findAccess, name)
  }

  async findResource(ref: ResourceRef): Promise<ResourceSituation | null> {
    const [row] = await this.#engine.read(named(ref), reads.findResource, { key: resourceKey(ref) })
    return row ? { resource: resourceOf(row), policy: row.policy } : null
  }

  async findLink(tenantId: string | null, id: string): Promise<ManagedLink | null> {
    const [row] =
      tenantId === null
        ? await this.#engine.read({ kind: 'grant', key: id }, reads.findLinkAnywhere, { id })
        : await this.#engine.read({ tenantId }, reads.findLink, { tenantId, id })
    return row ? { link: row.link, resource: resourceOf(row), policy: row.policy } : null
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

  purgeSlice(tenantId: string): Promise<number> {
    return this.#within(tenantId, () => purgeSlice(tenantId))
  }

  async sealedByOthers(
    tenantId: string,
    keyId: string,
    after: string,
    limit: number,
  ): Promise<Array<{ id: string; sealedToken: string }>> {
    const rows = await this.#engine.read({ tenantId }, maintenance.sealedByOthers, {
      tenantId,
      keyId,
      after,
      limit,
    })
    return rows.map(({ link }) => link)
  }

  async reseal(tenantId: string, id: string, from: string, to: string): Promise<void> {
    await this.#engine.read({ tenantId }, maintenance.reseal, { tenantId, id, from, to })
  }

  #within<R>(tenantId: string, steps: () => Steps<R>): Promise<R> {
    return this.#engine.transaction(function* () {
      yield* enter({ tenantId })
      return yield* steps()
    })
  }
}
