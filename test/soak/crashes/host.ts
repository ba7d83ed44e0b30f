import { createSharing, type Sharing, type Store } from '../../../src/index.ts'

const SECRET = 'a secret of the campaigns, longer than 32 bytes'
const NEXT_SECRET = 'the secret that comes after it, longer than 32 bytes'

const DEFINITIONS = {
  document: { roles: { viewer: ['view'], editor: ['view', 'edit'] }, linkRoles: ['viewer', 'editor'] },
} as const

export type Host = Sharing<typeof DEFINITIONS>

export interface HostOptions {
  clock?: () => Date
  /** Whether the secret has been replaced, so that maintenance has something to seal again. */
  rotated?: boolean
}

/** A host as the campaigns have it: no limits at the door, and passwords that cost nothing. */
export function hostOn(store: Store, { clock, rotated = false }: HostOptions = {}): Host {
  return createSharing({
    store,
    secret: rotated ? [NEXT_SECRET, SECRET] : SECRET,
    resources: DEFINITIONS,
    limits: { opensPerMinute: false, passwordAttemptsPerMinute: false },
    views: { retainDays: 2 },
    legacyTokens: /old-[a-z0-9-]{10,}/,
    passwords: {
      hash: async (password) => `kept$${[...password].reverse().join('')}`,
      verify: async (password, stored) => stored === `kept$${[...password].reverse().join('')}`,
    },
    clock,
  })
}

/** The operator of the whole installation, whose calls no transfer or departure refuses. */
export const OPERATOR = { userId: 'operator', tenantId: 'operators', admin: 'system' } as const

export const documentOf = (id: string): { type: 'document'; id: string } => ({ type: 'document', id })

export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36'
export const BOT = 'Googlebot/2.1 (+http://www.google.com/bot.html)'
