import { describe, expect, test } from 'vitest'
import { createInvitationTokens } from '../../src/tokens/invitation.ts'
import { createKeyRing } from '../../src/tokens/keys.ts'
import { createLinkTokens } from '../../src/tokens/link-token.ts'
import { createOurTokens, type OurTokens } from '../../src/tokens/ours.ts'
import { sign } from '../../src/tokens/signed.ts'

const ring = () => createKeyRing('the first secret, of at least 32 bytes')
const link = () => createLinkTokens('shr', undefined).mint()
const invitation = (id = 'g1') => createInvitationTokens(ring(), 'shr').mint({ tenantId: 'acme', id })
const ours = { in: (...of: Parameters<OurTokens['in']>) => createOurTokens('shr').in(...of) }

describe('a token of ours', () => {
  test.each([
    ['a link token', link],
    ['a signed text', invitation],
    ['the shortest signed text', () => sign(ring().invitation, 'shri_', [])],
    ['a link token of a checksum that is wrong', () => `shr_${'0'.repeat(49)}`],
    ['a signed text of a secret that is not known', () => `shrp_${'-'.repeat(51)}`],
  ])('is found wherever it stands: %s', (_, mint) => {
    const token = mint()
    for (const text of [token, `https://x.org/s/${token}?a=1`, `{"a":"${token}"}`, `a\n${token}\nb`]) {
      expect(ours.in(text)).toBe(true)
      expect(ours.in(text)).toBe(true)
    }
  })

  test.each([
    '',
    'shr',
    `shr_${'0'.repeat(48)}`,
    `shr_${'0'.repeat(48)}-`,
    `shrp_${'a'.repeat(50)}`,
    `shr1_${'a'.repeat(60)}`,
    `shrp-${'a'.repeat(60)}`,
    `abc_${'0'.repeat(49)}`,
    `SHR_${'0'.repeat(49)}`,
  ])('is not found in %j', (text) => {
    expect(ours.in(text)).toBe(false)
    expect(ours.in(text, () => true)).toBe(false)
  })

  test('may stand where it is allowed, and no other beside it', () => {
    const [one, other] = [invitation('g1'), invitation('g2')]
    const asked: string[] = []
    const allowed = (token: string): boolean => {
      asked.push(token)
      return token === one
    }
    expect(ours.in(`<${one}>`, allowed)).toBe(false)
    expect(asked).toEqual([one])
    for (const text of [other, `${one} ${other}`, `${other} ${one}`, `${one} ${link()}`]) {
      expect(ours.in(text, allowed)).toBe(true)
    }
  })
})

describe('an older system’s token', () => {
  test('is not made of what stands around an allowed token of ours', () => {
    const both = createOurTokens('shr', /lk[0-9]{4}/)
    const cut = (text: string) => both.in(text.replace('…', `shr_${'0'.repeat(49)}`), () => true)
    expect([cut('lk12…34'), cut('lk1234…')]).toEqual([false, true])
  })

  test('is found wherever it stands, though its form be that of a whole text', () => {
    for (const form of [/^old-\d+$/, /old-\d+/, /^(?:old-\d+)$/gm, /^old-\d+$/y, /^old-\d+$|^x$/g]) {
      const both = createOurTokens('shr', form)
      for (const text of ['old-1', 'a old-12 b', 'x/old-1\n']) {
        expect([both.in(text), both.in(text), both.in(text)]).toEqual([true, true, true])
      }
      for (const text of ['', 'old-', 'OLD-1', 'old']) expect(both.in(text)).toBe(false)
      expect(both.in(link())).toBe(true)
    }
  })

  test('is of a form whose own dollars, carets and brackets stay what they are', () => {
    const found = (form: RegExp, text: string) => createOurTokens('shr', form).in(text)
    expect(found(/^\$\^\d$/, 'a $^1 b')).toBe(true)
    expect(found(/^\$\^\d$/, 'a 1 b')).toBe(false)
    expect(found(/^old[^a-z$]\d$/, 'old-1')).toBe(true)
    for (const text of ['oldx1', 'old$1', 'old1']) expect(found(/^old[^a-z$]\d$/, text)).toBe(false)
    expect(found(/^old[\]^]\d$/, 'an old^1')).toBe(true)
    expect(found(/^old[\]^]\d$/, 'an old]1')).toBe(true)
    expect(found(/^old[\]^]\d$/, 'an old1')).toBe(false)
    expect(found(/^OLD\d$/i, 'old1 ')).toBe(true)
  })

  test('is not what stands within a token that is allowed', () => {
    const token = invitation()
    const piece = new RegExp(`^${token.slice(5, 12)}$`)
    expect(createOurTokens('shr', piece).in(`${token} more`, () => true)).toBe(false)
    expect(createOurTokens('shr', piece).in(`${token} ${token.slice(5, 12)}`, () => true)).toBe(true)
    // Of a text that is one allowed token nothing is left.
    expect(createOurTokens('shr', /^[a-z]+$/).in(token, () => true)).toBe(false)
  })
})
