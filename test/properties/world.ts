import {
  type Access,
  type Actor,
  createSharing,
  type ForkHook,
  isSharingError,
  type Mode,
  type ResolveHook,
  type Sharing,
  type SnapshotHook,
  type Store,
} from '../../src/index.ts'
import { createDataSet, type DataSet, markerOf, REGIONS } from './data-set.ts'

/** Of two accounts and of none; one user id and one group's name are in both accounts. */
const PEOPLE = [
  ['ann', 'acme'],
  ['bob', 'acme'],
  ['cyd', 'acme'],
  ['eve', 'rival'],
  ['ann', 'rival'],
  ['zoe', null],
] as const
export const PERSONS: readonly number[] = PEOPLE.map((_, person) => person)

/** What somebody is shown of a canvas as it was. */
export interface Shown {
  revision: number
  title: string | null
  content: string
}

export interface Canvas {
  readonly id: string
  readonly tenantId: string
  /** Which registration under this id it is. */
  born: number
  owner: number
  title: string | null
  visibility: 'private' | 'account' | 'public'
}

/** What was given to people: to a user id, or to a group. */
export interface Given {
  id: string
  canvas: Canvas
  to: { userId: string } | { groupId: 'staff' }
  mode: Mode
  role: 'viewer' | 'manager'
  /** What it shows; null in live mode. */
  shows: Shown | null
  over: boolean
}

export interface Link {
  id: string
  token: string
  canvas: Canvas
  mode: Mode
  shows: Shown | null
  maker: number
  /** What its maker was given, where they were not the owner: with the last of these it ends. */
  by: Given[] | null
  revoked: boolean
}

/** A pass, with what it was opened by and with. */
export interface Pass {
  text: string
  canvas: Canvas
  born: number
  /** Who may bring it; null for anybody. */
  person: number | null
  by: Link | Given | null
  shows: Shown | null
}

/** What a reader has in hand. */
export interface Hand {
  canvas: Canvas
  person: number | null
  access: Access<'canvas'>
  /** Whether it may be good for the canvas as it is now, or for what of the past. */
  live(): boolean
  past(): Shown[]
}

/** What the host was asked. */
export type Asked =
  | { hook: 'snapshot'; as: Actor; shown: Shown }
  | ({ hook: 'resolve' } & Pick<Parameters<ResolveHook>[0], 'as' | 'mode' | 'revision' | 'resource'>)
  | ({ hook: 'fork' } & Pick<Parameters<ForkHook>[0], 'actor' | 'content' | 'revision' | 'resource'>)

/** How often what was looked for was seen at all. */
export interface Tally {
  rows: number
  asNobody: number
  past: number
  refreshed: number
  copies: number
  refusals: number
}

/** A host with its data, the library on a store, and what is known of both. */
export interface World {
  sharing: Sharing<Definitions>
  data: DataSet
  canvases: readonly Canvas[]
  given: Given[]
  links: Link[]
  passes: Pass[]
  /** Data refs that were handed out, with who may bring them, and what they were made by. */
  refs: Array<{ token: string; hand: Hand }>
  copies: Array<{ id: string; title: string | null }>
  staff: Set<number>
  guests: Set<string>
  asked: Asked[]
  /** To whom each token was handed. */
  handed: Map<string, number | null>
  tally: Tally
  actor(person: number): Actor
  close(): Promise<void>
}

type Definitions = { canvas: ReturnType<typeof canvasType>; folder: { roles: { viewer: ['view'] } } }

const canvasType = (data: DataSet, asked: Asked[]) => ({
  roles: { viewer: ['view', 'fork'], manager: ['view', 'fork', 'share', 'publish'] } as const,
  snapshot: (({ resource: { id, title }, actor }) => {
    const revision = data.revisionOf(id)
    const content = { rows: data.rowsFor(id, actor), title }
    asked.push({ hook: 'snapshot', as: actor, shown: { revision, title, content: JSON.stringify(content) } })
    return { revision: markerOf(revision), content }
  }) satisfies SnapshotHook,
  resolve: (({ resource, ref, as, mode, revision }) => {
    asked.push({ hook: 'resolve', as, mode, revision, resource })
    const { id } = resource
    const at = revision === null ? null : Number(revision.slice('marker-'.length))
    return ref === 'rows' ? data.rowsFor(id, as, at) : { cover: markerOf(at ?? data.revisionOf(id)) }
  }) satisfies ResolveHook,
  fork: (({ actor, content, revision, resource }) => {
    asked.push({ hook: 'fork', actor, content, revision, resource })
    return { id: `copy ${asked.length} of ${data.edit('copies')}` }
  }) satisfies ForkHook,
})

export async function createWorld(store: Store, tally: Tally): Promise<World> {
  const data = createDataSet()
  const asked: Asked[] = []
  const sharing = createSharing<Definitions>({
    store,
    secret: 'a secret of the tests, longer than 32 bytes',
    resources: { canvas: canvasType(data, asked), folder: { roles: { viewer: ['view'] } } },
    limits: { opensPerMinute: false, invitationsPerHour: false },
  })
  const staff = new Set([1, 3])
  const actor = (person: number): Actor => {
    const [userId, tenantId] = PEOPLE[person]!
    return { userId, tenantId, groups: staff.has(person) ? ['staff'] : [] }
  }
  const canvases = [
    { id: 'c1', tenantId: 'acme', owner: 0 },
    { id: 'c2', tenantId: 'rival', owner: 3 },
  ].map((one): Canvas => ({ ...one, born: 0, title: null, visibility: 'private' }))
  for (const { id, tenantId, owner } of canvases) {
    await sharing.resources.register({ type: 'canvas', id }, { tenantId, ownerId: PEOPLE[owner]![0] })
    for (const region of REGIONS) data.add(id, region)
  }
  // The owners see most, and each of the others something else; the last region is nobody's in particular.
  for (const person of PERSONS) {
    data.allow(actor(person), REGIONS[person % 3]!)
    if (canvases.some(({ owner }) => owner === person)) data.allow(actor(person), REGIONS[1])
  }
  data.allow(null, REGIONS[2])
  return {
    sharing,
    data,
    canvases,
    given: [],
    links: [],
    passes: [],
    refs: [],
    copies: [],
    staff,
    guests: new Set(),
    asked,
    handed: new Map(),
    tally,
    actor,
    async close() {
      await sharing.close()
      data.close()
    },
  }
}

/** What a call gave, or null where the library refused it. Nothing else may go wrong. */
export async function attempt<R>(call: Promise<R>): Promise<R | null> {
  try {
    return await call
  } catch (error) {
    if (isSharingError(error) && error.status < 500) return null
    throw error
  }
}

export const refOf = ({ id }: Pick<Canvas, 'id'>) => ({ type: 'canvas', id }) as const

/** Whether somebody looks from inside the account. */
export const isInside = ({ actor }: World, person: number | null, { tenantId }: Canvas): boolean =>
  person !== null && actor(person).tenantId === tenantId

/** Whether something that was given to people is this person's. */
export function isTheirs(world: World, { canvas, to, over }: Given, person: number): boolean {
  if (over) return false
  const inside = isInside(world, person, canvas)
  if ('groupId' in to) return inside && world.staff.has(person)
  return to.userId === world.actor(person).userId && (inside || world.guests.has(canvas.tenantId))
}

/** Whether there is anything by which somebody may see a canvas as it is now. */
export function mayLive(world: World, person: number, canvas: Canvas): boolean {
  const inside = isInside(world, person, canvas)
  if (canvas.visibility === 'public' || (inside && canvas.visibility === 'account')) return true
  if (inside && canvas.owner === person) return true
  return world.given.some(
    (one) => one.canvas === canvas && one.mode === 'live' && isTheirs(world, one, person),
  )
}

/** What somebody was given of a canvas as it was. */
export const pastOf = (world: World, person: number, canvas: Canvas): Given[] =>
  world.given.filter(
    (one) => one.canvas === canvas && one.mode === 'snapshot' && isTheirs(world, one, person),
  )

export const isOpen = ({ revoked, by }: Link): boolean =>
  !revoked && (by === null || by.some(({ over }) => !over))
