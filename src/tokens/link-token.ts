import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { customAlphabet } from 'nanoid'
import { SharingError } from '../errors.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 43 symbols of 62 carry 256.03 bits. */
const SECRET_LENGTH = 43
/** 62^6 is more than the 2^32 values of a CRC-32. */
const CHECKSUM_LENGTH = 6

const secretPart = customAlphabet(ALPHABET, SECRET_LENGTH)

/** How long an older system's token may be. */
export const LONGEST_LEGACY = 512

/** What the whole of an older system's token matches: without flags that keep state (g, y) or loosen the anchors (m). */
export const legacyForm = (legacy: RegExp): RegExp =>
  new RegExp(`^(?:${legacy.source})$`, legacy.flags.replace(/[gym]/g, ''))

/** Makes and recognises the tokens of links. */
export interface LinkTokens {
  mint(): string
  /** Whether text can be a token at all. What cannot is refused without asking the store. */
  isWellFormed(token: string): boolean
  /** Whether text has the older system's form that the host declared for `links.import`. */
  isLegacy(token: string): boolean
}

export function createLinkTokens(prefix: string, legacy: RegExp | undefined): LinkTokens {
  if (!/^[a-z][a-z0-9]{1,15}$/.test(prefix)) {
    throw new SharingError('invalid_input', {
      message: 'tokenPrefix: must be a lower-case letter, then 1 to 15 lower-case letters or digits',
    })
  }
  const head = `${prefix}_`
  const form = new RegExp(`^${head}[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`)
  const older = legacy && legacyForm(legacy)
  const isLegacy = (token: string): boolean =>
    older !== undefined && token.length <= LONGEST_LEGACY && older.test(token)
  return {
    mint() {
      const body = head + secretPart()
      return body + checksum(body)
    },
    isWellFormed: (token) =>
      (form.test(token) && token.endsWith(checksum(token.slice(0, -CHECKSUM_LENGTH)))) || isLegacy(token),
    isLegacy,
  }
}

/**
 * Not a secret: it lets scanners recognise a token and refuses a mistyped one without a query.
 * A CRC-32 finds every change within four neighbouring characters.
 */
function checksum(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    text = ALPHABET[rest % 62] + text
    rest = Math.floor(rest / 62)
  }
  return text
}

/** What is stored in a token's place. 256 random bits need no key, so none has to be rotated. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url')
}
