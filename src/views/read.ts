import { DAY_MS } from '../clock.ts'
import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { findLink } from '../links/manage.ts'
import { type Actor, actorSchema } from '../model/actor.ts'
import { invalidInput, parse } from '../model/input.ts'
import { keysetOf, type Page, pageOf } from '../model/page.ts'
import type { ResourceRef } from '../model/resource.ts'
import {
  dayOf,
  type ListViewsInput,
  listViewsSchema,
  type View,
  type ViewStats,
  type ViewStatsInput,
  viewStatsSchema,
} from '../model/view.ts'
import { typeOf } from '../policy/compile.ts'
import { refuseLink, standingTo } from '../policy/standing.ts'
import type { ViewsRequest } from '../store/index.ts'

const DEFAULT_DAYS = 30
const MOST_DAYS = 3660

export async function listViews(
  kernel: Kernel,
  actorInput: Actor,
  input: ListViewsInput,
): Promise<Page<View>> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const options = parse(listViewsSchema, input, 'options')
  const keyset = keysetOf(options)
  const rows = await kernel.store.listViews({ ...(await targetOf(kernel, actor, options)), ...keyset })
  return pageOf(
    rows,
    keyset.limit,
    (view) => view,
    (view) => ({ at: view.viewedAt, id: view.id }),
  )
}

export async function viewStats(
  kernel: Kernel,
  actorInput: Actor,
  input: ViewStatsInput,
): Promise<ViewStats> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const options = parse(viewStatsSchema, input, 'options')
  const to = options.to ?? kernel.clock()
  const from = options.from ?? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS)
  if (from > to) throw invalidInput([{ path: 'options.from', message: 'must not lie after `to`' }])
  if (to.getTime() - from.getTime() > MOST_DAYS * DAY_MS) {
    throw invalidInput([{ path: 'options.from', message: `must lie within ${MOST_DAYS} days of \`to\`` }])
  }
  const target = await targetOf(kernel, actor, options)
  const days = await kernel.store.countViews({ ...target, from: dayOf(from), to: dayOf(to) })
  const sum = (field: 'views' | 'visitors' | 'bots'): number => days.reduce((all, day) => all + day[field], 0)
  return {
    views: sum('views'),
    visitors: sum('visitors'),
    bots: sum('bots'),
    days: days.map(({ day, views, visitors }) => ({ day, views, visitors })),
  }
}

/** What is asked about, for whoever oversees it. */
async function targetOf(
  kernel: Kernel,
  actor: Actor,
  options: { link?: string | undefined; resource?: ResourceRef | undefined },
): Promise<ViewsRequest> {
  if (options.link !== undefined) {
    const { link } = await findLink(kernel, actor, options.link, 'watches')
    return { tenantId: link.tenantId, resourceUid: link.resourceUid, linkId: link.id }
  }
  const ref = options.resource!
  typeOf(kernel.types, ref.type, 'options.resource.type')
  const situation = await kernel.store.findResource(ref)
  if (situation === null) throw new SharingError('not_found')
  const { resource } = situation
  const standing = standingTo(kernel.types, actor, {
    ...situation,
    link: { createdBy: '', authorityId: '', tenantId: resource.tenantId },
  })
  if (!standing.oversees) throw refuseLink(kernel.types, actor, situation)
  return { tenantId: resource.tenantId, resourceUid: resource.uid, linkId: null }
}
