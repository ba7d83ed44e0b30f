import type { Actor, ForkHook, ResolveHook, Resource, SnapshotHook } from '../../../src/index.ts'
import { actorOf, named, type Side } from './side.ts'
import { RESOURCES, ROOT } from './world.ts'

/** What can come in between while the host is asked. */
export const BETWEEN = [
  'fails',
  'edited',
  'retitled',
  'maker leaves',
  'maker resigns',
  'transferred',
  'registered anew',
  'asked again',
  'registers the copy',
  'gives what is there',
] as const
export type Between = (typeof BETWEEN)[number]

/** What the host keeps of its documents, the same on both sides. */
export interface Host {
  /** The state that each document is in, where somebody has edited it. */
  states: Map<string, number>
  copies: number
  /** What comes in between when it is asked the next time. */
  next: Between | null
  /** The call in which it is asked, made once more. */
  again: (() => Promise<unknown>) | null
}

export const emptyHost = (): Host => ({ states: new Map(), copies: 0, next: null, again: null })

/** What the host's own code throws, and the library has no part in. */
export class HostFailure extends Error {}

/** The definitions with what the host does for its documents. */
export function resourcesOf(side: Side): typeof RESOURCES {
  const { host } = side
  const stateOf = ({ id }: Pick<Resource, 'id'>): number => host.states.get(id) ?? 0
  const snapshot: SnapshotHook = async ({ resource, actor }) => {
    await between(side, resource, actor)
    const state = stateOf(resource)
    // Some of it is the same for everybody, and some is shown by rights.
    const as = state % 2 === 0 ? null : actor.userId
    return { revision: `r${state}`, content: { state, as, title: resource.title } }
  }
  const resolve: ResolveHook = async ({ resource, ref, as, mode, revision, accessDenied }) => {
    await between(side, resource, as)
    if (ref === 'theirs' && as === null) return accessDenied
    const { title, traits } = resource
    return { ref, as: as?.userId ?? null, at: revision ?? stateOf(resource), mode, title, traits }
  }
  const fork: ForkHook = async ({ resource, content, revision, actor, idempotencyKey }) => {
    const came = await between(side, resource, actor)
    const [there, ...fresh] = ['d1', 'd2', `c${++host.copies}`, `c${host.copies + 1}`]
      .map((name) => named(side, name))
      .filter((name) => name !== resource.id)
    const id = came === 'gives what is there' ? there! : fresh.find((name) => !name.includes('-d'))!
    if (came === 'registers the copy') {
      const { userId: ownerId, tenantId } = actor
      await side.sharing.resources.register({ type: 'document', id }, { tenantId, ownerId, traits: ['live'] })
    }
    side.events.push(`copied ${JSON.stringify([id, content, revision, idempotencyKey !== null])}`)
    return host.copies % 2 === 0 ? { id } : { id, title: 'A copy', traits: ['live', 'archived'] }
  }
  return { document: { ...RESOURCES.document, ...{ snapshot, resolve, fork } } }
}

/** Lets happen what was to happen, once. */
async function between(side: Side, { id, tenantId }: Resource, actor: Actor | null): Promise<Between | null> {
  const { host, sharing } = side
  const { next, again } = host
  const ref = { type: 'document', id } as const
  Object.assign(host, { next: null, again: null })
  switch (next) {
    case 'fails':
      throw new HostFailure('The host is not to be had.')
    case 'edited':
      host.states.set(id, (host.states.get(id) ?? 0) + 1)
      break
    case 'retitled':
      await sharing.resources.update(ref, { title: 'Meanwhile' })
      break
    case 'maker leaves':
      if (actor !== null && tenantId !== null) await sharing.members.remove(tenantId, actor.userId)
      break
    case 'maker resigns':
      if (actor !== null) await sharing.admins.remove(actor.userId, tenantId)
      break
    case 'transferred':
      await sharing.resources.transfer(actorOf(side, ROOT), ref, named(side, 'bob'))
      break
    case 'registered anew':
      await sharing.resources.remove(ref)
      if (actor !== null) await sharing.resources.register(ref, { tenantId, ownerId: actor.userId })
      // Of two of one moment nobody knows which is listed first.
      side.now++
      break
    case 'asked again':
      await again?.()
  }
  return next
}
