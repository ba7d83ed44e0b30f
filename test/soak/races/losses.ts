import { type Call, call } from './attempt.ts'
import type { Host } from './host.ts'

export type Project = { readonly type: 'project'; readonly id: string }
export interface Person {
  readonly userId: string
  readonly tenantId: string
  readonly email?: string
  readonly groups?: readonly string[]
}

/** Who and what a loss is about. */
export interface Scene {
  readonly tenantId: string
  readonly owner: Person
  /** Whoever has the right that is lost. */
  readonly person: Person
  readonly folder: Project
  /** Lies in the folder. */
  readonly ref: Project
  /** What gave the right; null where it was ownership. */
  readonly grantId: string | null
}

/** What comes of something that begins when the right is lost. */
interface After {
  /** Openings of the link that was made by that right, and of those made meanwhile. */
  readonly link: 'ok' | 'not_found'
  readonly view: 'ok' | 'not_found'
  readonly share: 'ok' | 'forbidden' | 'not_found'
}

/** A way in which somebody loses a right on a resource. */
export interface Loss {
  readonly name: string
  readonly after: After
  give(host: Host, scene: Omit<Scene, 'grantId'>): Promise<{ id: string } | null>
  take(scene: Scene): Call
}

const GONE: After = { link: 'not_found', view: 'not_found', share: 'not_found' }

type Way = Loss['give']
const EMAIL = 'person@example.com'
const byUser: Way = (host, { owner, person, ref }) =>
  host.collaborators.add(owner, ref, { userId: person.userId, role: 'editor' })
const byEmail: Way = (host, { owner, ref }) =>
  host.collaborators.add(owner, ref, { email: EMAIL, role: 'editor' })
const byGroup: Way = (host, { owner, ref }) =>
  host.collaborators.add(owner, ref, { groupId: 'g', role: 'editor' })
const above: Way = (host, { owner, person, folder }) =>
  host.collaborators.add(owner, folder, { userId: person.userId, role: 'editor' })
const owning: Way = async (host, { tenantId, owner, person, ref }) => {
  await host.resources.transfer(owner, ref, person.userId, { keep: null })
  await host.collaborators.add({ ...person, tenantId }, ref, { userId: 'heir', role: 'editor' })
  return null
}

const removed = ({ owner, grantId }: Scene): Call => call('collaborators.remove', owner, grantId!)
const left = ({ person, ref }: Scene): Call => call('collaborators.leave', person, ref)
const handed =
  (keep: 'viewer' | 'editor' | null) =>
  ({ person, ref }: Scene): Call =>
    call('resources.transfer', person, ref, 'heir', { keep })

export const LOSSES: readonly Loss[] = [
  { name: 'removed', after: GONE, give: byUser, take: removed },
  { name: 'removed by address', after: GONE, give: byEmail, take: removed },
  { name: 'group removed', after: GONE, give: byGroup, take: removed },
  { name: 'removed above', after: GONE, give: above, take: removed },
  { name: 'left', after: GONE, give: byUser, take: left },
  { name: 'left by address', after: GONE, give: byEmail, take: left },
  {
    name: 'lowered',
    after: { link: 'not_found', view: 'ok', share: 'forbidden' },
    give: byUser,
    take: ({ owner, grantId }) => call('collaborators.setRole', owner, grantId!, 'viewer'),
  },
  {
    name: 'lowered above',
    after: { link: 'not_found', view: 'ok', share: 'forbidden' },
    give: above,
    take: ({ owner, grantId }) => call('collaborators.setRole', owner, grantId!, 'viewer'),
  },
  {
    name: 'out of the group',
    // The host says who is in a group: whom it goes on vouching for may go on.
    after: { link: 'not_found', view: 'ok', share: 'ok' },
    give: byGroup,
    take: ({ tenantId, person }) => call('groups.removeMember', tenantId, 'g', person.userId),
  },
  {
    name: 'moved away',
    after: GONE,
    give: above,
    take: ({ ref }) => call('resources.update', ref, { parent: null }),
  },
  {
    name: 'folder removed',
    after: GONE,
    give: above,
    take: ({ folder }) => call('resources.remove', folder),
  },
  {
    name: 'handed over',
    after: { link: 'ok', view: 'not_found', share: 'not_found' },
    give: owning,
    take: handed(null),
  },
  {
    name: 'handed over, keeping to view',
    after: { link: 'ok', view: 'ok', share: 'forbidden' },
    give: owning,
    take: handed('viewer'),
  },
  {
    name: 'handed over, keeping to edit',
    after: { link: 'ok', view: 'ok', share: 'ok' },
    give: owning,
    take: handed('editor'),
  },
]

export const personOf = (tenantId: string): Person => ({
  userId: `person of ${tenantId}`,
  tenantId,
  email: EMAIL,
  groups: ['g'],
})
