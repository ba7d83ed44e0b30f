/** What was needed lately, by its key, up to so many: the oldest makes way. */
export interface Recent<V> {
  find(key: string): V | undefined
  keep(key: string, value: V): void
  forget(key: string): void
}

export function createRecent<V>(limit: number): Recent<V> {
  const kept = new Map<string, V>()
  return {
    find: (key) => kept.get(key),
    keep(key, value) {
      // Taken out first, so that what was kept last goes last.
      kept.delete(key)
      if (kept.size >= limit) kept.delete(kept.keys().next().value!)
      kept.set(key, value)
    },
    forget: (key) => void kept.delete(key),
  }
}
