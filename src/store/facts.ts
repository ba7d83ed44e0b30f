import type { LinkVisibility, Mode } from '../model/link.ts'
import type { AccessRequest } from '../model/request.ts'
import type { ResourceRef, Visibility } from '../model/resource.ts'
import type { Subject } from '../model/subject.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'

/** A resource as it is stored. `uid` names this registration: an id that is used again gets another. */
export interface ResourceFacts {
  uid: string
  tenantId: string
  type: string
  id: string
  ownerId: string
  title: string | null
  visibility: Visibility
  traits: string[]
  parentUid: string | null
  parent: ResourceRef | null
  forkedFrom: ResourceRef | null
  createdAt: Date
  updatedAt: Date
}

/** What {@link LinkSituation} needs of a resource. */
export type OpenedResourceFacts = Pick<ResourceFacts, 'type' | 'id' | 'ownerId' | 'title' | 'traits'>

/** By whose right a link was made. It is judged again at every use. */
export type Authority = 'owner' | 'admin' | 'grant'

/** Whom a link is addressed to, as e-mail keys and domains. */
export interface Audience {
  emails: string[] | null
  domains: string[] | null
}

/** Why a grant ended, for the audit's sake. */
export type EndReason =
  | 'revoked'
  | 'removed'
  | 'left'
  | 'member_removed'
  | 'group_left'
  | 'owner_removed'
  | 'admin_removed'
  | 'user_forgotten'
  /** The grant by whose right it was made has ended, or does not reach the resource any more. */
  | 'authority_ended'
  /** The person has it by another right from then on: as its owner, or by the grant that it was joined with. */
  | 'superseded'

/** What a grant in snapshot mode shows, by name: all null in live mode. */
export interface SnapshotNaming {
  snapshotId: string | null
  snapshotRevision: string | null
  /** What the resource was called then. */
  snapshotTitle: string | null
  /** When it was taken for this grant. */
  snapshotAt: Date | null
}

/** A snapshot as it is stored: once for a registration, a revision, a title and a content, and never changed. */
export interface SnapshotFacts {
  /** Follows from all that it is equal by, so that the same one has the same id. */
  id: string
  tenantId: string
  resourceUid: string
  revision: string
  title: string | null
  /** JSON, byte by byte as it was taken. */
  content: string
}

/** A snapshot as it is shown to whoever it was given to. */
export interface ShownSnapshot extends Pick<SnapshotFacts, 'id' | 'revision' | 'title' | 'content'> {
  takenAt: Date
}

/** What opening a link depends on. */
export interface OpenedLinkFacts {
  id: string
  tenantId: string
  resourceUid: string
  name: string | null
  visibility: LinkVisibility
  role: string
  mode: Mode
  authority: Authority
  /** The user by whose right it was made, or the grant. */
  authorityId: string
  createdAt: Date
  expiresAt: Date | null
  notBefore: Date | null
  maxViews: number | null
  viewCount: number
  passwordHash: string | null
  passwordVersion: number
  audience: Audience | null
  endedAt: Date | null
}

/** A link as it is stored. `OpenedLinkFacts` is the part that every opening reads. */
export interface LinkFacts extends OpenedLinkFacts, SnapshotNaming {
  createdBy: string
  updatedAt: Date
  lastViewedAt: Date | null
  /** The SHA-256 of the current token. */
  tokenHash: string
  /** The current token, sealed, or null where sealing is off. */
  sealedToken: string | null
  endReason: EndReason | null
}

/** Everything that the opening of a link is judged by, as one read found it. */
export interface LinkSituation {
  link: OpenedLinkFacts
  resource: OpenedResourceFacts
  policy: Pick<TenantPolicy, 'allowPublicShares' | 'maxLinkDays' | 'allowedEmailDomains'>
  /** The grant by whose right the link was made; null where it is gone, or where it was made by another right. */
  authority: AuthorityFacts | null
  /** Until when a token that was rotated away lives on; null for the current one. */
  tokenUntil: Date | null
  /**
   * Equal for two reads only if everything above was, `viewCount` aside. Null where the store would gain nothing
   * from checking it.
   */
  version: string | null
}

/** What was read for an earlier opening, and is to be so still when a view is written. */
export interface Remembered {
  tokenHash: string
  version: string
}

/** What a person or a group was given, as it is stored. */
export interface GrantFacts extends SnapshotNaming {
  id: string
  tenantId: string
  resourceUid: string
  /** Unique among the grants of a resource that have not ended, per mode. */
  subject: Subject
  /** The address that was invited, as it was written. It stays when somebody claims the grant. */
  address: string | null
  /** The same as it is compared. */
  addressKey: string | null
  role: string
  mode: Mode
  createdBy: string
  createdAt: Date
  updatedAt: Date
  expiresAt: Date | null
  /** Until when an invitation can be claimed; null once it was, and where none is needed. */
  claimableUntil: Date | null
  acceptedAt: Date | null
  endedAt: Date | null
  endReason: EndReason | null
}

/** A request for access, as it is stored. */
export interface RequestFacts {
  id: string
  tenantId: string
  resourceUid: string
  /** One open request per person and resource. */
  userId: string
  email: string | null
  role: string
  message: string | null
  status: AccessRequest['status']
  createdAt: Date
  answeredAt: Date | null
  answeredBy: string | null
}

/** A grant as far as it decides what its holder may do. */
export interface HeldGrant
  extends Pick<GrantFacts, 'id' | 'subject' | 'role' | 'mode' | 'expiresAt' | 'claimableUntil'> {
  /** What it was given on, where that lies above the resource; null for the resource itself. */
  above: ResourceRef | null
}

/** The grant by whose right a link was made. */
export type AuthorityFacts = Pick<
  GrantFacts,
  'subject' | 'role' | 'mode' | 'expiresAt' | 'claimableUntil' | 'endedAt'
>

/** What decides who may do what with a resource. */
export interface AccessSituation {
  resource: Pick<ResourceFacts, 'tenantId' | 'ownerId' | 'visibility' | 'traits'>
  policy: Pick<TenantPolicy, 'allowPublicShares' | 'allowGuests' | 'allowedEmailDomains'>
  /** What the actor was given on the resource and on all that lies above it. */
  grants: readonly HeldGrant[]
}

/** A resource with its tenant's policy, and what an actor was given on it. */
export interface ResourceSituation {
  resource: ResourceFacts
  policy: TenantPolicy
  grants: readonly HeldGrant[]
}

/** What decides who may see the views of a link, or of all that opened a resource. */
export interface ViewedSituation {
  resource: AccessSituation['resource'] & Pick<ResourceFacts, 'uid' | 'type'>
  policy: AccessSituation['policy']
  /** Null where no link was asked about, or it is gone. */
  link: Pick<LinkFacts, 'createdBy' | 'authorityId'> | null
}

/** A link with its resource and its tenant's policy. */
export interface ManagedLink extends ResourceSituation {
  link: LinkFacts
}

/** What somebody who came by no link was let in by. */
export interface VisitRight {
  /** Its owner, visibility, traits and parent as they were judged. */
  resource: ResourceFacts
  /** What they were given, there or above; null for another right. */
  grant: { id: string; above: boolean } | null
}

/** A view as it is written. */
export interface ViewFacts {
  id: string
  tenantId: string
  resourceUid: string
  /** The link that was opened; null where a person attached to the resource itself. */
  linkId: string | null
  viewerId: string | null
  /** Tells visitors of one day apart without naming them. */
  visitor: string
  ip: string | null
  userAgent: string | null
  bot: boolean
  /** Whether the view joins the counts. */
  counted: boolean
  viewedAt: Date
}

/** The view of somebody who opened a link. */
export interface LinkViewFacts extends ViewFacts {
  linkId: string
}
