import { describe, expect, test } from 'vitest'
import { createKeyRing } from '../../src/tokens/keys.ts'
import { createPasses, type LinkPass } from '../../src/tokens/pass.ts'
import { sign, verify } from '../../src/tokens/signed.ts'

const ONE = 'the first secret, of at least 32 bytes'
const TWO = 'the other secret, of at least 32 bytes'
const keys = (secret: string | string[] = ONE) => createKeyRing(secret).pass

describe('a signed text', () => {
  test.each([
    [[]],
    [['']],
    [[null]],
    [['a', null, '', null, 'b']],
    [['-', ';', ':', '1:a;', '-;']],
    [['ü', '🦉', '\u0000', ' ']],
    [['x'.repeat(1000)]],
  ])('gives back %j', (fields: Array<string | null>) => {
    expect(verify(keys(), 'h_', sign(keys(), 'h_', fields))).toEqual(fields)
  })

  test('is its head, the name of its key, its fields and 43 characters', () => {
    const signed = sign(keys(), 'h_', ['a', null])
    const { id } = keys().current
    expect(signed.startsWith(`h_${id}`)).toBe(true)
    const payload = Buffer.from('1:a;-;').toString('base64url')
    expect(signed.slice(2 + id.length, -43)).toBe(payload)
    expect(signed).toHaveLength(2 + id.length + payload.length + 43)
    expect(signed).toMatch(/^[\w-]+$/)
  })

  test('is accepted under its head and its secret only', () => {
    const signed = sign(keys(), 'h_', ['a'])
    expect(verify(keys([TWO, ONE]), 'h_', signed)).toEqual(['a'])
    expect(verify(keys(TWO), 'h_', signed)).toBeNull()
    expect(verify(keys(), 'g_', signed)).toBeNull()
    expect(verify(keys(), 'g_', signed.replace('h_', 'g_'))).toBeNull()
    expect(verify(keys(), 'h', signed)).toBeNull()
    expect(verify(keys(), '', signed)).toBeNull()
    expect(verify(keys(), 'h_', ` ${signed}`)).toBeNull()
  })

  test('is signed as a whole: no part can be left out, added or changed', () => {
    const signed = sign(keys(), 'h_', ['abc', null, 'd'])
    for (let at = 0; at <= signed.length; at++) {
      expect(verify(keys(), 'h_', signed.slice(0, at) + signed.slice(at + 1)) === null).toBe(
        at < signed.length,
      )
      expect(verify(keys(), 'h_', `${signed.slice(0, at)}A${signed.slice(at)}`)).toBeNull()
      if (at === signed.length) continue
      const other = signed[at] === 'A' ? 'B' : 'A'
      expect(verify(keys(), 'h_', signed.slice(0, at) + other + signed.slice(at + 1))).toBeNull()
    }
    for (let length = 0; length < signed.length; length++) {
      expect(verify(keys(), 'h_', signed.slice(0, length))).toBeNull()
    }
  })

  test('is refused where its signature is of another length in bytes, without an error', () => {
    const signed = sign(keys(), 'h_', ['a'])
    expect(verify(keys(), 'h_', `${signed.slice(0, -1)}é`)).toBeNull()
  })

  test('of up to 4096 characters is read, and of more is not', () => {
    const lengthOf = (size: number) => sign(keys(), 'h_', ['x'.repeat(size)]).length
    let size = 3000
    while (lengthOf(size + 1) <= 4096) size++
    expect(lengthOf(size)).toBe(4096)
    expect(verify(keys(), 'h_', sign(keys(), 'h_', ['x'.repeat(size)]))).not.toBeNull()
    expect(verify(keys(), 'h_', sign(keys(), 'h_', ['x'.repeat(size + 1)]))).toBeNull()
  })

  // What an earlier version signed must go on being read.
  test('is what it always was', () => {
    expect(sign(keys(), 'shrp_', ['1', 'acme', null])).toMatchInlineSnapshot(
      `"shrp_sfaUiPabMToxOzQ6YWNtZTstOw90xlazITcFf4uh-WJYdNtZ-sHR6ZgEl5Pm_flu-tqOE"`,
    )
  })
})

describe('a pass', () => {
  const passes = () => createPasses(createKeyRing(ONE), 'shr')
  const pass: LinkPass = {
    tenantId: 'acme',
    resource: 'uid',
    linkId: 'link',
    tokenHash: 'hash',
    passwordVersion: 3,
    mode: 'live',
    snapshot: null,
    userId: null,
    viewId: 'view',
    expiresAt: 1000,
  }

  test('comes back as it was, with a reader and without', () => {
    for (const userId of [null, 'reader', '']) {
      expect(passes().read(passes().mint({ ...pass, userId }), 999)).toEqual({ ...pass, userId })
    }
    expect(passes().mint(pass).startsWith('shrp_')).toBe(true)
  })

  test('is over at its expiry', () => {
    const minted = passes().mint(pass)
    expect(passes().read(minted, 999)).not.toBeNull()
    expect(passes().read(minted, 1000)).toBeNull()
    expect(passes().read(minted, 1001)).toBeNull()
  })

  test('is one of this version with all of its fields, under this prefix and purpose', () => {
    const ring = createKeyRing(ONE)
    const fields = ['1', 't', 'r', 'l', 'h', '0', 'live', null, null, null, 'v', '1000']
    const read = (token: string) => passes().read(token, 0)
    expect(read(sign(ring.pass, 'shrp_', fields))).toMatchObject({ tenantId: 't', expiresAt: 1000 })
    for (const other of [
      sign(ring.pass, 'shrp_', ['2', ...fields.slice(1)]),
      sign(ring.pass, 'shrp_', ['', ...fields.slice(1)]),
      sign(ring.pass, 'shrp_', fields.slice(0, 11)),
      sign(ring.pass, 'shrp_', [...fields, 'more']),
      sign(ring.pass, 'abcp_', fields),
      sign(ring.visitor, 'shrp_', fields),
      '',
    ]) {
      expect(read(other)).toBeNull()
    }
    expect(createPasses(ring, 'abc').read(passes().mint(pass), 0)).toBeNull()
  })
})
