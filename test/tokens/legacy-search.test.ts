import { afterEach, describe, expect, test, vi } from 'vitest'
import { createOurTokens } from '../../src/tokens/ours.ts'

const finds = (legacy: RegExp, text: string): boolean => createOurTokens('shr', legacy).in(text)

const SHORT = 'old-0123456789abcdefABCD'
const FORM = /^old-[0-9a-zA-Z]{20}$/
const LONG = `old.${'aB3_-9xY'.repeat(40)}.${'z'.repeat(80)}`
const LONG_FORM = /^old\.[\w-]+\.[\w-]+$/

/** What a token stands in: of what it is cut out of, and how it is written there. */
const places: Record<string, (token: string) => string> = {
  'by itself': (token) => token,
  'in JSON': (token) => JSON.stringify({ rows: [{ id: 1, of: token }] }),
  'as a key': (token) => JSON.stringify({ [token]: 1 }),
  'after a new line in JSON': (token) => JSON.stringify([`first\n${token}\nlast`]),
  'in JSON in JSON': (token) => JSON.stringify([JSON.stringify([`first\n${token}`])]),
  'between quotation marks in JSON': (token) => JSON.stringify([`the "${token}"`]),
  'in an address': (token) => JSON.stringify([`https://host.example/share/${token}?from=mail#top`]),
  'as a parameter': (token) => JSON.stringify([`https://host.example/?share=${token}&from=mail`]),
  'in an address within an address': (token) =>
    JSON.stringify([`https://host.example/?to=${encodeURIComponent(`https://host.example/${token}/a`)}`]),
  'in text': (token) => JSON.stringify([`See ${token}. It is (${token}), or <${token}>.`]),
  'in long text': (token) => JSON.stringify([`${'so it goes on '.repeat(100)}${token}, and on`]),
  'beside our own': (token) => JSON.stringify([`shr${'a'.repeat(60)} ${token}`]),
}

describe('an older system’s token', () => {
  test.each(Object.entries(places))('is found %s', (_, place) => {
    expect(finds(FORM, place(SHORT))).toBe(true)
    expect(finds(LONG_FORM, place(LONG))).toBe(true)
    expect(finds(FORM, place(SHORT.replace('-', '+')))).toBe(false)
    expect(finds(LONG_FORM, place(LONG.replaceAll('.', ':')))).toBe(false)
  })

  test('is found in the midst of the other letters of a word', () => {
    for (const text of [`x${SHORT}y`, `/${SHORT}_small.png`, `${'0'.repeat(60)}${SHORT}${'0'.repeat(40)}`]) {
      expect(finds(FORM, JSON.stringify({ text })), text).toBe(true)
    }
  })

  test('is found where its own letters are written otherwise', () => {
    const form = /^[\w+/=]{30,}$/
    const token = `${'ab+/'.repeat(8)}==`
    const escaped = JSON.stringify(token).replaceAll('/', '\\/')
    for (const text of [token, encodeURIComponent(token), escaped]) {
      expect(finds(form, JSON.stringify([text])), text).toBe(true)
    }
    expect(finds(/^né-\d{30}$/, `"n\\u00e9-${'1'.repeat(30)}"`)).toBe(true)
    expect(finds(/^id \d{10}$/, JSON.stringify({ a: 'id 0123456789' }))).toBe(true)
    expect(finds(/^\d{10}$/, JSON.stringify({ a: 1_234_567_890 }))).toBe(true)
  })

  test('is one of up to 512 characters', () => {
    const form = /^old-[a-z]+$/
    const of = (length: number): string => JSON.stringify([`old-${'a'.repeat(length - 4)}`])
    expect([finds(form, of(512)), finds(form, of(513))]).toEqual([true, false])
  })
})

describe('the host’s pattern', () => {
  afterEach(() => void vi.restoreAllMocks())

  // Tried on 80 KB of letters at once, this one took 22 seconds.
  test.each([
    ['letters', 'a'.repeat(100_000)],
    ['words', 'so it goes on '.repeat(7000)],
    ['words that are as long as a word can be', `${'a'.repeat(127)} `.repeat(800)],
    ['words that are as long as a token can be', `${'a'.repeat(511)} `.repeat(200)],
    ['addresses', `https://host.example/${'ab-c.d/'.repeat(80)} `.repeat(160)],
    ['escapes', '\\u0061%61'.repeat(10_000)],
    ['JSON', JSON.stringify(Array.from({ length: 4000 }, (_, id) => ({ id, name: `row ${id}` })))],
  ])('is never tried on more than a token’s length, nor often on the same, in %s', (_, text) => {
    const ours = createOurTokens('shr', /^[A-Za-z0-9]+\.[A-Za-z0-9]{20}$/)
    const tried: number[] = []
    const isIn = RegExp.prototype.test
    vi.spyOn(RegExp.prototype, 'test').mockImplementation(function (this: RegExp, one: string) {
      tried.push(one.length)
      return isIn.call(this, one)
    })
    expect(ours.in(text)).toBe(false)
    expect(tried.reduce((most, one) => Math.max(most, one), 0)).toBeLessThanOrEqual(512)
    expect(tried.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(10 * text.length)
  })
})
