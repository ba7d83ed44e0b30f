import fc from 'fast-check'
import type { AuditEvent } from '../../../src/index.ts'
import { action, actor, anybody, id, limit, mostly, place } from './arbitraries.ts'
import { actorOf, refOf, type Side, START, shown } from './side.ts'
import { askerAt, askerOf, linkAt, pagesOf, step } from './step.ts'
import { type ActionName, IDS, RESOURCES } from './world.ts'

/** A moment since everything began, as a share of the time that has passed. */
const momentAt = (side: Side, share: number): Date =>
  new Date(START + Math.floor(((side.now - START) * share) / 10))

const share = fc.nat({ max: 10 })

/** What several events of one moment come to is told in no order: each has a random id. */
const inOneOrder = (side: Side, events: readonly AuditEvent[]): string[] =>
  events
    .map((event) => [event.at.getTime(), shown(side, event)] as const)
    .sort(([at, one], [then, other]) => then - at || (one < other ? -1 : 1))
    .map(([, event]) => event)

export async function allowedIds(
  side: Side,
  who: ReturnType<typeof actorOf>,
  what: ActionName,
): Promise<string[]> {
  const condition = side.sharing.filter(who, what, 'document', { column: 'hosted.id', firstParameter: 2 })
  const ids = IDS.map((one) => refOf(side, one).id)
  return (await side.base.idsWhere(condition, ids)).sort()
}

/** All that can be asked. */
export const readingSteps = {
  can: step('can', [fc.option(anybody, { freq: 9 }), action, id], (side, who, what, one) =>
    side.sharing.can(who && actorOf(side, who), what, refOf(side, one)),
  ),
  authorize: step('authorize', [actor, action, id], async (side, who, what, one) =>
    side.sharing.authorize(await askerOf(side, who, one), what, refOf(side, one)),
  ),
  explain: step('explain', [fc.option(anybody, { freq: 9 }), action, id], (side, who, what, one) =>
    side.sharing.explain(who && actorOf(side, who), what, refOf(side, one)),
  ),
  filter: step('filter', [anybody, action], (side, who, what) => allowedIds(side, actorOf(side, who), what)),
  list: step(
    'list',
    [
      anybody,
      mostly(undefined, fc.constantFrom('owned' as const, 'shared' as const, 'all' as const)),
      limit,
      fc.boolean(),
    ],
    (side, who, filter, most, typed) =>
      pagesOf((cursor) =>
        side.sharing.list(actorOf(side, who), {
          ...(typed ? { type: Object.keys(RESOURCES)[0] as 'document' } : {}),
          filter,
          limit: most,
          cursor,
        }),
      ),
  ),
  access: step('access', [actor, id], async (side, who, one) =>
    side.sharing.access(await askerOf(side, who, one), refOf(side, one)),
  ),
  accessAt: step('accessAt', [actor, id, share], async (side, who, one, when) =>
    side.sharing.audit.accessAt(await askerOf(side, who, one), refOf(side, one), momentAt(side, when)),
  ),
  listLinks: step(
    'listLinks',
    [actor, mostly(undefined, id), fc.boolean(), mostly(undefined, fc.boolean()), limit],
    async (side, who, one, includeInactive, mine, most) => {
      const by = await askerOf(side, who, one ?? 'd1')
      const resource = one && refOf(side, one)
      return pagesOf((cursor) =>
        side.sharing.links.list(by, { resource, includeInactive, mine, limit: most, cursor }),
      )
    },
  ),
  listViewsOfLink: step('listViewsOfLink', [actor, place, limit], async (side, who, index, most) => {
    const by = await askerAt(side, who, index)
    const link = linkAt(side, index)
    return pagesOf((cursor) => side.sharing.views.list(by, { link, limit: most, cursor }))
  }),
  listViews: step('listViews', [actor, id, limit], async (side, who, one, most) => {
    const by = await askerOf(side, who, one)
    const resource = refOf(side, one)
    return pagesOf((cursor) => side.sharing.views.list(by, { resource, limit: most, cursor }))
  }),
  statsOfLink: step('statsOfLink', [actor, place, share], async (side, who, index, since) =>
    side.sharing.views.stats(await askerAt(side, who, index), {
      link: linkAt(side, index),
      from: momentAt(side, since),
    }),
  ),
  stats: step('stats', [actor, id, share], async (side, who, one, since) =>
    side.sharing.views.stats(await askerOf(side, who, one), {
      resource: refOf(side, one),
      from: momentAt(side, since),
      to: new Date(side.now),
    }),
  ),
  audit: step('audit', [actor, id, limit], async (side, who, one, most) => {
    const by = await askerOf(side, who, one)
    const resource = refOf(side, one)
    return pagesOf((cursor) => side.sharing.audit.list(by, { resource, limit: most, cursor }))
  }),
  auditOfTenant: step('auditOfTenant', [anybody, limit], async (side, who, most) => {
    const { items, pages } = await pagesOf((cursor) =>
      side.sharing.audit.list(actorOf(side, who), { limit: most, cursor }),
    )
    return { events: inOneOrder(side, items), pages }
  }),
  getPolicy: step('getPolicy', [anybody], (side, who) => side.sharing.policies.get(actorOf(side, who))),
}
