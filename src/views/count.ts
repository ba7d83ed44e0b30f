import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import type { Actor } from '../model/actor.ts'
import { scopeOf } from '../policy/standing.ts'
import { createRecent, type Recent } from '../recent.ts'
import type { CountedViews, DayCount, ViewedSituation, ViewsRequest } from '../store/index.ts'
import { mayWatch, type TargetInput, targetOf } from './target.ts'

/** What was counted lately. */
export interface Counted {
  /** Whose views were, and how that was judged. */
  targets: Recent<{ target: ViewsRequest; situation: ViewedSituation }>
  /** Until when a tenant's views were added up. */
  rolledUntil: Recent<string>
}

const TARGETS = 5000
const TENANTS = 1000

export const createCounted = (): Counted => ({
  targets: createRecent(TARGETS),
  rolledUntil: createRecent(TENANTS),
})

interface Period {
  from: string
  to: string
}

/**
 * Counts views for whoever may see them, judged by what the same read found. Only who may by all that is known already
 * is counted for at once: how long it takes to count what is hidden must not tell that it is there.
 */
export async function countViews(
  kernel: Kernel,
  actor: Actor,
  input: TargetInput,
  period: Period,
): Promise<DayCount[]> {
  const key = keyOf(actor, input)
  const known = kernel.counted.targets.find(key)
  if (known !== undefined && mayByOwnRight(kernel, actor, known.situation)) {
    const counted = await count(kernel, known.target, period)
    if (counted !== null && mayByOwnRight(kernel, actor, counted))
      return keep(kernel, key, known.target, counted)
    // Whatever is no plain yes takes a fresh look.
    kernel.counted.targets.forget(key)
  }
  const target = await targetOf(kernel, actor, input)
  const counted = await count(kernel, target, period)
  if (counted === null) throw new SharingError('not_found')
  return keep(kernel, key, target, counted)
}

/** Whether somebody may without having been given anything: what was given is looked at each time. */
const mayByOwnRight = (kernel: Kernel, actor: Actor, situation: ViewedSituation): boolean =>
  mayWatch(kernel, actor, { ...situation, grants: [] })

/** Null where it is gone. */
async function count(kernel: Kernel, target: ViewsRequest, period: Period): Promise<CountedViews | null> {
  const { store, counted } = kernel
  const rolledUntil = counted.rolledUntil.find(target.tenantId) ?? ''
  const found = await store.countViews({ ...target, ...period, rolledUntil })
  if (found === null || (target.linkId !== null && found.link === null)) return null
  if (found.rolledUntil !== rolledUntil) counted.rolledUntil.keep(target.tenantId, found.rolledUntil)
  // A database that was put back to an earlier state has views where sums were.
  return found.rolledUntil < rolledUntil ? count(kernel, target, period) : found
}

function keep(
  kernel: Kernel,
  key: string,
  target: ViewsRequest,
  { days, resource, policy, link }: CountedViews,
): DayCount[] {
  kernel.counted.targets.keep(key, { target, situation: { resource, policy, link } })
  return days
}

/** By whom it is found, and as what. */
function keyOf(actor: Actor, { link, resource }: TargetInput): string {
  const scope = scopeOf(actor) ?? ''
  return link === undefined ? `${scope}\n${resource!.type}\n${resource!.id}` : `${scope}\n${link}`
}
