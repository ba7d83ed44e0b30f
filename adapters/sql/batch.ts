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
  const { flush, limit, gather = (start) => start() } = options
  let waiting: Waiting<Item, Result>[] = []
  let busy = false
  let idle: Array<() => void> = []

  async function work(): Promise<void> {
    while (waiting.length > 0) {
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
    busy = false
    for (const done of idle) done()
    idle = []
  }

  return {
    add(item) {
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        if (busy) return
        busy = true
        gather(() => void work())
      })
    },
    drained: () => (busy ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
  }
}
