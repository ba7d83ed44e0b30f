import { hash } from 'node:crypto'
import type { KeyRing } from './keys.ts'
import { sign, verify } from './signed.ts'

/**
 * What a reader fetches one piece of data with, such as a table's rows or an image. It is minted for its reader alone,
 * after the host has said that they may see the piece, and what stands behind it is read from the store each time.
 */
export interface DataRef {
  type: string
  id: string
  /** The registration. An id that is used again is another resource. */
  resourceUid: string
  mode: string
  /** In snapshot mode the one revision that it is for; null in live mode. */
  revision: string | null
  /** What the host calls the piece. */
  ref: string
  /** Whose it is, as {@link holderOf} writes it. */
  holder: string
  /** What its reader was given, or the link that they came by; null by ownership or visibility. */
  grantId: string | null
  /** What lets its reader read: the kind of source, or `link`, and the role that it gave as this was minted. */
  source: 'owner' | 'admin' | 'visibility' | 'grant' | 'link'
  role: string
  /** The link's token, by its hash, and the password that it was opened under; null for whoever came by no link. */
  link: { tokenHash: string; passwordVersion: number } | null
  expiresAt: number
}

export interface DataRefs {
  mint(ref: DataRef): string
  /** The data ref behind a text that we signed and that is not over, or null. */
  read(text: string, now: number): DataRef | null
}

const VERSION = '2'

export function createDataRefs(keys: KeyRing, prefix: string): DataRefs {
  const head = `${prefix}d_`
  return {
    mint: ({ type, id, resourceUid, mode, revision, ref, holder, grantId, source, role, link, expiresAt }) =>
      sign(keys.ref, head, [
        VERSION,
        type,
        id,
        resourceUid,
        mode,
        revision,
        ref,
        holder,
        grantId,
        source,
        role,
        link === null ? null : link.tokenHash,
        link === null ? null : String(link.passwordVersion),
        String(expiresAt),
      ]),
    read(text, now) {
      const ref = refIn(verify(keys.ref, head, text))
      return ref !== null && now < ref.expiresAt ? ref : null
    },
  }
}

function refIn(fields: Array<string | null> | null): DataRef | null {
  if (fields === null || fields[0] !== VERSION || fields.length !== 14) return null
  const [
    ,
    type,
    id,
    resourceUid,
    mode,
    revision,
    ref,
    holder,
    grantId,
    source,
    role,
    tokenHash,
    passwordVersion,
    expiresAt,
  ] = fields
  return {
    type: type!,
    id: id!,
    resourceUid: resourceUid!,
    mode: mode!,
    revision: revision!,
    ref: ref!,
    holder: holder!,
    grantId: grantId!,
    source: source as DataRef['source'],
    role: role!,
    link: tokenHash === null ? null : { tokenHash: tokenHash!, passwordVersion: Number(passwordVersion) },
    expiresAt: Number(expiresAt),
  }
}

/**
 * Names a tenant's resource and one person, in the tenant that they act in, or nobody. A data ref stands in addresses
 * of files, and so in logs: neither tenant nor person can be read off it.
 */
export function holderOf(
  resource: { tenantId: string; uid: string },
  person: { tenantId: string; userId: string } | null,
): string {
  const parts = [
    resource.tenantId,
    resource.uid,
    ...(person === null ? [] : [person.tenantId, person.userId]),
  ]
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(), 'base64url')
}
