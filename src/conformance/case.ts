import type { FilterCondition, Store } from '../store/index.ts'
import { createWorld, type World } from './world.ts'

/** A store under test, and a way to ask it as a host would. */
export interface ConformanceStore {
  /** With nothing in it. The suite calls `migrate()` itself. */
  store: Store
  /**
   * Which of these ids a condition on the column {@link HOST_COLUMN} holds for: a host's own table `hosted` with
   * a text column `id`, these ids as its rows, and the condition as its `WHERE`. Parameters begin at number 1.
   */
  idsWhere(condition: FilterCondition, ids: readonly string[]): Promise<string[]>
  /**
   * Another store on the same data, as another process would have one: what is promised across processes is
   * asked of both. Left out where the data is only within reach of one. Closed by the suite.
   */
  another?(): Promise<Store>
  /** Lets go of the store and of what it stood on. */
  close(): Promise<void>
}

/** What an adapter's author supplies: a fresh store for each case. */
export interface ConformanceHarness {
  open(): Promise<ConformanceStore>
}

/** One thing that every store must do. It passes by not throwing. */
export interface ConformanceCase {
  /** What it is about, such as `links.create`. */
  noun: string
  /** What holds, as a sentence. */
  name: string
  run(harness: ConformanceHarness): Promise<void>
}

/** The column that conditions are asked for. */
export const HOST_COLUMN = 'hosted.id'

/** Cases about one noun, by what they show. Each gets a world of its own. */
export function casesOf(
  noun: string,
  cases: Record<string, (world: World) => Promise<void>>,
): ConformanceCase[] {
  return Object.entries(cases).map(([name, show]) => ({
    noun,
    name,
    async run(harness) {
      const opened = await harness.open()
      try {
        const world = await createWorld(opened)
        try {
          await show(world)
        } finally {
          await world.end()
        }
      } finally {
        await opened.close()
      }
    },
  }))
}
