import type { AuditAction, AuditEvent } from '../../src/model/audit.ts'
import type { TenantPolicy } from '../../src/model/tenant-policy.ts'
import type {
  AccessSituation,
  AuthorityFacts,
  Counter,
  GrantFacts,
  HeldGrant,
  LinkFacts,
  NewMessage,
  OpenedLinkFacts,
  OpenedResourceFacts,
  RequestFacts,
  ResourceFacts,
  SnapshotFacts,
  SnapshotNaming,
  ViewFacts,
} from '../../src/store/index.ts'

/**
 * How a value is kept. `traits` is text such as `,archived,remote,`, so that one trait is found by its
 * delimiters alike in both databases. `json` is text.
 */
export type Kind = 'text' | 'int' | 'bool' | 'time' | 'json' | 'traits'

/** Columns of a group by the name of the fact; the column's own name is the same in snake case. */
export type Columns<T> = { readonly [K in keyof T]-?: Kind }

export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

export const openedLink: Columns<OpenedLinkFacts> = {
  id: 'text',
  tenantId: 'text',
  resourceUid: 'text',
  name: 'text',
  visibility: 'text',
  role: 'text',
  mode: 'text',
  authority: 'text',
  authorityId: 'text',
  createdAt: 'time',
  expiresAt: 'time',
  notBefore: 'time',
  maxViews: 'int',
  viewCount: 'int',
  passwordHash: 'text',
  passwordVersion: 'int',
  audience: 'json',
  endedAt: 'time',
}

const snapshotNaming: Columns<SnapshotNaming> = {
  snapshotId: 'text',
  snapshotRevision: 'text',
  snapshotTitle: 'text',
  snapshotAt: 'time',
}

export const snapshot: Columns<SnapshotFacts> = {
  id: 'text',
  tenantId: 'text',
  resourceUid: 'text',
  revision: 'text',
  title: 'text',
  content: 'text',
}

export const link: Columns<LinkFacts> = {
  ...openedLink,
  ...snapshotNaming,
  createdBy: 'text',
  updatedAt: 'time',
  lastViewedAt: 'time',
  tokenHash: 'text',
  sealedToken: 'text',
  endReason: 'text',
}

/** What a person or a group was given. It lies in one table with links, which have no subject. */
export const grant: Columns<GrantFacts> = {
  id: 'text',
  tenantId: 'text',
  resourceUid: 'text',
  subject: 'text',
  address: 'text',
  addressKey: 'text',
  role: 'text',
  mode: 'text',
  createdBy: 'text',
  createdAt: 'time',
  updatedAt: 'time',
  expiresAt: 'time',
  claimableUntil: 'time',
  acceptedAt: 'time',
  endedAt: 'time',
  endReason: 'text',
  ...snapshotNaming,
}

export const heldGrant: Columns<Omit<HeldGrant, 'above'>> = {
  id: 'text',
  subject: 'text',
  role: 'text',
  mode: 'text',
  expiresAt: 'time',
  claimableUntil: 'time',
}

export const authority: Columns<AuthorityFacts> = {
  subject: 'text',
  role: 'text',
  mode: 'text',
  expiresAt: 'time',
  claimableUntil: 'time',
  endedAt: 'time',
}

export const request: Columns<RequestFacts> = {
  id: 'text',
  tenantId: 'text',
  resourceUid: 'text',
  userId: 'text',
  email: 'text',
  role: 'text',
  message: 'text',
  status: 'text',
  createdAt: 'time',
  answeredAt: 'time',
  answeredBy: 'text',
}

export const message: Columns<NewMessage> = {
  id: 'text',
  kind: 'text',
  resourceUid: 'text',
  grantId: 'text',
  requestId: 'text',
  recipient: 'text',
  address: 'text',
  role: 'text',
  sender: 'text',
  message: 'text',
  at: 'time',
}

export const counter: Columns<Counter> = { kind: 'text', key: 'text', since: 'time', count: 'int' }

export const openedResource: Columns<OpenedResourceFacts> = {
  type: 'text',
  id: 'text',
  ownerId: 'text',
  title: 'text',
  traits: 'traits',
}

/** `parent` is not stored: it is read off the parent's row. */
export const resource: Columns<Omit<ResourceFacts, 'parent'>> = {
  uid: 'text',
  tenantId: 'text',
  ...openedResource,
  visibility: 'text',
  parentUid: 'text',
  forkedFrom: 'json',
  createdAt: 'time',
  updatedAt: 'time',
}

export const parentRef: Columns<{ type: string | null; id: string | null }> = { type: 'text', id: 'text' }

export const accessPolicy: Columns<AccessSituation['policy']> = {
  allowPublicShares: 'bool',
  allowGuests: 'bool',
  allowedEmailDomains: 'json',
}

export const accessResource: Columns<AccessSituation['resource']> = {
  tenantId: 'text',
  ownerId: 'text',
  visibility: 'text',
  traits: 'traits',
}

export const openedPolicy: Columns<
  Pick<TenantPolicy, 'allowPublicShares' | 'maxLinkDays' | 'allowedEmailDomains'>
> = {
  allowPublicShares: 'bool',
  maxLinkDays: 'int',
  allowedEmailDomains: 'json',
}

export const policy: Columns<TenantPolicy> = {
  ...openedPolicy,
  requireExpiry: 'bool',
  requirePassword: 'bool',
  allowGuests: 'bool',
}

export const view: Columns<ViewFacts> = {
  tenantId: 'text',
  id: 'text',
  resourceUid: 'text',
  linkId: 'text',
  viewerId: 'text',
  visitor: 'text',
  ip: 'text',
  userAgent: 'text',
  bot: 'bool',
  counted: 'bool',
  viewedAt: 'time',
}

export interface AuditFacts {
  tenantId: string
  id: string
  resourceUid: string | null
  resourceType: string | null
  resourceId: string | null
  seq: number
  action: AuditAction
  actorId: string | null
  targetKind: NonNullable<AuditEvent['target']>['kind'] | null
  targetId: string | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  at: Date
}

export const audit: Columns<AuditFacts> = {
  tenantId: 'text',
  id: 'text',
  resourceUid: 'text',
  resourceType: 'text',
  resourceId: 'text',
  seq: 'int',
  action: 'text',
  actorId: 'text',
  targetKind: 'text',
  targetId: 'text',
  before: 'json',
  after: 'json',
  at: 'time',
}
