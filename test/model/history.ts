import fc from 'fast-check'
import type { Actor } from 'sharegrant'
import {
  actor,
  ahead,
  anybody,
  mostly,
  person,
  place,
  type Ref,
  ref,
  settings,
  terms,
  traits,
  visibility,
  type Who,
} from './arbitraries.ts'
import { answerOf, type Side } from './side.ts'
import { ACTORS, IDS } from './world.ts'

/** One call of a history, as it is told, and how it is made. */
export interface Step {
  name: string
  run(side: Side): Promise<string>
}

/** A call that is told by its arguments. */
function step<A extends unknown[]>(
  name: string,
  arguments_: { [K in keyof A]: fc.Arbitrary<A[K]> },
  call: (side: Side, ...given: A) => Promise<unknown>,
): fc.Arbitrary<Step> {
  return fc.tuple(...arguments_).map((given) => ({
    name: `${name}(${JSON.stringify(given).slice(1, -1)})`,
    run: (side: Side) => answerOf(side, () => call(side, ...(given as A))),
  }))
}

/** Who asks for something of a resource. */
async function asker({ sharing }: Side, who: Who, one: Ref | undefined): Promise<Actor> {
  if (who !== 'owner') return who
  const owner = one && (await sharing.resources.get(one))?.ownerId
  return ACTORS.find(({ userId }) => userId === owner) ?? ACTORS[0]!
}

const at = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)]

const linkAt = (side: Side, index: number): string => at(side.links, index)?.id ?? 'none'
/** Somebody, for a link: mostly the owner of what it leads to. */
const askerAt = (side: Side, who: Who, index: number): Promise<Actor> =>
  asker(side, who, at(side.links, index)?.resource)
const tokenAt = (side: Side, index: number): string => at(side.tokens, index) ?? 'none'

const HOMES: Record<string, readonly [string | null, string]> = {
  d1: ['acme', 'ann'],
  d2: ['acme', 'bob'],
  d3: ['rival', 'eve'],
  d4: [null, 'zoe'],
}

const steps = {
  register: step(
    'register',
    [ref, mostly(null, fc.constantFrom(...IDS)), visibility, traits, mostly(undefined, ref)],
    ({ sharing }, one, other, seen, set, parent) => {
      const [tenantId, ownerId] = HOMES[other ?? one.id]!
      return sharing.resources.register(one, { tenantId, ownerId, visibility: seen, traits: set, parent })
    },
  ),
  updateResource: step(
    'update',
    [ref, mostly(undefined, traits), mostly(undefined, fc.option(ref))],
    ({ sharing }, one, set, parent) => sharing.resources.update(one, { traits: set, parent }),
  ),
  setVisibility: step('setVisibility', [actor, ref, visibility], async (side, who, one, seen) =>
    side.sharing.resources.setVisibility(await asker(side, who, one), one, seen),
  ),
  transfer: step('transfer', [actor, ref, person], async (side, who, one, to) =>
    side.sharing.resources.transfer(await asker(side, who, one), one, to),
  ),
  removeResource: step('removeResource', [ref], ({ sharing }, one) => sharing.resources.remove(one)),
  create: step(
    'create',
    [actor, ref, mostly('public' as const, fc.constant('account' as const)), settings],
    async (side, who, one, seen, given) => {
      const by = await asker(side, who, one)
      const made = await side.sharing.links.create(by, one, { visibility: seen, ...terms(side, given) })
      side.links.push(made)
      side.tokens.push(made.token)
      return made
    },
  ),
  updateLink: step('updateLink', [actor, place, settings], async (side, who, index, given) =>
    side.sharing.links.update(await askerAt(side, who, index), linkAt(side, index), terms(side, given)),
  ),
  rotate: step(
    'rotate',
    [actor, place, fc.constantFrom(0, 1, 3600)],
    async (side, who, index, graceSeconds) => {
      const rotated = await side.sharing.links.rotate(await askerAt(side, who, index), linkAt(side, index), {
        graceSeconds,
      })
      side.tokens.push(rotated.token)
      return rotated
    },
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
    ],
    async (side, index, who, password, userAgent) => {
      const opened = await side.sharing.open(tokenAt(side, index), {
        actor: who,
        password,
        userAgent,
        ip: '192.0.2.1',
      })
      side.passes.push(opened.pass)
      return opened
    },
  ),
  resume: step('resume', [place, mostly(null, anybody)], (side, index, who) =>
    side.sharing.resume(at(side.passes, index) ?? 'none', { actor: who }),
  ),
  peek: step('peek', [place], (side, index) => side.sharing.peek(tokenAt(side, index))),
  policy: step(
    'policy',
    [
      mostly(ACTORS[2]!, anybody),
      fc.record(
        {
          allowPublicShares: fc.boolean(),
          maxLinkDays: mostly(null, fc.constantFrom(1, 2)),
          requireExpiry: mostly(false, fc.constant(true)),
          requirePassword: mostly(false, fc.constant(true)),
          allowedEmailDomains: mostly(null, fc.constant(['acme.example'])),
        },
        { requiredKeys: [] },
      ),
    ],
    ({ sharing }, who, given) => sharing.policies.set(who, given),
  ),
  removeMember: step(
    'removeMember',
    [fc.constantFrom('acme', 'rival'), person, mostly(undefined, person)],
    ({ sharing }, tenantId, who, heir) => sharing.members.remove(tenantId, who, { heir }),
  ),
  removeAdmin: step('removeAdmin', [person, fc.constantFrom('acme', null)], ({ sharing }, who, tenantId) =>
    sharing.admins.remove(who, tenantId),
  ),
  forget: step('forget', [person], ({ sharing }, who) => sharing.users.forget(who)),
  removeTenant: step('removeTenant', [fc.constantFrom('rival', 'acme')], ({ sharing }, id) =>
    sharing.tenants.remove(id),
  ),
  maintain: step('maintain', [], async ({ sharing }) => void (await sharing.maintain())),
  pass: step('pass', [ahead], async (side, time) => {
    side.now += time
  }),
}

const often = (weight: number, ...chosen: Array<keyof typeof steps>) =>
  chosen.map((name) => ({ weight, arbitrary: steps[name] }))

/** A history that begins with something to share. */
export const histories: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(steps.register, { minLength: 3, maxLength: 8 }),
    fc.array(steps.create, { minLength: 2, maxLength: 5 }),
    fc.array(
      fc.oneof(
        ...often(30, 'create', 'open'),
        ...often(10, 'resume', 'peek', 'updateLink', 'rotate', 'pass', 'setVisibility', 'updateResource'),
        ...often(6, 'policy', 'revoke', 'transfer', 'register', 'maintain'),
        ...often(2, 'removeLink', 'removeMember', 'removeAdmin', 'removeResource'),
        ...often(1, 'forget', 'removeTenant'),
      ),
      { minLength: 5, maxLength: 40, size: 'max' },
    ),
  )
  .map((parts) => parts.flat())
