import { hash } from 'node:crypto'
import { createSharing, type Sharing, type Store } from 'sharegrant'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { together } from '../measure.ts'
import type { Place } from '../places.ts'

const resources = { document: { roles: { viewer: ['view'], editor: ['view', 'edit'] } } } as const

export type Library = Sharing<typeof resources>

export const owner = { userId: 'u1', tenantId: 't1' }
export const visitor = { ip: '203.0.113.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' }
export const documentOf = (id: string): { type: 'document'; id: string } => ({ type: 'document', id })

/** What a token is known by in the tables. */
export const hashOf = (token: string): string => hash('sha256', token, 'base64url')

export const storeOf = (place: Place): Store =>
  place.dialect === 'sqlite'
    ? sqliteStore({ database: place.database('library') })
    : postgresStore({ pool: place.pool, rowLevelSecurity: place.guarded })

/** The library on a store, with its limits as they are by default, or off. */
export const libraryOn = (store: Store, limits: 'default' | 'off'): Library =>
  createSharing({
    store,
    secret: 'a secret of the bench that is long enough',
    resources,
    ...(limits === 'off' && { limits: { opensPerMinute: false, passwordAttemptsPerMinute: false } }),
  })

/** The library as it is before it has seen any of so many links or passes: a new one each time that all have had their turn. */
export function forgetting(place: Place, count: number): (index: number) => Library {
  const store = storeOf(place)
  let present = libraryOn(store, 'off')
  return (index) => {
    if (index % count === 0) present = libraryOn(store, 'off')
    return present
  }
}

export interface SharedDocument {
  id: string
  link: { id: string; token: string }
  /** A link of its own, with a limit that is never reached. */
  capped: { token: string }
  /** What one opening of the first link gave its reader. */
  pass: string
  tokenHash: string
}

/** Documents with two links each, made as a host makes them. */
export async function shareDocuments(sharing: Library, count: number): Promise<SharedDocument[]> {
  const made: SharedDocument[] = []
  await together(count, 32, async (index) => {
    const ref = documentOf(`d${index}`)
    await sharing.resources.register(ref, { tenantId: 't1', ownerId: 'u1', title: `Document ${index}` })
    const link = await sharing.links.create(owner, ref, { visibility: 'public' })
    const capped = await sharing.links.create(owner, ref, { visibility: 'public', maxViews: 1_000_000_000 })
    const { pass } = await sharing.open(link.token, visitor)
    made[index] = { id: ref.id, link, capped, pass, tokenHash: hashOf(link.token) }
  })
  return made
}
