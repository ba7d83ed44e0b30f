import { AsyncLocalStorage } from 'node:async_hooks'
import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'

/** How long `close` waits at the most: the host's own code may never answer. */
const LONGEST_CLOSING_MS = 30_000

interface Call {
  serving: Kernel['serving']
  over: boolean
}

/** The call that the host's code was asked in: what it calls in its turn is a part of what began. */
const around = new AsyncLocalStorage<Call>()

/** Does what `close` waits for, and refuses it once that was called. */
export async function whileServing<R>(kernel: Kernel, work: () => Promise<R>): Promise<R> {
  const { serving } = kernel
  if (serving.closing && !isPart(serving))
    throw new SharingError('storage_unavailable', { details: 'sharing.close() was called' })
  serving.underWay++
  try {
    return await work()
  } finally {
    serving.underWay--
  }
}

/** The same for what asks the host's own code, which may call the library again. */
export function whileAsking<R>(kernel: Kernel, work: () => Promise<R>): Promise<R> {
  return whileServing(kernel, async () => {
    const call = { serving: kernel.serving, over: false }
    try {
      return await around.run(call, work)
    } finally {
      // What the host's code goes on with by itself is no part of it.
      call.over = true
    }
  })
}

function isPart(serving: Kernel['serving']): boolean {
  const call = around.getStore()
  return call?.serving === serving && !call.over
}

/** Refuses what is new, and waits for what began: what was read, or made by the host, will still be written. */
export async function finishServing({ serving, reportError }: Kernel): Promise<void> {
  serving.closing = true
  let late = false
  const timer = setTimeout(() => {
    late = true
  }, LONGEST_CLOSING_MS)
  while (serving.underWay > 0 && !late) await new Promise((resolve) => setTimeout(resolve, 1))
  clearTimeout(timer)
  if (serving.underWay === 0) return
  const seconds = LONGEST_CLOSING_MS / 1000
  reportError(
    new Error(`close() waited for ${seconds} seconds, and not for ${serving.underWay} calls that go on`),
  )
}
