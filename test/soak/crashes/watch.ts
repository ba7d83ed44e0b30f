/** What is wrong if something does not end within a time. It ends by itself later. */
export async function within(ms: number, what: string, work: Promise<unknown>): Promise<string[]> {
  const begun = performance.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
  // By the clock too: work that blocks the event loop is over before any timer could tell.
  return performance.now() - begun < ms ? [] : [`${what} did not come back within ${ms} ms`]
}

/** Does some work, and reports what nobody caught: in a host's process it would have been the end. */
export async function survives(violation: (what: string) => void, work: () => Promise<void>): Promise<void> {
  const uncaught = (error: unknown): void =>
    violation(`the host's process would have ended: ${String(error)}`)
  process.on('uncaughtException', uncaught)
  try {
    await work()
  } finally {
    process.off('uncaughtException', uncaught)
  }
}
