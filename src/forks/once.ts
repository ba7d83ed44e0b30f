import { SharingError } from '../errors.ts'
import { change, type Kernel } from '../kernel.ts'
import type { Outcome, ResourceFacts } from '../store/index.ts'

/** How long whoever makes a copy has it for themselves. Then they are taken for gone, and another may try. */
const LEASE_MS = 5 * 60 * 1000

/** How often somebody who asks for the same fork at the same time looks again, and how long they wait between. */
const LOOKS = 60
const LONGEST_WAIT_MS = 250

/** The fork that was made under a key, or until when it is ours to make. */
export type Begun = { made: ResourceFacts } | { until: Date }

/** Begins a fork that is to be made once. Whoever comes second waits for the first. */
export async function beginFork(kernel: Kernel, tenantId: string, key: string): Promise<Begun> {
  for (let looks = 0; looks < LOOKS; looks++) {
    if (looks > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(looks * 5, LONGEST_WAIT_MS)))
    const begun = await change(
      kernel,
      { at: 'counter', tenantId },
      { fork: key },
      ({ fork }): Outcome<Begun | null> => {
        const now = kernel.clock()
        if (fork?.made) return { changes: [], audit: [], result: { made: fork.made } }
        if (fork?.until && fork.until > now) return { changes: [], audit: [], result: null }
        const until = new Date(now.getTime() + LEASE_MS)
        const again = fork !== null
        return { changes: [{ kind: 'fork.begun', key, until, again }], audit: [], result: { until } }
      },
    )
    if (begun !== null) return begun
  }
  throw new SharingError('conflict', { message: 'This copy is being made: ask for it again in a moment.' })
}

/** Nothing came of it: whoever asks again may begin at once. */
export async function giveUpFork(kernel: Kernel, tenantId: string, key: string, until: Date): Promise<void> {
  try {
    await change(kernel, { at: 'counter', tenantId }, {}, () => ({
      changes: [{ kind: 'fork.given_up', key, until }],
      audit: [],
      result: undefined,
    }))
  } catch (error) {
    // The lease ends by itself; what went wrong before is what matters.
    kernel.reportError(error)
  }
}
