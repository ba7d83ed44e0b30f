import { BUILT_IN_ACTIONS } from '../model/action.ts'
import type { Definitions, ResourceDefinition, Rule } from '../model/definition.ts'
import type { Hooks } from '../model/hooks.ts'
import { invalidInput } from '../model/input.ts'
import type { TraitTerms } from '../store/condition.ts'

/** A role with its place among its type's roles. */
export interface CompiledRole {
  name: string
  /** 0 is the weakest. */
  rank: number
  actions: readonly string[]
}

/** A type's definition in the one form that decisions read and that conditions are built from. */
export interface CompiledType {
  name: string
  roles: readonly CompiledRole[]
  rules: readonly Rule[]
  linkRoles: ReadonlySet<string>
  /** Every action there is, the built-in ones first. */
  actions: readonly string[]
  hooks: Hooks
  /** What is left of a holder's actions under a resource's traits. */
  left(holder: Holder, traits: readonly string[]): readonly string[]
}

/**
 * Who holds the actions: somebody with a role, a guest from another tenant with one, the bearer of a link with a role,
 * whoever has one by visibility, the owner, or a system admin.
 */
export type Holder =
  | CompiledRole
  | 'owner'
  | 'admin'
  | { guest: CompiledRole }
  | { link: CompiledRole }
  | { visible: CompiledRole }

export type CompiledTypes = ReadonlyMap<string, CompiledType>

export function compileTypes(definitions: Definitions): CompiledTypes {
  return new Map(
    Object.entries(definitions).map(([name, definition]) => [name, compileType(name, definition)]),
  )
}

/** The compiled type of a ref, or `invalid_input`: a type that was never defined is a mistake of the caller. */
export function typeOf(types: CompiledTypes, name: string, path = 'resource.type'): CompiledType {
  const type = types.get(name)
  if (type) return type
  throw invalidInput([{ path, message: `is not defined; defined are ${[...types.keys()].join(', ')}` }])
}

/** A type's role by its name, or null for one that it does not have. */
export function roleNamed({ roles }: Pick<CompiledType, 'roles'>, name: string | null): CompiledRole | null {
  return roles.find((role) => role.name === name) ?? null
}

const BUILT_IN = new Set<string>(BUILT_IN_ACTIONS)

export function roleOf(holder: Exclude<Holder, string>): CompiledRole {
  if ('link' in holder) return holder.link
  if ('guest' in holder) return holder.guest
  return 'visible' in holder ? holder.visible : holder
}

/** What a role gives its holder. Only who was named inside the tenant manages: no bearer, no passer-by, no guest. */
export function actionsOf(holder: Exclude<Holder, string>): readonly string[] {
  const { actions } = roleOf(holder)
  if ('actions' in holder) return actions
  return actions.filter((action) => action === 'view' || !BUILT_IN.has(action))
}

const MEMO_LIMIT = 1000

function compileType(name: string, definition: ResourceDefinition): CompiledType {
  const roles = Object.entries(definition.roles).map(([role, actions], rank) => ({
    name: role,
    rank,
    actions,
  }))
  const rules = definition.rules ?? []
  const { snapshot, resolve, fork } = definition
  const hooks: Hooks = {
    ...(snapshot && { snapshot }),
    ...(resolve && { resolve }),
    ...(fork && { fork }),
  }
  const hooked = fork === undefined ? [] : ['fork']
  const actions = [...new Set([...BUILT_IN_ACTIONS, ...roles.flatMap((role) => role.actions), ...hooked])]
  const held = (holder: Holder): readonly string[] =>
    holder === 'owner' || holder === 'admin' ? actions : actionsOf(holder)
  // Traits come from few combinations: the answer for each is kept.
  const memo = new Map<string, readonly string[]>()
  return {
    name,
    roles,
    rules,
    linkRoles: new Set(definition.linkRoles ?? roles.slice(0, 1).map((role) => role.name)),
    actions,
    hooks,
    left(holder, traits) {
      const key = traits.length === 0 ? keyOf(holder) : `${keyOf(holder)} ${traits.join()}`
      const known = memo.get(key)
      if (known) return known
      const answer = held(holder).filter(
        (action) => ruleAgainst(rules, action, traits, holder === 'owner') === null,
      )
      if (memo.size >= MEMO_LIMIT) memo.clear()
      memo.set(key, answer)
      return answer
    },
  }
}

const keyOf = (holder: Holder): string => {
  if (typeof holder === 'string') return holder
  return `${'actions' in holder ? 'named' : 'unnamed'} ${roleOf(holder).rank}`
}

/** The first rule that takes an action away under these traits, or null. */
export function ruleAgainst(
  rules: readonly Rule[],
  action: string,
  traits: readonly string[],
  owner: boolean,
): { index: number; rule: Rule } | null {
  for (const [index, rule] of rules.entries()) {
    if (!rule.forbid.includes(action) || (owner && rule.exceptOwner)) continue
    if (rule.when !== undefined && !traits.includes(rule.when)) continue
    if (rule.unless !== undefined && traits.includes(rule.unless)) continue
    return { index, rule }
  }
  return null
}

/** The same rules as terms on a resource's traits; null where the action is never left. */
export function traitTerms(type: CompiledType, action: string, owner: boolean): TraitTerms | null {
  const terms: TraitTerms = { absent: [], present: [] }
  for (const rule of type.rules) {
    if (!rule.forbid.includes(action) || (owner && rule.exceptOwner)) continue
    if (rule.when !== undefined) terms.absent.push(rule.when)
    else if (rule.unless !== undefined) terms.present.push(rule.unless)
    else return null
  }
  return terms
}
