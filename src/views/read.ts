import { DAY_MS } from '../clock.ts'
import type { Kernel } from '../kernel.ts'
import { type Actor, readActor } from '../model/actor.ts'
import { invalidInput, parse } from '../model/input.ts'
import { keysetOf, type Page, pageOf } from '../model/page.ts'
import {
  dayOf,
  type ListViewsInput,
  listViewsSchema,
  type View,
  type ViewStats,
  type ViewStatsInput,
  viewStatsSchema,
} from '../model/view.ts'
import { countViews } from './count.ts'
import { targetOf } from './target.ts'

const DEFAULT_DAYS = 30
const MOST_DAYS = 3660

export async function listViews(
  kernel: Kernel,
  actorInput: Actor,
  input: ListViewsInput,
): Promise<Page<View>> {
  const actor = readActor(actorInput, 'actor')
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
  const actor = readActor(actorInput, 'actor')
  const options = parse(viewStatsSchema, input, 'options')
  const to = options.to ?? kernel.clock()
  const from = options.from ?? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS)
  if (from > to) throw invalidInput([{ path: 'options.from', message: 'must not lie after `to`' }])
  if (to.getTime() - from.getTime() > MOST_DAYS * DAY_MS) {
    throw invalidInput([{ path: 'options.from', message: `must lie within ${MOST_DAYS} days of \`to\`` }])
  }
  const days = await countViews(kernel, actor, options, { from: dayOf(from), to: dayOf(to) })
  const stats: ViewStats = { views: 0, visitors: 0, bots: 0, days: [] }
  for (const { day, views, visitors, bots } of days) {
    stats.views += views
    stats.visitors += visitors
    stats.bots += bots
    stats.days.push({ day, views, visitors })
  }
  return stats
}
