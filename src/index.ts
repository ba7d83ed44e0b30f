export type {
  AuditApi,
  CollaboratorsApi,
  InvitationsApi,
  LinksApi,
  PoliciesApi,
  RefOf,
  RefsApi,
  RequestsApi,
  ResourcesApi,
  Sharing,
  ViewsApi,
} from './api.ts'
export type { Clock } from './clock.ts'
export type { FilterInput } from './deciding/decide.ts'
export type { ListedResource, ListInput } from './deciding/list.ts'
export { type ErrorCode, isSharingError, SharingError, type SharingErrorOptions } from './errors.ts'
export type { EventName, LinkOpenedEvent, Listener, SharingEvent } from './events/hub.ts'
export type { ForkInput } from './forks/fork.ts'
export type { AdminsApi, GroupsApi, MembersApi, TenantsApi, UsersApi } from './leaving-api.ts'
export type { Limiter, LimiterFactory } from './limits/door.ts'
export type { CreatedLink } from './links/create.ts'
export type { MaintainOptions, MaintenanceReport } from './maintenance/maintain.ts'
export type { Access } from './model/access.ts'
export type { ActionName } from './model/action.ts'
export type { Actor, Visitor } from './model/actor.ts'
export type { AuditAction, AuditEvent, ListAuditInput } from './model/audit.ts'
export type { AddCollaboratorInput, Collaborator, GranteeInput } from './model/collaborator.ts'
export type { MintRefInput, RefreshedRef, VerifiedRef } from './model/data-ref.ts'
export type { AccessEntry, Considered, Decision, Source } from './model/decision.ts'
export type { Action, Definitions, ResourceDefinition, RoleName, Rule, TypeName } from './model/definition.ts'
export type { Directory, DirectoryUser } from './model/directory.ts'
export type {
  AccessDenied,
  Forked,
  ForkHook,
  Hooks,
  ResolveHook,
  SnapshotHook,
  TakenSnapshot,
} from './model/hooks.ts'
export type { InputIssue } from './model/input.ts'
export type { ForgetUserInput, RemoveMemberInput } from './model/leaving.ts'
export type {
  CreateLinkInput,
  ImportLinkInput,
  LinkSettings,
  LinkStatus,
  LinkVisibility,
  ListLinksInput,
  Mode,
  ShareLink,
  UpdateLinkInput,
} from './model/link.ts'
export type { Notification, NotificationKind, NotificationRecipient, Notify } from './model/notification.ts'
export type { LinkPreview, OpenedShare } from './model/opening.ts'
export type { Page, PageInput } from './model/page.ts'
export type { AccessRequest, ApproveRequestInput, CreateRequestInput } from './model/request.ts'
export type {
  RegisterInput,
  Resource,
  ResourceRef,
  UpdateResourceInput,
  Visibility,
} from './model/resource.ts'
export type { PolicyInput, TenantPolicy } from './model/tenant-policy.ts'
export type { ListViewsInput, View, ViewStats, ViewStatsInput } from './model/view.ts'
export type { SharingLimits, SharingOptions } from './options.ts'
export { createSharing } from './sharing.ts'
export type * from './store/index.ts'
export { TokenTaken } from './store/index.ts'
export { type Passwords, scryptPasswords } from './tokens/password.ts'
export type { AddressPolicy } from './views/visitor.ts'
