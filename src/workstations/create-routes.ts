import type { Route, RoutesOptions } from '../http/route.ts'
import type { Definitions } from '../model/definition.ts'
import type { Workstations } from './create.ts'
import { TEMPLATES } from './routes.ts'

/**
 * The routes of workstations, as a group of their own: a host that uses the module mounts them beside those of
 * `createRoutes`, and any other answers 404 on them. A checkpoint may be longer than what is sent elsewhere: the
 * mount has to let bodies of `checkpointMaxBytes` through.
 *
 * @example
 * ```ts no-run
 * const options = { actor: (request) => sessionOf(request.headers) }
 * const routes = [...createRoutes(sharing, options), ...createWorkstationRoutes(workstations, options)]
 * ```
 */
export function createWorkstationRoutes<D extends Definitions>(
  workstations: Workstations<D>,
  options: RoutesOptions,
): readonly Route[] {
  // A path brings types as text: what is not defined is refused by the library itself.
  const untyped = workstations as unknown as Workstations
  return TEMPLATES.map((template) => template(untyped, options))
}
