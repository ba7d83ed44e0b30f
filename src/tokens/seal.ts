import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { KEY_ID_LENGTH, type PurposeKeys } from './keys.ts'

const NONCE = 12
const TAG = 16

/** The key that sealed a text, as a prefix to search for. */
export const sealedBy = (sealed: string): string => sealed.slice(0, KEY_ID_LENGTH)

/** Encrypts `text` with AES-256-GCM, bound to its place: the same bytes elsewhere do not open. */
export function seal(keys: PurposeKeys, text: string, place: string): string {
  const { id, key } = keys.current
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place))
  const body = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return id + body.toString('base64url')
}

/** Opens what {@link seal} made; null if it is altered, out of place, or its key is retired. */
export function unseal(keys: PurposeKeys, sealed: string, place: string): string | null {
  const key = keys.find(sealedBy(sealed))
  const body = Buffer.from(sealed.slice(KEY_ID_LENGTH), 'base64url')
  if (key === null || body.length < NONCE + TAG) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE))
      .setAAD(Buffer.from(place))
      .setAuthTag(body.subarray(-TAG))
    return Buffer.concat([decipher.update(body.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}
