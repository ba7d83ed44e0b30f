import type { FilterInput } from './deciding/decide.ts'
import type { ListedResource, ListInput } from './deciding/list.ts'
import type { EventName, Listener } from './events/hub.ts'
import type { ForkInput } from './forks/fork.ts'
import type { AdminsApi, GroupsApi, MembersApi, TenantsApi, UsersApi } from './leaving-api.ts'
import type { CreatedLink } from './links/create.ts'
import type { MaintainOptions, MaintenanceReport } from './maintenance/maintain.ts'
import type { Access } from './model/access.ts'
import type { Actor, Visitor } from './model/actor.ts'
import type { AuditEvent, ListAuditInput } from './model/audit.ts'
import type { AddCollaboratorInput, Collaborator } from './model/collaborator.ts'
import type { MintRefInput, RefreshedRef, VerifiedRef } from './model/data-ref.ts'
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
import type { AccessRequest, ApproveRequestInput, CreateRequestInput } from './model/request.ts'
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
  groups: GroupsApi
  admins: AdminsApi
  users: UsersApi
  tenants: TenantsApi
  links: LinksApi<D>
  collaborators: CollaboratorsApi<D>
  invitations: InvitationsApi<D>
  requests: RequestsApi<D>
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
   * Opens a link and records one view. Whoever is signed in with a verified address also claims an invitation to it
   * on the same resource.
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
   * @throws SharingError `not_found` for a pass that is over, altered, or whose link's token has changed, and for one
   *   of `attach` whose person may not view the resource any more; else as `open`.
   */
  resume(pass: string, visitor?: Visitor): Promise<OpenedShare>
  /**
   * What `open` is to the bearer of a link, for a person who may view the resource by a right of their own: judged,
   * one view recorded, a pass for 24 hours at the most and never past the end of what they were given. Claims their
   * invitation on it first. With a pass of theirs for it (`visitor.pass`), nothing more is recorded.
   *
   * @throws SharingError `not_found`.
   */
  attach(actor: Actor, ref: RefOf<D>, visitor?: Visitor): Promise<OpenedShare>

  refs: RefsApi<D>
  /**
   * Asks the host's `resolve` for up to 100 pieces of data, each as this reader may see it, under their own identity:
   * never as the owner. One that fails or is denied leaves the others as they are. With each comes a token for it.
   *
   * @throws SharingError as `resume` or `attach` for what the reader has in hand; `invalid_input` for a type without
   *   `resolve`.
   */
  refresh(access: Access<TypeName<D>>, refs: readonly string[]): Promise<RefreshedRef[]>

  /** A private copy of what somebody may see. @throws SharingError as `resume`, `authentication_required`, `conflict` */
  fork<T extends TypeName<D>>(access: Access<T>, options?: ForkInput): Promise<Resource<T>>

  /** Listens to what was committed: an action of the audit, `link.opened`, or `*`. Call what it returns to stop. */
  on(name: EventName | '*', listener: Listener): () => void
  /** Rolls up, purges, sweeps and re-seals. Safe to run from anywhere, any number of times. */
  maintain(options?: MaintainOptions): Promise<MaintenanceReport>
  /**
   * Finishes what was begun and refuses what comes later. What waits for the host's code, such as a fork, is waited for,
   * for half a minute at the most. The host's pool or database stays open.
   */
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
  /**
   * Gives it to another person of its tenant. Shares stay, links by right of the new owner. Whoever owned it keeps the
   * strongest role, or the one that `keep` names; null: none. With `keep` they need a place among the people.
   */
  transfer(
    actor: Actor,
    ref: RefOf<D>,
    newOwnerId: string,
    options?: { keep?: RoleName<D> | null | undefined },
  ): Promise<Resource<TypeName<D>>>
}

/** Share links: as many on a resource as are wanted, each with its own token, limits and statistics. */
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

/** People and groups who were given a role on a resource. */
export interface CollaboratorsApi<D extends Definitions> {
  /**
   * Gives a role to an e-mail address, a user or a group. Again: what was given before is changed. An address is
   * `invited` until its person has claimed it; the answer is the same whoever it belongs to, or nobody.
   *
   * @throws SharingError `not_found`, `forbidden` without the action `share`; `invalid_email`, `invalid_role` (none of
   *   this type, or above one's own), `account_required`, `policy_violation`; `collaborator_limit`, `rate_limited`.
   */
  add<T extends TypeName<D>>(
    actor: Actor,
    ref: ResourceRef<T>,
    options: AddCollaboratorInput & { role: RoleName<D, T> },
  ): Promise<Collaborator<T>>
  /**
   * Who was named, oldest first, for the owner and those who were named. Addresses that were invited are shown to
   * whoever may share the resource, and to an admin.
   */
  list(actor: Actor, ref: RefOf<D>): Promise<Collaborator<TypeName<D>>[]>
  /**
   * Nobody gives a role above their own, or changes one that is. With `resource`, what was given on another one is
   * not found.
   *
   * @throws SharingError `not_found`, `forbidden`, `invalid_role`; `conflict` for what is over.
   */
  setRole(
    actor: Actor,
    id: string,
    role: RoleName<D>,
    options?: { resource?: RefOf<D> | undefined },
  ): Promise<Collaborator<TypeName<D>>>
  /**
   * Ends what was given, with every link that was made by its right. By whoever may share the resource, or an admin.
   * With `resource`, what was given on another one is not found.
   */
  remove(actor: Actor, id: string, options?: { resource?: RefOf<D> | undefined }): Promise<void>
  /** Gives up what one was given oneself. @throws SharingError `conflict` for whoever sees the resource by another right. */
  leave(actor: Actor, ref: RefOf<D>): Promise<void>
}

/**
 * Invitations by e-mail. Before they are claimed they count for whoever has verified the address; a claim binds them
 * to that person for good, whatever their address becomes.
 */
export interface InvitationsApi<D extends Definitions> {
  /**
   * Claims the invitation that a mail's token names. Again by the same person: the same answer.
   *
   * @throws SharingError `not_found` for one that is unknown, has ended or is another's; `email_mismatch` with a masked
   *   `public.hint` where another address is verified, or none; `expired`; `forbidden` from outside the tenant where
   *   its policy lets no guests in.
   */
  accept(actor: Actor, token: string): Promise<Collaborator<TypeName<D>>>
  /**
   * Claims every invitation to the actor's verified address: in their own tenant, and in those that let guests in.
   * None without such an address.
   */
  claim(actor: Actor): Promise<Collaborator<TypeName<D>>[]>
}

/** Asking for access, and answering. */
export interface RequestsApi<D extends Definitions> {
  /**
   * Asks for a role on a resource, or on what a link's token leads to. The answer is the same whether that exists, is
   * hidden from the actor, or was asked for already: nothing. The owner is told.
   *
   * @throws SharingError `invalid_input`, `invalid_role`; `rate_limited`, with `retryAfter` in seconds.
   */
  create<T extends TypeName<D>>(
    actor: Actor,
    target: ResourceRef<T> | string,
    options: CreateRequestInput & { role: RoleName<D, T> },
  ): Promise<void>
  /** Of a resource, for whoever may share it: the open ones first, then the newest. @throws SharingError `not_found`, `forbidden` */
  list(actor: Actor, ref: RefOf<D>): Promise<AccessRequest<TypeName<D>>[]>
  /**
   * Gives whoever asked a role: what they asked for unless another is named. They are told.
   *
   * @throws SharingError `not_found`, `forbidden`; `conflict` if it was answered already; `invalid_role` above one's
   *   own, `collaborator_limit`.
   */
  approve(
    actor: Actor,
    id: string,
    options?: ApproveRequestInput & { role?: RoleName<D> | undefined },
  ): Promise<Collaborator<TypeName<D>>>
  /** Refuses it; they are told, and may ask again. @throws SharingError `not_found`, `forbidden`, `conflict` */
  deny(actor: Actor, id: string): Promise<void>
}

/** Tokens for data and assets of a resource, each for one reader. */
export interface RefsApi<D extends Definitions> {
  /**
   * A token for one piece of data or one asset, once the host's `resolve` has said that this reader may see it. Good for
   * them alone, for a quarter of an hour at the most and never past the end of what they were given.
   *
   * @throws SharingError as `resume` or `attach` for what the reader has in hand; `forbidden` where the host denies it;
   *   `storage_unavailable` where the host fails; `invalid_input` for a type without `resolve`.
   */
  mint(access: Access<TypeName<D>>, ref: string, options?: MintRefInput): Promise<string>
  /**
   * What a token is for: all that a route needs to give out a file. The store is asked each time whether what it was
   * minted under still stands.
   *
   * @throws SharingError `not_found` for one that is altered, over, of another kind, of a retired key, or whose grant or
   *   link has ended; `authentication_required` and `forbidden` for one that is somebody else's; else as `resume`.
   */
  verify(token: string, actor: Actor | null): Promise<VerifiedRef<TypeName<D>>>
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
