import type { Sharing } from '../api.ts'
import type { Access } from '../model/access.ts'
import type { Actor } from '../model/actor.ts'
import type { ResolveHook } from '../model/hooks.ts'
import type { SharingOptions } from '../options.ts'
import { DEFINITIONS, type Definitions, type World } from './world.ts'

/** What a host was asked for data with. */
export type Asked = Parameters<ResolveHook>[0]

/** A host with data: what it was asked, and what it says. */
export interface LiveHost {
  sharing: Sharing<Definitions>
  asked: Asked[]
  /** What the host was told of what went wrong. */
  errors: unknown[]
  /** What its documents are at, and with that what a snapshot of one is. */
  at: { revision: string }
}

/** Unless told otherwise the host shows everybody whose view it is. */
const ownView: ResolveHook = ({ ref, as }) => ({ ref, rows: `as ${as?.userId ?? 'nobody'} may see them` })

export function liveHost(
  world: World,
  resolve: ResolveHook = ownView,
  options: Partial<SharingOptions<Definitions>> = {},
): LiveHost {
  const asked: Asked[] = []
  const errors: unknown[] = []
  const at = { revision: 'r1' }
  const document = {
    ...DEFINITIONS.document,
    snapshot: () => ({ revision: at.revision, content: `as of ${at.revision}` }),
    resolve: (request: Asked) => {
      asked.push(request)
      return resolve(request)
    },
  }
  const sharing = world.sharingWith({
    resources: { ...DEFINITIONS, document },
    onError: (error) => void errors.push(error),
    ...options,
  })
  return { sharing, asked, errors, at }
}

/** Whoever came by a link, with what it handed out. */
export async function bearer(
  { sharing }: Pick<LiveHost, 'sharing'>,
  token: string,
  actor: Actor | null = null,
): Promise<Access<'document'>> {
  const { pass } = await sharing.open(token, { actor })
  return { pass, visitor: { actor } }
}
