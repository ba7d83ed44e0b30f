/** Gathers what is asked for while an earlier batch is under way, so that there is neither a timer nor a delay when nothing else is going on. */
export interface Batcher<Item, Result> {
  add(item: Item): Promise<Result>
  /** Resolves when nothing is waiting or under way. */
  drained(): Promise<void>
}

interface Waiting<Item, Result> {
  item: Item
  resolve(result: Result): void
  reject(error: unknown): void
}

export interface BatchOptions<Item, Result> {
  /** Answers a batch, each item's answer in its place. */
  flush(items: Item[]): Promise<Array<Result | BatchError>>
  limit: number
  /** Where a batch takes longer than so many milliseconds, others begin beside it, so many at most. */
  overtake?: { afterMs: number; width: number }
  /** Puts the first of a batch off, so that more of the same turn of the event loop join it. */
  gather?: (start: () => void) => void
}

/** One item's failure. Its neighbours' answers stand. */
export class BatchError {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

export function createBatcher<Item, Result>(options: BatchOptions<Item, Result>): Batcher<Item, Result> {
  const { flush, limit, overtake, gather = (start) => start() } = options
  let waiting: Waiting<Item, Result>[] = []
  let busy = 0
  let lastBegun = 0
  let idle: Array<() => void> = []
  let patience: ReturnType<typeof setTimeout> | undefined

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      lastBegun = performance.now()
      const batch = waiting.length <= limit ? waiting : waiting.slice(0, limit)
      waiting = waiting.length <= limit ? [] : waiting.slice(limit)
      try {
        const results = await flush(batch.map(({ item }) => item))
        for (const [index, one] of batch.entries()) {
          const result = results[index]!
          if (result instanceof BatchError) one.reject(result.error)
          else one.resolve(result)
        }
      } catch (error) {
        for (const one of batch) one.reject(error)
      }
    }
    if (--busy > 0) return
    for (const done of idle) done()
    idle = []
  }

  /** One at a time gathers the most; but what hangs must not hold up those who come later. */
  const mayOvertake = (): boolean =>
    overtake !== undefined && busy < overtake.width && performance.now() - lastBegun > overtake.afterMs

  function begin(): void {
    busy++
    gather(() => void work())
  }

  /** Nobody may come later who would find out that it is time. */
  function waitToOvertake(): void {
    if (overtake === undefined || patience !== undefined || busy >= overtake.width) return
    patience = setTimeout(() => {
      patience = undefined
      if (waiting.length === 0) return
      if (mayOvertake()) begin()
      if (busy > 0) waitToOvertake()
    }, overtake.afterMs)
  }

  return {
    add(item) {
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        if (busy === 0 || mayOvertake()) begin()
        else waitToOvertake()
      })
    },
    drained: () => (busy > 0 ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
  }
}
