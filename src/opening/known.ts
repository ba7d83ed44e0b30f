import type { LinkSituation } from '../store/facts.ts'

/** What openings were judged by lately, for stores that check it and write the view in one statement. */
export interface KnownLinks {
  find(tokenHash: string): (LinkSituation & { version: string }) | null
  keep(tokenHash: string, situation: LinkSituation): void
  forget(tokenHash: string): void
}

export function createKnownLinks(limit = 5000): KnownLinks {
  const known = new Map<string, LinkSituation & { version: string }>()
  return {
    find: (tokenHash) => known.get(tokenHash) ?? null,
    keep(tokenHash, situation) {
      const { link, version } = situation
      // What spends a view or asks for a password is looked at anew each time.
      if (version === null || link.maxViews !== null || link.passwordHash !== null) return
      if (known.size >= limit) known.delete(known.keys().next().value!)
      known.set(tokenHash, { ...situation, version })
    },
    forget: (tokenHash) => void known.delete(tokenHash),
  }
}
