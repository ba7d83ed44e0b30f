import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

/** How link passwords are kept. Both are slow on purpose and are never called inside a transaction. */
export interface Passwords {
  hash(password: string): Promise<string>
  verify(password: string, stored: string): Promise<boolean>
}

const LENGTH = 32

/** scrypt; the cost is stored with each hash, so that it can be raised later. N=2^15, r=8, p=3 is OWASP's advice. */
export function scryptPasswords(
  cost: { N: number; r: number; p: number } = { N: 32_768, r: 8, p: 3 },
): Passwords {
  return {
    async hash(password) {
      const salt = randomBytes(16)
      const key = await derive(password, salt, cost)
      return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join(
        '$',
      )
    },
    async verify(password, stored) {
      const [kind, N, r, p, salt, key] = stored.split('$')
      if (kind !== 'scrypt' || salt === undefined || key === undefined) return false
      const expected = Buffer.from(key, 'base64url')
      const given = await derive(password, Buffer.from(salt, 'base64url'), {
        N: Number(N),
        r: Number(r),
        p: Number(p),
      })
      return expected.length === given.length && timingSafeEqual(expected, given)
    },
  }
}

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.r * (cost.N + cost.p) + 65_536 }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, LENGTH, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
