import { z } from 'zod'
import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { type Actor, readActor, tenantOf } from '../model/actor.ts'
import type { Decision } from '../model/decision.ts'
import { invalidInput, parse } from '../model/input.ts'
import { name, type ResourceRef, readRef } from '../model/resource.ts'
import { subjectsOf } from '../model/subject.ts'
import { accessTerms, decideAccess, mayAct } from '../policy/access.ts'
import { type CompiledType, typeOf } from '../policy/compile.ts'
import type { FilterCondition } from '../store/condition.ts'

interface Question {
  actor: Actor | null
  type: CompiledType
  ref: ResourceRef
}

function questionOf(
  kernel: Kernel,
  actorInput: Actor | null,
  action: string,
  refInput: ResourceRef,
): Question {
  const actor = actorInput === null ? null : readActor(actorInput, 'actor')
  const ref = readRef(refInput, 'resource')
  const type = typeOf(kernel.types, ref.type)
  checkAction(type, action)
  return { actor, type, ref }
}

function checkAction(type: CompiledType, action: string): void {
  if (type.actions.includes(action)) return
  // What was given is not repeated: whatever stands in the wrong place may be a secret.
  throw invalidInput([
    { path: 'action', message: `must be an action of ${type.name}: ${type.actions.join(', ')}` },
  ])
}

export async function can(
  kernel: Kernel,
  actorInput: Actor | null,
  action: string,
  refInput: ResourceRef,
): Promise<boolean> {
  const { actor, type, ref } = questionOf(kernel, actorInput, action, refInput)
  const situation = await kernel.store.findAccess(ref, actor && subjectsOf(actor))
  return situation !== null && mayAct(type, action, actor, situation, kernel.clock())
}

export async function explain(
  kernel: Kernel,
  actorInput: Actor | null,
  action: string,
  refInput: ResourceRef,
): Promise<Decision> {
  const { actor, type, ref } = questionOf(kernel, actorInput, action, refInput)
  const situation = await kernel.store.findAccess(ref, actor && subjectsOf(actor))
  return decideAccess(type, action, actor, situation, kernel.clock())
}

export async function authorize(
  kernel: Kernel,
  actor: Actor | null,
  action: string,
  ref: ResourceRef,
): Promise<Decision> {
  const decision = await explain(kernel, actor, action, ref)
  if (decision.code !== null) throw new SharingError(decision.code, { details: decision })
  return decision
}

/** Where the host's query holds a resource's id. */
export interface FilterInput {
  /** The host's column that holds the resource's id, such as `documents.id`. */
  column: string
  /** The column's SQL type where it is not text, such as `uuid`. */
  cast?: string | undefined
  /** The number of the first parameter in `sql` on Postgres; 1 unless set. */
  firstParameter?: number | undefined
}

const filterSchema: z.ZodType<FilterInput, unknown> = z.strictObject({
  column: z.string(),
  cast: z.string().optional(),
  firstParameter: z.number().int().min(1, 'must be a whole number from 1').optional(),
})

export function filter(
  kernel: Kernel,
  actorInput: Actor,
  action: string,
  typeName: string,
  input: FilterInput,
): FilterCondition {
  const actor = readActor(actorInput, 'actor')
  const type = typeOf(kernel.types, parse(name, typeName, 'type'), 'type')
  checkAction(type, action)
  const { column, cast, firstParameter = 1 } = parse(filterSchema, input, 'options')
  return kernel.store.condition({
    tenantId: tenantOf(actor),
    type: type.name,
    ...accessTerms(type, action, actor),
    at: kernel.clock(),
    column,
    cast: cast ?? null,
    firstParameter,
  })
}
