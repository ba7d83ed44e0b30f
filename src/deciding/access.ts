import type { Kernel } from '../kernel.ts'
import { type Actor, actorSchema } from '../model/actor.ts'
import { maskedAddress } from '../model/collaborator.ts'
import type { AccessEntry } from '../model/decision.ts'
import { parse } from '../model/input.ts'
import type { Position } from '../model/page.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import { kindOf, subjectsOf } from '../model/subject.ts'
import { typeOf } from '../policy/compile.ts'
import { accessEntries, type EntryGrant } from '../policy/entries.ts'
import { entitledActions, statusOf } from '../policy/opening.ts'
import { demand, standingAmong } from '../policy/standing.ts'
import type { LinkFacts, ResourceFacts } from '../store/index.ts'

/** Everyone who can do what with a resource, and through what. */
export async function access(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
): Promise<AccessEntry[]> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  const type = typeOf(kernel.types, ref.type)
  const situation = await kernel.store.findResource(ref, subjectsOf(actor))
  const now = kernel.clock()
  demand(kernel.types, 'share', actor, situation, ref.type, now)
  const { resource, policy } = situation!
  const { tenantId, uid: resourceUid } = resource
  const links = await allLinks(kernel, resource, now)
  const people = await kernel.store.listPeople({ tenantId, resourceUid, above: true, ended: false })
  const active = links
    .filter((link) => statusOf(link, policy, now) === 'active')
    .flatMap((link) => {
      const authority = people.find(({ id }) => id === link.authorityId) ?? null
      const entitled = entitledActions(type, { link, resource, policy, authority }, now)
      return entitled === null ? [] : [{ ...link, entitled }]
    })
  const shown = await shownTo(kernel, actor, people, now)
  return accessEntries(type, situation!, { links: active, people: shown }, now)
}

/** What was given above, without the addresses where somebody does not manage what lies there. */
export async function shownTo<Grant extends EntryGrant>(
  kernel: Kernel,
  actor: Actor,
  people: readonly Grant[],
  now: Date,
): Promise<Grant[]> {
  const manages = new Map<string, boolean>()
  for (const { above, address } of people) {
    if (above === null || address === null || manages.has(keyOf(above))) continue
    const situation = await kernel.store.findResource(above, subjectsOf(actor))
    manages.set(
      keyOf(above),
      situation !== null && standingAmong(kernel.types, actor, situation, now).oversees,
    )
  }
  return people.map((grant) => {
    if (grant.above === null || grant.address === null || manages.get(keyOf(grant.above))) return grant
    const pending = kindOf(grant.subject) === 'email'
    return { ...grant, address: pending ? maskedAddress(grant.address) : null }
  })
}

const keyOf = ({ type, id }: ResourceRef): string => `${type} ${id}`

const AT_ONCE = 100

/** Every link of a resource, or those that are active at a moment. */
export async function allLinks(
  kernel: Kernel,
  { tenantId, uid }: Pick<ResourceFacts, 'tenantId' | 'uid'>,
  activeAt: Date | null,
): Promise<LinkFacts[]> {
  const found: LinkFacts[] = []
  const request = {
    tenantId,
    resourceUid: uid,
    createdBy: null,
    activeAt,
    createdAfter: null,
    limit: AT_ONCE,
  }
  let after: Position | null = null
  for (;;) {
    const rows: Array<{ link: LinkFacts }> = await kernel.store.listLinks({ ...request, after })
    const shown = rows.slice(0, AT_ONCE).map(({ link }) => link)
    found.push(...shown)
    const last = shown.at(-1)
    if (rows.length <= AT_ONCE || last === undefined) return found
    after = { at: last.createdAt, id: last.id }
  }
}
