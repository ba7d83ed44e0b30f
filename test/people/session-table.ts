import { type Actor, createSharing, type Sharing, type Store } from 'sharegrant'
import { SECRET } from '../support/sample.ts'

/** The type that the table is about, and one that lies above it with roles of the same names. */
export const SESSIONS = {
  session: {
    roles: { viewer: ['view'], contributor: ['view', 'annotate', 'prompt'] },
    rules: [
      { when: 'remote', forbid: ['publish'] },
      { when: 'archived', forbid: ['annotate', 'prompt'] },
      { unless: 'live', forbid: ['prompt'] },
      { unless: 'remote', forbid: ['prompt'], exceptOwner: true },
    ],
  },
  project: { roles: { viewer: ['view'], contributor: ['view'] } },
} as const

export type Sessions = Sharing<typeof SESSIONS>

/** How somebody stands to a session. */
export type Standing = 'owner' | 'contributor' | 'viewer' | 'member' | 'stranger' | 'anonymous'

interface Person {
  name: string
  standing: Standing
  actor: Actor | null
}

const of = (name: string, standing: Standing, actor: Partial<Actor> = {}): Person => ({
  name,
  standing,
  actor: { userId: name.replaceAll(' ', '-'), tenantId: 'acme', ...actor },
})

/** One of each standing, and one for each way in which a contributor is named. */
export const PEOPLE: readonly Person[] = [
  of('owner', 'owner'),
  of('contributor', 'contributor'),
  of('viewer', 'viewer'),
  of('member', 'member', { email: 'member@acme.example', groups: ['others'] }),
  of('stranger', 'stranger', { tenantId: 'rival', groups: ['staff'] }),
  { name: 'anonymous', standing: 'anonymous', actor: null },
  of('contributor by address', 'contributor', { email: 'by.address@acme.example' }),
  of('contributor by group', 'contributor', { groups: ['others', 'staff'] }),
  of('contributor on the project', 'contributor'),
  of('viewer here, contributor on the project', 'contributor', { userId: 'both' }),
]

/** One of each standing. */
export const STANDINGS: readonly Person[] = PEOPLE.filter(({ name, standing }) => name === standing)

/** The owner as who acts. */
export const OWNER: Actor = PEOPLE[0]!.actor!

export const STATES = {
  plain: [],
  live: ['live'],
  remote: ['remote'],
  'remote and live': ['remote', 'live'],
  archived: ['archived'],
  'archived, remote and live': ['archived', 'remote', 'live'],
} as const
export type State = keyof typeof STATES

export const VISIBILITIES = ['private', 'account', 'public'] as const
export type Visibility = (typeof VISIBILITIES)[number]

export const ACTIONS = [
  'view',
  'annotate',
  'prompt',
  'share',
  'publish',
  'transfer',
  'remove',
  'history',
] as const
export type TableAction = (typeof ACTIONS)[number]

/** Every session of the table. */
export const SESSIONS_OF_THE_TABLE: ReadonlyArray<{ id: string; state: State; visibility: Visibility }> =
  Object.keys(STATES).flatMap((state) =>
    VISIBILITIES.map((visibility) => ({ id: `${state}, ${visibility}`, state: state as State, visibility })),
  )

/** What a cell says: the words of the table, and nothing of how the library decides. */
export function isAllowed(
  standing: Standing,
  { state, visibility }: { state: State; visibility: Visibility },
  action: TableAction,
): boolean {
  const remote = state.includes('remote')
  const live = state.includes('live')
  const archived = state.includes('archived')
  switch (action) {
    case 'view':
      // Owner, contributor, viewer always; member when account or public; the rest when public and not remote.
      if (standing === 'owner' || standing === 'contributor' || standing === 'viewer') return true
      if (standing === 'member') return visibility === 'account' || visibility === 'public'
      return visibility === 'public' && !remote
    case 'annotate':
      // Owner and contributor, not when archived.
      return (standing === 'owner' || standing === 'contributor') && !archived
    case 'prompt':
      // Owner when live; contributor when remote and live; nobody when archived.
      if (archived) return false
      return (standing === 'owner' && live) || (standing === 'contributor' && remote && live)
    case 'publish':
      // The owner; not when remote.
      return standing === 'owner' && !remote
    default:
      // Share, transfer, remove, history: the owner.
      return standing === 'owner'
  }
}

/** What somebody is told who may not: that there is nothing, unless they may view it. */
export function refusalOf(
  standing: Standing,
  session: { state: State; visibility: Visibility },
): 'forbidden' | 'not_found' {
  return isAllowed(standing, session, 'view') ? 'forbidden' : 'not_found'
}

/** The library on a store, with every session of the table and the people on it. */
export async function openSessions(store: Store): Promise<Sessions> {
  const sharing = createSharing({
    store,
    secret: SECRET,
    resources: SESSIONS,
    limits: { invitationsPerHour: false },
  })
  await sharing.migrate()
  const project = { type: 'project', id: 'project' } as const
  await sharing.resources.register(project, { tenantId: 'acme', ownerId: 'somebody' })
  const somebody = { userId: 'somebody', tenantId: 'acme' }
  for (const userId of ['contributor-on-the-project', 'both']) {
    await sharing.collaborators.add(somebody, project, { userId, role: 'contributor' })
  }
  for (const { id, state, visibility } of SESSIONS_OF_THE_TABLE) {
    const ref = { type: 'session', id } as const
    await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'owner', parent: project })
    await sharing.collaborators.add(OWNER, ref, { userId: 'contributor', role: 'contributor' })
    await sharing.collaborators.add(OWNER, ref, { userId: 'viewer', role: 'viewer' })
    await sharing.collaborators.add(OWNER, ref, { userId: 'both', role: 'viewer' })
    await sharing.collaborators.add(OWNER, ref, { email: 'By.Address@ACME.example', role: 'contributor' })
    await sharing.collaborators.add(OWNER, ref, { groupId: 'staff', role: 'contributor' })
    await sharing.resources.setVisibility(OWNER, ref, visibility)
    // What is remote cannot be published: what was public before counts as account.
    await sharing.resources.update(ref, { traits: STATES[state] })
  }
  return sharing
}
