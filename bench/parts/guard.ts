import { libraryOn, owner, shareDocuments, storeOf, visitor } from '../contenders/library.ts'
import { type Contender, contender } from '../measure.ts'
import type { Place } from '../places.ts'

/** What requests wait for, on one place: the names with a prefix, where they would be another's. */
export async function hotPaths(place: Place, documents: number, prefix: string): Promise<Contender[]> {
  const sharing = libraryOn(storeOf(place), 'off')
  await sharing.migrate()
  // Whether the guard holds is looked at by the first call, which is nobody's to measure.
  await sharing.policies.get(owner)
  const shared = await shareDocuments(sharing, documents)
  const at = (index: number) => shared[index % documents]!
  const open = (index: number) => sharing.open(at(index).link.token, visitor)
  return [
    contender(`${prefix}open`, open, { writes: 'library' }),
    contender(`${prefix}open, 64`, open, { writes: 'library', inFlight: 64 }),
    contender(`${prefix}resume`, (index) => sharing.resume(at(index).pass, visitor)),
    contender(`${prefix}can`, (index) => sharing.can(owner, 'edit', { type: 'document', id: at(index).id })),
  ]
}
