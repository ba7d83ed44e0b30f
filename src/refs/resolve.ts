import { isSharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import type { AccessDenied } from '../model/hooks.ts'
import { invalidInput } from '../model/input.ts'
import { identityOf, type Reading, toldOf } from './reading.ts'

/** What the host's `resolve` came to. */
export type Resolved = { status: 'ok'; data: unknown } | { status: 'denied' } | { status: 'error' }

/** Compared by identity: data that happens to look like it is data. */
const accessDenied: AccessDenied = Object.freeze({ accessDenied: true })

/** Errors of ours by which a resolver says no, as when it asks `authorize` for whoever reads. */
const REFUSALS = new Set(['not_found', 'forbidden', 'authentication_required'])

/** Refuses to ask for data of a type that has none. */
export function checkResolvable({ type }: Pick<Reading, 'type'>): void {
  if (type.hooks.resolve !== undefined) return
  const message = `nothing of a ${type.name} can be asked for: its type has no \`resolve\``
  throw invalidInput([{ path: 'refs', message }])
}

/**
 * Asks the host for one piece of data, as its reader may see it. Whatever goes wrong is the host's to know and nobody
 * else's, and so is what goes wrong as the data is made `ready`. Whose answer comes too late may still be at work:
 * `late` is told of it.
 */
export async function resolveOne(
  kernel: Kernel,
  reading: Reading,
  ref: string,
  ready: (data: unknown) => unknown = (data) => data,
  late: (settled: Promise<void>) => void = () => {},
): Promise<Resolved> {
  const { type, mode, revision } = reading
  try {
    const asked = async (signal: AbortSignal): Promise<unknown> =>
      type.hooks.resolve!({
        resource: toldOf(reading),
        ref,
        as: identityOf(reading),
        mode,
        revision,
        accessDenied,
        signal,
      })
    const answer = await inTime(kernel.resolving.timeoutMs, asked, late)
    if (answer === accessDenied) return { status: 'denied' }
    if (answer === undefined) throw new TypeError('resolve gave nothing: it returns data, or accessDenied')
    return { status: 'ok', data: ready(answer) }
  } catch (error) {
    if (isSharingError(error) && REFUSALS.has(error.code)) return { status: 'denied' }
    kernel.reportError(error)
    return { status: 'error' }
  }
}

async function inTime<R>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<R>,
  late: (settled: Promise<void>) => void,
): Promise<R> {
  const given = new AbortController()
  const working = work(given.signal)
  const settled = working.then(
    () => {},
    () => {},
  )
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`resolve took longer than ${timeoutMs} ms`))
      late(settled)
      given.abort()
    }, timeoutMs)
  })
  try {
    return await Promise.race([working, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
