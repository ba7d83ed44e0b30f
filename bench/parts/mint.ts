import { createCipheriv, createSecretKey, hash, randomBytes } from 'node:crypto'
import { createKeyRing } from '../../src/tokens/keys.ts'
import { createLinkTokens, hashToken } from '../../src/tokens/link-token.ts'
import { seal } from '../../src/tokens/seal.ts'
import { type Contender, contender } from '../measure.ts'

const PLACE = 't1\nV1StGXR8_Z5jdHi6B-myT'

/** A token as `links.create` makes it, up to its insert. It is no call of the API, so its parts are taken from inside. */
export function minting(): Contender[] {
  const tokens = createLinkTokens('shr', undefined)
  const keys = createKeyRing('a secret of the bench that is long enough')
  const key = createSecretKey(randomBytes(32))
  return [
    contender('mint', () => {
      const token = tokens.mint()
      return [hashToken(token), seal(keys.seal, token, PLACE)]
    }),
    contender('bare', () => {
      const token = randomBytes(32).toString('base64url')
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(PLACE))
      const sealed = Buffer.concat([nonce, cipher.update(token, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return [hash('sha256', token, 'base64url'), sealed.toString('base64url')]
    }),
  ]
}
