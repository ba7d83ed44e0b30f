import { z } from 'zod'
import { type ActionName, BUILT_IN_ACTIONS } from './action.ts'
import type { ForkHook, Hooks, ResolveHook, SnapshotHook } from './hooks.ts'
import { name } from './resource.ts'

/**
 * Takes actions away, whatever grants them: `when` a trait is set, `unless` it is set, or always.
 * With `exceptOwner` the resource's owner keeps them.
 */
export interface Rule {
  when?: string
  unless?: string
  forbid: readonly string[]
  exceptOwner?: boolean
}

/** What hosts say of one type of resource, and do for it. */
export interface ResourceDefinition extends Hooks {
  /** The actions that each role allows, weakest role first. */
  roles: Readonly<Record<string, readonly string[]>>
  rules?: readonly Rule[]
  /** The roles that a link may carry; the weakest unless set. */
  linkRoles?: readonly string[]
}

/** All types of resource, by name. */
export type Definitions = Readonly<Record<string, ResourceDefinition>>

/** The names of the types that a host defined. */
export type TypeName<D extends Definitions> = keyof D & string

/** The names of a type's roles. */
export type RoleName<D extends Definitions, T extends TypeName<D> = TypeName<D>> = T extends unknown
  ? keyof D[T]['roles'] & string
  : never

/** The actions of a type: those that its roles name, the built-in ones, and `fork` where the host makes copies. */
export type Action<D extends Definitions, T extends TypeName<D> = TypeName<D>> =
  | ActionName
  | (T extends unknown ? D[T]['roles'][keyof D[T]['roles']][number] : never)
  | (T extends unknown ? (D[T] extends { fork: ForkHook } ? 'fork' : never) : never)

const ruleSchema = z
  .strictObject({
    when: name.optional(),
    unless: name.optional(),
    forbid: z.array(name).min(1).readonly(),
    exceptOwner: z.boolean().optional(),
  })
  .refine((rule) => rule.when === undefined || rule.unless === undefined, {
    message: 'give `when` or `unless`, not both',
  })

const hook = <T>(): z.ZodOptional<z.ZodType<T>> =>
  z.custom<T>((value) => typeof value === 'function', 'must be a function').optional()

const definitionSchema = z
  .strictObject({
    roles: z
      .record(name, z.array(name).min(1).readonly())
      .refine((roles) => Object.keys(roles).length > 0, 'at least one role is needed')
      .refine((roles) => !Object.hasOwn(roles, 'owner'), '"owner" is not a role that can be given'),
    rules: z.array(ruleSchema).readonly().optional(),
    linkRoles: z.array(name).min(1).readonly().optional(),
    snapshot: hook<SnapshotHook>(),
    resolve: hook<ResolveHook>(),
    fork: hook<ForkHook>(),
  })
  .superRefine((definition, context) => {
    const known = new Set<string>([
      ...BUILT_IN_ACTIONS,
      ...Object.values(definition.roles).flat(),
      ...(definition.fork === undefined ? [] : ['fork']),
    ])
    for (const [index, rule] of (definition.rules ?? []).entries()) {
      for (const action of rule.forbid.filter((forbidden) => !known.has(forbidden))) {
        context.addIssue({
          code: 'custom',
          path: ['rules', index, 'forbid'],
          message: `"${action}" is neither built in nor in any role of this type`,
        })
      }
    }
    for (const role of (definition.linkRoles ?? []).filter(
      (role) => !Object.hasOwn(definition.roles, role),
    )) {
      context.addIssue({
        code: 'custom',
        path: ['linkRoles'],
        message: `"${role}" is not a role of this type`,
      })
    }
  })

export const definitionsSchema: z.ZodType<Definitions> = z
  .record(name, definitionSchema)
  .refine((types) => Object.keys(types).length > 0, 'at least one type is needed') as z.ZodType<Definitions>
