import type { Actor } from '../../../src/index.ts'
import { tenantOf } from '../../../src/model/actor.ts'
import { createKeyRing } from '../../../src/tokens/keys.ts'
import { createLinkTokens } from '../../../src/tokens/link-token.ts'
import { createPasses } from '../../../src/tokens/pass.ts'
import type { Target } from '../../support/border-calls.ts'
import { doc, type Sample, SECRET } from '../../support/sample.ts'
import type { Random } from '../random.ts'

export const LEGACY = /old-[\w-]{20,}/

/** What is there and must not show, and the same of nobody's, in the same form. */
export interface Pair {
  /** In the words of a report. */
  kind: string
  hidden: Target
  unknown: Target
}

/** A token or a pass that is over, or nobody's. */
export interface Spent {
  kind: string
  hidden: string
  unknown: string
}

export const ADA: Actor = { userId: 'ada', tenantId: 'acme', admin: 'tenant' }
const RIA: Actor = { userId: 'ria', tenantId: 'rival', admin: 'tenant' }
const PIA: Actor = { userId: 'pia', tenantId: null }
const ROOT: Actor = { userId: 'root', tenantId: 'operator', admin: 'system' }

/** Whoever might try ids, among them some who share an id with an owner. */
export const ASKERS: readonly Actor[] = [
  { userId: 'bob', tenantId: 'acme' },
  { userId: 'bea', tenantId: 'acme', groups: ['everyone'], email: 'bea@acme.example' },
  RIA,
  { userId: 'ada', tenantId: 'rival' },
  { userId: 'ada', tenantId: null },
  { userId: 'pia', tenantId: 'rival', admin: 'tenant' },
  PIA,
  ROOT,
]

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-'
export const idLike = (random: Random): string =>
  Array.from({ length: 21 }, () => LETTERS[random.below(64)]).join('')

interface Thing extends Target {
  tenantId: string
  ownerId: string
  state: 'private' | 'for the account' | 'closed by a rule' | 'removed'
}

/** Documents in every state in which somebody must not know of them. */
export async function makeThings(sharing: Sample, random: Random): Promise<Thing[]> {
  const things: Thing[] = []
  for (const owner of [ADA, RIA, PIA]) {
    for (const state of ['private', 'for the account', 'closed by a rule', 'removed'] as const) {
      if (state === 'for the account' && owner.tenantId === null) continue
      const ref = doc(idLike(random))
      await sharing.resources.register(ref, {
        tenantId: owner.tenantId,
        ownerId: owner.userId,
        title: random.pick([null, 'A title', 'x'.repeat(500)]),
        visibility:
          state === 'closed by a rule' ? 'public' : state === 'for the account' ? 'account' : 'private',
      })
      const settings = random.pick([
        {},
        { password: 'a password' },
        { maxViews: 1 },
        { emails: ['bea@acme.example'] },
        { name: 'x'.repeat(200) },
      ])
      const link = await sharing.links.create(owner, ref, { visibility: 'public', ...settings })
      const given = { userId: idLike(random), role: 'viewer' } as const
      const grant = await sharing.collaborators.add(owner, ref, given)
      await sharing.requests.create({ userId: 'asker', tenantId: owner.tenantId }, ref, { role: 'editor' })
      const [request] = await sharing.requests.list(owner, ref)
      if (random.below(3) === 0) await sharing.links.revoke(owner, link.id)
      if (random.below(3) === 0) await sharing.resources.update(ref, { traits: ['archived'] })
      if (state === 'closed by a rule') await sharing.resources.update(ref, { traits: ['remote'] })
      if (state === 'removed') await sharing.resources.remove(ref)
      things.push({
        ref,
        link: link.id,
        collaborator: grant.id,
        // Nobody else asks for what belongs to a person without an account.
        request: request?.id ?? idLike(random),
        tenantId: tenantOf(owner),
        ownerId: owner.userId,
        state,
      })
    }
  }
  return things
}

/** What of all that somebody must not know of, or null. */
export function hiddenFrom(actor: Actor, { tenantId, ownerId, state }: Thing): string | null {
  if (state === 'removed') return 'removed'
  if (actor.admin === 'system') return null
  if (tenantOf(actor) !== tenantId) return 'foreign'
  const sees = state !== 'private' || actor.userId === ownerId || actor.admin === 'tenant'
  return sees ? null : 'hidden'
}

export const pairOf = (kind: string, { ref, link, collaborator, request }: Thing, random: Random): Pair => ({
  kind,
  hidden: { ref, link, collaborator, request },
  unknown: {
    ref: doc(idLike(random)),
    link: idLike(random),
    collaborator: idLike(random),
    request: idLike(random),
  },
})

/** Tokens and passes that do nothing any more, by every way in which that comes about. */
export async function makeSpent(
  sharing: Sample,
  random: Random,
): Promise<{ tokens: Spent[]; passes: Spent[] }> {
  const tokens: Spent[] = []
  const passes: Spent[] = []
  const minted = createLinkTokens('shr', undefined)
  const signed = createPasses(createKeyRing(SECRET), 'shr')
  const unknownPass = (): string =>
    signed.mint({
      tenantId: 'acme',
      resource: idLike(random),
      linkId: idLike(random),
      tokenHash: idLike(random) + idLike(random),
      passwordVersion: 0,
      mode: 'live',
      snapshot: null,
      userId: null,
      viewId: idLike(random),
      expiresAt: Date.now() + 3_600_000,
    })
  const endings: Record<string, (link: { id: string }, ref: Target['ref']) => Promise<unknown>> = {
    revoked: ({ id }) => sharing.links.revoke(ADA, id),
    'rotated away': ({ id }) => sharing.links.rotate(ADA, id),
    removed: ({ id }) => sharing.links.remove(ROOT, id),
    'of a removed resource': (_, ref) => sharing.resources.remove(ref),
    'of somebody who left': () => sharing.members.remove('acme', 'ada'),
  }
  const settings: Record<string, object> = {
    plain: {},
    'with a password': { password: 'a password' },
    'for the account': { visibility: 'account' },
    limited: { maxViews: 1 },
    addressed: { emails: ['bea@acme.example'] },
    'short of its time': { notBefore: new Date(Date.now() + 60_000) },
  }
  const visitor = { actor: { ...ADA, email: 'bea@acme.example' }, password: 'a password' }
  for (const [ending, end] of Object.entries(endings)) {
    for (const [setting, given] of Object.entries(settings)) {
      const ref = doc(idLike(random))
      await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'ada' })
      const link = await sharing.links.create(ADA, ref, { visibility: 'public', ...given })
      const kind = `${ending}, ${setting}`
      const early = 'notBefore' in given
      const pass = early ? null : (await sharing.open(link.token, visitor)).pass
      const open = early || 'emails' in given || 'visibility' in given || 'maxViews' in given
      const nobodys = open ? null : (await sharing.open(link.token, { password: 'a password' })).pass
      await end(link, ref)
      tokens.push({ kind, hidden: link.token, unknown: minted.mint() })
      for (const one of [pass, nobodys]) {
        if (one !== null) passes.push({ kind, hidden: one, unknown: unknownPass() })
      }
    }
  }
  const ref = doc(idLike(random))
  await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'ada' })
  const early = await sharing.links.create(ADA, ref, {
    visibility: 'public',
    notBefore: new Date(Date.now() + 86_400_000),
  })
  tokens.push({ kind: 'scheduled', hidden: early.token, unknown: minted.mint() })
  const imported = `old-${idLike(random)}`
  const { id } = await sharing.links.import(ADA, ref, { visibility: 'public', token: imported })
  await sharing.links.revoke(ADA, id)
  tokens.push({ kind: 'imported and revoked', hidden: imported, unknown: `old-${idLike(random)}` })
  return { tokens, passes }
}
