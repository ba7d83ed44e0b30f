import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'
import { createDataRefs, type DataRef, holderOf } from '../../src/tokens/data-ref.ts'
import { createKeyRing } from '../../src/tokens/keys.ts'
import { type Contender, contender } from '../measure.ts'

const MINUTES = 15 * 60

const resource = { tenantId: 't1', uid: 'V1StGXR8_Z5jdHi6B-myT' }
const person = { tenantId: 't1', userId: 'u1' }

const refAt = (index: number, expiresAt: number): DataRef => ({
  ...{ type: 'document', id: 'd1', resourceUid: resource.uid, mode: 'live', revision: null },
  ...{ ref: `images/${index}.png`, holder: holderOf(resource, person), grantId: 'Uakgb_J5m9g-0JDMbcJqL' },
  ...{ source: 'grant', role: 'viewer', link: null, expiresAt },
})

/**
 * The token of a data ref, without the store that is asked beside it: minted, and read again with whoever it is for.
 * Beside it a JWT with the same claims (jose, compact, HS256), and an HMAC of a text of the same length by itself.
 */
export async function signing(): Promise<Contender[]> {
  // Its package is the bench's own, so it is asked for only here.
  const { jwtVerify, SignJWT } = await import('jose')
  const refs = createDataRefs(createKeyRing('a secret of the bench that is long enough'), 'shr')
  const ends = Date.now() + MINUTES * 1000
  const ours = refs.mint(refAt(1, ends))
  const key = createSecretKey(randomBytes(32))
  const jwt = ({ expiresAt, ...claims }: DataRef): Promise<string> =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256', kid: 'sfaUiPab' })
      .setExpirationTime(Math.floor(expiresAt / 1000))
      .sign(key)
  const theirs = await jwt(refAt(1, ends))
  const body = ours.slice(0, -43)
  const mac = (): string => createHmac('sha256', key).update(body).digest('base64url')
  const given = mac()
  const checked = (right: boolean): void => {
    if (!right) throw new Error('a token of the bench was refused')
  }
  return [
    contender('ref minted', (index) => refs.mint(refAt(index, ends))),
    contender('jwt signed', (index) => jwt(refAt(index, ends))),
    contender('mac', () => mac()),
    contender('ref read', () => {
      checked(refs.read(ours, Date.now())?.holder === holderOf(resource, person))
    }),
    contender('jwt read', async () => {
      const { payload } = await jwtVerify(theirs, key, { algorithms: ['HS256'] })
      checked(payload['holder'] === holderOf(resource, person))
    }),
    contender('mac compared', () => checked(timingSafeEqual(Buffer.from(mac()), Buffer.from(given)))),
  ]
}
