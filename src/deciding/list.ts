import { z } from 'zod'
import type { Kernel } from '../kernel.ts'
import { type Actor, actorSchema, tenantOf } from '../model/actor.ts'
import type { Source } from '../model/decision.ts'
import { parse } from '../model/input.ts'
import { keysetOf, type Page, pageOf, pageShape } from '../model/page.ts'
import { name, type Resource, type ResourceRef, refSchema } from '../model/resource.ts'
import { mayAct, publicClosedBy } from '../policy/access.ts'
import { typeOf } from '../policy/compile.ts'
import { statusOf } from '../policy/opening.ts'
import { demand } from '../policy/standing.ts'
import { resourceOf } from '../resources/register.ts'
import type { ResourceFacts } from '../store/facts.ts'

export interface ListInput<Type extends string = string> {
  type?: Type | undefined
  /** `owned`, `shared` (given by others), or `all`, which is the default. */
  filter?: 'owned' | 'shared' | 'all' | undefined
  limit?: number | undefined
  cursor?: string | undefined
}

/** Something that a person owns or was given. */
export interface ListedResource<Type extends string = string> {
  resource: Resource<Type>
  access: 'owned' | 'shared'
  /** `owner`, or the role that was given. */
  role: string
  via: Source
  /** Who gave it; null for what is owned. */
  sharedBy: string | null
}

const listSchema: z.ZodType<ListInput> = z.strictObject({
  type: name.optional(),
  filter: z.enum(['owned', 'shared', 'all']).optional(),
  ...pageShape,
})

export async function list(
  kernel: Kernel,
  actorInput: Actor,
  input: ListInput = {},
): Promise<Page<ListedResource>> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const options = parse(listSchema, input, 'options')
  if (options.type !== undefined) typeOf(kernel.types, options.type, 'options.type')
  const keyset = keysetOf(options)
  // Nobody is given a resource by name yet: what is shared comes with collaborators.
  const owned =
    options.filter === 'shared'
      ? []
      : await kernel.store.listOwned({
          tenantId: tenantOf(actor),
          ownerId: actor.userId,
          type: options.type ?? null,
          ...keyset,
        })
  return pageOf(
    owned,
    keyset.limit,
    (facts: ResourceFacts): ListedResource => ({
      resource: resourceOf(facts),
      access: 'owned',
      role: 'owner',
      via: { kind: 'owner', userId: facts.ownerId },
      sharedBy: null,
    }),
    (facts) => ({ at: facts.createdAt, id: facts.uid }),
  )
}

/** Somebody, or a group of people, who can do something with a resource. */
export interface AccessEntry {
  who:
    | { kind: 'user'; userId: string }
    | { kind: 'account' }
    | { kind: 'everyone' }
    | { kind: 'link'; linkId: string; name: string | null; visibility: 'public' | 'account' }
  /** `owner`, or a role. */
  role: string
  actions: string[]
  via: 'owner' | 'visibility' | 'link'
}

const LINKS_AT_ONCE = 100

/** Everyone who can do what with a resource, and through what. */
export async function access(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
): Promise<AccessEntry[]> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  const type = typeOf(kernel.types, ref.type)
  const situation = await kernel.store.findResource(ref)
  demand(kernel.types, 'share', actor, situation, ref.type)
  const { resource, policy } = situation!
  const { tenantId, ownerId } = resource
  const owner: Actor = { userId: ownerId, tenantId: tenantId.startsWith('~') ? null : tenantId }
  const weakest = type.roles[0]!
  const closed = publicClosedBy(type, resource, policy)
  const entries: AccessEntry[] = [
    {
      who: { kind: 'user', userId: ownerId },
      role: 'owner',
      actions: type.actions.filter((action) => mayAct(type, action, owner, situation!)),
      via: 'owner',
    },
  ]
  if (resource.visibility !== 'private') {
    entries.push({
      who: { kind: resource.visibility === 'public' && closed === null ? 'everyone' : 'account' },
      role: weakest.name,
      actions: [...type.left(weakest, resource.traits)],
      via: 'visibility',
    })
  }
  const now = kernel.clock()
  let after: { at: Date; id: string } | null = null
  do {
    const rows = await kernel.store.listLinks({
      tenantId,
      resourceUid: resource.uid,
      createdBy: null,
      activeAt: now,
      createdAfter: null,
      after,
      limit: LINKS_AT_ONCE,
    })
    for (const { link } of rows.slice(0, LINKS_AT_ONCE)) {
      const role = type.roles.find((one) => one.name === link.role)
      if (role === undefined || statusOf(link, policy, now) !== 'active') continue
      if (link.visibility === 'public' && closed !== null) continue
      entries.push({
        who: { kind: 'link', linkId: link.id, name: link.name, visibility: link.visibility },
        role: role.name,
        actions: [...type.left({ link: role }, resource.traits)],
        via: 'link',
      })
    }
    const last = rows[LINKS_AT_ONCE - 1]
    after = rows.length > LINKS_AT_ONCE && last ? { at: last.link.createdAt, id: last.link.id } : null
  } while (after !== null)
  return entries
}
