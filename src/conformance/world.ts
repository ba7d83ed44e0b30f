import type { RefOf, Sharing } from '../api.ts'
import type { CreatedLink } from '../links/create.ts'
import type { Actor, Visitor } from '../model/actor.ts'
import type { RegisterInput, Resource } from '../model/resource.ts'
import type { SharingOptions } from '../options.ts'
import { createSharing } from '../sharing.ts'
import type { Store } from '../store/index.ts'
import { scryptPasswords } from '../tokens/password.ts'
import type { ConformanceStore } from './case.ts'
import { HOST_COLUMN } from './case.ts'

export const SECOND = 1000
export const MINUTE: number = 60 * SECOND
export const HOUR: number = 60 * MINUTE
export const DAY: number = 24 * HOUR

export const SECRET = 'a secret of the conformance suite, longer than 32 bytes'

/** What the cases share: a type with every kind of rule, and one with a single role. */
export const DEFINITIONS = {
  document: {
    roles: {
      viewer: ['view'],
      commenter: ['view', 'comment'],
      editor: ['view', 'comment', 'edit'],
      manager: ['view', 'comment', 'edit', 'share', 'publish'],
    },
    linkRoles: ['viewer', 'commenter'],
    rules: [
      { when: 'remote', forbid: ['publish'] },
      { when: 'archived', forbid: ['comment', 'edit'] },
      { when: 'quarantined', forbid: ['view'] },
      { unless: 'live', forbid: ['edit'], exceptOwner: true },
    ],
  },
  folder: {
    roles: { viewer: ['view'], keeper: ['view', 'keep'], manager: ['view', 'keep', 'share', 'publish'] },
  },
} as const

export type Definitions = typeof DEFINITIONS
export type Ref = RefOf<Definitions>

/** Two accounts, each with an owner, a colleague and an admin; a person without an account; a system admin. */
export const ACTORS: Record<'ann' | 'bob' | 'eve', Actor & { email: string; tenantId: string }> &
  Record<'ada' | 'ed' | 'zoe' | 'root', Actor> = {
  ann: { userId: 'ann', tenantId: 'acme', email: 'ann@acme.example' },
  bob: { userId: 'bob', tenantId: 'acme', email: 'bob@acme.example' },
  ada: { userId: 'ada', tenantId: 'acme', admin: 'tenant' },
  eve: { userId: 'eve', tenantId: 'rival', email: 'eve@rival.example' },
  ed: { userId: 'ed', tenantId: 'rival', admin: 'tenant' },
  zoe: { userId: 'zoe', tenantId: null },
  root: { userId: 'root', tenantId: 'house', admin: 'system' },
}

/** The clock that everything reads. It moves only when a case moves it. */
export interface MovingClock {
  readonly now: Date
  at(moment: Date | number): void
  pass(milliseconds: number): void
}

/** One fresh store with the library on it. */
export interface World {
  store: Store
  sharing: Sharing<Definitions>
  clock: MovingClock
  /** The library again on the same store, set up otherwise. */
  sharingWith(options: Partial<SharingOptions<Definitions>>): Sharing<Definitions>
  /** The library as another process has it, where the store can be reached from one. */
  elsewhere(): Promise<Sharing<Definitions>>
  /** A document, ann's of acme unless said otherwise. */
  document(id?: string, options?: Partial<RegisterInput>): Promise<Resource<'document' | 'folder'>>
  /** A link to a document that ann shares, public unless said otherwise. */
  link(options?: Partial<LinkOptions>, id?: string): Promise<CreatedLink>
  /** The documents among these that a filter lets a host's own query find. */
  filtered(actor: Actor, action: DocumentAction, ids: readonly string[]): Promise<string[]>
  opened(token: string, times: number, visitor?: Visitor): Promise<void>
  end(): Promise<void>
}

export type LinkOptions = Parameters<Sharing<Pick<Definitions, 'document'>>['links']['create']>[2]

export type DocumentAction = Parameters<Sharing<Definitions>['can']>[1]

export const documentRef = (id = 'd1'): { type: 'document'; id: string } => ({ type: 'document', id })

export const START: Date = new Date('2030-06-15T12:00:00.000Z')

export async function createWorld({ store, another, idsWhere }: ConformanceStore): Promise<World> {
  let now = START.getTime()
  const clock: MovingClock = {
    get now() {
      return new Date(now)
    },
    at(moment) {
      now = new Date(moment).getTime()
    },
    pass(milliseconds) {
      now += milliseconds
    },
  }
  const others: Store[] = []
  const sharingOn = (on: Store, options: Partial<SharingOptions<Definitions>> = {}): Sharing<Definitions> =>
    createSharing<Definitions>({
      store: on,
      secret: SECRET,
      resources: DEFINITIONS,
      limits: { opensPerMinute: false, passwordAttemptsPerMinute: false },
      // The same algorithm at the least cost: how slow it is, is not what these cases show.
      passwords: scryptPasswords({ N: 16, r: 1, p: 1 }),
      clock: () => new Date(now),
      ...options,
    })
  const sharing = sharingOn(store)
  await sharing.migrate()
  return {
    store,
    sharing,
    clock,
    sharingWith: (options) => sharingOn(store, options),
    async elsewhere() {
      if (another === undefined) return sharingOn(store)
      const other = await another()
      others.push(other)
      return sharingOn(other)
    },
    document: (id = 'd1', options = {}) =>
      sharing.resources.register(documentRef(id), { tenantId: 'acme', ownerId: 'ann', ...options }),
    link: (options = {}, id = 'd1') =>
      sharing.links.create(ACTORS.ann, documentRef(id), { visibility: 'public', ...options }),
    filtered: (actor, action, ids) =>
      idsWhere(sharing.filter(actor, action, 'document', { column: HOST_COLUMN }), ids),
    async opened(token, times, visitor = {}) {
      for (let time = 0; time < times; time++) await sharing.open(token, visitor)
    },
    async end() {
      for (const other of others) await other.close()
    },
  }
}
