import {
  type Actor,
  type Collaborator,
  createSharing,
  type FilterCondition,
  isSharingError,
  type Mode,
  type Notification,
  type Sharing,
  type Store,
  scryptPasswords,
} from '../../../src/index.ts'
import { emptyHost, type Host, HostFailure, resourcesOf } from './host.ts'
import type { RESOURCES } from './world.ts'

export type Documents = Sharing<typeof RESOURCES>
export type Ref = { type: 'document'; id: string }

/** What somebody opened something with, and what they have in hand since. */
export interface Pass {
  text: string
  by: Actor | null
  /** The link's; null for whoever attached. */
  token: string | null
  on: Ref
}

/** A store, and how a host asks it with a condition on `hosted.id`, whose parameters begin at 2. */
export interface Base {
  store: Store
  idsWhere(condition: FilterCondition, ids: readonly string[]): Promise<string[]>
}

/** The library on one store, with what a history has handed out so far, by the order in which it came. */
export interface Side {
  sharing: Documents
  base: Base
  /** Stands before every id, so that many histories share a store without knowing of each other. */
  prefix: string
  /** What the host keeps itself. */
  host: Host
  links: Array<{ id: string; resource: Ref; mode: Mode; token: string }>
  /** What people were given. */
  grants: Array<Pick<Collaborator<'document'>, 'id' | 'resource' | 'grantee' | 'mode'>>
  /** What people asked for, as far as somebody has listed it. */
  requests: Array<{ id: string; resource: Ref }>
  /** What the mails said that were sent. */
  invitations: Array<{ token: string; address: string | null }>
  /** What was sent since somebody looked: several at once come in any order. */
  mails: Notification[]
  tokens: string[]
  passes: Pass[]
  /** Data refs, and whose they are. */
  refs: Array<{ token: string; by: Actor | null }>
  /** Who owns a resource: the model knows it, and costs nothing to ask. */
  ownerOf(ref: Ref): Promise<string | undefined>
  /** The present secret first. */
  secrets: string[]
  /** What listeners were told. */
  events: string[]
  now: number
}

export const START = Date.UTC(2030, 5, 15, 12)

/** The library on a store. The side that it is compared with, where there is one, is the model. */
export function sideOn(base: Base, prefix: string, model?: Side): Side {
  const side: Side = {
    sharing: undefined as never,
    base,
    prefix,
    ownerOf: async (ref) =>
      model === undefined ? (await side.sharing.resources.get(ref))?.ownerId : model.ownerOf(ref),
    host: emptyHost(),
    links: [],
    grants: [],
    requests: [],
    invitations: [],
    mails: [],
    tokens: [],
    passes: [],
    refs: [],
    secrets: ['the first secret, longer than 32 bytes by some'],
    events: [],
    now: START,
  }
  restart(side)
  return side
}

/** The library again, as after a deployment with other secrets. */
export function restart(side: Side): void {
  side.sharing = createSharing({
    store: only(side.base.store, side.prefix),
    secret: side.secrets,
    resources: resourcesOf(side),
    legacyTokens: /old-[\w.-]+/,
    limits: {
      opensPerMinute: false,
      passwordAttemptsPerMinute: false,
      collaboratorsPerResource: 3,
      invitationsPerHour: 20,
      emailsPerHour: false,
      requestsPerHour: 20,
    },
    notify: async (mail) => {
      if (Math.floor(side.now / 1000) % 4 === 0) throw new Error('The post is closed.')
      side.mails.push(mail)
    },
    passwords: scryptPasswords({ N: 16, r: 1, p: 1 }),
    clock: () => new Date(side.now),
  })
  side.sharing.on('*', (event) => void side.events.push(shown(side, event)))
}

/** The same store, of which maintenance is told one history's tenants only. */
function only(store: Store, prefix: string): Store {
  const tenantIds: Store['tenantIds'] = async (after, limit) => {
    const accounts = await store.tenantIds(prefix, 20)
    const people = await store.tenantIds(`~${prefix}`, 20)
    const own = [
      ...accounts.filter((id) => id.startsWith(prefix)),
      ...people.filter((id) => id.startsWith(`~${prefix}`)),
    ]
    return own.filter((id) => id > after).slice(0, limit)
  }
  return new Proxy(store, {
    get(_, verb) {
      if (verb === 'tenantIds') return tenantIds
      const found: unknown = Reflect.get(store, verb, store)
      return typeof found === 'function' ? found.bind(store) : found
    },
  })
}

export const named = (side: Side, name: string): string => `${side.prefix}${name}`
export const refOf = (side: Side, id: string): Ref => ({ type: 'document', id: named(side, id) })
export const actorOf = (side: Side, actor: Actor): Actor => ({
  ...actor,
  userId: named(side, actor.userId),
  tenantId: actor.tenantId === null ? null : named(side, actor.tenantId),
  ...(actor.email === undefined ? {} : { email: addressOf(side, actor.email) }),
})

/** An address of one history only: what is given to it is found in every tenant that lets guests in. */
export const addressOf = (side: Side, address: string): string =>
  `${side.prefix}${address}`.replaceAll(/[^\w.@-]/g, '-')

/** What a call came to, errors included, in words that are the same on every store. */
export async function answerOf(side: Side, call: () => Promise<unknown>): Promise<string> {
  try {
    return `ok ${shown(side, await call())}`
  } catch (error) {
    if (isSharingError(error)) return `${error.code} ${shown(side, error)}`
    if (error instanceof HostFailure) return `host_failed ${error.message}`
    return `${UNEXPECTED}${error instanceof Error ? error.stack : String(error)}`
  }
}

/** Begins the answer of a call that broke instead of answering. */
export const UNEXPECTED = 'thrown, and no SharingError: '

const RANDOM = /^[\w-]{21}$/

/** Ids and tokens that chance gave are told by the place at which they came, or left out. */
export function shown(side: Side, value: unknown): string {
  const text = JSON.stringify(value, (key, one: unknown) => {
    if (key === 'nextCursor') return one === null ? null : '…'
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) return inOrder(one)
    if (typeof one !== 'string') return one
    if (RANDOM.test(one))
      return (
        placeOf(
          'link',
          side.links.findIndex(({ id }) => id === one),
        ) ??
        placeOf(
          'grant',
          side.grants.findIndex(({ id }) => id === one),
        ) ??
        placeOf(
          'request',
          side.requests.findIndex(({ id }) => id === one),
        ) ??
        '#'
      )
    if (one.length < 40) return one
    return (
      placeOf('token', side.tokens.indexOf(one)) ??
      placeOf(
        'pass',
        side.passes.findIndex(({ text }) => text === one),
      ) ??
      placeOf(
        'ref',
        side.refs.findIndex(({ token }) => token === one),
      ) ??
      one
    )
  })
  return text ?? 'nothing'
}

const placeOf = (kind: string, place: number): string | null => (place < 0 ? null : `${kind} ${place}`)

/** In which order an object has its fields is no part of an answer. */
const inOrder = (object: object): object =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
