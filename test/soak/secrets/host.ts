import { randomBytes } from 'node:crypto'
import { type Actor, createSharing, type Sharing, scryptPasswords } from '../../../src/index.ts'
import { DEFINITIONS, doc } from '../../support/sample.ts'
import type { Ground } from '../places.ts'
import type { Random } from '../random.ts'
import { type Asker, askerOf } from '../support/requests.ts'
import type { Heard } from './heard.ts'
import type { Secret } from './search.ts'

export const OWNER = { userId: 'owner', tenantId: 'acme', admin: 'tenant' } as const
export const REF = doc('d1')
/** Whom the owner invites. */
export const addressed = (person: number): Actor => ({
  userId: `person ${person}`,
  tenantId: 'acme',
  email: `person${person}@acme.example`,
})

export interface KeptLink {
  id: string
  token: string
  password: string | null
}

/** A host with all that it has handed out. */
export interface Host {
  sharing: Sharing<typeof DEFINITIONS>
  routes: Asker
  random: Random
  clock: { now: number }
  links: KeptLink[]
  passes: string[]
  /** Tokens of mails that went out. */
  invitations: string[]
  secrets: Set<Secret>
  /** What nobody can guess, so that it is found nowhere by chance. */
  fresh(kind: Secret['kind']): string
  keep(kind: Secret['kind'], text: string): string
  /** The library again, under another secret: the ones before still verify. */
  restart(): void
}

export async function openHost(ground: Ground, heard: Heard, random: Random): Promise<Host> {
  const secrets = new Map<string, Secret>()
  const clock = { now: Date.now() }
  const keys: string[] = []
  const host = {
    random,
    clock,
    links: [],
    passes: [],
    invitations: [],
    get secrets() {
      return new Set(secrets.values())
    },
    fresh(kind: Secret['kind']) {
      const chance = randomBytes(24).toString('hex')
      return host.keep(kind, kind === 'password' ? `pässword "${chance}" & more` : `old-${chance}`)
    },
    keep(kind: Secret['kind'], text: string) {
      secrets.set(text, { kind, text })
      return text
    },
    restart() {
      keys.unshift(host.fresh('secret of the library'))
      host.sharing = createSharing({
        store: ground.store,
        secret: keys,
        resources: DEFINITIONS,
        legacyTokens: /old-[0-9a-f]{48}/,
        // As hosts have it, since a cheap hash of the tests would prove nothing.
        passwords: scryptPasswords({ N: 16, r: 8, p: 1 }),
        limits: {
          opensPerMinute: 1000,
          passwordAttemptsPerMinute: 1000,
          invitationsPerHour: 10_000,
          emailsPerHour: 10_000,
          requestsPerHour: 10_000,
        },
        notify: async (notification) => {
          const { token } = notification
          if (token !== undefined) host.invitations.push(host.keep('invitation', token))
          heard.note('a notification', notification, token === undefined ? [] : [token])
          if (random.below(4) === 0) throw new Error(`no mail for ${notification.id} today`)
        },
        clock: () => new Date(clock.now),
        onError: (error) => heard.note('onError', error),
      })
      host.sharing.on('*', (event) => {
        heard.note('an event', event)
        throw new Error('a listener that fails')
      })
      host.routes = askerOf(host.sharing, (error) => heard.note('onError of routes', error))
    },
  } as unknown as Host
  host.restart()
  await host.sharing.resources.register(REF, { tenantId: 'acme', ownerId: 'owner', title: 'A title' })
  return host
}
