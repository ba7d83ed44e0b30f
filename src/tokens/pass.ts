import { createRecent } from '../recent.ts'
import type { KeyRing } from './keys.ts'
import { sign, verify } from './signed.ts'

/**
 * What an opening hands out, so that its reader's next requests need no second opening. It names the link's
 * token by its hash, so it is judged by the same read as an opening and dies with the token.
 */
export interface LinkPass {
  tenantId: string
  resource: string
  linkId: string
  tokenHash: string
  /** The password it was opened under. A new password ends the pass. */
  passwordVersion: number
  mode: string
  /** What it was opened with, whatever the link shows by now; null in live mode. */
  snapshot: PassedSnapshot | null
  /** The opener's user id, or null where nobody was signed in. */
  userId: string | null
  viewId: string
  expiresAt: number
}

/** A snapshot by name, and when it was taken for the grant. */
export interface PassedSnapshot {
  id: string
  takenAt: number
}

export interface Passes {
  mint(pass: LinkPass): string
  /** The pass behind a text that we signed and that is not over, or null. */
  read(token: string, now: number): Readonly<LinkPass> | null
}

/** How long a pass lives at the most. */
export const PASS_MS: number = 24 * 60 * 60 * 1000

const VERSION = '1'

/** How many passes are known by heart, and how long they may be: a few megabytes at the most. */
const KNOWN = 5000
const LONGEST = 600

/**
 * Readers come back with the same pass. Whether we signed a text, and what it says, never changes while the keys are
 * the same, so it is checked once: what a pass is still worth is judged each time.
 */
export function createPasses(keys: KeyRing, prefix: string): Passes {
  const head = `${prefix}p_`
  const known = createRecent<Readonly<LinkPass>>(KNOWN)
  return {
    mint: (pass) =>
      sign(keys.pass, head, [
        VERSION,
        pass.tenantId,
        pass.resource,
        pass.linkId,
        pass.tokenHash,
        String(pass.passwordVersion),
        pass.mode,
        ...snapshotFields(pass.snapshot),
        pass.userId,
        pass.viewId,
        String(pass.expiresAt),
      ]),
    read(token, now) {
      let pass = known.find(token) ?? null
      if (pass === null) {
        pass = passIn(verify(keys.pass, head, token))
        if (pass === null) return null
        // A copy of its own: a text that was cut out of a longer one, such as a header, would keep all of that.
        if (token.length <= LONGEST) known.keep(Buffer.from(token).toString(), pass)
      }
      return now < pass.expiresAt ? pass : null
    },
  }
}

function passIn(fields: Array<string | null> | null): LinkPass | null {
  if (fields === null || fields[0] !== VERSION || fields.length !== 12) return null
  const [, tenantId, resource, linkId, tokenHash, passwordVersion, mode, id, takenAt, userId, viewId] = fields
  return {
    tenantId: tenantId!,
    resource: resource!,
    linkId: linkId!,
    tokenHash: tokenHash!,
    passwordVersion: Number(passwordVersion),
    mode: mode!,
    snapshot: snapshotIn(id!, takenAt!),
    userId: userId!,
    viewId: viewId!,
    expiresAt: Number(fields[11]),
  }
}

/** Two fields of a pass. */
export const snapshotFields = (snapshot: PassedSnapshot | null): Array<string | null> =>
  snapshot === null ? [null, null] : [snapshot.id, String(snapshot.takenAt)]

export const snapshotIn = (id: string | null, takenAt: string | null): PassedSnapshot | null =>
  id === null ? null : { id, takenAt: Number(takenAt) }
