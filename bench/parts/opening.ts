import { type Bare, bare } from '../contenders/bare.ts'
import {
  documentOf,
  forgetting,
  type Library,
  libraryOn,
  owner,
  type SharedDocument,
  shareDocuments,
  storeOf,
  visitor,
} from '../contenders/library.ts'
import { handWrittenRoute, type Route } from '../contenders/route.ts'
import { type Contender, contender, together, type Writer } from '../measure.ts'
import type { Place } from '../places.ts'

/** All that opens, resumes and decides on one place: the library, the bare statements, and the route by hand. */
export interface World {
  place: Place
  sharing: Library
  /** On the same store, with the limits that a host has who sets none. */
  limited: Library
  documents: SharedDocument[]
  bare: Bare
  route: Route
}

export async function makeWorld(place: Place, documents: number): Promise<World> {
  const store = storeOf(place)
  const sharing = libraryOn(store, 'off')
  await sharing.migrate()
  const shared = await shareDocuments(sharing, documents)
  await together(documents, 32, (index) =>
    sharing.resources.register(documentOf(below(shared[index]!.id)), {
      ...{ tenantId: owner.tenantId, ownerId: owner.userId },
      parent: documentOf(shared[index]!.id),
    }),
  )
  const tokens = shared.map(({ link }) => link.token)
  return {
    place,
    sharing,
    limited: libraryOn(store, 'default'),
    documents: shared,
    bare: bare(place),
    route: await handWrittenRoute(place, tokens),
  }
}

/** What lies below a document. */
const below = (id: string): string => `below ${id}`

/** No address comes back often enough to be refused within a minute. */
const addressOf = (index: number): string => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`

/** What writes a view, so many at a time. The names are those of `lines.ts`. */
export function openings(world: World, inFlight: number): Contender[] {
  const { sharing, limited, documents, bare, route, place } = world
  const at = (index: number): SharedDocument => documents[index % documents.length]!
  const userAt = (index: number): string => `u${index % documents.length}`
  const hot = documents[0]!
  const fresh = forgetting(world.place, documents.length)
  // A transaction of SQLite's is done when it returns: there is nothing to have in flight.
  const bareInFlight = place.dialect === 'sqlite' ? 1 : inFlight
  const one = (writes: Writer, name: string, work: (index: number) => unknown): Contender =>
    contender(inFlight === 1 ? name : `${name}, ${inFlight}`, work, {
      writes,
      inFlight: writes === 'bare' ? bareInFlight : inFlight,
    })
  return [
    one('library', 'open', (index) => sharing.open(at(index).link.token, visitor)),
    one('library', 'first', (index) => fresh(index).open(at(index).link.token, visitor)),
    one('bare', 'bare', (index) => bare.open(at(index).link.token)),
    one('library', 'hot', () => sharing.open(hot.link.token, visitor)),
    one('bare', 'bare hot', () => bare.open(hot.link.token)),
    one('library', 'capped', (index) => sharing.open(at(index).capped.token, visitor)),
    one('bare', 'bare capped', (index) => bare.capped(at(index).capped.token)),
    one('library', 'limited', (index) =>
      limited.open(at(index).link.token, { ...visitor, ip: addressOf(index) }),
    ),
    one('library', 'signed in', (index) =>
      sharing.open(at(index).link.token, { ...visitor, actor: { userId: userAt(index), tenantId: 't1' } }),
    ),
    one('route', 'route', (index) => route.open(at(index).link.token, userAt(index))),
  ]
}

/** What reads and writes nothing. */
export function readings(world: World): Contender[] {
  const { sharing, documents, bare } = world
  const fresh = forgetting(world.place, documents.length)
  const at = (index: number): SharedDocument => documents[index % documents.length]!
  return [
    contender('resume', (index) => sharing.resume(at(index).pass, visitor)),
    contender('first resume', (index) => fresh(index).resume(at(index).pass, visitor)),
    contender('bare resume', (index) => bare.resume(at(index).pass, at(index).tokenHash)),
    contender('peek', (index) => sharing.peek(at(index).link.token)),
    contender('bare peek', (index) => bare.peek(at(index).link.token)),
    contender('can', (index) =>
      sharing.can({ userId: 'u1', tenantId: 't1' }, 'edit', { type: 'document', id: at(index).id }),
    ),
    contender('can below', (index) =>
      sharing.can({ userId: 'u1', tenantId: 't1' }, 'edit', documentOf(below(at(index).id))),
    ),
    contender('bare can', (index) => bare.can(at(index).id)),
  ]
}
