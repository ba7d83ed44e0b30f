import type { Anchor, Ask, Facts, LinkFacts, ResourceFacts } from '../../src/index.ts'
import { compareBytes, makeTenant, managedLink, policyOf, refKey, resourceOf, type State } from './state.ts'

/** One fixed situation, as `decide` is given it. */
export function load(state: State, anchor: Anchor, ask: Ask): Facts {
  const { tenantId, uid, taken } = locate(state, anchor)
  const resource = resourceOf(state, uid)
  const link = anchor.at === 'link' && resource !== null ? managedLink(state, tenantId, anchor.id) : null
  return {
    tenantId,
    policy: policyOf(state, tenantId),
    resource,
    taken,
    link: link?.link ?? null,
    parent: ask.parent === undefined ? null : parentOf(state, tenantId, ask.parent),
    ...hanging(state, tenantId, ask),
  }
}

function locate(state: State, anchor: Anchor): { tenantId: string; uid: string | undefined; taken: boolean } {
  if (anchor.at === 'tenant') {
    makeTenant(state, anchor.tenantId)
    return { tenantId: anchor.tenantId, uid: undefined, taken: false }
  }
  if (anchor.at === 'link') {
    const found = managedLink(state, anchor.tenantId, anchor.id)
    return {
      tenantId: found?.link.tenantId ?? anchor.tenantId ?? '',
      uid: found?.resource.uid,
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
    tenantId: there ? found.tenantId : (anchor.tenantId ?? ''),
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

function hanging(state: State, tenantId: string, ask: Ask): Pick<Facts, 'links' | 'owned'> {
  const { member, admin } = ask
  const owner = (link: LinkFacts): string | undefined => state.resources.get(link.resourceUid)?.ownerId
  const hangs = (link: LinkFacts): boolean =>
    member !== undefined
      ? link.createdBy === member || owner(link) === member
      : link.authority === 'admin' && link.authorityId === admin
  const links = [...state.links.values()]
    .filter((link) => link.tenantId === tenantId && link.endedAt === null && hangs(link))
    .sort(oldestFirst)
    .map((link) => ({ link: structuredClone(link), resource: resourceOf(state, link.resourceUid)! }))
  const owned =
    member === undefined
      ? []
      : [...state.resources.values()]
          .filter((one) => one.tenantId === tenantId && one.ownerId === member)
          .map((one) => resourceOf(state, one.uid)!)
          .sort((a, b) => oldestFirst({ ...a, id: a.uid }, { ...b, id: b.uid }))
  return { links, owned }
}

type Dated = Pick<LinkFacts, 'createdAt' | 'id'>
const oldestFirst = (a: Dated, b: Dated): number =>
  a.createdAt.getTime() - b.createdAt.getTime() || compareBytes(a.id, b.id)

/** The tenants in which an ask finds something. */
export function tenantsAsked(state: State, { member, admin }: Ask): string[] {
  const resources: ResourceFacts[] = [...state.resources.values()]
  const links: LinkFacts[] = [...state.links.values()]
  const found =
    member !== undefined
      ? [
          ...resources.filter((resource) => resource.ownerId === member),
          ...links.filter((link) => link.createdBy === member),
          ...state.views.filter((view) => view.viewerId === member),
        ]
      : links.filter(
          (link) => link.authority === 'admin' && link.authorityId === admin && link.endedAt === null,
        )
  return [...new Set(found.map(({ tenantId }) => tenantId))].sort(compareBytes)
}
