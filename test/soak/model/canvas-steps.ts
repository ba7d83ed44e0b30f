import fc from 'fast-check'
import type { Access, Actor, Mode } from '../../../src/index.ts'
import {
  actor,
  ahead,
  anybody,
  colleague,
  id,
  late,
  mostly,
  settings,
  terms,
  type Who,
} from './arbitraries.ts'
import { BETWEEN } from './host.ts'
import { keep, seen } from './link-steps.ts'
import { grantee, granteeOf, role } from './people-steps.ts'
import { actorOf, refOf, type Side } from './side.ts'
import { asker, askerOf, dataRefAt, givenAt, keepPass, lateLinkAt, passAt, step } from './step.ts'

/** Whoever has it in hand, mostly. */
const hand = mostly('theirs' as const, fc.option(anybody, { freq: 4 }))
type Hand = Actor | null | 'theirs'

const inHand = (side: Side, whose: Actor | null, given: Hand): Actor | null =>
  given === 'theirs' ? whose : given && actorOf(side, given)

/** By what somebody reads: what they open now or have opened, what they were given, or whatever right they have. */
type By =
  | { open: number; as: Mode; who: Actor | null }
  | { pass: number; hand: Hand }
  | { given: number; shown: boolean; who: Actor }
  | { who: Who; of: number }
const opening = fc.record({
  open: late,
  as: mostly('snapshot' as const, fc.constant('live' as const)),
  who: fc.option(fc.oneof(colleague, colleague, colleague, anybody), { freq: 6 }),
})
const inPass = fc.record({ pass: late, hand })
const asGiven = fc.record({ given: late, shown: fc.boolean(), who: anybody })
const asThemselves = fc.record({ who: actor, of: late })
const by: fc.Arbitrary<By> = fc.oneof(opening, inPass, asGiven, asThemselves)
/** Fewer may make copies than read. */
const copier: fc.Arbitrary<By> = fc.oneof(
  { weight: 2, arbitrary: fc.oneof(opening, inPass) },
  { weight: 4, arbitrary: fc.oneof(asGiven, asThemselves) },
)

/** With whoever that is. */
async function accessBy(side: Side, chosen: By): Promise<{ access: Access<'document'>; by: Actor | null }> {
  if ('open' in chosen) {
    const whose = chosen.who && actorOf(side, chosen.who)
    const { token } = lateLinkAt(side, chosen.open, chosen.as)
    const { pass } = keepPass(
      side,
      await side.sharing.open(token, { actor: whose, password: 'pw' }),
      whose,
      token,
    )
    return { access: { pass, visitor: { actor: whose } }, by: whose }
  }
  if ('pass' in chosen) {
    const { text, by: whose } = passAt(side, chosen.pass)
    const visitor = inHand(side, whose, chosen.hand)
    return { access: { pass: text, visitor: { actor: visitor } }, by: visitor }
  }
  if ('of' in chosen) {
    const { resource } = lateLinkAt(side, chosen.of)
    const one = await asker(side, chosen.who, resource)
    return { access: { actor: one, resource }, by: one }
  }
  const { resource, by: holder } = givenAt(side, chosen.given, chosen.who, chosen.shown)
  return { access: { actor: holder, resource }, by: holder }
}

function keepRef(side: Side, token: string, whose: Actor | null): void {
  if (!side.refs.some((had) => had.token === token)) side.refs.push({ token, by: whose })
}

/** While the host is asked, it may ask for the same again. */
const twice = <R>(side: Side, call: () => Promise<R>): Promise<R> => {
  side.host.again = call
  return call().finally(() => {
    side.host.again = null
  })
}

const rarelyLive = fc.oneof(
  { weight: 12, arbitrary: fc.constant('snapshot' as const) },
  { weight: 1, arbitrary: fc.constant('live' as const) },
)
const piece = fc.constantFrom('rows', 'picture', 'theirs')

/** What is shared as it was, the data behind what is shared, and copies of it. */
export const canvasSteps = {
  edit: step('edit', [id, fc.nat({ max: 3 })], async (side, one, state) => {
    side.host.states.set(refOf(side, one).id, state)
  }),
  meanwhile: step('meanwhile', [fc.constantFrom(...BETWEEN)], async (side, what) => {
    side.host.next = what
  }),
  shareSnapshot: step(
    'shareSnapshot',
    [actor, id, seen, mostly('commenter' as const, fc.constant('viewer' as const)), settings],
    async (side, who, one, visible, as, given) =>
      keep(
        side,
        await side.sharing.links.create(await askerOf(side, who, one), refOf(side, one), {
          visibility: visible,
          mode: 'snapshot',
          ...terms(side, given),
          role: as,
        }),
      ),
  ),
  refreshSnapshot: step(
    'refreshSnapshot',
    [actor, late, mostly({}, settings), rarelyLive],
    async (side, who, index, given, mode) => {
      const link = lateLinkAt(side, index, mode)
      const maker = await asker(side, who, link.resource)
      const changes = { ...terms(side, given), snapshot: 'refresh' } as const
      return twice(side, () => side.sharing.links.update(maker, link.id, changes))
    },
  ),
  giveSnapshot: step(
    'giveSnapshot',
    [actor, id, grantee, mostly('commenter' as const, role), mostly(undefined, fc.option(ahead))],
    async (side, who, one, given, as, ends) => {
      const maker = await askerOf(side, who, one)
      const options = {
        ...granteeOf(side, given),
        role: as,
        mode: 'snapshot',
        ...(ends === undefined ? {} : { expiresAt: ends === null ? null : new Date(side.now + ends) }),
      } as const
      const added = await twice(side, () => side.sharing.collaborators.add(maker, refOf(side, one), options))
      if (!side.grants.some((had) => had.id === added.id)) side.grants.push(added)
      return added
    },
  ),
  attachAsGiven: step(
    'attachAsGiven',
    [late, mostly(true, fc.boolean()), anybody, mostly(undefined, late)],
    async (side, index, shown, who, pass) => {
      const { resource, by: holder } = givenAt(side, index, who, shown)
      const visitor = pass === undefined ? {} : { pass: passAt(side, pass).text }
      return keepPass(side, await side.sharing.attach(holder, resource, visitor), holder)
    },
  ),
  /** A second click, by a reader who has a pass. */
  openAgain: step('openAgain', [late, hand], async (side, index, given) => {
    const { text, by: whose, token, on } = passAt(side, index)
    const visitor = inHand(side, whose, given)
    const opened =
      token === null && visitor !== null
        ? await side.sharing.attach(visitor, on, { pass: text })
        : await side.sharing.open(token ?? 'none', { actor: visitor, pass: text, password: 'pw' })
    return keepPass(side, opened, visitor, token)
  }),
  goOn: step('goOn', [late, hand], (side, index, given) => {
    const { text, by: whose } = passAt(side, index)
    return side.sharing.resume(text, { actor: inHand(side, whose, given) })
  }),
  mint: step(
    'mint',
    [by, piece, mostly(undefined, fc.constantFrom(1, 60))],
    async (side, chosen, ref, ttlSeconds) => {
      const { access, by: whose } = await accessBy(side, chosen)
      const token = await side.sharing.refs.mint(access, ref, { ttlSeconds })
      keepRef(side, token, whose)
      return token
    },
  ),
  verify: step('verify', [late, hand], (side, index, given) => {
    const { token, by: whose } = dataRefAt(side, index)
    return side.sharing.refs.verify(token, inHand(side, whose, given))
  }),
  refresh: step('refresh', [by, fc.subarray(['rows', 'picture', 'theirs'])], async (side, chosen, refs) => {
    const { access, by: whose } = await accessBy(side, chosen)
    const answers = await side.sharing.refresh(access, refs)
    for (const answer of answers) if (answer.status === 'ok') keepRef(side, answer.token, whose)
    return answers
  }),
  fork: step(
    'fork',
    [copier, fc.constantFrom(undefined, undefined, 'one', 'two')],
    async (side, chosen, key) => {
      const { access } = await accessBy(side, chosen)
      return side.sharing.fork(access, { idempotencyKey: key })
    },
  ),
}
