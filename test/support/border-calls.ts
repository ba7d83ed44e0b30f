import type { Actor } from '../../src/index.ts'
import type { Sample } from './sample.ts'

/** What somebody names in a call. */
export interface Target {
  ref: { type: 'document'; id: string }
  link: string
  /** What somebody was given. */
  collaborator: string
  /** What somebody asked for. */
  request: string
}

export type Call = (sharing: Sample, actor: Actor, target: Target) => Promise<unknown>

/** Every method that takes an actor and the id of something. An unknown id and another tenant's get one answer. */
export const BY_ACTOR: Readonly<Record<string, readonly Call[]>> = {
  can: [
    async (sharing, actor, { ref }) => [
      await sharing.can(actor, 'view', ref),
      await sharing.can(actor, 'share', ref),
    ],
  ],
  authorize: [(sharing, actor, { ref }) => sharing.authorize(actor, 'view', ref)],
  explain: [(sharing, actor, { ref }) => sharing.explain(actor, 'view', ref)],
  attach: [(sharing, actor, { ref }) => sharing.attach(actor, ref)],
  'refs.mint': [
    (sharing, actor, { ref }) => sharing.refs.mint({ actor, resource: ref }, 'rows'),
    (sharing, actor, { ref }) => sharing.refs.mint({ actor, resource: ref }, 'chart', { ttlSeconds: 60 }),
  ],
  refresh: [(sharing, actor, { ref }) => sharing.refresh({ actor, resource: ref }, ['rows', 'chart'])],
  fork: [
    (sharing, actor, { ref }) => sharing.fork({ actor, resource: ref }),
    (sharing, actor, { ref }) => sharing.fork({ actor, resource: ref }, { idempotencyKey: 'key' }),
  ],
  access: [(sharing, actor, { ref }) => sharing.access(actor, ref)],
  'resources.setVisibility': [
    (sharing, actor, { ref }) => sharing.resources.setVisibility(actor, ref, 'account'),
    (sharing, actor, { ref }) => sharing.resources.setVisibility(actor, ref, 'public'),
  ],
  'resources.transfer': [
    (sharing, actor, { ref }) => sharing.resources.transfer(actor, ref, 'somebody', { keep: null }),
  ],
  'collaborators.add': [
    (sharing, actor, { ref }) => sharing.collaborators.add(actor, ref, { userId: 'x', role: 'viewer' }),
    (sharing, actor, { ref }) =>
      sharing.collaborators.add(actor, ref, { email: 'x@x.example', role: 'editor' }),
    (sharing, actor, { ref }) => sharing.collaborators.add(actor, ref, { groupId: 'x', role: 'viewer' }),
  ],
  'collaborators.list': [(sharing, actor, { ref }) => sharing.collaborators.list(actor, ref)],
  'collaborators.setRole': [
    (sharing, actor, { collaborator }) => sharing.collaborators.setRole(actor, collaborator, 'editor'),
    (sharing, actor, { collaborator, ref }) =>
      sharing.collaborators.setRole(actor, collaborator, 'editor', { resource: ref }),
  ],
  'collaborators.remove': [
    (sharing, actor, { collaborator }) => sharing.collaborators.remove(actor, collaborator),
    (sharing, actor, { collaborator, ref }) =>
      sharing.collaborators.remove(actor, collaborator, { resource: ref }),
  ],
  'requests.create': [
    (sharing, actor, { ref }) => sharing.requests.create(actor, ref, { role: 'viewer' }),
    (sharing, actor, { ref }) => sharing.requests.create(actor, ref, { role: 'manager', message: 'please' }),
  ],
  'requests.list': [(sharing, actor, { ref }) => sharing.requests.list(actor, ref)],
  'requests.approve': [
    (sharing, actor, { request }) => sharing.requests.approve(actor, request),
    (sharing, actor, { request }) => sharing.requests.approve(actor, request, { role: 'editor' }),
  ],
  'requests.deny': [(sharing, actor, { request }) => sharing.requests.deny(actor, request)],
  'links.create': [
    (sharing, actor, { ref }) => sharing.links.create(actor, ref, { visibility: 'public' }),
    (sharing, actor, { ref }) => sharing.links.create(actor, ref, { visibility: 'account', password: 'p' }),
  ],
  'links.import': [
    (sharing, actor, { ref }) =>
      sharing.links.import(actor, ref, { visibility: 'public', token: `old-${ref.id}` }),
  ],
  'links.list': [
    (sharing, actor, { ref }) => sharing.links.list(actor, { resource: ref }),
    (sharing, actor, { ref }) => sharing.links.list(actor, { resource: ref, includeInactive: true }),
  ],
  'links.get': [(sharing, actor, { link }) => sharing.links.get(actor, link)],
  'links.update': [
    (sharing, actor, { link }) => sharing.links.update(actor, link, { name: 'mine' }),
    (sharing, actor, { link }) => sharing.links.update(actor, link, { password: 'mine' }),
  ],
  'links.reveal': [(sharing, actor, { link }) => sharing.links.reveal(actor, link)],
  'links.rotate': [
    (sharing, actor, { link }) => sharing.links.rotate(actor, link),
    (sharing, actor, { link }) => sharing.links.rotate(actor, link, { graceSeconds: 60 }),
  ],
  'links.revoke': [(sharing, actor, { link }) => sharing.links.revoke(actor, link)],
  'links.remove': [(sharing, actor, { link }) => sharing.links.remove(actor, link)],
  'views.list': [
    (sharing, actor, { link }) => sharing.views.list(actor, { link }),
    (sharing, actor, { ref }) => sharing.views.list(actor, { resource: ref }),
  ],
  'views.stats': [
    (sharing, actor, { link }) => sharing.views.stats(actor, { link }),
    (sharing, actor, { ref }) => sharing.views.stats(actor, { resource: ref }),
  ],
  'audit.list': [(sharing, actor, { ref }) => sharing.audit.list(actor, { resource: ref })],
  'audit.accessAt': [(sharing, actor, { ref }) => sharing.audit.accessAt(actor, ref, new Date())],
}

/** Methods for which an unknown id and another tenant's are not one: each has a case of its own. */
export const ELSEWHERE: readonly string[] = [
  // With an actor and no id of anybody's.
  'list',
  'filter',
  'invitations.claim',
  'policies.get',
  'policies.set',
  // Of what one was given oneself: whoever owns something has nothing to leave.
  'collaborators.leave',
  // By the host's own code, for a tenant or a ref that it names itself.
  'resources.register',
  'resources.update',
  'resources.get',
  'resources.remove',
  'members.remove',
  'groups.removeMember',
  'admins.remove',
  'tenants.remove',
  'users.forget',
  'maintain',
  // By a token or a pass.
  'open',
  'peek',
  'resume',
  'invitations.accept',
  'refs.verify',
]

/** Methods that concern no tenant. */
export const WITHOUT_TENANT: readonly string[] = ['migrate', 'on', 'close']

/** Everybody on this side who could try: with the other owner's user id too, since ids are the host's. */
export const strangers = (tenantId: string, other: string): Actor[] => [
  { userId: `owner of ${tenantId}`, tenantId },
  { userId: `owner of ${tenantId}`, tenantId, admin: 'tenant' },
  { userId: `member of ${tenantId}`, tenantId, groups: ['everyone'] },
  { userId: `owner of ${other}`, tenantId },
  { userId: `owner of ${other}`, tenantId, admin: 'tenant', email: 'o@example.com' },
  { userId: `owner of ${other}`, tenantId: null },
  { userId: 'nobody', tenantId: null },
]
