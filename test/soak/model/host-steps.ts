import fc from 'fast-check'
import { ahead, id, mostly, person, traits, visibility } from './arbitraries.ts'
import { named, refOf, restart, type Side, shown } from './side.ts'
import { type Step, step } from './step.ts'
import { HOMES, IDS, type Id } from './world.ts'

const tenant = fc.constantFrom('acme', 'rival')

/** What is due is done, and told with the mails that went out, in no order. */
export async function maintain(side: Side, tenantId?: string): Promise<unknown> {
  const report = await side.sharing.maintain({
    tenantId: tenantId === undefined ? undefined : named(side, tenantId),
  })
  const mails = side.mails.splice(0).sort((a, b) => a.at.getTime() - b.at.getTime())
  for (const { token, to } of mails) {
    if (token !== undefined) side.invitations.push({ token, address: to.email })
  }
  const sent = mails.map(({ token, ...mail }) => shown(side, { ...mail, invites: token !== undefined }))
  return { report, sent: sent.sort() }
}

/** A resource that is there from the beginning. */
export const registered = (one: Id): fc.Arbitrary<Step> =>
  step('registered', [fc.constant(one), visibility], (side, _, seen) => {
    const [tenantId, ownerId] = HOMES[one]
    return side.sharing.resources.register(refOf(side, one), {
      tenantId: tenantId === null ? null : named(side, tenantId),
      ownerId: named(side, ownerId),
      visibility: seen,
      traits: ['live'],
    })
  })

/** What the host's own code calls, and what time does. */
export const hostSteps = {
  register: step(
    'register',
    [
      id,
      mostly(null, fc.constantFrom(...IDS)),
      visibility,
      traits,
      mostly(undefined, id),
      fc.option(fc.constant('A title')),
    ],
    (side, one, other, seen, set, parent, title) => {
      const [tenantId, ownerId] = HOMES[other ?? one]
      return side.sharing.resources.register(refOf(side, one), {
        tenantId: tenantId === null ? null : named(side, tenantId),
        ownerId: named(side, ownerId),
        title,
        visibility: seen,
        traits: set,
        parent: parent === undefined ? undefined : refOf(side, parent),
      })
    },
  ),
  updateResource: step(
    'update',
    [
      id,
      mostly(undefined, traits),
      mostly(undefined, fc.option(id)),
      mostly(undefined, fc.constantFrom('Another', null)),
    ],
    (side, one, set, parent, title) =>
      side.sharing.resources.update(refOf(side, one), {
        title,
        traits: set,
        parent: parent ? refOf(side, parent) : parent,
      }),
  ),
  getResource: step('get', [id], (side, one) => side.sharing.resources.get(refOf(side, one))),
  removeResource: step('removeResource', [id], (side, one) =>
    side.sharing.resources.remove(refOf(side, one)),
  ),
  removeMember: step('removeMember', [tenant, person, mostly(undefined, person)], (side, from, who, heir) =>
    side.sharing.members.remove(named(side, from), named(side, who), {
      heir: heir === undefined ? undefined : named(side, heir),
    }),
  ),
  removeAdmin: step('removeAdmin', [person, mostly(null, tenant)], (side, who, from) =>
    side.sharing.admins.remove(named(side, who), from === null ? null : named(side, from)),
  ),
  forget: step('forget', [person], (side, who) => side.sharing.users.forget(named(side, who))),
  removeTenant: step('removeTenant', [tenant], (side, gone) =>
    side.sharing.tenants.remove(named(side, gone)),
  ),
  maintain: step('maintain', [mostly(undefined, tenant)], (side, one) => maintain(side, one)),
  renewSecret: step('renewSecret', [fc.boolean()], async (side, drop) => {
    const next = `secret number ${side.secrets.length + 1}, longer than 32 bytes by some`
    side.secrets = drop ? [side.secrets[0]!] : [next, ...side.secrets]
    restart(side)
  }),
  pass: step('pass', [mostly(1000, fc.oneof(ahead, fc.constant(40 * 86_400_000)))], async (side, time) => {
    side.now += time
  }),
}
