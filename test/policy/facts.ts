import type { Actor } from '../../src/model/actor.ts'
import { DEFAULT_POLICY, type TenantPolicy } from '../../src/model/tenant-policy.ts'
import { type CompiledType, type CompiledTypes, compileTypes, typeOf } from '../../src/policy/compile.ts'
import type { HeldGrant, LinkFacts, LinkSituation, ResourceFacts } from '../../src/store/index.ts'

export const DEFINITIONS = {
  document: {
    roles: {
      viewer: ['view'],
      editor: ['view', 'comment', 'edit'],
      manager: ['view', 'comment', 'edit', 'share', 'publish'],
    },
    linkRoles: ['viewer', 'manager'],
    rules: [
      { when: 'remote', forbid: ['publish'] },
      { when: 'archived', forbid: ['edit', 'comment'] },
      { unless: 'live', forbid: ['comment'], exceptOwner: true },
      { when: 'secret', forbid: ['view'] },
      { when: 'kept', forbid: ['publish'], exceptOwner: true },
    ],
  },
  note: { roles: { writer: ['comment'], reader: ['view', 'comment'] } },
} as const

export const types: CompiledTypes = compileTypes(DEFINITIONS)
/** A type as it was just compiled: nothing that an earlier test asked is remembered. */
export const documentType = (): CompiledType => typeOf(compileTypes(DEFINITIONS), 'document')
export const noteType = (): CompiledType => typeOf(compileTypes(DEFINITIONS), 'note')

export const NOW: Date = new Date('2030-06-15T12:00:00.000Z')
export const DAY: number = 86_400_000
export const later = (milliseconds: number): Date => new Date(NOW.getTime() + milliseconds)

export const owner: Actor = { userId: 'owner', tenantId: 'acme' }
export const member: Actor = { userId: 'member', tenantId: 'acme', email: 'Member@Example.com' }
export const admin: Actor = { userId: 'admin', tenantId: 'acme', admin: 'tenant' }
export const stranger: Actor = { userId: 'stranger', tenantId: 'rival' }
/** The owner's user id in another account. */
export const namesake: Actor = { userId: 'owner', tenantId: 'rival' }
export const person: Actor = { userId: 'person', tenantId: null }
export const root: Actor = { userId: 'root', tenantId: 'house', admin: 'system' }

export const policy = (set: Partial<TenantPolicy> = {}): TenantPolicy => ({ ...DEFAULT_POLICY, ...set })

export const resource = (set: Partial<ResourceFacts> = {}): ResourceFacts => ({
  uid: 'uid',
  tenantId: 'acme',
  type: 'document',
  id: 'd1',
  ownerId: 'owner',
  title: null,
  visibility: 'private',
  traits: [],
  parentUid: null,
  parent: null,
  forkedFrom: null,
  createdAt: NOW,
  updatedAt: NOW,
  ...set,
})

export const link = (set: Partial<LinkFacts> = {}): LinkFacts => ({
  id: 'link',
  tenantId: 'acme',
  resourceUid: 'uid',
  name: null,
  visibility: 'public',
  role: 'viewer',
  mode: 'live',
  authority: 'owner',
  authorityId: 'owner',
  createdAt: NOW,
  expiresAt: null,
  notBefore: null,
  maxViews: null,
  viewCount: 0,
  passwordHash: null,
  passwordVersion: 0,
  audience: null,
  endedAt: null,
  createdBy: 'owner',
  updatedAt: NOW,
  lastViewedAt: null,
  tokenHash: 'hash',
  sealedToken: null,
  endReason: null,
  snapshotId: null,
  snapshotRevision: null,
  snapshotTitle: null,
  snapshotAt: null,
  ...set,
})

export const situation = (set: Partial<LinkSituation> = {}): LinkSituation => ({
  link: link(),
  resource: resource(),
  policy: policy(),
  authority: null,
  tokenUntil: null,
  version: null,
  ...set,
})

/** What the member was given on the resource itself. */
export const grant = (set: Partial<HeldGrant> = {}): HeldGrant => ({
  id: 'grant',
  subject: 'user:member',
  role: 'editor',
  mode: 'live',
  expiresAt: null,
  claimableUntil: null,
  above: null,
  ...set,
})

/** What a function throws, or null. */
export function thrownBy(call: () => unknown): Record<string, unknown> | null {
  try {
    call()
    return null
  } catch (error) {
    const { code, message, public: shown, details } = error as Record<string, unknown>
    return { code, message, public: shown, details }
  }
}
