import type { Actor } from '../../../src/index.ts'
import { doc, type Sample } from '../../support/sample.ts'

/** The library on one store, with what it handed out there. */
export interface Side {
  sharing: Sample
  ref: { type: 'document'; id: string }
  link: string
  token: string
  pass: string
  request: string
  cursors: Readonly<Record<'links' | 'views' | 'audit' | 'history', string>>
}

/** What is the same on both sides. */
export interface World {
  owner: Actor
  /** Of people and accounts that only some calls are about. */
  spare: string
}

/** What a good call of each method is given. */
export type Given = (side: Side, world: World) => unknown[]

const SETTINGS = {
  name: 'a name',
  role: 'viewer',
  expiresAt: '2999-01-01T00:00:00Z',
  notBefore: '2020-01-01T00:00:00Z',
  maxViews: 50,
  password: 'a password',
  emails: ['bea@acme.example'],
  domains: ['acme.example'],
}
const DAY = '2030-06-15T00:00:00Z'

export const GIVEN: Readonly<Record<string, readonly Given[]>> = {
  'resources.register': [
    ({ ref }, { owner }) => [
      ref,
      { tenantId: owner.tenantId, ownerId: owner.userId, title: 'x', traits: ['archived'], parent: null },
    ],
    ({ ref }, { owner, spare }) => [
      doc(`below ${spare}`),
      { tenantId: owner.tenantId, ownerId: owner.userId, title: 'x', visibility: 'account', parent: ref },
    ],
  ],
  'resources.update': [({ ref }) => [ref, { title: 'y', traits: ['remote', 'archived'], parent: null }]],
  'resources.get': [({ ref }) => [ref]],
  'resources.remove': [(_, { spare }) => [doc(`below ${spare}`)]],
  'resources.setVisibility': [({ ref }, { owner }) => [owner, ref, 'account']],
  'resources.transfer': [({ ref }, { owner }) => [owner, ref, owner.userId, { keep: 'viewer' }]],
  'members.remove': [(_, { owner, spare }) => [owner.tenantId, spare, { heir: owner.userId }]],
  'groups.removeMember': [(_, { owner, spare }) => [owner.tenantId, spare, spare]],
  'admins.remove': [(_, { owner, spare }) => [spare, owner.tenantId]],
  'users.forget': [(_, { spare }) => [spare]],
  'tenants.remove': [(_, { spare }) => [spare]],
  'links.create': [
    ({ ref }, { owner }) => [owner, ref, { visibility: 'public', mode: 'live', ...SETTINGS }],
    ({ ref }, { owner }) => [owner, ref, { visibility: 'public', name: 'a name', emails: ['a@b.example'] }],
  ],
  'links.list': [
    ({ ref }, { owner }) => [owner, { resource: ref, includeInactive: true, limit: 5 }],
    ({ cursors }, { owner }) => [owner, { mine: true, cursor: cursors.links }],
  ],
  'links.get': [({ link }, { owner }) => [owner, link]],
  'links.update': [
    ({ link }, { owner }) => [owner, link, SETTINGS],
    ({ link }, { owner }) => [owner, link, { name: 'another name', domains: null }],
  ],
  'links.revoke': [(_, { owner }) => [owner, 'unknown']],
  'links.remove': [(_, { owner }) => [owner, 'unknown']],
  'links.rotate': [({ link }, { owner }) => [owner, link, { graceSeconds: 60 }]],
  'links.reveal': [({ link }, { owner }) => [owner, link]],
  'links.import': [
    ({ ref }, { owner, spare }) => [owner, ref, { visibility: 'public', token: `old-${spare}`, name: 'x' }],
  ],
  'collaborators.add': [
    ({ ref }, { owner, spare }) => [
      owner,
      ref,
      { userId: spare, role: 'viewer', mode: 'live', expiresAt: '2999-01-01T00:00:00Z', message: 'a word' },
    ],
    ({ ref }, { owner }) => [owner, ref, { email: 'Bea@Acme.example', role: 'viewer' }],
    ({ ref }, { owner, spare }) => [owner, ref, { groupId: spare, role: 'viewer' }],
  ],
  'collaborators.list': [({ ref }, { owner }) => [owner, ref]],
  'collaborators.setRole': [(_, { owner }) => [owner, 'unknown', 'viewer']],
  'collaborators.remove': [(_, { owner }) => [owner, 'unknown']],
  'collaborators.leave': [({ ref }, { owner }) => [owner, ref]],
  'requests.create': [
    ({ ref }, { owner, spare }) => [
      { userId: spare, tenantId: owner.tenantId, email: 'bea@acme.example' },
      ref,
      { role: 'editor', message: 'a word' },
    ],
    ({ token }, { owner, spare }) => [{ userId: spare, tenantId: owner.tenantId }, token, { role: 'viewer' }],
  ],
  'requests.list': [({ ref }, { owner }) => [owner, ref]],
  'requests.approve': [({ request }, { owner }) => [owner, request, { role: 'viewer' }]],
  'requests.deny': [({ request }, { owner }) => [owner, request]],
  'views.list': [
    ({ link }, { owner }) => [owner, { link, limit: 5 }],
    ({ ref, cursors }, { owner }) => [owner, { resource: ref, cursor: cursors.views }],
  ],
  'views.stats': [({ link }, { owner }) => [owner, { link, from: DAY, to: DAY }]],
  'audit.list': [
    ({ ref, cursors }, { owner }) => [owner, { resource: ref, limit: 5, cursor: cursors.history }],
    ({ cursors }, { owner }) => [owner, { cursor: cursors.audit }],
  ],
  'audit.accessAt': [({ ref }, { owner }) => [owner, ref, DAY]],
  'policies.get': [(_, { spare }) => [{ userId: spare, tenantId: spare, admin: 'tenant' }]],
  'policies.set': [
    (_, { spare }) => [
      { userId: spare, tenantId: spare, admin: 'tenant' },
      {
        allowPublicShares: true,
        maxLinkDays: 5,
        requireExpiry: true,
        requirePassword: false,
        allowedEmailDomains: ['acme.example'],
        allowGuests: true,
      },
    ],
  ],
  can: [({ ref }, { owner }) => [owner, 'view', ref]],
  authorize: [({ ref }, { owner }) => [owner, 'edit', ref]],
  explain: [({ ref }, { owner }) => [owner, 'publish', ref]],
  list: [(_, { owner }) => [owner, { type: 'document', filter: 'owned', limit: 3 }]],
  filter: [
    (_, { owner }) => [owner, 'view', 'document', { column: 'hosted.id', cast: 'uuid', firstParameter: 2 }],
  ],
  access: [({ ref }, { owner }) => [owner, ref]],
  open: [
    ({ token, pass }, { owner }) => [
      token,
      { actor: owner, ip: '192.0.2.1', userAgent: 'Mozilla/5.0', password: 'a password', pass },
    ],
    ({ token }) => [token, { ip: '192.0.2.1', userAgent: 'Mozilla/5.0' }],
    ({ token }, { owner }) => [token, { actor: { ...owner, email: 'a@b.example', groups: ['g'] } }],
  ],
  peek: [({ token }) => [token, { ip: '192.0.2.1' }]],
  attach: [
    ({ ref }, { owner }) => [owner, ref, { ip: '192.0.2.1', userAgent: 'Mozilla/5.0', pass: 'of nobody' }],
  ],
  'invitations.accept': [(_, { owner }) => [owner, 'unknown']],
  'invitations.claim': [(_, { owner }) => [{ ...owner, email: 'nobody@acme.example' }]],
  resume: [({ pass }) => [pass, { actor: null, ip: '192.0.2.1', userAgent: 'Mozilla/5.0' }]],
  'refs.mint': [
    ({ ref }, { owner }) => [{ actor: owner, resource: ref }, 'rows', { ttlSeconds: 60 }],
    ({ pass }) => [{ pass, visitor: { actor: null, ip: '192.0.2.1' } }, 'rows', {}],
  ],
  fork: [({ ref }, { owner }) => [{ actor: owner, resource: ref }, { idempotencyKey: 'key' }]],
  'refs.verify': [(_, { owner }) => ['unknown', owner]],
  refresh: [
    ({ ref }, { owner }) => [{ actor: owner, resource: ref }, ['rows', 'chart']],
    ({ pass }) => [{ pass, visitor: { actor: null, ip: '192.0.2.1' } }, ['rows']],
  ],
  on: [() => ['link.opened', () => {}]],
  maintain: [(_, { spare }) => [{ tenantId: spare }]],
}

/** What takes nothing. */
export const TAKES_NOTHING: readonly string[] = ['migrate', 'close']

export function methodAt(sharing: Sample, name: string): (...given: unknown[]) => unknown {
  const found = name.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], sharing)
  return found as (...given: unknown[]) => unknown
}
