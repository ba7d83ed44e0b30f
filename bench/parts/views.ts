import { bare, type Days, type LinkKey } from '../contenders/bare.ts'
import {
  forgetting,
  type Library,
  libraryOn,
  owner,
  type SharedDocument,
  shareDocuments,
  storeOf,
  visitor,
} from '../contenders/library.ts'
import { fillViews, LAST_MONTH, WITH_TODAY } from '../fill/views.ts'
import { type Contender, contender } from '../measure.ts'
import type { Place } from '../places.ts'

const DAYS = 50

export interface Crowded {
  sharing: Library
  documents: SharedDocument[]
  links: LinkKey[]
}

/** Documents whose links have been viewed a hundred times a day: five million views of a thousand. */
export async function makeCrowded(place: Place, documents: number): Promise<Crowded> {
  const sharing = libraryOn(storeOf(place), 'off')
  await sharing.migrate()
  const shared = await shareDocuments(sharing, documents)
  const uids = new Map(
    (await place.query('library', 'select id, resource_uid from share_grants')).map(
      ({ id, resource_uid }) => [String(id), String(resource_uid)] as const,
    ),
  )
  const links = shared.map(({ link: { id } }) => ({
    tenantId: owner.tenantId,
    linkId: id,
    resourceUid: uids.get(id)!,
  }))
  await fillViews(place, links, DAYS)
  // What is measured is a process that has counted each before: `each link for the first time` is a line of its own.
  for (const { linkId } of links) await sharing.views.stats(owner, { link: linkId, ...datesOf(LAST_MONTH) })
  return { sharing, documents: shared, links }
}

/** As a host gives them. */
export const datesOf = ({ from, to }: Days) => ({
  from: new Date(`${from}T00:00Z`),
  to: new Date(`${to}T00:00Z`),
})

export function lookings(place: Place, { sharing, documents, links }: Crowded): Contender[] {
  const statements = bare(place)
  const at = (index: number): LinkKey => links[index % links.length]!
  const [month, today] = [datesOf(LAST_MONTH), datesOf(WITH_TODAY)]
  const tokenAt = (index: number): string => documents[index % documents.length]!.link.token
  const fresh = forgetting(place, links.length)
  return [
    contender('stats', (index) => sharing.views.stats(owner, { link: at(index).linkId, ...month })),
    contender('first stats', (index) =>
      fresh(index).views.stats(owner, { link: at(index).linkId, ...month }),
    ),
    contender('bare stats', (index) => statements.rolledUp(at(index), LAST_MONTH)),
    contender('stats today', (index) => sharing.views.stats(owner, { link: at(index).linkId, ...today })),
    contender('bare today', (index) => statements.withRest(at(index), WITH_TODAY)),
    contender('list', (index) => sharing.views.list(owner, { link: at(index).linkId, limit: 50 })),
    contender('bare list', (index) => statements.page(at(index))),
    contender('open', (index) => sharing.open(tokenAt(index), visitor), { writes: 'library' }),
    contender('bare', (index) => statements.open(tokenAt(index)), { writes: 'bare' }),
  ]
}
