import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domainKey, domainOf, emailKey } from '../../src/model/email.ts'

/** A domain of so many characters. */
function longDomain(length: number): string {
  let text = 'com'
  while (text.length < length) text = `${'a'.repeat(Math.min(50, length - text.length - 1))}.${text}`
  return text
}

const ASCII = /[\u0000-\u007f]/

/** Every character beyond ASCII that upper case, lower case or some normal form turns into ASCII. */
function lookalikes(): string[] {
  const found: string[] = []
  for (let point = 0x80; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue
    const character = String.fromCodePoint(point)
    const forms = [
      character.toLowerCase(),
      character.toUpperCase(),
      ...['NFC', 'NFD', 'NFKC', 'NFKD'].map((form) => character.normalize(form)),
    ]
    if (forms.some((form) => ASCII.test(form))) found.push(character)
  }
  return found
}

describe('an e-mail key', () => {
  test('never takes a character beyond ASCII for one of ASCII', () => {
    const all = lookalikes()
    expect(all).toContain('\u212a')
    expect(all).toContain('\u017f')
    const folded = all.filter((character) => {
      const key = emailKey(`x${character}y@example.com`)
      return key !== null && !/[^\u0000-\u007f]/.test(key)
    })
    expect(folded.map((character) => character.codePointAt(0)?.toString(16))).toEqual([])
  })

  test('is itself an address with the same key', () => {
    const address = fc.tuple(fc.string({ unit: 'binary', maxLength: 30 }), fc.domain())
    fc.assert(
      fc.property(address, ([local, domain]) => {
        const key = emailKey(`${local}@${domain}`)
        if (key === null) return
        expect(emailKey(key)).toBe(key)
        expect(key.endsWith(`@${domainOf(key)}`)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('of two locals is one only if they differ in ASCII case', () => {
    const local = fc.string({
      unit: fc.constantFrom('a', 'A', 'k', 'K', '\u212a', 'é', 'É', 'ı', 'İ', 'ß', '+', '.'),
    })
    const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    fc.assert(
      fc.property(local, local, (one, other) => {
        const [a, b] = [emailKey(`${one}@example.com`), emailKey(`${other}@example.com`)]
        if (a === null || b === null || a !== b) return
        expect(lower(one)).toBe(lower(other))
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['  Ann@Example.COM ', 'ann@example.com'],
    ['ann+news@example.com', 'ann+news@example.com'],
    ['a.n.n@gmail.com', 'a.n.n@gmail.com'],
    ['Jörg@example.com', 'jörg@example.com'],
    ['JÖRG@example.com', 'jÖrg@example.com'],
    ['ann@Bücher.example', 'ann@xn--bcher-kva.example'],
    ['ann@XN--BCHER-KVA.example', 'ann@xn--bcher-kva.example'],
    ['ann@faß.example', 'ann@xn--fa-hia.example'],
    // No normal form either: what two mailboxes could be stays two keys.
    ['Jo\u0308rg@example.com', 'jo\u0308rg@example.com'],
    // The longest: 64 characters before the @, 254 in all.
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    [`${'a'.repeat(64)}@${longDomain(189)}`, `${'a'.repeat(64)}@${longDomain(189)}`],
  ])('of %j is %j', (address, key) => {
    expect(emailKey(address)).toBe(key)
  })

  test.each([
    '',
    '@',
    'ann',
    'ann@',
    '@example.com',
    'ann@example',
    'ann@localhost',
    'ann@127.0.0.1',
    'ann@[127.0.0.1]',
    'ann@0x7f.1',
    'ann@example..com',
    'ann@-example.com',
    'ann@example-.com',
    'ann@exa mple.com',
    'ann@example.com/path',
    'ann@example.com:25',
    'ann@example.com?x',
    'ann@example.com#x',
    'ann@ex%61mple.com',
    'ann@under_score.com',
    `ann@${'a'.repeat(64)}.com`,
    `${'a'.repeat(65)}@example.com`,
    `ann@${'abcdefgh.'.repeat(30)}com`,
    `a@${longDomain(253)}`,
    'ann@bob@example.com',
    'a b@example.com',
    '"a b"@example.com',
    'a,b@example.com',
    '.ann@example.com',
    'ann.@example.com',
    'a..n@example.com',
    'Ann <ann@example.com>',
    'ann\u0000@example.com',
    'ann\n@example.com',
    'ann\u00a0x@example.com',
    'ann\u2028@example.com',
    'ann\ud800@example.com',
    'ann@exam\ud800ple.com',
  ])('refuses %j', (address) => {
    expect(emailKey(address)).toBeNull()
  })
})

describe('a domain key', () => {
  test.each([
    ['Example.COM', 'example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['example。com', 'example.com'],
    ['example.c0m1', 'example.c0m1'],
    ['example.1com', 'example.1com'],
    ['example.1.com', 'example.1.com'],
    [longDomain(253), longDomain(253)],
  ])('of %j is %j', (domain, key) => {
    expect(domainKey(domain)).toBe(key)
  })

  test.each([
    'com',
    '',
    '.',
    'example.com.',
    '*.example.com',
    '@example.com',
    '1.2.3.4',
    '1.2.3.45',
    'a.1',
    longDomain(254),
  ])('refuses %j', (domain) => {
    expect(domainKey(domain)).toBeNull()
  })
})
