import { describe, expect, test } from 'vitest'
import { createLegacySearch } from '../../src/tokens/legacy-search.ts'

const TOKEN = 'lk_0123456789abcdef'
const find = createLegacySearch(/lk_[0-9a-f]{16}/)

/** Hexadecimal digits, so many. */
const digits = (length: number): string => '0a1b2c3d'.repeat(length).slice(0, length)
const long = createLegacySearch(/[0-9a-f]{300}/)
const LONG = digits(300)

describe('a token of an older system is found', () => {
  test('by itself, among words, and in the midst of letters', () => {
    for (const text of [TOKEN, `see ${TOKEN}.`, `"${TOKEN}"`, `xx${TOKEN}yy`, `a/${TOKEN}?b#c`]) {
      expect(find(text), text).toBe(true)
    }
  })

  test('and nothing else is', () => {
    for (const text of ['', 'lk_', TOKEN.slice(0, -1), TOKEN.replace('_', '-'), TOKEN.toUpperCase(), LONG]) {
      expect(find(text), text).toBe(false)
    }
  })

  test('whatever anchors and flags the pattern has', () => {
    expect(createLegacySearch(/^lk_[0-9a-f]{16}$/)(`xx${TOKEN}yy`)).toBe(true)
    expect(createLegacySearch(/LK_[0-9A-F]{16}/i)(`xx${TOKEN}yy`)).toBe(true)
    // What means something else stays: a class that excludes, and the signs themselves.
    const odd = createLegacySearch(/^s\$[^^$]{2}\^$/)
    expect(odd('xs$ab^y')).toBe(true)
    expect(odd('xs$^b^y')).toBe(false)
  })

  test('as JSON writes it, also inside of another JSON text', () => {
    const escaped = TOKEN.replace('lk', '\\u006C\\u006b')
    expect(find(`{"a":"${escaped}"}`)).toBe(true)
    expect(find(JSON.stringify({ a: `{"a":"${escaped}"}` }))).toBe(true)
    expect(find(JSON.stringify(JSON.stringify({ a: `{"a":"${escaped}"}` })))).toBe(false)
    expect(find(TOKEN.replace('_', '\\_'))).toBe(true)
    expect(find(TOKEN.replace('lk', '\\u06C\\u006b'))).toBe(false)
  })

  test('as an address writes it', () => {
    expect(find(TOKEN.replace('l', '%6C'))).toBe(true)
    expect(find(TOKEN.replace('l', '%6c').replace('k', '%6B'))).toBe(true)
    expect(find(TOKEN.replace('l', '\\u00256c'))).toBe(true)
    expect(find(TOKEN.replace('l', '%6g'))).toBe(false)
  })
})

describe('where many letters stand together', () => {
  test('it is found in the midst of 128, and not of more', () => {
    const inTheMidst = (length: number): string => TOKEN.padStart(60, 'x').padEnd(length, 'x')
    expect(find(inTheMidst(128))).toBe(true)
    expect(find(inTheMidst(129))).toBe(false)
    expect(find(`${inTheMidst(129)} ${TOKEN}`)).toBe(true)
  })

  test('a long one is found where it stands by itself', () => {
    for (const text of [
      LONG,
      `"${LONG}"`,
      `{"a":"${'x'.repeat(200)}","b":"${LONG}"}`,
      `in ${LONG}, and on`,
      `https://example.com/s/${LONG}?a=1`,
      `x.${LONG}.x`,
      `x_${LONG}`.replace('_', ':'),
      `${'x-'.repeat(80)}.${LONG}`,
      `a\\n${LONG}\\t`,
      `a\\r${LONG}\\f`,
    ]) {
      expect(long(text), text).toBe(true)
    }
    for (const text of [`x${LONG}`, `${LONG}0`, LONG.slice(1)]) expect(long(text), text).toBe(false)
  })

  test('between letters and digits is the last cut', () => {
    expect(long(`${LONG}-x`)).toBe(true)
    expect(long(`${LONG}_x`)).toBe(true)
  })

  test('with what ends a sentence around it, which may be as long as itself', () => {
    const dotted = createLegacySearch(/[a-f]+\.[0-9]+/)
    const token = `${'a'.repeat(255)}.${'1'.repeat(256)}`
    expect(dotted(token)).toBe(true)
    expect(dotted(`(${token}).`)).toBe(true)
    expect(dotted(`!${token}!`)).toBe(true)
    expect(dotted('!'.repeat(512) + token)).toBe(true)
    expect(dotted('!'.repeat(513) + token)).toBe(false)
  })

  test('no longer one than 512 is a token', () => {
    const any = createLegacySearch(/[0-9a-f]+/)
    expect(any(digits(512))).toBe(true)
    expect(createLegacySearch(/[0-9a-f]{512}/)(digits(512))).toBe(true)
    expect(createLegacySearch(/[0-9a-f]{513}/)(digits(513))).toBe(false)
    expect(any(digits(513))).toBe(false)
  })
})
