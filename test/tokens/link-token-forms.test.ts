import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { createLinkTokens, hashToken } from '../../src/tokens/link-token.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const tokens = (prefix = 'shr', legacy?: RegExp) => createLinkTokens(prefix, legacy)

describe('a link token', () => {
  test('of 43 symbols and their checksum of 6 is well formed', () => {
    for (let count = 0; count < 200; count++) {
      const token = tokens().mint()
      expect(token).toMatch(/^shr_[0-9A-Za-z]{49}$/)
      expect(tokens().isWellFormed(token)).toBe(true)
      expect(tokens().isLegacy(token)).toBe(false)
    }
  })

  // Scanners and hosts know the form: it stays what it is.
  test.each([
    [`shr_${'0'.repeat(43)}`, '2V1i0s'],
    [`shr_${'z'.repeat(43)}`, '4JtWRj'],
    [`shr_${'AbC123xyz'.repeat(5).slice(0, 43)}`, '1DuUQk'],
  ])('%s has the checksum %s, as it always had', (body, found) => {
    expect(tokens().isWellFormed(body + found)).toBe(true)
    for (const other of ['000000', 'zzzzzz', found.split('').reverse().join('')]) {
      if (other !== found) expect(tokens().isWellFormed(body + other)).toBe(false)
    }
  })

  test('is whole: nothing before, after, or beside its alphabet', () => {
    const token = tokens().mint()
    for (const other of [
      ` ${token}`,
      `${token} `,
      `${token}\n`,
      `x${token}`,
      `${token}0`,
      token.slice(0, -1),
      token.slice(4),
      token.replace('_', '-'),
      token.toUpperCase(),
      '',
      'shr_',
    ]) {
      expect(tokens().isWellFormed(other), other).toBe(false)
    }
  })

  test('is of its own prefix, length and alphabet, though its checksum be right', () => {
    const checked = (body: string): string => {
      let rest = crc32(body)
      let text = ''
      for (; text.length < 6; rest = Math.floor(rest / 62)) text = BASE62[rest % 62] + text
      return body + text
    }
    expect(tokens().isWellFormed(checked(`shr_${'a'.repeat(43)}`))).toBe(true)
    for (const body of [
      `abc_${'a'.repeat(43)}`,
      `xshr_${'a'.repeat(43)}`,
      `shr-${'a'.repeat(43)}`,
      `shr_${'a'.repeat(42)}`,
      `shr_${'a'.repeat(44)}`,
      `shr_${'a'.repeat(42)}_`,
      `shr_${'a'.repeat(42)}é`,
      `\nshr_${'a'.repeat(43)}`,
      '',
    ]) {
      expect(tokens().isWellFormed(checked(body)), body).toBe(false)
    }
  })

  test('is stored as its SHA-256 in base64url', () => {
    expect(hashToken('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')
  })
})

describe('a prefix', () => {
  test.each(['ab', 'a1', 'shr', 'a'.repeat(16), 'a123456789012345'])('may be %s', (prefix) => {
    expect(tokens(prefix).isWellFormed(tokens(prefix).mint())).toBe(true)
    expect(tokens(prefix).mint().startsWith(`${prefix}_`)).toBe(true)
  })

  test.each(['', 'a', '1a', 'A1', 'aB', 'a_b', 'a-b', ' ab', 'ab ', 'ab\n', 'é1', 'a'.repeat(17)])(
    'may not be %j',
    (prefix) => {
      expect(() => tokens(prefix)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    },
  )

  test('that may not be is told what may', () => {
    expect(() => tokens('A')).toThrow(/^tokenPrefix: must be a lower-case letter/)
  })
})

describe('an older system’s token', () => {
  test('is none unless its form was declared', () => {
    for (const text of ['', 'old-1', 'undefined', '(?:undefined)'])
      expect(tokens().isLegacy(text)).toBe(false)
  })

  test('is of the whole of the declared form, whatever its flags', () => {
    for (const form of [/old-\d+|x/, /old-\d+|x/g, /old-\d+|x/y, /old-\d+|x/gm, /old-\d+|x/my]) {
      const legacy = tokens('shr', form)
      for (const good of ['old-1', 'x', 'old-22']) {
        expect([legacy.isLegacy(good), legacy.isLegacy(good), legacy.isWellFormed(good)]).toEqual([
          true,
          true,
          true,
        ])
      }
      for (const bad of ['old-1x', 'xx', ' x', 'x ', 'x\n', 'a\nx', 'x\na', 'old-', 'OLD-1', '']) {
        expect([legacy.isLegacy(bad), legacy.isWellFormed(bad)]).toEqual([false, false])
      }
    }
    expect(tokens('shr', /old-[a-z]+/i).isLegacy('OLD-A')).toBe(true)
  })

  test('is of 512 characters at most', () => {
    const legacy = tokens('shr', /a+/)
    expect(legacy.isLegacy('a'.repeat(512))).toBe(true)
    expect(legacy.isLegacy('a'.repeat(513))).toBe(false)
  })
})
