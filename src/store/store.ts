import type { AuditEvent } from '../model/audit.ts'
import type { Keyset, Position } from '../model/page.ts'
import type { ResourceRef } from '../model/resource.ts'
import type { Subject, Subjects } from '../model/subject.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import type { View } from '../model/view.ts'
import type { Anchor, Ask, Decide } from './change.ts'
import type { ConditionSpec, FilterCondition, TypeTerms } from './condition.ts'
import type {
  AccessSituation,
  GrantFacts,
  LinkFacts,
  LinkSituation,
  LinkViewFacts,
  ManagedLink,
  Remembered,
  RequestFacts,
  ResourceFacts,
  ResourceSituation,
  ShownSnapshot,
  ViewedSituation,
  ViewFacts,
  VisitRight,
} from './facts.ts'
import type { OutboxVerbs } from './message.ts'
import type { WorkstationVerbs } from './workstations.ts'

/**
 * Where sharing state lives. Every verb is one intent with its guarantees; nothing is read and then written
 * from outside.
 *
 * For all verbs: a failure of the storage itself is thrown as `storage_unavailable`, missing or old tables as
 * `schema_outdated`, and nothing of the driver's text is in a message. Rows come back as plain facts; deciding
 * is not the store's. Ids are compared byte by byte, times are kept to the millisecond. Verbs that take a
 * `tenantId` neither read nor write another tenant's rows.
 */
export interface Store
  extends ChangeVerbs,
    OpeningVerbs,
    SnapshotVerbs,
    ReadVerbs,
    OutboxVerbs,
    MaintenanceVerbs {
  /** Brings the tables up to date. Any number of processes may call it at once. */
  migrate(): Promise<void>
  /** Refuses new work, finishes what was begun, and leaves the host's own pool or database open. */
  close(): Promise<void>
  /** Workstations, edit sessions and checkpoints, for `sharegrant/workstations`. A store may do without. */
  readonly workstations?: WorkstationVerbs | undefined
}

/** What changes sharing state: load, decide and apply as one atomic step. */
export interface ChangeVerbs {
  /**
   * Loads the facts under lock, lets `decide` judge them, and applies its outcome: one atomic step.
   *
   * Two changes in one tenant that touch the same resource run one after the other, and a change anchored at
   * the tenant runs alone in it: `decide` never sees facts that another step is about to overwrite. State,
   * audit and outbox are committed together before the promise resolves. If `decide` throws, that error comes back
   * unchanged and nothing was written. `decide` may run more than once.
   *
   * A token whose hash exists already throws {@link TokenTaken}, and nothing was written.
   */
  change<R>(anchor: Anchor, ask: Ask, decide: Decide<R>): Promise<R>

  /**
   * The same in every tenant in which the ask finds something, all in one step: `decide` runs once per tenant.
   * For what ends everywhere at once: a person forgotten, a system admin removed.
   */
  changeEverywhere<R>(ask: Ask, decide: Decide<R>): Promise<R[]>
}

/** The hot path: one read, then one durable view. */
export interface OpeningVerbs {
  /** What the link behind a token's hash is judged by; null for an unknown hash. Never a stale answer. */
  findOpening(tokenHash: string): Promise<LinkSituation | null>

  /**
   * Writes a view of a link without `maxViews`, with its count and last view, durably. `moved` if the link has
   * been ended, removed or capped since it was read, and nothing was written: read again. Openings that wait
   * together may share a commit; one that cannot be written never fails its neighbours.
   *
   * Where the view was decided on what was `remembered`, it is written only if a read by that commit would find
   * the same: else `moved`. A store that gives no `version` is given nothing remembered.
   */
  appendView(view: LinkViewFacts, remembered?: Remembered): Promise<'recorded' | 'moved'>

  /** Writes a view only if the link has one left, exactly, across processes. Otherwise as `appendView`. */
  spendView(view: LinkViewFacts): Promise<'recorded' | 'moved'>

  /**
   * Writes a view of a resource that no link led to, durably. `moved` if this registration of it is gone, or what its
   * visitor was let in by has changed since it was read, and nothing was written: read again. Of what was given above
   * the resource it may miss an end that is being committed in that moment.
   */
  appendVisit(view: ViewFacts, right: VisitRight): Promise<'recorded' | 'moved'>
}

/** What was shared as it was then. */
export interface SnapshotVerbs {
  /**
   * What a grant in snapshot mode shows; null where it names nothing, has ended or is gone. Without `content` that is
   * left empty, and not read.
   */
  findSnapshotOf(
    tenantId: string,
    grantId: string,
    options: { content: boolean },
  ): Promise<ShownSnapshot | null>
  /** A snapshot of one registration, byte by byte as it was taken; `content` as above. */
  findSnapshot(
    tenantId: string,
    resourceUid: string,
    id: string,
    options: { content: boolean },
  ): Promise<Omit<ShownSnapshot, 'takenAt'> | null>
}

/** What is read by itself. */
export interface ReadVerbs {
  /** What a decision needs of a resource, and no more: the one read of `can`. Grants are those of these subjects. */
  findAccess(ref: ResourceRef, subjects: Subjects | null): Promise<AccessSituation | null>
  /** A registered resource with its tenant's policy, whichever tenant's it is; null for an unknown ref. */
  findResource(ref: ResourceRef, subjects: Subjects | null): Promise<ResourceSituation | null>
  /** A link by id, in one tenant, or in any where `tenantId` is null. Removed ones are not there. */
  findLink(tenantId: string | null, id: string, subjects: Subjects | null): Promise<ManagedLink | null>
  /** What people and groups were given on a resource, oldest first. */
  listPeople(request: ListPeopleRequest): Promise<PersonRow[]>
  /** Requests for a resource: the open ones first, then the newest, so many at most. */
  listRequests(request: ListRequestsRequest): Promise<RequestFacts[]>
  /** What subjects were given in their own tenant, or (`outside`) as guests of others: newest resource first, by its creation. */
  listGiven(request: ListGivenRequest): Promise<GivenRow[]>
  /** The policy of a tenant; the default one where it was never set. */
  findPolicy(tenantId: string): Promise<TenantPolicy>
  /** Newest first. One row more than `limit` tells that there is another page. */
  listLinks(request: ListLinksRequest): Promise<Array<{ link: LinkFacts; resource: ResourceFacts }>>
  /** What a person owns in a tenant, newest first. */
  listOwned(request: ListOwnedRequest): Promise<ResourceFacts[]>
  /** Newest first, without those of removed links. */
  listViews(request: ViewsRequest & Keyset): Promise<View[]>
  /**
   * Counts per day, oldest first, days without a view left out, with what decides who may see them as the same read
   * found it; null where the resource is gone.
   */
  countViews(request: CountRequest): Promise<CountedViews | null>
  /** Newest first. Of a resource: of its present registration, in the order in which its changes committed. */
  listAudit(request: ListAuditRequest): Promise<AuditRow[]>
  /** A condition for the host's own query. Made without asking the database. */
  condition(spec: ConditionSpec): FilterCondition
}

/** Which links of a tenant: of a resource, of a maker, or all. */
export interface ListLinksRequest extends Keyset {
  tenantId: string
  resourceUid: string | null
  createdBy: string | null
  /** Where set, only links that are neither ended, over at this moment, nor used up. */
  activeAt: Date | null
  /** Where set, with `activeAt`: links made at or before this moment are over (the policy's `maxLinkDays`). */
  createdAfter: Date | null
}

/** Which of a person's resources: of one type, or of all. */
export interface ListOwnedRequest extends Keyset {
  tenantId: string
  ownerId: string
  type: string | null
  /** What resources of these types have to meet; of others, nothing. */
  terms: readonly TypeTerms[]
}

/** Which grants of a resource. */
export interface ListPeopleRequest {
  tenantId: string
  resourceUid: string
  /** What was given on what lies above it, too. */
  above: boolean
  /** Ended ones too. */
  ended: boolean
}

/** Which requests. */
export interface ListRequestsRequest {
  tenantId: string
  resourceUid: string
  limit: number
}

/** A grant, and what it was given on where that lies above the resource. */
export interface PersonRow extends GrantFacts {
  above: ResourceRef | null
}

/** Whose grants. */
export interface ListGivenRequest {
  /** The tenant that the subjects act in. */
  tenantId: string
  subjects: readonly Subject[]
  /** What they own in that tenant is left out: it is not shared with them. */
  ownerId: string
  /** The types of the resources, each with the roles that count. */
  types: ReadonlyArray<{ name: string; roles: readonly string[] }>
  /** What resources of these types have to meet; of others, nothing. */
  terms: readonly TypeTerms[]
  /** The one of the subjects that is an address: it counts only where the policy allows its domain. */
  address: { subject: Subject; domain: string } | null
  /** As guests: in all tenants but that one that let guests in. */
  outside: boolean
  /** Where a grant has to hold. */
  at: Date
  after: Position | null
  limit: number
}

/** A grant with its resource. The same resource may come by several grants. */
export interface GivenRow {
  grant: GrantFacts
  resource: ResourceFacts
}

/** Whose views. */
export interface ViewsRequest {
  tenantId: string
  resourceUid: string
  /** One link of the resource, or null for all that opened it. */
  linkId: string | null
}

/** Whose views, of which days (UTC). */
export interface CountRequest extends ViewsRequest {
  from: string
  to: string
  /**
   * The day before which all views were added up when last heard of; empty if never. Views of earlier days need not
   * be looked for: the answer tells if that was wrong.
   */
  rolledUntil: string
}

/** Counts, with what decides who may see them. */
export interface CountedViews extends ViewedSituation {
  days: DayCount[]
  rolledUntil: string
}

/** One day's openings (UTC). */
export interface DayCount {
  day: string
  views: number
  visitors: number
  bots: number
}

/** Whose audit. */
export interface ListAuditRequest extends Keyset {
  tenantId: string
  /** One registration of a resource, or null for the tenant's whole audit. */
  resourceUid: string | null
  /** Of the tenant's whole audit, only events of this action. */
  action?: 'policy.changed'
}

/** An event as a list gives it. */
export interface AuditRow extends Omit<AuditEvent, 'tenantId'> {
  tenantId: string
  /** The id that orders it within its list. */
  position: string
}

/**
 * What keeps the tables small. Each verb is safe to repeat and to run from several processes at once, does a
 * bounded amount in one step, and returns how much: more than zero asks for another call.
 */
export interface MaintenanceVerbs {
  /** Tenants in id order, after one. The one statement that lists across tenants: maintenance goes tenant by tenant. */
  tenantIds(after: string, limit: number): Promise<string[]>
  /** Adds up the views of whole days before `until` that are not added up yet. */
  rollUpViews(tenantId: string, until: string): Promise<number>
  /** Takes address, agent and visitor from views before a day that was added up. */
  anonymiseViews(tenantId: string, before: string): Promise<number>
  /** Deletes old tokens whose grace has passed. */
  sweepTokens(tenantId: string, at: Date): Promise<number>
  /**
   * Deletes snapshots that no grant shows any more, nor any pass: those that are to be kept until later stay. What a
   * person was given shows nothing once it is over, nor does a link that was made by right of it; another link does,
   * until it is revoked or removed.
   */
  sweepSnapshots(tenantId: string, at: Date): Promise<number>
  /** Deletes the next slice of what was removed and was too much for one step. */
  purgeSlice(tenantId: string): Promise<number>
  /** Sealed tokens that another key than this one sealed, in id order, after one. */
  sealedByOthers(
    tenantId: string,
    keyId: string,
    after: string,
    limit: number,
  ): Promise<Array<{ id: string; sealedToken: string }>>
  /** Replaces a sealed token, if it is still the one that was read; whether it was. */
  reseal(tenantId: string, id: string, from: string, to: string): Promise<boolean>
}

/** Thrown by `change` where a new token's hash exists already: mint another and try again. */
export class TokenTaken extends Error {
  override readonly name = 'TokenTaken'
}
