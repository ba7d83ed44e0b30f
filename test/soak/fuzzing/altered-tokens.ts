import { createSharing, isSharingError } from '../../../src/index.ts'
import { keysetOf, pageOf } from '../../../src/model/page.ts'
import { createAttachPasses } from '../../../src/tokens/attach-pass.ts'
import { createDataRefs, holderOf } from '../../../src/tokens/data-ref.ts'
import { createInvitationTokens } from '../../../src/tokens/invitation.ts'
import { createKeyRing } from '../../../src/tokens/keys.ts'
import { createLinkTokens } from '../../../src/tokens/link-token.ts'
import { createPasses } from '../../../src/tokens/pass.ts'
import { seal, unseal } from '../../../src/tokens/seal.ts'
import type { Campaign, Trial } from '../campaign.ts'
import type { Random } from '../random.ts'
import { edits } from './edits.ts'
import { untouchable } from './untouchable.ts'

const SECRET = 'a secret of the campaigns, longer than 32 bytes'
const OLDER = 'an older secret of the campaigns, longer than 32'
const PEOPLE = [null, 'ann', 'Jörg', '用户', '😀', 'a'.repeat(255), '1:a;2:', '-;']

/** The last moment that both databases keep alike. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

interface Made {
  text: string
  /** Whether an altered text would do something: for the real one it must. */
  takes(text: string): boolean
}

type Kind = (random: Random) => Made

/** Every kind of token that the library makes. */
const kinds: Readonly<Record<string, Kind>> = {
  'a link token': (random) => {
    const tokens = createLinkTokens(random.pick(['shr', 'a1', 'abcdefghijk12345']), undefined)
    return { text: tokens.mint(), takes: tokens.isWellFormed }
  },
  'a pass': (random) => passUnder(random, SECRET, SECRET),
  'a pass of an older secret': (random) => passUnder(random, OLDER, [SECRET, OLDER]),
  'an attach pass': (random) => {
    const passes = createAttachPasses(createKeyRing(SECRET), 'shr')
    const text = passes.mint({
      tenantId: random.pick(['acme', '~person', 'ü']),
      type: 'document',
      id: `document ${random.below(1000)}`,
      resourceUid: 'resource',
      userId: random.pick(PEOPLE.filter((person) => person !== null)),
      snapshot: random.pick([null, { id: 's'.repeat(43), takenAt: random.below(2 ** 31), grantId: 'grant' }]),
      viewId: 'view',
      expiresAt: 1 + random.below(2 ** 31),
    })
    return { text, takes: (given) => passes.read(given, 0) !== null }
  },
  'an invitation': (random) => {
    const invitations = createInvitationTokens(createKeyRing(SECRET), 'shr')
    const text = invitations.mint({ tenantId: random.pick(['acme', '~person', 'ü']), id: 'grant' })
    return { text, takes: (given) => invitations.read(given) !== null }
  },
  'a data ref': (random) => {
    const refs = createDataRefs(createKeyRing(SECRET), 'shr')
    const resource = { tenantId: random.pick(['acme', '~person', 'ü']), uid: 'resource' }
    const link = random.pick([null, { tokenHash: 'h'.repeat(43), passwordVersion: random.below(3) }])
    const text = refs.mint({
      ...{ type: 'document', id: `document ${random.below(1000)}`, resourceUid: 'resource', mode: 'live' },
      ...{ revision: random.pick([null, '7']), ref: random.pick(['rows', 'a/b.png', '用户']) },
      holder: holderOf(resource, random.pick([null, { tenantId: 'acme', userId: 'ann' }])),
      ...{ source: random.pick(['owner', 'grant'] as const), role: 'viewer' },
      ...{ grantId: random.pick([null, 'grant']), link, expiresAt: 1 + random.below(2 ** 31) },
    })
    return { text, takes: (given) => refs.read(given, 0) !== null }
  },
  // Not a guard of anything, since whoever may write to the tables may do worse: another spelling of the same
  // bytes may open, but never as another token.
  'a sealed copy': () => {
    const keys = createKeyRing(SECRET).seal
    const token = createLinkTokens('shr', undefined).mint()
    const text = seal(keys, token, 'acme\nlink')
    return {
      text,
      takes: (given) => {
        const opened = unseal(keys, given, 'acme\nlink')
        return given === text ? opened === token : opened !== null && opened !== token
      },
    }
  },
  // Not signed: it is a place in a list, whoever's list it is. Altered, it is another place or none.
  'a cursor': (random) => {
    const at = new Date(LAST - random.below(2 ** 31) * 1000)
    const page = pageOf([1, 2], 1, String, () => ({ at, id: `id ${random.below(1000)}` }))
    const text = page.nextCursor!
    return { text, takes: (given) => given === text || !isPlaceOrRefused(given) }
  },
}

function passUnder(random: Random, mintedBy: string, readBy: string | string[]): Made {
  const text = createPasses(createKeyRing(mintedBy), 'shr').mint({
    tenantId: random.pick(['acme', '~person', 'ü']),
    resource: `resource ${random.below(1000)}`,
    linkId: `link ${random.below(1000)}`,
    tokenHash: 'h'.repeat(43),
    passwordVersion: random.below(3),
    mode: 'live',
    snapshot: random.pick([null, { id: 's'.repeat(43), takenAt: random.below(2 ** 31) }]),
    userId: random.pick(PEOPLE),
    viewId: 'view',
    expiresAt: 1 + random.below(2 ** 31),
  })
  const passes = createPasses(createKeyRing(readBy), 'shr')
  return { text, takes: (given) => passes.read(given, 0) !== null }
}

function isPlaceOrRefused(cursor: string): boolean {
  try {
    const { after } = keysetOf({ cursor })
    return after !== null && after.at.getTime() >= 0 && after.at.getTime() <= LAST && after.id !== ''
  } catch (error) {
    return isSharingError(error) && error.code === 'invalid_input'
  }
}

const ANN = { userId: 'ann', tenantId: 'acme', email: 'ann@acme.example' }

/** How often an altered text goes the whole way, through the public calls. */
const WHOLE_WAY = 499

async function run({ random, size, count, violation }: Trial): Promise<void> {
  let queries = 0
  const sharing = createSharing({
    store: untouchable(() => queries++),
    secret: SECRET,
    resources: { document: { roles: { viewer: ['view'] } } },
    limits: { opensPerMinute: false, passwordAttemptsPerMinute: false },
  })
  const accept = (text: string) => sharing.invitations.accept(ANN, text)
  const verify = (text: string) => sharing.refs.verify(text, ANN)
  const refresh = (pass: string) => sharing.refresh({ pass, visitor: { actor: ANN } }, ['rows'])
  let tried = 0
  while (tried < size) {
    for (const [kind, make] of Object.entries(kinds)) {
      const { text, takes } = make(random)
      if (!takes(text)) violation(`${kind} is refused as it is`, { text })
      for (const altered of edits(text)) {
        if (takes(altered)) violation(`${kind}, altered, is taken`, { text, altered })
        if (tried++ % WHOLE_WAY !== 0) continue
        for (const call of [sharing.open, sharing.peek, sharing.resume, accept, verify, refresh]) {
          const refused: unknown = await call(altered).catch((error: unknown) => error)
          if (!isSharingError(refused) || refused.code !== 'not_found') {
            violation(`${kind}, altered, is not refused as unknown`, { text, altered })
          }
        }
      }
    }
  }
  count(tried)
  if (queries > 0) violation('an altered token cost a query', { queries })
}

export const alteredTokens: Campaign = {
  name: 'altered tokens',
  claim: 'no token or pass is taken with one character changed, added or left out',
  unit: 'edits',
  size: { short: 40_000, long: 20_000_000 },
  places: ['none'],
  controls: [
    {
      guard: 'the checksum of a token',
      file: 'src/tokens/link-token.ts',
      find: 'token.endsWith(checksum(token.slice(0, -CHECKSUM_LENGTH)))',
      replace: 'true',
    },
    {
      guard: 'the second half of a pass’s signature',
      file: 'src/tokens/signed.ts',
      find: '!timingSafeEqual(expected, given)',
      replace: '!timingSafeEqual(expected.subarray(0, 20), given.subarray(0, 20))',
    },
    {
      guard: 'that signatures are compared as texts, which have one spelling',
      file: 'src/tokens/signed.ts',
      find: 'const expected = Buffer.from(mac(key, body))\n  const given = Buffer.from(token.slice(-MAC_LENGTH))',
      replace:
        "const expected = Buffer.from(mac(key, body), 'base64url')\n  const given = Buffer.from(token.slice(-MAC_LENGTH), 'base64url')",
    },
    {
      guard: 'the range of a cursor',
      file: 'src/model/page.ts',
      find: '!match?.[2] || !moment.safeParse(at).success',
      replace: '!match?.[2]',
    },
  ],
  run,
}
