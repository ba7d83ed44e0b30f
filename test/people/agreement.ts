import assert from 'node:assert/strict'
import type {
  AccessEntry,
  Actor,
  Collaborator,
  FilterCondition,
  ListedResource,
  Resource,
  TenantPolicy,
} from 'sharegrant'
import type { ConformanceStore } from 'sharegrant/conformance'
import { type Plan, type Ref, ROLES, ROOT, type World } from './random-world.ts'

const keyOf = ({ type, id }: { type: string; id: string }): string => `${type} ${id}`
const tenantOf = ({ tenantId, userId }: Pick<Actor, 'tenantId' | 'userId'>): string =>
  tenantId ?? `~${userId}`
const BUILT_IN = ['share', 'publish', 'transfer', 'remove', 'history']

/** What is on one resource, as its host and a system admin see it. */
interface Known {
  ref: Ref
  resource: Resource
  tenant: string
  policy: TenantPolicy
  entries: AccessEntry[]
  people: Collaborator[]
}

async function knownOf({ sharing, refs }: World): Promise<Known[]> {
  return Promise.all(
    refs.map(async (ref): Promise<Known> => {
      const resource = (await sharing.resources.get(ref))!
      const { tenantId, ownerId } = resource
      return {
        ref,
        resource,
        tenant: tenantOf({ tenantId, userId: ownerId }),
        policy: await sharing.policies.get({ userId: ownerId, tenantId }),
        entries: await sharing.access(ROOT, ref),
        people: await sharing.collaborators.list(ROOT, ref),
      }
    }),
  )
}

/** Whether something that is given to one grantee is given to an actor. */
function isGivenTo(
  actor: Actor | null,
  who: AccessEntry['who'],
  { tenant, policy }: Known,
): 'inside' | 'as a guest' | false {
  if (actor === null) return false
  const inside = tenantOf(actor) === tenant
  if (who.kind === 'group') return inside && actor.groups?.includes(who.groupId) ? 'inside' : false
  const theirs =
    (who.kind === 'user' && who.userId === actor.userId) ||
    (who.kind === 'email' &&
      who.email.toLowerCase() === actor.email?.toLowerCase() &&
      (policy.allowedEmailDomains?.some((domain) => who.email.toLowerCase().endsWith(`@${domain}`)) ?? true))
  if (!theirs) return false
  if (inside) return 'inside'
  return policy.allowGuests ? 'as a guest' : false
}

/** What one entry of `access` lets somebody do. */
function actionsBy(actor: Actor | null, entry: AccessEntry, known: Known): string[] {
  const inside = actor !== null && tenantOf(actor) === known.tenant
  switch (entry.via) {
    case 'visibility':
      return entry.who.kind === 'everyone' || inside ? entry.actions : []
    case 'owner':
      return inside && isGivenTo(actor, entry.who, known) ? entry.actions : []
    case 'grant': {
      const given = isGivenTo(actor, entry.who, known)
      if (given === false) return []
      return given === 'inside' ? entry.actions : entry.actions.filter((one) => !BUILT_IN.includes(one))
    }
    case 'link':
      return []
  }
}

/** As one text, in no order, each once. */
const setOf = (items: Iterable<string>): string => [...new Set(items)].sort().join('; ')

/** That `can`, `explain`, `filter`, `access` and `list` say the same of a world. */
export async function checkAgreement(
  world: World,
  plan: Plan,
  idsWhere: ConformanceStore['idsWhere'],
): Promise<void> {
  const all = await knownOf(world)
  await Promise.all(
    plan.actors.map(async (actor) => {
      const allowed = await Promise.all(all.map((known, place) => checkOne(world, plan, actor, known, place)))
      if (actor === null) return
      const may = (action: Action) => all.filter((_, place) => allowed[place]!.includes(action))
      await checkFilter(world, plan, actor, may, idsWhere)
      const views = await Promise.all(all.map(({ ref }) => world.sharing.can(actor, 'view', ref)))
      const viewed = all.filter((_, place) => views[place])
      await checkList(world, plan, actor, viewed)
    }),
  )
}

type Action = Plan['actions'][number]
const nameOf = (actor: Actor | null): string =>
  actor === null ? 'nobody' : `${actor.userId} of ${actor.tenantId}`

/** What somebody may do with one resource, after `can`, `explain` and `access` have said the same of it. */
async function checkOne(
  { sharing }: World,
  { actions }: Plan,
  actor: Actor | null,
  known: Known,
  place: number,
): Promise<Action[]> {
  const about = `${nameOf(actor)} on ${keyOf(known.ref)}`
  const answers = await Promise.all(actions.map((action) => sharing.can(actor, action, known.ref)))
  const allowed = actions.filter((_, index) => answers[index])
  const asked = actions[place % actions.length]!
  const decision = await sharing.explain(actor, asked, known.ref)
  const explained = actions.filter((action) => decision.actions.includes(action))
  assert.equal(setOf(explained), setOf(allowed), `explain: ${about}`)
  assert.equal(decision.allowed, allowed.includes(asked), `explain: ${about}`)
  // Whoever has every right is in no list of those who were given one.
  if (actor?.admin !== 'system') {
    const listed = known.entries.flatMap((entry) => actionsBy(actor, entry, known))
    assert.equal(setOf(listed), setOf(decision.actions), `access: ${about}`)
  }
  return allowed
}

/** As it is for whoever may see few, and for whoever may see more than are looked up beforehand. */
function bothWays(condition: FilterCondition): FilterCondition[] {
  if (!condition.sql.startsWith('case when') && !condition.sql.startsWith('(case when')) return [condition]
  const forMany = condition.sql.replace(' <= 2000', ' <= -1')
  assert.notEqual(forMany, condition.sql)
  return [condition, { ...condition, sql: forMany }]
}

/** That a host's own query finds what the actor may act on, in their tenant. */
async function checkFilter(
  { sharing, refs }: World,
  { actions }: Plan,
  actor: Actor,
  may: (action: Action) => Known[],
  idsWhere: ConformanceStore['idsWhere'],
): Promise<void> {
  const ids = refs.map(({ id }) => id)
  for (const type of ['session', 'folder'] as const) {
    for (const action of actions) {
      const expected = may(action).filter(
        ({ ref, tenant }) => ref.type === type && tenant === tenantOf(actor),
      )
      const about = `filter: ${nameOf(actor)}, ${action}, ${type}`
      for (const condition of bothWays(sharing.filter(actor, action, type, { column: 'hosted.id' }))) {
        const found = await idsWhere(condition, ids)
        assert.equal(setOf(found), setOf(expected.map(({ ref }) => ref.id)), about)
      }
    }
  }
}

/** The strongest role that somebody was given on a resource itself. */
function givenRole(actor: Actor, known: Known, now: Date): string[] {
  const roles = ROLES[known.ref.type]
  const ranks = known.people
    .filter(({ invitationExpiresAt }) => invitationExpiresAt === null || invitationExpiresAt > now)
    .filter(({ grantee }) => isGivenTo(actor, grantee, known))
    .map(({ role }) => roles.indexOf(role))
  return ranks.length === 0 ? [] : [`${keyOf(known.ref)} ${roles[Math.max(...ranks)]}`]
}

/** That `list` has what is owned and what was given, if it may be viewed: in pages as at once, each once, newest first. */
async function checkList(
  { sharing, now }: World,
  { limit }: Plan,
  actor: Actor,
  viewed: Known[],
): Promise<void> {
  const owns = ({ resource, tenant }: Known): boolean =>
    resource.ownerId === actor.userId && tenant === tenantOf(actor)
  const owned = viewed.filter(owns).map(({ ref }) => `${keyOf(ref)} owner`)
  const shared = viewed.filter((known) => !owns(known)).flatMap((known) => givenRole(actor, known, now))
  const expected = { owned, shared, all: [...owned, ...shared] }
  const rowOf = ({ resource, role }: ListedResource): string => `${keyOf(resource)} ${role}`
  for (const filter of ['owned', 'shared', 'all'] as const) {
    const about = `list ${filter}: ${nameOf(actor)}, by ${limit}`
    const { items, nextCursor } = await sharing.list(actor, { filter })
    assert.equal(items.map(rowOf).sort().join('; '), expected[filter].sort().join('; '), about)
    assert.equal(nextCursor, null, about)
    const times = items.map(({ resource }) => resource.createdAt.getTime())
    assert.deepEqual(
      times,
      [...times].sort((a, b) => b - a),
      about,
    )

    const paged: ListedResource[] = []
    let cursor: string | undefined
    for (let next: string | null = ''; next !== null; cursor = next ?? undefined) {
      const page = await sharing.list(actor, { filter, limit, ...(cursor !== undefined && { cursor }) })
      paged.push(...page.items)
      next = page.nextCursor
      assert(next === null || (page.items.length === limit && paged.length < items.length), about)
    }
    assert.deepEqual(paged.map(rowOf), items.map(rowOf), about)
  }
}
