import type { LinkViewFacts, Remembered } from '../../src/store/index.ts'
import { countsOf, linkKey } from '../sql/opening.ts'
import type { RememberedCount, RememberedView } from './append.ts'

/** Items by their tenant, in an order that every process keeps, so that none waits in a circle for rows of two. */
export function byTenant<T extends { tenantId: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(item.tenantId)
    if (group === undefined) groups.set(item.tenantId, [item])
    else group.push(item)
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const asRemembered = ({ tokenHash, version }: Remembered): string => `${tokenHash}\n${version}`

/**
 * Splits views into those that one statement can write, each link as it was first remembered, and the others: a
 * link can be known by two tokens at once, or by two of its states.
 */
export function inOneStatement(views: readonly RememberedView[]): {
  together: RememberedView[]
  apart: RememberedView[]
} {
  const first = new Map<string, string>()
  const together: RememberedView[] = []
  const apart: RememberedView[] = []
  for (const view of views) {
    const key = linkKey(view)
    const known = first.get(key) ?? asRemembered(view)
    first.set(key, known)
    ;(known === asRemembered(view) ? together : apart).push(view)
  }
  return { together, apart }
}

/** What each link gains, with the state in which it must still be. */
export function rememberedCounts(views: readonly RememberedView[]): RememberedCount[] {
  const states = new Map(views.map((view) => [linkKey(view), view]))
  return [...countsOf(views as readonly LinkViewFacts[])].map(([key, count]) => {
    const { tokenHash, version } = states.get(key)!
    return { ...count, tokenHash, version }
  })
}
