import type { AuditAction, AuditEvent } from '../model/audit.ts'
import type { ResourceRef } from '../model/resource.ts'
import type { TenantPolicy } from '../model/tenant-policy.ts'
import type { EndReason, LinkFacts, ResourceFacts } from './facts.ts'

/** What a change is about. The store resolves it to a tenant, and locks it against every other change. */
export type Anchor =
  /** A resource that is about to be registered: its tenant's row is made if it does not exist. */
  | { at: 'registration'; ref: ResourceRef; tenantId: string }
  /** A registered resource. With a `tenantId` one of another tenant is not there; without, any is found. */
  | { at: 'resource'; ref: ResourceRef; tenantId: string | null }
  /** A link, and its resource. `tenantId` as above. */
  | { at: 'link'; id: string; tenantId: string | null }
  /** A tenant as a whole: nothing else changes in it meanwhile. Its row is made if it does not exist. */
  | { at: 'tenant'; tenantId: string }

/** What is to be loaded beside the anchor. */
export interface Ask {
  /** A parent to be. The whole tenant is locked, so that no two re-parentings make a circle together. */
  parent?: ResourceRef
  /** Everything that hangs on a person in the anchor's tenant. */
  member?: string
  /** The active links that were made by right of this user being an admin. */
  admin?: string
}

/** One fixed situation, loaded under lock. */
export interface Facts {
  tenantId: string
  policy: TenantPolicy
  resource: ResourceFacts | null
  /** Whether a ref that is to be registered is another tenant's. */
  taken: boolean
  link: LinkFacts | null
  parent: { resource: ResourceFacts; ancestors: ReadonlySet<string> } | null
  /** Of `Ask.member`: active links made by the person or on what they own. Of `Ask.admin`: as it says. */
  links: Array<{ link: LinkFacts; resource: ResourceFacts }>
  /** Of `Ask.member`: what the person owns. */
  owned: ResourceFacts[]
}

/** A write. The union is closed: a store knows every kind. */
export type Change =
  | { kind: 'resource.created'; resource: ResourceFacts }
  | { kind: 'resource.updated'; resource: ResourceFacts }
  /** With all that hangs on it; what is too much for one step is out of reach at once and goes by `purgeSlice`. */
  | { kind: 'resource.removed'; uid: string; ref: ResourceRef; at: Date }
  /** The links of this resource that were made by its owner's right are by this person's from now on. */
  | { kind: 'authority.moved'; resourceUid: string; to: string; at: Date }
  /** An imported token's hash stays taken when it ends, so that it never opens anything else while its tenant exists. */
  | { kind: 'link.created'; link: LinkFacts; imported?: boolean }
  | { kind: 'link.updated'; link: LinkFacts }
  /** The link's hash and sealed token are the new ones. The old one lives until `graceUntil`; null ends all old ones. */
  | { kind: 'link.rotated'; link: LinkFacts; graceUntil: Date | null }
  | { kind: 'links.ended'; ids: string[]; reason: EndReason; at: Date }
  | { kind: 'link.removed'; id: string; at: Date }
  | { kind: 'policy.set'; policy: TenantPolicy; at: Date }
  | { kind: 'viewer.forgotten'; userId: string; visitor: string }
  | { kind: 'tenant.removed' }

/** An event as it is written: the store gives it the next place in its resource's history. */
export interface NewAuditEvent extends Omit<AuditEvent, 'tenantId' | 'action'> {
  action: AuditAction
  tenantId: string
  resourceUid: string | null
}

/** What a decision comes to. All of it is applied, or nothing. */
export interface Outcome<R> {
  changes: Change[]
  audit: NewAuditEvent[]
  result: R
}

/** A pure function of the facts. It may throw, which applies nothing, and may run again on a retry. */
export type Decide<R> = (facts: Facts) => Outcome<R>
