import { createRecent } from '../recent.ts'
import type { LinkSituation } from '../store/facts.ts'

/** What openings were judged by lately, for stores that check it and write the view in one statement. */
export interface KnownLinks {
  find(tokenHash: string): (LinkSituation & { version: string }) | null
  keep(tokenHash: string, situation: LinkSituation): void
  forget(tokenHash: string): void
}

/** What is remembered grows with a link's addressees: five thousand of the longest would be hundreds of megabytes. */
const LONGEST = 2000

export function createKnownLinks(limit = 5000): KnownLinks {
  const known = createRecent<LinkSituation & { version: string }>(limit)
  return {
    find: (tokenHash) => known.find(tokenHash) ?? null,
    keep(tokenHash, situation) {
      const { link, version } = situation
      // What shows a snapshot reads that anew.
      if (link.mode === 'snapshot') return
      // What spends a view or asks for a password is looked at anew each time.
      if (version === null || link.maxViews !== null || link.passwordHash !== null) return
      if (version.length <= LONGEST) known.keep(tokenHash, { ...situation, version })
    },
    forget: (tokenHash) => known.forget(tokenHash),
  }
}

/** Who was looked up lately. */
export interface LookedUp {
  /** Whether somebody was, so lately that it is not done again. */
  has(key: string, now: Date): boolean
  keep(key: string, now: Date): void
}

/** Unless set otherwise, for five minutes. */
export function createLookedUp(forMs: number = 5 * 60 * 1000, limit = 5000): LookedUp {
  const moments = createRecent<number>(limit)
  return {
    has(key, now) {
      const before = moments.find(key)
      return before !== undefined && Math.abs(now.getTime() - before) < forMs
    },
    keep: (key, now) => moments.keep(key, now.getTime()),
  }
}
