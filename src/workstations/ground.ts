import { kernelOf } from '../inside.ts'
import type { Kernel } from '../kernel.ts'
import { invalidInput, parse } from '../model/input.ts'
import { type CompiledType, typeOf } from '../policy/compile.ts'
import type { WorkstationVerbs } from '../store/index.ts'
import { optionsSchema, type WorkstationsOptions } from './model.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** What the module's operations stand on. */
export interface Ground {
  kernel: Kernel
  store: WorkstationVerbs
  sessionMs: number
  checkpointMs: number
  checkpointsPerItem: number
  checkpointBytes: number
  /** The types that are edited. */
  edited: ReadonlySet<string>
}

/** The action without which nobody holds an edit session. */
export const EDIT = 'edit'

export function groundOf(sharing: unknown, input: WorkstationsOptions): Ground {
  const kernel = kernelOf(sharing)
  const options = parse(optionsSchema, input, 'options')
  const store = kernel.store.workstations
  if (store === undefined) {
    throw invalidInput([{ path: 'sharing.store', message: 'does not keep workstations: use one that does' }])
  }
  return {
    kernel,
    store,
    sessionMs: (options.sessionTimeoutMinutes ?? 15) * MINUTE_MS,
    checkpointMs: (options.checkpointTtlHours ?? 168) * HOUR_MS,
    checkpointsPerItem: options.checkpointMaxPerItem ?? 5,
    checkpointBytes: options.checkpointMaxBytes ?? 262_144,
    edited: editedTypes(kernel, options.resources),
  }
}

/** The types that are edited. One without the action could never be, which is better said now than at the first try. */
function editedTypes({ types }: Kernel, named: readonly string[] | undefined): Set<string> {
  const able = [...types.values()].filter(({ actions }) => actions.includes(EDIT)).map(({ name }) => name)
  for (const [index, name] of (named ?? []).entries()) {
    typeOf(types, name, `options.resources.${index}`)
    if (!able.includes(name)) {
      throw invalidInput([
        {
          path: `options.resources.${index}`,
          message: `no role of ${name} has the action "edit": give it to one in createSharing`,
        },
      ])
    }
  }
  if (able.length === 0) {
    throw invalidInput([
      { path: 'sharing.resources', message: 'no role of any type has the action "edit": give it to one' },
    ])
  }
  return new Set(named ?? able)
}

/** The type of a resource that is to be edited. */
export function editedType({ kernel, edited }: Ground, name: string): CompiledType {
  const type = typeOf(kernel.types, name)
  if (edited.has(name)) return type
  throw invalidInput([
    { path: 'resource.type', message: `is not edited here; edited are ${[...edited].join(', ')}` },
  ])
}
