import { authority } from './authority.ts'
import type { Control } from './control.ts'
import { endings } from './endings.ts'
import { secrets } from './secrets.ts'

export type { Control } from './control.ts'

/** Every guard whose absence brings one of the faults back. */
export const CONTROLS: readonly Control[] = Object.entries({ ...authority, ...endings, ...secrets }).flatMap(
  ([fault, guards]) =>
    Object.entries(guards).map(([guard, [file, find, replace]]) => ({ fault, guard, file, find, replace })),
)
