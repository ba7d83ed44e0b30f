import fc from 'fast-check'
import type { AccessRequest, Actor, GranteeInput } from '../../../src/index.ts'
import { actor, ahead, id, mostly, person, place } from './arbitraries.ts'
import { maintain } from './host-steps.ts'
import { actorOf, addressOf, named, refOf, type Side } from './side.ts'
import {
  answererFor,
  askerFor,
  askerOf,
  grantAt,
  invitationAt,
  keepPass,
  namedAt,
  requestAt,
  step,
  tokenAt,
} from './step.ts'
import { ACTORS } from './world.ts'

export const role = fc.constantFrom('viewer' as const, 'commenter' as const, 'manager' as const)
export const grantee = fc.oneof(
  { weight: 3, arbitrary: fc.record({ userId: person }) },
  {
    weight: 3,
    arbitrary: fc.record({
      email: fc.constantFrom(
        'ann@acme.example',
        'bob@acme.example',
        'bob@acme.example',
        'BOB@acme.example',
        'eve@rival.example',
        'x@y.zz',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ groupId: fc.constantFrom('readers', 'others') }) },
)

export const granteeOf = (
  side: Side,
  given: { userId: string } | { email: string } | { groupId: string },
): GranteeInput => {
  if ('userId' in given) return { userId: named(side, given.userId) }
  return 'email' in given ? { email: addressOf(side, given.email) } : given
}

/** In an order that chance has no part in: what was given in one moment is ordered by its id. */
const sorted = <T>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => (JSON.stringify(plain(a)) < JSON.stringify(plain(b)) ? -1 : 1))
const plain = (item: unknown): unknown => ({ ...(item as object), id: '' })

const anyone = fc.constantFrom<Actor[]>(...ACTORS)

/** What is asked for, the open ones first. */
async function requestsOn(side: Side, by: Actor, one: string): Promise<Array<AccessRequest<'document'>>> {
  const requests = await side.sharing.requests.list(by, refOf(side, one))
  for (const request of requests.toReversed()) {
    if (!side.requests.some((had) => had.id === request.id)) side.requests.push(request)
  }
  return requests
}

/** What people do with each other. */
export const peopleSteps = {
  add: step(
    'add',
    [actor, id, grantee, role, mostly(undefined, fc.option(ahead))],
    async (side, who, one, given, as, ends) => {
      const added = await side.sharing.collaborators.add(await askerOf(side, who, one), refOf(side, one), {
        ...granteeOf(side, given),
        role: as,
        ...(ends === undefined ? {} : { expiresAt: ends === null ? null : new Date(side.now + ends) }),
      })
      if (!side.grants.some((had) => had.id === added.id)) side.grants.push(added)
      return added
    },
  ),
  setRole: step('setRole', [actor, place, role], async (side, who, index, as) =>
    side.sharing.collaborators.setRole(await askerFor(side, who, index), grantAt(side, index), as),
  ),
  removePerson: step('removePerson', [actor, place], async (side, who, index) =>
    side.sharing.collaborators.remove(await askerFor(side, who, index), grantAt(side, index)),
  ),
  leave: step('leave', [anyone, id], (side, who, one) =>
    side.sharing.collaborators.leave(actorOf(side, who), refOf(side, one)),
  ),
  leaveAsNamed: step('leaveAsNamed', [anyone, place], (side, who, index) => {
    const { resource, invited } = namedAt(side, index, who)
    return side.sharing.collaborators.leave(invited, resource)
  }),
  people: step('people', [actor, id], async (side, who, one) =>
    sorted(await side.sharing.collaborators.list(await askerOf(side, who, one), refOf(side, one))),
  ),
  claim: step('claim', [anyone], async (side, who) =>
    sorted(await side.sharing.invitations.claim(actorOf(side, who))),
  ),
  accept: step('accept', [anyone, place, mostly(true, fc.boolean())], async (side, who, index, asInvited) => {
    const sent = await maintain(side)
    const { token, invited } = invitationAt(side, index, who)
    const by = asInvited ? invited : actorOf(side, who)
    return [sent, await side.sharing.invitations.accept(by, token)]
  }),
  attach: step('attach', [actor, id], async (side, who, one) => {
    const by = await askerOf(side, who, one)
    return keepPass(side, await side.sharing.attach(by, refOf(side, one)), by)
  }),
  request: step('request', [anyone, id, role], (side, who, one, as) =>
    side.sharing.requests.create(actorOf(side, who), refOf(side, one), { role: as }),
  ),
  requestByToken: step('requestByToken', [anyone, place, role], (side, who, index, as) =>
    side.sharing.requests.create(actorOf(side, who), tokenAt(side, index), { role: as, message: 'Please.' }),
  ),
  requests: step('requests', [actor, id], async (side, who, one) =>
    requestsOn(side, await askerOf(side, who, one), one),
  ),
  approve: step('approve', [actor, id, mostly(undefined, role)], async (side, who, one, as) => {
    const by = await askerOf(side, who, one)
    const [request] = await requestsOn(side, by, one)
    const given = await side.sharing.requests.approve(by, request?.id ?? 'none', { role: as })
    if (!side.grants.some((had) => had.id === given.id)) side.grants.push(given)
    return given
  }),
  deny: step('deny', [actor, id], async (side, who, one) => {
    const by = await askerOf(side, who, one)
    const [request] = await requestsOn(side, by, one)
    return side.sharing.requests.deny(by, request?.id ?? 'none')
  }),
  approveUnseen: step('approveUnseen', [actor, place], async (side, who, index) =>
    side.sharing.requests.approve(await answererFor(side, who, index), requestAt(side, index)),
  ),
  denyUnseen: step('denyUnseen', [actor, place], async (side, who, index) =>
    side.sharing.requests.deny(await answererFor(side, who, index), requestAt(side, index)),
  ),
  removeGroupMember: step(
    'removeGroupMember',
    [fc.constantFrom('acme', 'rival'), fc.constantFrom('readers', 'others'), person],
    (side, tenant, group, who) =>
      side.sharing.groups.removeMember(named(side, tenant), group, named(side, who)),
  ),
}
