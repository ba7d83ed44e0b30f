import type { KeyRing } from './keys.ts'
import { type PassedSnapshot, snapshotFields, snapshotIn } from './pass.ts'
import { sign, verify } from './signed.ts'

/**
 * What attaching to a resource hands out, so that the same person's next requests need no second view. It gives
 * nothing by itself: what its person may do is judged anew each time.
 */
export interface AttachPass {
  tenantId: string
  type: string
  id: string
  /** The registration. An id that is used again is another resource. */
  resourceUid: string
  userId: string
  /** What they attached to, and the grant that shows it; null in live mode. */
  snapshot: (PassedSnapshot & { grantId: string }) | null
  viewId: string
  expiresAt: number
}

export interface AttachPasses {
  mint(pass: AttachPass): string
  /** The pass behind a text that we signed and that is not over, or null. */
  read(text: string, now: number): AttachPass | null
}

const VERSION = '1'

export function createAttachPasses(keys: KeyRing, prefix: string): AttachPasses {
  const head = `${prefix}a_`
  return {
    mint: ({ tenantId, type, id, resourceUid, userId, snapshot, viewId, expiresAt }) =>
      sign(keys.attach, head, [
        VERSION,
        tenantId,
        type,
        id,
        resourceUid,
        userId,
        viewId,
        String(expiresAt),
        ...snapshotFields(snapshot),
        snapshot?.grantId ?? null,
      ]),
    read(text, now) {
      const fields = verify(keys.attach, head, text)
      if (fields === null || fields.length !== 11 || fields[0] !== VERSION) return null
      const [, tenantId, type, id, resourceUid, userId, viewId] = fields as string[]
      const expiresAt = Number(fields[7])
      if (!(now < expiresAt)) return null
      const snapshot = snapshotIn(fields[8]!, fields[9]!)
      return {
        tenantId: tenantId!,
        type: type!,
        id: id!,
        resourceUid: resourceUid!,
        userId: userId!,
        snapshot: snapshot && { ...snapshot, grantId: fields[10]! },
        viewId: viewId!,
        expiresAt,
      }
    },
  }
}
