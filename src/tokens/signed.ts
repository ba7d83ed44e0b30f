import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { KEY_ID_LENGTH, type PurposeKeys } from './keys.ts'

const MAC_LENGTH = 43

/**
 * Signs fields into one URL-safe text: head, key id, length-prefixed fields, HMAC-SHA-256.
 * The head names the kind of token and is signed with the rest.
 */
export function sign(keys: PurposeKeys, head: string, fields: ReadonlyArray<string | null>): string {
  let payload = ''
  for (const field of fields) payload += field === null ? '-;' : `${field.length}:${field};`
  const body = head + keys.current.id + Buffer.from(payload).toString('base64url')
  return body + mac(keys.current.key, body)
}

/** The fields of a text that {@link sign} made, or null. The signature is checked before anything is read. */
export function verify(keys: PurposeKeys, head: string, token: string): Array<string | null> | null {
  if (!token.startsWith(head) || token.length > 4096) return null
  const start = head.length + KEY_ID_LENGTH
  if (token.length < start + MAC_LENGTH) return null
  const key = keys.find(token.slice(head.length, start))
  if (key === null) return null
  const body = token.slice(0, -MAC_LENGTH)
  // The texts are compared, not what they decode to: base64url has several spellings for one value.
  const expected = Buffer.from(mac(key, body))
  const given = Buffer.from(token.slice(-MAC_LENGTH))
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null
  return fieldsOf(Buffer.from(body.slice(start), 'base64url').toString())
}

const mac = (key: KeyObject, body: string): string =>
  createHmac('sha256', key).update(body).digest('base64url')

function fieldsOf(payload: string): Array<string | null> {
  const fields: Array<string | null> = []
  let at = 0
  while (at < payload.length) {
    if (payload[at] === '-') {
      fields.push(null)
      at += 2
      continue
    }
    const colon = payload.indexOf(':', at)
    const end = colon + 1 + Number(payload.slice(at, colon))
    fields.push(payload.slice(colon + 1, end))
    at = end + 1
  }
  return fields
}
