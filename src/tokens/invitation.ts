import type { KeyRing } from './keys.ts'
import { sign, verify } from './signed.ts'

/** What an invitation's mail carries. Whether it can still be accepted is read off the grant, each time. */
export interface Invitation {
  tenantId: string
  /** The grant that was made for the address. */
  id: string
}

/** Signed, and not stored: the mail that is sent again, or late, carries the same token. */
export interface InvitationTokens {
  mint(invitation: Invitation): string
  /** The invitation behind a text that we signed, or null. */
  read(text: string): Invitation | null
}

const VERSION = '1'

export function createInvitationTokens(keys: KeyRing, prefix: string): InvitationTokens {
  const head = `${prefix}i_`
  return {
    mint: ({ tenantId, id }) => sign(keys.invitation, head, [VERSION, tenantId, id]),
    read(text) {
      const fields = verify(keys.invitation, head, text)
      if (fields === null || fields.length !== 3 || fields[0] !== VERSION) return null
      return { tenantId: fields[1]!, id: fields[2]! }
    },
  }
}
