import type { Dump } from './dump.ts'
import { historiesAgree } from './histories.ts'
import { isMadeUp } from './made-up.ts'

/** Everything in which the tables contradict each other, as only something half written would leave them. */
export function disagreements(dump: Dump): string[] {
  return [...namesAgree(dump), ...viewsAgree(dump), ...daysAgree(dump), ...historiesAgree(dump)]
}

const of = (row: { tenantId: string }, id: string): string => `${row.tenantId}/${id}`

function namesAgree({ names, resources, grants }: Dump): string[] {
  const wrong: string[] = []
  const live = grants.filter(({ removed }) => !removed)
  const links = new Map(live.map((grant) => [of(grant, grant.id), grant]))
  const registered = new Map(
    resources.flatMap((resource) => (resource.removed ? [] : [[of(resource, resource.uid), resource]])),
  )
  const named = new Map<string, number>()
  for (const name of names) {
    const { kind, key, target, until, imported } = name
    if (kind === 'resource') {
      if (registered.get(of(name, target))?.ref !== key) wrong.push(`${key} names no resource`)
      named.set(of(name, target), (named.get(of(name, target)) ?? 0) + 1)
      continue
    }
    const grant = links.get(of(name, target))
    if (grant === undefined) {
      // What was imported and has ended keeps its token taken, and leads nowhere.
      if (!(imported && target === '' && until !== null)) wrong.push(`${kind} ${key} names no link`)
      continue
    }
    if (kind === 'link' && until === null) {
      if (grant.tokenHash !== key) wrong.push(`${target} has a token that is not its own`)
      named.set(of(name, target), (named.get(of(name, target)) ?? 0) + 1)
    }
    if (kind === 'grant') named.set(`by id ${of(name, target)}`, 1)
  }
  for (const [key, { ref }] of registered) if (named.get(key) !== 1) wrong.push(`${ref} has no one name`)
  for (const [key, grant] of links) {
    if (named.get(key) !== 1) wrong.push(`${grant.id} has ${named.get(key) ?? 0} tokens`)
    if (!named.has(`by id ${key}`)) wrong.push(`${grant.id} is not found by its id`)
    if (grant.sealed === grant.ended) wrong.push(`${grant.id} is ended and sealed, or neither`)
  }
  return wrong
}

/** Counted views are what a link's count says, and the latest of them is its last view. */
function viewsAgree({ grants, views }: Dump): string[] {
  const sums = new Map<string, { counted: number; last: number }>()
  for (const view of views) {
    // A kill may fall between them and the removal that they were made for.
    if (isMadeUp(view)) continue
    const sum = sums.get(of(view, view.linkId)) ?? { counted: 0, last: 0 }
    if (view.counted) sum.counted++
    sum.last = Math.max(sum.last, view.viewedAt)
    sums.set(of(view, view.linkId), sum)
  }
  return grants.flatMap((grant) => {
    const { id, viewCount, lastViewedAt, maxViews, removed } = grant
    // The views of a removed link are deleted slice by slice.
    if (removed) return []
    const { counted, last } = sums.get(of(grant, id)) ?? { counted: 0, last: null }
    const wrong: string[] = []
    if (viewCount !== counted) wrong.push(`${id} counts ${viewCount} views and has ${counted}`)
    if (lastViewedAt !== last) wrong.push(`${id} was last viewed at ${lastViewedAt}, and at ${last}`)
    if (maxViews !== null && viewCount > maxViews)
      wrong.push(`${id} opened ${viewCount} times of ${maxViews}`)
    return wrong
  })
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** A day that is added up says what its views say, per link and in all. */
function daysAgree({ tenants, grants, views, days }: Dump): string[] {
  const rolled = new Map(tenants.map(({ tenantId, rolledUntil }) => [tenantId, rolledUntil]))
  const removed = new Set(grants.flatMap((grant) => (grant.removed ? [of(grant, grant.id)] : [])))
  const expected = new Map<string, { views: number; bots: number }>()
  for (const view of views) {
    const day = dayOf(view.viewedAt)
    if (removed.has(of(view, view.linkId)) || day >= (rolled.get(view.tenantId) ?? '')) continue
    for (const linkId of [view.linkId, '']) {
      const key = [view.tenantId, view.resourceUid, linkId, day].join('/')
      const sum = expected.get(key) ?? { views: 0, bots: 0 }
      if (view.counted) sum.views++
      if (view.bot) sum.bots++
      expected.set(key, sum)
    }
  }
  const wrong: string[] = []
  for (const { tenantId, resourceUid, linkId, day, ...found } of days) {
    const key = [tenantId, resourceUid, linkId, day].join('/')
    const sum = expected.get(key) ?? { views: 0, bots: 0 }
    expected.delete(key)
    if (found.views !== sum.views || found.bots !== sum.bots) {
      wrong.push(`${key} adds up to ${JSON.stringify(found)}, not to ${JSON.stringify(sum)}`)
    }
  }
  return [...wrong, ...[...expected.keys()].map((key) => `${key} was not added up`)]
}
