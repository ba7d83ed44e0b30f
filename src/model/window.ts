const HOUR_MS = 60 * 60 * 1000

/** An hour in which something is counted: since when, and how often it happened so far. */
export interface Window {
  since: Date
  count: number
}

/**
 * The hour that a moment falls into: the one that was begun, or a new one. One that began a little later is open too:
 * clocks differ, and whoever looked at theirs first may come to count last.
 */
export function windowAt(begun: Window | null, now: Date): Window & { ends: Date } {
  const open = begun !== null && Math.abs(now.getTime() - begun.since.getTime()) < HOUR_MS
  const since = open ? begun.since : now
  return { since, count: open ? begun.count : 0, ends: new Date(since.getTime() + HOUR_MS) }
}
