import { DAY_MS } from '../clock.ts'
import { SharingError } from '../errors.ts'
import { change, type Kernel } from '../kernel.ts'
import type { Actor } from '../model/actor.ts'
import { type Subject, subjectOf } from '../model/subject.ts'
import type { Begun, Change, Facts } from '../store/index.ts'

/** What is slower than that is not waited for. */
const LONGEST_MS = DAY_MS

/**
 * What waits, outside of any step, for the host or for a slow hash: a share, or a copy. Who makes it, and whom it is
 * for, is known meanwhile: what the host then says of them, that they left or are no admin any more, ends what is not
 * there yet as well.
 */
export function begunBy(actor: Actor, id: string, grantee: Subject | null = null): Begun {
  const maker = subjectOf('user', actor.userId)
  return { id, of: grantee === null || grantee === maker ? [maker] : [maker, grantee] }
}

export const begins = (begun: Begun, now: Date): Change => ({
  kind: 'begun.begun',
  begun,
  until: new Date(now.getTime() + LONGEST_MS),
})

/** It is made now, unless somebody’s right to it was taken away while it waited. */
export function ends(begun: Begun, facts: Pick<Facts, 'begun'>): Change {
  if (facts.begun) return { kind: 'begun.ended', begun }
  throw new SharingError('conflict', { message: 'The right to this ended meanwhile.' })
}

/** Looks, before the host is asked again, whether there is still somebody to ask for. */
export async function demandBegun(kernel: Kernel, tenantId: string, begun: Begun): Promise<void> {
  await change(kernel, { at: 'person', tenantId }, { begun }, (facts) => {
    ends(begun, facts)
    return { changes: [], audit: [], result: undefined }
  })
}
