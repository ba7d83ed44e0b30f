import type { FilterInput } from './deciding/decide.ts'
import type { ListedResource, ListInput } from './deciding/list.ts'
import type { EventName, Listener } from './events/hub.ts'
import type { CreatedLink } from './links/create.ts'
import type { MaintainOptions, MaintenanceReport } from './maintenance/maintain.ts'
import type { Actor, Visitor } from './model/actor.ts'
import type { AuditEvent, ListAuditInput } from './model/audit.ts'
import type { AccessEntry, Decision } from './model/decision.ts'
import type { Action, Definitions, RoleName, TypeName } from './model/definition.ts'
import type {
  CreateLinkInput,
  ImportLinkInput,
  ListLinksInput,
  ShareLink,
  UpdateLinkInput,
} from './model/link.ts'
import type { LinkPreview, OpenedShare } from './model/opening.ts'
import type { Page } from './model/page.ts'
import type {
  RegisterInput,
  Resource,
  ResourceRef,
  UpdateResourceInput,
  Visibility,
} from './model/resource.ts'
import type { PolicyInput, TenantPolicy } from './model/tenant-policy.ts'
import type { ListViewsInput, View, ViewStats, ViewStatsInput } from './model/view.ts'
import type { FilterCondition } from './store/condition.ts'

/** A ref to one of the types that a host defined. */
export type RefOf<D extends Definitions> = ResourceRef<TypeName<D>>

/**
 * The Share button of a host: everything it calls. Made by `createSharing`.
 *
 * Every method refuses input that does not fit with `invalid_input`, whose `public.issues` name the fields.
 * `not_found` is one answer for what is unknown, another tenant's, or hidden from this actor. A storage that
 * fails is `storage_unavailable`, and gives no access.
 */
export interface Sharing<D extends Definitions = Definitions> {
  /**
   * Brings the tables up to date. Any number of processes may call it at once.
   *
   * @throws SharingError `schema_outdated` if a newer version of the library made the tables.
   */
  migrate(): Promise<void>
  resources: ResourcesApi<D>
  members: MembersApi
  admins: AdminsApi
  users: UsersApi
  tenants: TenantsApi
  links: LinksApi<D>
  views: ViewsApi<D>
  audit: AuditApi<D>
  policies: PoliciesApi

  /** Whether an actor, or nobody (null), may do something with a resource. One statement. */
  can<T extends TypeName<D>>(actor: Actor | null, action: Action<D, T>, ref: ResourceRef<T>): Promise<boolean>
  /**
   * The decision, or its refusal.
   *
   * @throws SharingError `not_found`, or `forbidden` to someone who may at least view the resource.
   */
  authorize<T extends TypeName<D>>(
    actor: Actor | null,
    action: Action<D, T>,
    ref: ResourceRef<T>,
  ): Promise<Decision>
  /** Every source of rights that was looked at, what it gave, and which rule took it away. Never throws a refusal. */
  explain<T extends TypeName<D>>(
    actor: Actor | null,
    action: Action<D, T>,
    ref: ResourceRef<T>,
  ): Promise<Decision>
  /** What a person owns or was given, newest first. */
  list(actor: Actor, options?: ListInput<TypeName<D>>): Promise<Page<ListedResource<TypeName<D>>>>
  /**
   * A condition for the host's own `WHERE`: the rows of the actor's tenant on which `can` says yes.
   *
   * @example
   * ```ts no-run
   * const mine = sharing.filter(actor, 'view', 'document', { column: 'documents.id' })
   * await db.selectFrom('documents').selectAll().where(mine).execute()
   * ```
   */
  filter<T extends TypeName<D>>(
    actor: Actor,
    action: Action<D, T>,
    type: T,
    options: FilterInput,
  ): FilterCondition
  /**
   * Everyone who can do what with a resource, and through what.
   *
   * @throws SharingError `not_found`; `forbidden` without the action `share`.
   */
  access(actor: Actor, ref: RefOf<D>): Promise<AccessEntry[]>

  /**
   * Opens a link and records one view.
   *
   * @throws SharingError `not_found`, `rate_limited`, `expired`, `exhausted`, `public_shares_disabled`,
   *   `authentication_required`, `forbidden`, `password_required`, `password_incorrect`.
   */
  open(token: string, visitor?: Visitor): Promise<OpenedShare>
  /**
   * What a landing page may show. Consumes and records nothing. Throws as `open`, up to signing in. Where the
   * visitor's address is given, it may look as often as it may open.
   */
  peek(token: string, visitor?: Pick<Visitor, 'ip'>): Promise<LinkPreview>
  /**
   * The same reader's next requests: no second view, still judged. The pass is bound to the opener's user id.
   *
   * @throws SharingError `not_found` for a pass that is over, altered, or whose link's token has changed; else as `open`.
   */
  resume(pass: string, visitor?: Visitor): Promise<OpenedShare>

  /** Listens to what was committed: an action of the audit, `link.opened`, or `*`. Call what it returns to stop. */
  on(name: EventName | '*', listener: Listener): () => void
  /** Rolls up, purges, sweeps and re-seals. Safe to run from anywhere, any number of times. */
  maintain(options?: MaintainOptions): Promise<MaintenanceReport>
  /** Finishes what was begun and refuses what comes later. The host's pool or database stays open. */
  close(): Promise<void>
}

/** Called by the host's own code, so without an actor, except where one is shown. */
export interface ResourcesApi<D extends Definitions> {
  /**
   * Tells the library of a resource. Again: title, traits and parent are overwritten where given, visibility never.
   *
   * @throws SharingError `conflict` if it is registered to another tenant or owner; `publish_forbidden`,
   *   `public_shares_disabled` or `account_required` for a visibility that it may not have.
   */
  register(ref: RefOf<D>, options: RegisterInput): Promise<Resource<TypeName<D>>>
  /** Overwrites what is given. @throws SharingError `not_found` */
  update(ref: RefOf<D>, options: UpdateResourceInput): Promise<Resource<TypeName<D>>>
  /** The resource as it was registered, or null. No actor is asked: for the host's own code. */
  get(ref: RefOf<D>): Promise<Resource<TypeName<D>> | null>
  /** Removes it with all its shares and views. An id that is used again starts clean. Unknown: nothing happens. */
  remove(ref: RefOf<D>): Promise<void>
  /**
   * @throws SharingError `not_found`, `forbidden`; `publish_forbidden`, `public_shares_disabled`, `account_required`.
   */
  setVisibility(actor: Actor, ref: RefOf<D>, visibility: Visibility): Promise<Resource<TypeName<D>>>
  /** Gives it to another person of its tenant. Links stay, by right of the new owner. */
  transfer(actor: Actor, ref: RefOf<D>, newOwnerId: string): Promise<Resource<TypeName<D>>>
}

/** People of an account, as the host tells of them. */
export interface MembersApi {
  /**
   * A person leaves a tenant: the links they made there end, and all shares of what they own, unless an heir
   * takes the resources over with their shares.
   */
  remove(tenantId: string, userId: string, options?: { heir?: string | undefined }): Promise<void>
}

/** Administrators, of an account or of the whole system. */
export interface AdminsApi {
  /** Somebody is no admin any more, of a tenant or (null) of the system: the links made by that right end. */
  remove(userId: string, tenantId: string | null): Promise<void>
}

/** People, whichever accounts they are in. */
export interface UsersApi {
  /** The account is gone: as `members.remove` everywhere, and their views stay counted without them. */
  forget(userId: string): Promise<void>
}

/** Accounts, as the host tells of them. */
export interface TenantsApi {
  /** Removes a tenant with all that it has, its audit too. */
  remove(tenantId: string): Promise<void>
}

/** Share links: any number per resource, each with its own token, limits and statistics. */
export interface LinksApi<D extends Definitions> {
  /**
   * Makes a link. The token is in the answer; the store has its hash.
   *
   * @throws SharingError `not_found`, `forbidden`; `account_required`, `invalid_role`, `publish_forbidden`,
   *   `public_shares_disabled`, `policy_violation`.
   */
  create<T extends TypeName<D>>(
    actor: Actor,
    ref: ResourceRef<T>,
    options: CreateLinkInput & { role?: RoleName<D, T> | undefined },
  ): Promise<CreatedLink<T>>
  /** One's own; of a resource, all of them for whoever manages it; a tenant's, for its admin. Newest first. */
  list(actor: Actor, options?: ListLinksInput<TypeName<D>>): Promise<Page<ShareLink<TypeName<D>>>>
  /** @throws SharingError `not_found`, `forbidden` */
  get(actor: Actor, id: string): Promise<ShareLink<TypeName<D>>>
  /** Changes settings, judged as they are afterwards. @throws SharingError `conflict` for a revoked link. */
  update(
    actor: Actor,
    id: string,
    changes: UpdateLinkInput & { role?: RoleName<D> },
  ): Promise<ShareLink<TypeName<D>>>
  /** Ends it for good. By its maker, whoever may share the resource, or an admin; again is no error. */
  revoke(actor: Actor, id: string): Promise<ShareLink<TypeName<D>>>
  /** Deletes it with its views. By its maker or whoever may share the resource: an admin of the tenant revokes. */
  remove(actor: Actor, id: string): Promise<void>
  /** A new token; settings and statistics stay. The old one ends, at once or after a grace. */
  rotate(
    actor: Actor,
    id: string,
    options?: { graceSeconds?: number | undefined },
  ): Promise<CreatedLink<TypeName<D>>>
  /** The token again, for a Copy button. @throws SharingError `conflict` where no sealed copy is kept. */
  reveal(actor: Actor, id: string): Promise<string>
  /** Lets an older system's token go on working. @throws SharingError `conflict` if it is a link's already. */
  import<T extends TypeName<D>>(
    actor: Actor,
    ref: ResourceRef<T>,
    options: ImportLinkInput & { role?: RoleName<D, T> | undefined },
  ): Promise<CreatedLink<T>>
}

/** Recorded openings, for whoever oversees the link or may share the resource. */
export interface ViewsApi<D extends Definitions> {
  /** Of a link or a resource, newest first, for whoever oversees it. */
  list(actor: Actor, options: ListViewsInput & { resource?: RefOf<D> }): Promise<Page<View>>
  /** Openings by day (UTC) with distinct visitors, bots apart. The last 30 days unless set. */
  stats(actor: Actor, options: ViewStatsInput & { resource?: RefOf<D> }): Promise<ViewStats>
}

/** What was changed, by whom, and who had access when. */
export interface AuditApi<D extends Definitions> {
  /** Of a resource, with the action `history`; of the tenant, for its admin. Newest first. */
  list(actor: Actor, options?: ListAuditInput & { resource?: RefOf<D> }): Promise<Page<AuditEvent>>
  /**
   * Who had access at a moment, from what was recorded, under today's roles and rules. Nobody, before the
   * resource was registered. Whether a link with `maxViews` was used up by then is not asked.
   */
  accessAt(actor: Actor, ref: RefOf<D>, date: Date | string): Promise<AccessEntry[]>
}

/** What an account allows of sharing. */
export interface PoliciesApi {
  /** The policy of the actor's tenant. */
  get(actor: Actor): Promise<TenantPolicy>
  /** Sets what is given. @throws SharingError `forbidden` for whoever is not an admin of the tenant. */
  set(actor: Actor, changes: PolicyInput): Promise<TenantPolicy>
}
