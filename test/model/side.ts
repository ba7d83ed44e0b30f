import {
  createSharing,
  type Definitions,
  isSharingError,
  type Sharing,
  type Store,
  scryptPasswords,
} from 'sharegrant'

/** The kinds of rule there are, and two roles that links may carry. */
export const RESOURCES = {
  document: {
    roles: { viewer: ['view'], commenter: ['view', 'comment'] },
    linkRoles: ['viewer', 'commenter'],
    rules: [
      { when: 'remote', forbid: ['publish'] },
      { when: 'archived', forbid: ['comment'] },
      { when: 'quarantined', forbid: ['view'] },
      { unless: 'live', forbid: ['share'], exceptOwner: true },
    ],
  },
} as const satisfies Definitions

export type Documents = Sharing<typeof RESOURCES>

/** The library on one store, with what a history has handed out so far, by the order in which it came. */
export interface Side {
  sharing: Documents
  links: Array<{ id: string; token: string; resource: { type: 'document'; id: string } }>
  tokens: string[]
  passes: string[]
  now: number
}

export const START = Date.UTC(2030, 5, 15, 12)

export async function sideOn(store: Store): Promise<Side> {
  const side: Side = { sharing: undefined as never, links: [], tokens: [], passes: [], now: START }
  side.sharing = createSharing({
    store,
    secret: 'a secret that is longer than 32 bytes by some',
    resources: RESOURCES,
    limits: { opensPerMinute: false, passwordAttemptsPerMinute: false },
    passwords: scryptPasswords({ N: 16, r: 1, p: 1 }),
    clock: () => new Date(side.now),
  })
  await side.sharing.migrate()
  return side
}

/** What a call came to, errors included, in words that are the same on every store. */
export async function answerOf(side: Side, call: () => Promise<unknown>): Promise<string> {
  try {
    return `ok ${shown(side, await call())}`
  } catch (error) {
    if (!isSharingError(error)) throw error
    return `${error.code} ${shown(side, error)}`
  }
}

const RANDOM = /^[\w-]{21}$/
const HIDDEN = new Set(['token', 'pass', 'nextCursor'])

/** Ids that chance gave are told by the place at which they came, or left out. */
export function shown(side: Side, value: unknown): string {
  const text = JSON.stringify(value, (key, one: unknown) => {
    if (HIDDEN.has(key)) return one === null ? null : '…'
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) return inOrder(one)
    if (typeof one !== 'string' || !RANDOM.test(one)) return one
    const place = side.links.findIndex(({ id }) => id === one)
    return place < 0 ? '#' : `link ${place}`
  })
  return text ?? 'nothing'
}

/** In which order an object has its fields is no part of an answer. */
const inOrder = (object: object): object =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
