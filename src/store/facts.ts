import type { LinkVisibility, Mode } from '../model/link.ts'
import type { ResourceRef, Visibility } from '../model/resource.ts'
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
export type Authority = 'owner' | 'admin'

/** Whom a link is addressed to, as e-mail keys and domains. */
export interface Audience {
  emails: string[] | null
  domains: string[] | null
}

/** Why a grant ended, for the audit's sake. */
export type EndReason = 'revoked' | 'member_removed' | 'owner_removed' | 'admin_removed' | 'user_forgotten'

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
  /** The user by whose right it was made. */
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
export interface LinkFacts extends OpenedLinkFacts {
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

/** What decides who may do what with a resource. */
export interface AccessSituation {
  resource: Pick<ResourceFacts, 'tenantId' | 'ownerId' | 'visibility' | 'traits'>
  policy: Pick<TenantPolicy, 'allowPublicShares'>
}

/** A resource with its tenant's policy. */
export interface ResourceSituation {
  resource: ResourceFacts
  policy: TenantPolicy
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

/** A view as it is written. */
export interface ViewFacts {
  id: string
  tenantId: string
  resourceUid: string
  linkId: string
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
