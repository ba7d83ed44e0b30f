import type { Sharing } from '../api.ts'
import type { Actor } from '../model/actor.ts'
import type { ForkHook, SnapshotHook } from '../model/hooks.ts'
import type { SharingOptions } from '../options.ts'
import { DEFINITIONS, type Definitions, type World } from './world.ts'

/** What a host keeps of its documents, and how often it was asked. */
export interface Host {
  sharing: Sharing<Definitions>
  /** Of each document by its id: what it holds now. */
  holds: Map<string, { revision: string; content: unknown }>
  asked: Array<{ id: string; title: string | null; as: Actor }>
  /** What the host does for documents: a case may put its own in. */
  hooks: { snapshot: SnapshotHook; fork: ForkHook }
}

/** A host whose documents can be shared as they are at a moment, and forked by whoever may comment on them. */
export function hostOf(world: World, options: Partial<SharingOptions<Definitions>> = {}): Host {
  const holds: Host['holds'] = new Map([['d1', { revision: 'r1', content: { rows: [1, 2] } }]])
  const asked: Host['asked'] = []
  const hooks: Host['hooks'] = {
    snapshot: async ({ resource: { id, title }, actor }) => {
      asked.push({ id, title, as: actor })
      return holds.get(id) ?? { revision: 'r0', content: null }
    },
    fork: async ({ resource, actor }) => ({ id: `${resource.id} of ${actor.userId}` }),
  }
  const { manager, ...lesser } = DEFINITIONS.document.roles
  const document = {
    ...DEFINITIONS.document,
    roles: {
      ...lesser,
      commenter: [...lesser.commenter, 'fork'],
      // Shares, and publishes nothing.
      inviter: ['view', 'share'],
      manager,
    },
    snapshot: ((request) => hooks.snapshot(request)) as SnapshotHook,
    fork: ((request) => hooks.fork(request)) as ForkHook,
  }
  const folder = { ...DEFINITIONS.folder, snapshot: () => ({ revision: 'f1', content: 'a folder' }) }
  const resources = { document, folder } as unknown as Definitions
  return { sharing: world.sharingWith({ resources, ...options }), holds, asked, hooks }
}
