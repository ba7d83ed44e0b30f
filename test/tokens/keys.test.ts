import { describe, expect, test } from 'vitest'
import { createKeyRing, KEY_ID_LENGTH } from '../../src/tokens/keys.ts'
import { seal, sealedBy, unseal } from '../../src/tokens/seal.ts'

const ONE = 'the first secret, of at least 32 bytes'
const TWO = 'the other secret, of at least 32 bytes'
const SEALED = 'sfaUiPabVZ_rNrSHDXPXO4NDmDCVnam6MTKC6Dj0u3AAb8bw3QmkjzpA7-UP'
const PURPOSES = ['pass', 'seal', 'visitor', 'attach', 'invitation', 'ref'] as const

describe('a key ring', () => {
  test('has another key for each purpose and each secret, and the same for the same', () => {
    const keys = [ONE, TWO].flatMap((secret) =>
      PURPOSES.map((purpose) => createKeyRing(secret)[purpose].current.key.export().toString('hex')),
    )
    expect(new Set(keys).size).toBe(2 * PURPOSES.length)
    for (const key of keys) expect(key).toHaveLength(64)
    expect(createKeyRing([ONE]).pass.current.key.export().toString('hex')).toBe(keys[0])
  })

  // What was signed and sealed by an earlier version must go on being read.
  test('derives what it always derived', () => {
    const ring = createKeyRing(ONE)
    const shown = PURPOSES.map((purpose) => ring[purpose].current).map((current) => [
      current.id,
      current.key.export().toString('base64url'),
    ])
    expect(shown).toMatchInlineSnapshot(`
      [
        [
          "sfaUiPab",
          "VGnL-98Cm4Rmsl9MhzmeRF5GppCGBL07YuYS6Ke4S8o",
        ],
        [
          "sfaUiPab",
          "vjJyHOKUMkha-vgmcY2KAPZp_nbI-Qtw3L0j8-cEMos",
        ],
        [
          "sfaUiPab",
          "rne1jn6Ck_2lTwBo0Jp1PYtCXKECF34fr9dcC8wvorI",
        ],
        [
          "sfaUiPab",
          "IjblowMv_8QO-o0m0BtHPpxiE9Kxvy9FTS2x1z4mT8o",
        ],
        [
          "sfaUiPab",
          "JC_MOXz9Kv_vkZ3buu_OhGg6_EwPXSaaKbOK1wEPNLg",
        ],
        [
          "sfaUiPab",
          "L2CK-LgpTLmBr4moMct_U85aUbK5ZFXkGyge4W4xwew",
        ],
      ]
    `)
  })

  test('names a key by its secret, in as many characters as are read', () => {
    const ids = PURPOSES.map((purpose) => createKeyRing(ONE)[purpose].current.id)
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toHaveLength(KEY_ID_LENGTH)
    expect(ids[0]).toMatch(/^[\w-]+$/)
    expect(createKeyRing(TWO).pass.current.id).not.toBe(ids[0])
    expect(ONE).not.toContain(ids[0])
  })

  test('signs with the first secret and finds all of them, and no other', () => {
    const ring = createKeyRing([TWO, ONE]).seal
    const [one, two] = [createKeyRing(ONE).seal.current, createKeyRing(TWO).seal.current]
    expect(ring.current.id).toBe(two.id)
    expect(ring.find(one.id)?.equals(one.key)).toBe(true)
    expect(ring.find(two.id)?.equals(two.key)).toBe(true)
    expect(ring.find('unknown_')).toBeNull()
    expect(createKeyRing(ONE).seal.find(two.id)).toBeNull()
  })

  test.each([
    ['none', undefined],
    ['an empty list', []],
    ['an empty one', ''],
    ['31 bytes', 'x'.repeat(31)],
    ['a good one with a short one', ['x'.repeat(32), 'short']],
    ['a short one with a good one', ['short', 'x'.repeat(32)]],
    ['what is no text', [7 as unknown as string]],
  ])('of %s is refused', (_, secret) => {
    expect(() => createKeyRing(secret)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })

  test('counts bytes, not characters', () => {
    expect(createKeyRing('x'.repeat(32)).pass.current.id).toHaveLength(KEY_ID_LENGTH)
    expect(createKeyRing('é'.repeat(16)).pass.current.id).toHaveLength(KEY_ID_LENGTH)
  })

  test('says in a refusal what is needed', () => {
    try {
      createKeyRing('short')
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        message: expect.stringMatching(/^secret: .*at least 32 bytes.*openssl rand/),
        public: { issues: [{ path: 'secret', message: 'must be at least 32 bytes' }] },
      })
    }
  })
})

describe('a sealed text', () => {
  const ring = createKeyRing(ONE).seal

  test('names its key, and opens under any secret that is still kept', () => {
    const sealed = seal(ring, 'text', 'place')
    expect(sealedBy(sealed)).toBe(ring.current.id)
    expect(sealed.slice(KEY_ID_LENGTH)).toMatch(/^[\w-]+$/)
    expect(unseal(createKeyRing([TWO, ONE]).seal, sealed, 'place')).toBe('text')
    expect(unseal(createKeyRing(TWO).seal, sealed, 'place')).toBeNull()
  })

  test('of any length opens, the empty one too, and nothing shorter does', () => {
    for (const text of ['', 'a', 'ü', 'x'.repeat(1000)]) {
      const sealed = seal(ring, text, 'place')
      expect(unseal(ring, sealed, 'place')).toBe(text)
      expect(Buffer.from(sealed.slice(KEY_ID_LENGTH), 'base64url')).toHaveLength(28 + Buffer.byteLength(text))
    }
    const empty = seal(ring, '', 'place')
    for (let length = 0; length < empty.length; length++) {
      expect(unseal(ring, empty.slice(0, length), 'place')).toBeNull()
    }
  })

  test('opens in its place only, and unaltered', () => {
    const sealed = seal(ring, 'text', 'place')
    expect(unseal(ring, sealed, 'another')).toBeNull()
    expect(unseal(ring, sealed, '')).toBeNull()
    const bytes = Buffer.from(sealed.slice(KEY_ID_LENGTH), 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const other = Buffer.from(bytes)
      other[at]! ^= 1
      expect(unseal(ring, sealed.slice(0, KEY_ID_LENGTH) + other.toString('base64url'), 'place')).toBeNull()
    }
  })

  // What an earlier version sealed must go on opening.
  test('that was sealed by the first version opens', () => {
    expect(unseal(ring, SEALED, 'tenant link')).toBe('shr_example')
  })
})
