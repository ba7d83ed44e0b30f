import type { KeyRing } from './keys.ts'
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
    mint: ({ tenantId, type, id, resourceUid, userId, viewId, expiresAt }) =>
      sign(keys.attach, head, [VERSION, tenantId, type, id, resourceUid, userId, viewId, String(expiresAt)]),
    read(text, now) {
      const fields = verify(keys.attach, head, text)
      if (fields === null || fields.length !== 8 || fields[0] !== VERSION) return null
      const [, tenantId, type, id, resourceUid, userId, viewId] = fields as string[]
      const expiresAt = Number(fields[7])
      if (!(now < expiresAt)) return null
      return {
        tenantId: tenantId!,
        type: type!,
        id: id!,
        resourceUid: resourceUid!,
        userId: userId!,
        viewId: viewId!,
        expiresAt,
      }
    },
  }
}
