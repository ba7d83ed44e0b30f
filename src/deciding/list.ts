import { z } from 'zod'
import type { Kernel } from '../kernel.ts'
import { type Actor, actorSchema, tenantOf } from '../model/actor.ts'
import type { Source } from '../model/decision.ts'
import { domainOf } from '../model/email.ts'
import { parse } from '../model/input.ts'
import type { Mode } from '../model/link.ts'
import { keysetOf, type Page, type Position, pageOf, pageShape } from '../model/page.ts'
import { name, type Resource } from '../model/resource.ts'
import { compareSubjects, idOf, kindOf, subjectsOf } from '../model/subject.ts'
import { type CompiledTypes, roleNamed, traitTerms, typeOf } from '../policy/compile.ts'
import { resourceOf } from '../resources/register.ts'
import type { TypeTerms } from '../store/condition.ts'
import type { GrantFacts, ResourceFacts } from '../store/facts.ts'
import type { GivenRow } from '../store/store.ts'

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
  /**
   * Of what was given as a snapshot: called and dated as it was then, without traits and parent. Whose it is and who else
   * may see it is as of today.
   */
  resource: Resource<Type>
  access: 'owned' | 'shared'
  /** `owner`, or the role that was given. */
  role: string
  mode: Mode
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
  const tenantId = tenantOf(actor)
  const request = { tenantId, at: kernel.clock(), ...keyset }
  const compiled = [...kernel.types.values()].filter(
    (type) => options.type === undefined || type.name === options.type,
  )
  // What somebody may not view, by its role or by a rule, is not listed.
  const types = compiled.map((type) => ({
    name: type.name,
    roles: type.roles.filter(({ actions }) => actions.includes('view')).map((role) => role.name),
  }))
  const termsOf = (owner: boolean): TypeTerms[] =>
    compiled.map((type) => ({ type: type.name, traits: traitTerms(type, 'view', owner) }))
  const { user, email, groups } = subjectsOf(actor)
  const own = email === null ? [user] : [user, email]
  const address = email === null ? null : { subject: email, domain: domainOf(idOf(email)) }
  const given = { ...request, types, terms: termsOf(false), address, ownerId: actor.userId }
  const [owned, inside, outside] = await Promise.all([
    options.filter === 'shared'
      ? []
      : kernel.store.listOwned({
          ...request,
          ownerId: actor.userId,
          type: options.type ?? null,
          terms: termsOf(true),
        }),
    options.filter === 'owned'
      ? []
      : kernel.store.listGiven({ ...given, subjects: [...own, ...groups], outside: false }),
    options.filter === 'owned' ? [] : kernel.store.listGiven({ ...given, subjects: own, outside: true }),
  ])
  const shared = strongest(kernel.types, [...inside, ...outside])
  const rows = [...owned.map(ownedRow), ...shared.map(sharedRow)].sort(newestFirst)
  return pageOf(
    rows,
    keyset.limit,
    ({ item }) => item,
    ({ position }) => position,
  )
}

interface ListedRow {
  position: Position
  item: ListedResource
}

const positionOf = ({ createdAt, uid }: ResourceFacts): Position => ({ at: createdAt, id: uid })

const ownedRow = (facts: ResourceFacts): ListedRow => ({
  position: positionOf(facts),
  item: {
    resource: resourceOf(facts),
    access: 'owned',
    role: 'owner',
    mode: 'live',
    via: { kind: 'owner', userId: facts.ownerId },
    sharedBy: null,
  },
})

const sharedRow = ({ grant, resource }: GivenRow): ListedRow => ({
  position: positionOf(resource),
  item: {
    resource: grant.mode === 'live' ? resourceOf(resource) : asItWas(resource, grant),
    access: 'shared',
    role: grant.role,
    mode: grant.mode,
    via: { kind: 'grant', grantId: grant.id, grantee: kindOf(grant.subject), above: null },
    sharedBy: grant.createdBy,
  },
})

/** What was called so then, and nothing that came later: where it lies and its traits are of the live one. */
const asItWas = (resource: ResourceFacts, grant: GrantFacts): Resource => ({
  ...resourceOf(resource),
  title: grant.snapshotTitle,
  traits: [],
  parent: null,
  updatedAt: grant.snapshotAt ?? resource.createdAt,
})

/** One row a resource: of several grants the live one, and of those the strongest. */
function strongest(types: CompiledTypes, rows: readonly GivenRow[]): GivenRow[] {
  const best = new Map<string, { row: GivenRow; rank: number }>()
  for (const row of rows) {
    const type = types.get(row.resource.type)
    const role = type === undefined ? null : roleNamed(type, row.grant.role)
    if (role === null) continue
    const rank = row.grant.mode === 'live' ? role.rank + LIVE : role.rank
    const key = `${row.resource.tenantId} ${row.resource.uid}`
    const had = best.get(key)
    const better =
      had === undefined ||
      had.rank < rank ||
      (had.rank === rank && compareSubjects(row.grant.subject, had.row.grant.subject) < 0)
    if (better) best.set(key, { row, rank })
  }
  return [...best.values()].map(({ row }) => row)
}

/** More than any type has roles. */
const LIVE = 1_000_000

function newestFirst({ position: a }: ListedRow, { position: b }: ListedRow): number {
  return b.at.getTime() - a.at.getTime() || Buffer.compare(Buffer.from(b.id), Buffer.from(a.id))
}
