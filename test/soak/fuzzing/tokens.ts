import { createSharing, isSharingError } from '../../../src/index.ts'
import { createDataRefs } from '../../../src/tokens/data-ref.ts'
import { createKeyRing } from '../../../src/tokens/keys.ts'
import { createLinkTokens } from '../../../src/tokens/link-token.ts'
import { createPasses } from '../../../src/tokens/pass.ts'
import type { Campaign, Trial } from '../campaign.ts'
import type { Random } from '../random.ts'
import { untouchable } from './untouchable.ts'

const SECRET = 'a secret of the campaigns, longer than 32 bytes'
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const STRANGE = [
  '',
  ' ',
  '\0',
  '\n',
  '_',
  '-',
  '.',
  '/',
  '%',
  '%00',
  ':token',
  'é',
  'K',
  '😀',
  '\ud800',
  '=',
  '+',
]

/** Text that is no token: of the right form with another checksum, nearly of the form, or of no form at all. */
function malformed(random: Random, prefix: string): string {
  const letters = (length: number): string => {
    let text = ''
    for (let index = 0; index < length; index++) text += ALPHABET[random.below(62)]
    return text
  }
  switch (random.below(4)) {
    case 0:
      return `${prefix}_${letters(49)}`
    case 1:
      return `${prefix}_${letters(40 + random.below(20))}${random.pick(STRANGE)}`
    case 2:
      return `${random.pick(STRANGE)}${prefix}${random.pick(['_', 'p_', 'd_', ''])}${letters(random.below(80))}`
    default:
      return letters(random.below(30)) + random.pick(STRANGE) + letters(random.below(30))
  }
}

async function run({ random, size, count, violation }: Trial): Promise<void> {
  let queries = 0
  const sharing = createSharing({
    store: untouchable(() => queries++),
    secret: SECRET,
    resources: { document: { roles: { viewer: ['view'] } } },
    limits: { opensPerMinute: false, passwordAttemptsPerMinute: false },
  })
  const tokens = createLinkTokens('shr', undefined)
  const passes = createPasses(createKeyRing(SECRET), 'shr')
  const refs = createDataRefs(createKeyRing(SECRET), 'shr')
  const verify = (text: string) => sharing.refs.verify(text, null)
  const refresh = (pass: string) => sharing.refresh({ pass }, ['rows'])
  for (let done = 0; done < size; done++) {
    const text = malformed(random, 'shr')
    // One in a few hundred goes the whole way, through the public calls.
    if (done % 256 === 0) {
      for (const call of [sharing.open, sharing.peek, sharing.resume, verify, refresh]) {
        const refused = await call(text).then(
          () => null,
          (error: unknown) => error,
        )
        if (!isSharingError(refused) || refused.code !== 'not_found') {
          violation('malformed, and not refused as unknown', { text, refused: String(refused) })
        }
      }
    } else if (tokens.isWellFormed(text) || passes.read(text, 0) !== null || refs.read(text, 0) !== null) {
      violation('malformed, and taken for a token', { text })
    }
    count()
  }
  if (queries > 0) violation('a malformed token cost a query', { queries })
}

export const tokens: Campaign = {
  name: 'malformed tokens',
  claim: 'no malformed token is taken, or costs a query',
  unit: 'inputs',
  size: { short: 100_000, long: 10_000_000 },
  places: ['none'],
  controls: [
    {
      guard: 'the checksum of a token',
      file: 'src/tokens/link-token.ts',
      find: 'token.endsWith(checksum(token.slice(0, -CHECKSUM_LENGTH)))',
      replace: 'true',
    },
  ],
  run,
}
