import { DAY_MS } from '../clock.ts'
import { SharingError } from '../errors.ts'
import type { Begun, Change, Facts } from '../store/index.ts'

/** What is slower than that is not waited for. */
const LONGEST_MS = DAY_MS

/**
 * A share or a copy waits, outside of any step, for the host or for a slow hash. Who makes it is known meanwhile: what
 * the host then says of them, that they left or are no admin any more, ends what is not there yet as well.
 */
export const begins = (begun: Begun, now: Date): Change => ({
  kind: 'begun.begun',
  begun,
  until: new Date(now.getTime() + LONGEST_MS),
})

/** The share is made now, unless its maker’s right was taken away while it waited. */
export function ends(begun: Begun, facts: Facts): Change {
  if (facts.begun) return { kind: 'begun.ended', begun }
  throw new SharingError('conflict', { message: 'The right to this ended meanwhile.' })
}
