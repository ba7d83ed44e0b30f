import { domainToUnicode } from 'node:url'
import { domainKey, emailKey } from '../../../src/model/email.ts'
import { compileTypes } from '../../../src/policy/compile.ts'
import { judgeOpening } from '../../../src/policy/opening.ts'
import type { Campaign, Trial } from '../campaign.ts'
import type { Random } from '../random.ts'

const ASCII = /^[\u0000-\u007f]*$/
const POINTS = 0x110000

/** Every form in which software writes a character when it compares; none where all of them are itself. */
function formsOf(character: string): string[] {
  const simple = [character.toLowerCase(), character.toUpperCase(), character.normalize('NFKD')]
  if (simple.every((form) => form === character)) return []
  const composed = ['NFC', 'NFD', 'NFKC', 'NFKD'].map((form) => character.normalize(form))
  const lowered = composed.flatMap((form) => [form.toLowerCase(), form.toLocaleLowerCase('tr')])
  return [...simple, ...composed, ...lowered]
}

/**
 * What UTS #46 makes of a character in a domain, by another way than the one that the library takes: what is
 * ignorable goes, the rest is compatibility-composed and in lower case. U+3002 is a dot by its own line there, and
 * what only looks like a final sigma is a sigma.
 */
const mappedInDomain = (text: string): string =>
  [...text.replace(/\p{Default_Ignorable_Code_Point}/gu, '')]
    .map((letter) => (letter === 'ς' ? letter : letter.normalize('NFKC').replaceAll('ς', 'σ')))
    .join('')
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll('\u3002', '.')

/** Some scripts fold to capitals, and some letters to several. Sharp s and final sigma are letters of their own in domains. */
const folded = (text: string): string =>
  [...text]
    .map((letter) => ('ßς'.includes(letter) ? letter : letter.toUpperCase().toLowerCase()))
    .join('')
    .normalize('NFKC')

const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** The local part is another mailbox's unless it differs in the case of ASCII letters only. */
function checkLocal(character: string, violation: Trial['violation']): void {
  for (const local of [`x${character}y`, `${character}y`, `x${character}`]) {
    const key = emailKey(`${local}@example.com`)
    if (key === null || key === `${lowerAscii(local)}@example.com`) continue
    // At an end, where the whole address is trimmed, white space is none of it.
    if (key === `${lowerAscii(local.trim())}@example.com` && local.trim() !== local) continue
    violation('the local part became another mailbox’s', { local, key })
  }
}

/** The domain is another one's unless IDNA says that they are the same. */
function checkDomain(character: string, violation: Trial['violation']): void {
  for (const domain of [`a${character}b.example`, `${character}.example`]) {
    const key = domainKey(domain)
    if (key === null) continue
    const expected = mappedInDomain(domain)
    if (domainKey(key) !== key || !ASCII.test(key))
      violation('a domain’s key has another key', { domain, key })
    const shown = domainToUnicode(key)
    const same = shown === key ? key === expected : folded(shown) === folded(expected)
    if (!same) violation('a domain became another one', { domain, key, expected })
  }
}

/** Somebody's verified address against a link that is addressed to another person. */
function opensFor(addressee: string, email: string): boolean {
  const now = new Date(0)
  const facts = {
    id: 'l',
    tenantId: 't',
    resourceUid: 'r',
    name: null,
    role: 'viewer',
    mode: 'live',
  } as const
  const decision = judgeOpening(
    TYPE,
    {
      link: {
        ...facts,
        visibility: 'public',
        authority: 'owner',
        authorityId: 'o',
        createdAt: now,
        expiresAt: null,
        notBefore: null,
        maxViews: null,
        viewCount: 0,
        passwordHash: null,
        passwordVersion: 0,
        audience: { emails: [addressee], domains: null },
        endedAt: null,
      },
      resource: { type: 'document', id: 'd', ownerId: 'o', title: null, traits: [] },
      policy: { allowPublicShares: true, maxLinkDays: null, allowedEmailDomains: null },
      authority: null,
      tokenUntil: null,
      version: null,
    },
    { actor: { userId: 'u', tenantId: 't', email }, purpose: 'open' },
    now,
  )
  return decision.outcome === 'allowed'
}
const TYPE = compileTypes({ document: { roles: { viewer: ['view'] } } }).get('document')!

const NAMES = ['kiss', 'first.last', 'admin', 'mark.smith', 'info', 'billing', 'sales-team', 'office+news']

/** An address in which letters are replaced by others that look or fold like them. */
function imitation(name: string, lookalikes: ReadonlyMap<string, string[]>, random: Random): string {
  let text = ''
  for (const letter of name) {
    const others = lookalikes.get(letter)
    text += others !== undefined && random.below(3) === 0 ? random.pick(others) : letter
  }
  return text
}

function checkImitation(lookalikes: ReadonlyMap<string, string[]>, { random, violation }: Trial): void {
  const name = random.pick(NAMES)
  const key = emailKey(`${name}@example.com`)!
  const local = imitation(name, lookalikes, random)
  const same = lowerAscii(local) === name
  const email = `${local}@EXAMPLE.com`
  if ((emailKey(email) === key) !== same) violation('an imitation has the key of a name', { email, key })
  if (opensFor(key, email) !== same)
    violation('an imitation opens what is addressed to a name', { email, key })
  const domain = `${imitation('example', lookalikes, random)}.com`
  const mapped = mappedInDomain(domain)
  const found = domainKey(domain)
  if (found === 'example.com' && mapped !== 'example.com') {
    violation('an imitation has the key of a domain', { domain })
  }
}

function run(trial: Trial): Promise<void> {
  const { random, size, count, violation } = trial
  const lookalikes = new Map<string, string[]>()
  const others: string[] = []
  for (let point = 0; point < POINTS; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue
    const character = String.fromCodePoint(point)
    const ascii =
      point < 0x80 ? [lowerAscii(character)] : formsOf(character).filter((form) => ASCII.test(form))
    if (ascii.length === 0) others.push(character)
    else
      for (const form of new Set(ascii.map(lowerAscii)))
        lookalikes.set(form, [...(lookalikes.get(form) ?? []), character])
  }
  const certain = [...new Set([...lookalikes.values()].flat())]
  if (certain.length < 1500)
    violation('few characters case-map or normalise to ASCII', { found: certain.length })
  let tried = 0
  const check = (character: string): void => {
    checkLocal(character, violation)
    checkDomain(character, violation)
    tried += 5
  }
  for (const character of certain) check(character)
  // In a stride, so that a short run sees something of every script.
  const stride = size >= POINTS * 6 ? 1 : Math.ceil((others.length * 5 * 2) / size)
  for (let index = random.below(stride); index < others.length; index += stride) check(others[index]!)
  while (tried < size) {
    checkImitation(lookalikes, trial)
    tried += 2
  }
  count(tried)
  return Promise.resolve()
}

export const emailKeys: Campaign = {
  name: 'e-mail keys',
  claim: 'no character of Unicode makes one person’s address another’s',
  unit: 'addresses',
  size: { short: 50_000, long: 10_000_000 },
  places: ['none'],
  controls: [
    {
      guard: 'that a local part is lowered in ASCII only',
      file: 'src/model/email.ts',
      find: 'local.replace(/[A-Z]/g, (letter) => letter.toLowerCase())',
      replace: 'local.toLowerCase()',
    },
    {
      guard: 'that a local part is not normalised',
      file: 'src/model/email.ts',
      find: 'const local = text.slice(0, at)',
      replace: "const local = text.slice(0, at).normalize('NFKC')",
    },
    {
      guard: 'that a domain is checked before it is read as a URL’s',
      file: 'src/model/email.ts',
      find: 'if (/[\\u0000-\\u0020\\u007f-\\u009f/\\\\?#@:%[\\]<>^|]/.test(domain)) return null',
      replace: '',
    },
  ],
  run,
}
