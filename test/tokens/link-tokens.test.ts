import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLinkTokens } from '../../src/tokens/link-token.ts'
import { type CapturingStore, openCapturing } from '../support/capture.ts'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const OTHERS = ['_', '-', ' ', '\n', '.', '/', '%', '\u0000', 'é', '٠', '𝟎', '']

/** Every text that one edit of a text comes to. */
function* edits(text: string): Generator<string> {
  for (let at = 0; at <= text.length; at++) {
    const head = text.slice(0, at)
    for (const character of [...BASE62, ...OTHERS]) {
      if (character !== '') yield head + character + text.slice(at)
      if (at < text.length && character !== text[at]) yield head + character + text.slice(at + 1)
    }
    const next = text[at + 1]
    if (next !== undefined && next !== text[at]) yield head + next + text[at] + text.slice(at + 2)
  }
}

describe('a link token', () => {
  const tokens = createLinkTokens('shr', undefined)

  test('is the prefix, 43 symbols of base62 that carry 256 bits, and a checksum of 6', () => {
    const minted = Array.from({ length: 500 }, () => tokens.mint())
    for (const token of minted) {
      expect(token).toMatch(/^shr_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/)
      expect(tokens.isWellFormed(token)).toBe(true)
    }
    expect(43 * Math.log2(62)).toBeGreaterThanOrEqual(256)
    expect(new Set(minted.map((token) => token.slice(4, 47))).size).toBe(500)
    for (let place = 4; place < 47; place++) {
      expect(new Set(minted.map((token) => token[place])).size, `place ${place}`).toBeGreaterThan(50)
    }
  })

  test('of another prefix is none', () => {
    const other = createLinkTokens('abc', undefined).mint()
    expect(tokens.isWellFormed(other)).toBe(false)
    expect(tokens.isWellFormed(other.replace('abc', 'shr'))).toBe(false)
  })

  test('of an older system is known by the whole of the declared pattern only', () => {
    const legacy = createLinkTokens('shr', /old-\d+|x/gm)
    for (const good of ['old-1', 'x'])
      expect([legacy.isLegacy(good), legacy.isLegacy(good)]).toEqual([true, true])
    for (const bad of ['old-1x', 'xx', ' x', 'x\n', 'a\nx', 'old-', `old-${'1'.repeat(600)}`]) {
      expect(legacy.isLegacy(bad), bad).toBe(false)
    }
  })
})

describe('without a statement, open and peek refuse', () => {
  let base: CapturingStore
  let sharing: Sample
  let token: string
  let pass: string

  beforeAll(async () => {
    base = await openCapturing(STORES[0]!)
    sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 't', ownerId: 'o' })
    const actor = { userId: 'o', tenantId: 't' }
    token = (await sharing.links.create(actor, doc('d'), { visibility: 'public' })).token
    pass = (await sharing.open(token)).pass
  })
  afterAll(() => base.close())

  async function refusedUnasked(texts: Iterable<string>): Promise<number> {
    base.issued.length = 0
    let count = 0
    for (const text of texts) {
      count++
      if ((await outcomeOf(() => sharing.open(text))) !== 'not_found') throw new Error(`opened by ${text}`)
      if (count % 7 === 0 && (await outcomeOf(() => sharing.peek(text))) !== 'not_found')
        throw new Error(text)
    }
    expect(base.issued).toEqual([])
    return count
  }

  test('nothing that was minted', async () => {
    base.issued.length = 0
    await sharing.open(token)
    await sharing.peek(token)
    expect(base.issued.length).toBeGreaterThan(1)
  })

  test('every single edit of a token', async () => {
    expect(await refusedUnasked(edits(token))).toBeGreaterThan(6000)
  })

  test('thirty thousand texts at random', async () => {
    const shaped = fc.array(fc.constantFrom(...BASE62), { minLength: 49, maxLength: 49 })
    const texts = [
      ...fc.sample(fc.string({ maxLength: 80 }), 6_000),
      ...fc.sample(fc.string({ unit: 'binary', maxLength: 80 }), 3_000),
      ...fc.sample(fc.base64String({ maxLength: 80 }), 3_000),
      ...fc.sample(shaped, 18_000).map((symbols) => `shr_${symbols.join('')}`),
    ]
    expect(await refusedUnasked(texts)).toBe(30_000)
  })

  test('a pass, and what is no text', async () => {
    expect(await refusedUnasked([pass, ''])).toBe(2)
    const others: unknown[] = [undefined, null, 1, {}, [token], { toString: () => token }]
    for (const other of others) {
      expect(await outcomeOf(() => sharing.open(other as string))).toBe('not_found')
      expect(await outcomeOf(() => sharing.peek(other as string))).toBe('not_found')
    }
    expect(base.issued).toEqual([])
  })
})
