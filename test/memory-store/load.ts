import type {
  Anchor,
  Ask,
  Begun,
  Facts,
  GrantFacts,
  LinkFacts,
  ResourceFacts,
  Subject,
} from '../../src/index.ts'
import {
  chainOf,
  compareBytes,
  counterKey,
  heldOn,
  makeTenant,
  managedLink,
  policyOf,
  refKey,
  resourceOf,
  type State,
} from './state.ts'
import { loadStations, locateStation, tenantsOfStations } from './workstations.ts'

/** One fixed situation, as `decide` is given it. */
export function load(state: State, anchor: Anchor, ask: Ask): Facts {
  const { tenantId, uid, taken } = locate(state, anchor)
  const resource = resourceOf(state, uid)
  const link =
    anchor.at === 'link' && resource !== null ? managedLink(state, tenantId, anchor.id, null) : null
  const grant = anchor.at === 'grant' && resource !== null ? grantOf(state, anchor.id) : null
  const request =
    anchor.at === 'request' && resource !== null ? structuredClone(state.requests.get(anchor.id)!) : null
  const asker = ask.asker && request !== null ? [`user:${request.userId}` as const] : []
  const people = peopleOf(state, uid, ask, asker)
  return {
    tenantId,
    policy: policyOf(state, tenantId),
    resource,
    taken,
    link: link?.link ?? null,
    grant,
    request,
    asked: structuredClone(
      [...state.requests.values()].find(
        (one) => one.resourceUid === uid && one.userId === ask.asked && one.status === 'open',
      ) ?? null,
    ),
    grants: heldOn(state, uid, ask.actor ?? null),
    people,
    counter:
      ask.counter === undefined
        ? null
        : structuredClone(state.counters.get(counterKey(tenantId, ask.counter)) ?? null),
    begun: ask.begun !== undefined && isBegun(state, tenantId, ask.begun),
    fork: ask.fork === undefined ? null : forkOf(state, `${tenantId}\n${ask.fork}`),
    moving: ask.moves ? movingOf(state, uid) : null,
    parent: ask.parent === undefined ? null : parentOf(state, tenantId, ask.parent),
    ...hanging(state, tenantId, ask, grant === null ? people.found : [grant, ...people.found]),
    stations: loadStations(state, tenantId, uid, anchor, ask),
  }
}

function locate(state: State, anchor: Anchor): { tenantId: string; uid: string | undefined; taken: boolean } {
  if (anchor.at === 'workstation' || anchor.at === 'edit') return locateStation(state, anchor)
  if (anchor.at === 'tenant' || anchor.at === 'counter' || anchor.at === 'person') {
    makeTenant(state, anchor.tenantId)
    return { tenantId: anchor.tenantId, uid: undefined, taken: false }
  }
  if (anchor.at === 'link') {
    const found = managedLink(state, anchor.tenantId, anchor.id, null)
    return {
      tenantId: found?.link.tenantId ?? anchor.tenantId ?? '',
      uid: found?.resource.uid,
      taken: false,
    }
  }
  if (anchor.at === 'grant' || anchor.at === 'request') {
    const found = (anchor.at === 'grant' ? state.grants : state.requests).get(anchor.id)
    const there = found !== undefined && (anchor.tenantId === null || anchor.tenantId === found.tenantId)
    return {
      tenantId: there ? found.tenantId : (anchor.tenantId ?? ''),
      uid: there ? found.resourceUid : undefined,
      taken: false,
    }
  }
  const found = resourceOf(state, state.uids.get(refKey(anchor.ref)))
  const there = found !== null && (anchor.tenantId === null || anchor.tenantId === found.tenantId)
  if (anchor.at === 'registration') {
    makeTenant(state, anchor.tenantId)
    return { tenantId: anchor.tenantId, uid: there ? found.uid : undefined, taken: found !== null && !there }
  }
  return {
    tenantId: there ? found.tenantId : (anchor.tenantId ?? anchor.otherwise ?? ''),
    uid: there ? found.uid : undefined,
    taken: false,
  }
}

function parentOf(state: State, tenantId: string, ref: { type: string; id: string }): Facts['parent'] {
  const resource = resourceOf(state, state.uids.get(refKey(ref)))
  if (resource === null || resource.tenantId !== tenantId) return null
  const ancestors = new Set<string>()
  for (let uid: string | null = resource.uid; uid !== null && !ancestors.has(uid); ) {
    ancestors.add(uid)
    uid = state.resources.get(uid)?.parentUid ?? null
  }
  return { resource, ancestors }
}

const grantOf = (state: State, id: string): GrantFacts | null => structuredClone(state.grants.get(id) ?? null)

const hasNow = ({ endedAt, expiresAt, claimableUntil }: GrantFacts, at: Date): boolean =>
  endedAt === null &&
  (expiresAt === null || expiresAt > at) &&
  (claimableUntil === null || claimableUntil > at)

function peopleOf(
  state: State,
  uid: string | undefined,
  { people }: Ask,
  asker: readonly Subject[],
): Facts['people'] {
  if (people === undefined || uid === undefined) return { count: 0, found: [] }
  const named = [...state.grants.values()].filter(({ resourceUid }) => resourceUid === uid)
  return {
    count: new Set(named.filter((grant) => hasNow(grant, people.at)).map(({ subject }) => subject)).size,
    found: named
      .filter(({ endedAt }) => endedAt === null)
      .filter(
        ({ subject, addressKey }) =>
          people.subjects.includes(subject) ||
          asker.includes(subject) ||
          (addressKey !== null && addressKey === people.addressKey),
      )
      .sort(oldestFirst)
      .map((grant) => structuredClone(grant)),
  }
}

const isBegun = (state: State, tenantId: string, { id, of }: Begun): boolean => {
  const begun = state.begun.get(id)
  return begun?.tenantId === tenantId && of.every((one) => begun.of.includes(one))
}

function forkOf(state: State, key: string): Facts['fork'] {
  const fork = state.forks.get(key)
  return fork ? { made: resourceOf(state, fork.uid), until: fork.until } : null
}

function movingOf(state: State, uid: string | undefined): Facts['moving'] {
  const [self, ...above] = chainOf(state, uid)
  const isBelow = (one: string): boolean =>
    self !== undefined && chainOf(state, one).some((step) => step.uid === self.uid)
  const links = [...state.links.values()].filter(
    (link) => link.authority === 'grant' && link.endedAt === null && isBelow(link.resourceUid),
  )
  return {
    above: new Set(above.map((one) => one.uid)),
    links: links.flatMap((link) => {
      const right = state.grants.get(link.authorityId)
      const resource = resourceOf(state, link.resourceUid)!
      return right === undefined
        ? []
        : [{ link: structuredClone(link), resource, authorityUid: right.resourceUid }]
    }),
  }
}

function hanging(
  state: State,
  tenantId: string,
  ask: Ask,
  grants: readonly GrantFacts[],
): Pick<Facts, 'links' | 'owned' | 'given'> {
  const owner = (uid: string): string | undefined => state.resources.get(uid)?.ownerId
  const { member } = ask
  const owned =
    member === undefined
      ? []
      : [...state.resources.values()]
          .filter((one) => one.tenantId === tenantId && one.ownerId === member)
          .map((one) => resourceOf(state, one.uid)!)
          .sort((a, b) => oldestFirst({ ...a, id: a.uid }, { ...b, id: b.uid }))
  const addresses: string[] = [ask.memberAddress ?? '']
  for (const grant of state.grants.values()) {
    if (grant.tenantId !== tenantId || grant.subject !== `user:${member}` || grant.endedAt !== null) continue
    if (grant.addressKey !== null) addresses.push(`email:${grant.addressKey}`)
  }
  const given = [...state.grants.values()]
    .filter((grant) => grant.tenantId === tenantId && grant.endedAt === null)
    .filter(({ subject, resourceUid }) =>
      member === undefined
        ? ask.invited !== undefined && isInvited(state, ask.invited, subject, resourceUid)
        : addresses.includes(subject) || subject === `user:${member}` || owner(resourceUid) === member,
    )
    .sort(oldestFirst)
    .map((grant) => ({ grant: structuredClone(grant), resource: resourceOf(state, grant.resourceUid)! }))
  const right = member === undefined ? [...grants, ...given.map(({ grant }) => grant)] : grants
  const links = [...state.links.values()]
    .filter((link) => link.tenantId === tenantId && link.endedAt === null)
    .filter((link) => hangs(state, ask, right, link, owner(link.resourceUid)))
    .sort(oldestFirst)
    .map((link) => ({ link: structuredClone(link), resource: resourceOf(state, link.resourceUid)! }))
  return { links, owned, given }
}

/** What was given to an address, and what its person was given on the same resources. */
const isInvited = (
  state: State,
  { email, user }: { email: string; user: string },
  subject: string,
  resourceUid: string,
): boolean =>
  subject === email ||
  (subject === user &&
    [...state.grants.values()].some(
      (grant) => grant.subject === email && grant.resourceUid === resourceUid && grant.endedAt === null,
    ))

function hangs(
  state: State,
  { member, admin, groupMember, linksUnder }: Ask,
  grants: readonly GrantFacts[],
  link: LinkFacts,
  owner: string | undefined,
): boolean {
  if (member !== undefined) return link.createdBy === member || owner === member
  if (admin !== undefined) return link.authority === 'admin' && link.authorityId === admin
  if (link.authority !== 'grant') return false
  if (groupMember !== undefined) {
    return (
      link.createdBy === groupMember.userId &&
      state.grants.get(link.authorityId)?.subject === groupMember.group
    )
  }
  return linksUnder === true && grants.some(({ id }) => id === link.authorityId)
}

type Dated = Pick<LinkFacts, 'createdAt' | 'id'>
const oldestFirst = (a: Dated, b: Dated): number =>
  a.createdAt.getTime() - b.createdAt.getTime() || compareBytes(a.id, b.id)

/** The tenants in which an ask finds something. */
export function tenantsAsked(state: State, { member, memberAddress, admin, invited }: Ask): string[] {
  const grants = [...state.grants.values()].filter(({ endedAt }) => endedAt === null)
  const resources: ResourceFacts[] = [...state.resources.values()]
  const links: LinkFacts[] = [...state.links.values()]
  const found =
    member !== undefined
      ? [
          ...resources.filter((resource) => resource.ownerId === member),
          ...links.filter((link) => link.createdBy === member),
          ...[...state.grants.values()].filter(
            ({ subject, endedAt, address }) =>
              (subject === `user:${member}` && (endedAt === null || address !== null)) ||
              subject === memberAddress,
          ),
          ...[...state.requests.values()].filter(({ userId }) => userId === member),
          ...state.outbox.filter(({ recipient }) => recipient === `user:${member}`),
          ...state.views.filter((view) => view.viewerId === member),
        ]
      : invited !== undefined
        ? grants.filter(({ subject }) => subject === invited.email)
        : links.filter(
            (link) => link.authority === 'admin' && link.authorityId === admin && link.endedAt === null,
          )
  const theirs = [`user:${member ?? admin}`, memberAddress]
  const begun = [...state.begun.values()].filter(({ of }) => of.some((one) => theirs.includes(one)))
  const tenants = [
    ...[...found, ...begun].map(({ tenantId }) => tenantId),
    ...tenantsOfStations(state, { member, admin }),
  ]
  return [...new Set(tenants)].sort(compareBytes)
}
