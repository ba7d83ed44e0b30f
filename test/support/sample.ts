import { hash } from 'node:crypto'
import {
  type Actor,
  createSharing,
  isSharingError,
  type Sharing,
  type SharingOptions,
  type Store,
} from '../../src/index.ts'

/** The same for the same fork, in every store: the key that a hook is given is made of what each names by itself. */
const copyOf = ({
  resource: { id },
  actor: { userId, tenantId },
  idempotencyKey,
}: {
  resource: { id: string }
  actor: Actor
  idempotencyKey: string | null
}): string =>
  hash('sha256', JSON.stringify([id, userId, tenantId, idempotencyKey === null]), 'hex').slice(0, 20)

/** A host's definitions, with a role, a rule and a trait of every sort. */
export const DEFINITIONS = {
  document: {
    roles: {
      viewer: ['view'],
      editor: ['view', 'edit'],
      manager: ['view', 'edit', 'share', 'publish'],
    },
    snapshot: ({ resource }: { resource: { id: string } }) => ({
      revision: 'r1',
      content: { of: resource.id },
    }),
    fork: (request: { resource: { id: string }; actor: Actor; idempotencyKey: string | null }) => ({
      id: `copy ${copyOf(request)}`,
    }),
    resolve: ({ ref, as }: { ref: string; as: Actor | null }) => ({ ref, as: as?.userId ?? null }),
    linkRoles: ['viewer', 'editor'],
    rules: [
      { when: 'remote', forbid: ['publish'] },
      { when: 'archived', forbid: ['edit'] },
    ],
  },
  folder: { roles: { viewer: ['view'] } },
} as const

export type Sample = Sharing<typeof DEFINITIONS>
export type SampleOptions = Omit<SharingOptions<typeof DEFINITIONS>, 'store' | 'resources' | 'secret'> & {
  secret?: string | readonly string[]
}

export const SECRET = 'a secret of the tests, longer than 32 bytes'

const fastHash = (password: string): string =>
  `fast$${[...password].map((one) => one.codePointAt(0)).join('.')}`

/** Cheap, so that tests need not wait for scrypt. What is stored gives the password away in none of its usual spellings. */
export const fastPasswords = {
  hash: async (password: string): Promise<string> => fastHash(password),
  verify: async (password: string, stored: string): Promise<boolean> => stored === fastHash(password),
}

export function sampleOn(store: Store, options: SampleOptions = {}): Sample {
  return createSharing({
    secret: SECRET,
    passwords: fastPasswords,
    limits: {
      opensPerMinute: false,
      passwordAttemptsPerMinute: false,
      invitationsPerHour: 10_000,
      requestsPerHour: 10_000,
    },
    ...options,
    store,
    resources: DEFINITIONS,
  })
}

export const doc = (id: string): { type: 'document'; id: string } => ({ type: 'document', id })

/** What a call came to: `ok`, an error's code, or what was thrown that is no error of ours. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
    return 'ok'
  } catch (error) {
    return isSharingError(error) ? error.code : `not a SharingError: ${String(error)}`
  }
}
