/** Numbers that the same seed gives again, on every machine. */
export interface Random {
  /** At least 0 and below 1. */
  next(): number
  /** A whole number at least 0 and below `limit`. */
  below(limit: number): number
  pick<T>(items: readonly T[]): T
  /** Another source that depends on this one's seed and the label only. */
  fork(label: string | number): Random
}

/** Mulberry32: small, fast, and good enough to choose what to try. Never a source of secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: (items) => items[below(items.length)]!,
    fork: (label) => {
      let hash = seed >>> 0
      for (const letter of String(label)) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0
      return createRandom(hash)
    },
  }
}
