import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { STORES } from '../support/stores.ts'
import { history, tell } from './history.ts'
import type { Tally } from './world.ts'

/** A busy machine takes ten times as long as an idle one. */
const LONGEST_MS = 150_000

/** How many histories are told: more of them where that is quick. */
const TOLD = { 'SQLite in memory': 6, Postgres: 1 }

describe.each(STORES.filter(({ name }) => name in TOLD))('$name', ({ name, open }) => {
  test('live, everybody is shown their own rows; of the past, what was shared, until it is taken away', async () => {
    const tally: Tally = { rows: 0, asNobody: 0, past: 0, refreshed: 0, copies: 0, refusals: 0 }
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const { store, close } = await open()
        try {
          await tell(store, steps, tally)
        } finally {
          await close()
        }
      }),
      // What fails names its seed and is made shorter, for no longer than this.
      {
        numRuns: TOLD[name as keyof typeof TOLD],
        interruptAfterTimeLimit: LONGEST_MS,
        markInterruptAsFailure: true,
      },
    )
    for (const [seen, times] of Object.entries(tally)) expect(times, seen).toBeGreaterThan(0)
  })
})
