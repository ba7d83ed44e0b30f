import { z } from 'zod'
import type { Kernel } from '../kernel.ts'
import { type Actor, actorSchema, tenantOf } from '../model/actor.ts'
import type { Source } from '../model/decision.ts'
import { parse } from '../model/input.ts'
import { keysetOf, type Page, pageOf, pageShape } from '../model/page.ts'
import { name, type Resource } from '../model/resource.ts'
import { typeOf } from '../policy/compile.ts'
import { resourceOf } from '../resources/register.ts'
import type { ResourceFacts } from '../store/facts.ts'

/** What `list` gives, and how much of it at once. */
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
