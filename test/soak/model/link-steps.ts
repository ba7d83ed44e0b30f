import fc from 'fast-check'
import { actor, anybody, id, mostly, person, place, settings, terms, visibility } from './arbitraries.ts'
import { actorOf, named, refOf, type Side } from './side.ts'
import { askerAt, askerOf, keepPass, linkAt, passAt, step, tokenAt } from './step.ts'
import { ADMIN } from './world.ts'

export const seen = mostly('public' as const, fc.constant('account' as const))
export const keep = <T extends Side['links'][number]>(side: Side, made: T): T => {
  side.links.push(made)
  side.tokens.push(made.token)
  return made
}

/** What people do with what they share, and visitors with what they were given. */
export const linkSteps = {
  setVisibility: step('setVisibility', [actor, id, visibility], async (side, who, one, to) =>
    side.sharing.resources.setVisibility(await askerOf(side, who, one), refOf(side, one), to),
  ),
  transfer: step(
    'transfer',
    [actor, id, person, fc.constantFrom(null, undefined, 'viewer' as const)],
    async (side, who, one, to, keep) =>
      side.sharing.resources.transfer(await askerOf(side, who, one), refOf(side, one), named(side, to), {
        keep,
      }),
  ),
  create: step('create', [actor, id, seen, settings], async (side, who, one, visible, given) =>
    keep(
      side,
      await side.sharing.links.create(await askerOf(side, who, one), refOf(side, one), {
        visibility: visible,
        ...terms(side, given),
      }),
    ),
  ),
  importLink: step(
    'import',
    [actor, id, seen, fc.nat({ max: 1 }), mostly(undefined, fc.constant('snapshot' as const))],
    async (side, who, one, visible, token, mode) =>
      keep(
        side,
        await side.sharing.links.import(await askerOf(side, who, one), refOf(side, one), {
          visibility: visible,
          mode,
          token: `old-${side.prefix}-of-${token}`.padEnd(48, '.'),
        }),
      ),
  ),
  getLink: step('getLink', [actor, place], async (side, who, index) =>
    side.sharing.links.get(await askerAt(side, who, index), linkAt(side, index)),
  ),
  updateLink: step('updateLink', [actor, place, settings], async (side, who, index, given) =>
    side.sharing.links.update(await askerAt(side, who, index), linkAt(side, index), terms(side, given)),
  ),
  rotate: step(
    'rotate',
    [actor, place, fc.constantFrom(0, 1, 2, 3600)],
    async (side, who, index, graceSeconds) => {
      const by = await askerAt(side, who, index)
      const rotated = await side.sharing.links.rotate(by, linkAt(side, index), { graceSeconds })
      side.tokens.push(rotated.token)
      for (const link of side.links) if (link.id === rotated.id) link.token = rotated.token
      return rotated
    },
  ),
  reveal: step('reveal', [actor, place], async (side, who, index) =>
    side.sharing.links.reveal(await askerAt(side, who, index), linkAt(side, index)),
  ),
  revoke: step('revoke', [actor, place], async (side, who, index) =>
    side.sharing.links.revoke(await askerAt(side, who, index), linkAt(side, index)),
  ),
  removeLink: step('removeLink', [actor, place], async (side, who, index) =>
    side.sharing.links.remove(await askerAt(side, who, index), linkAt(side, index)),
  ),
  open: step(
    'open',
    [
      place,
      fc.option(anybody, { freq: 2 }),
      mostly('pw', fc.constantFrom(undefined, 'no')),
      mostly('Mozilla/5.0 (X11) Gecko/20100101 Firefox/130.0', fc.constant('curl/8')),
      fc.constantFrom('192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', undefined),
      mostly(undefined, place),
    ],
    async (side, index, who, password, userAgent, ip, pass) => {
      const token = tokenAt(side, index)
      const by = who && actorOf(side, who)
      const opened = await side.sharing.open(token, {
        actor: by,
        password,
        userAgent,
        ip,
        pass: pass === undefined ? undefined : passAt(side, pass).text,
      })
      return keepPass(side, opened, by, token)
    },
  ),
  resume: step('resume', [place, mostly(null, anybody)], (side, index, who) =>
    side.sharing.resume(passAt(side, index).text, { actor: who && actorOf(side, who) }),
  ),
  peek: step('peek', [place], (side, index) => side.sharing.peek(tokenAt(side, index))),
  policy: step(
    'policy',
    [
      mostly(ADMIN, anybody),
      fc.record(
        {
          allowPublicShares: mostly(true, fc.boolean()),
          maxLinkDays: mostly(null, fc.constantFrom(1, 2)),
          requireExpiry: mostly(false, fc.constant(true)),
          requirePassword: mostly(false, fc.constant(true)),
          allowedEmailDomains: mostly(null, fc.constant(['acme.example'])),
          allowGuests: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    ],
    (side, who, given) => side.sharing.policies.set(actorOf(side, who), given),
  ),
}
