import type { Sharing } from '../api.ts'
import type { Definitions } from '../model/definition.ts'
import type { Route, RoutesOptions } from './route.ts'
import { collaboratorRoutes } from './routes/collaborators.ts'
import { linkRoutes } from './routes/links.ts'
import { policyRoutes } from './routes/policy.ts'
import { recordRoutes } from './routes/records.ts'
import { refRoutes } from './routes/refs.ts'
import { requestRoutes } from './routes/requests.ts'
import { resourceRoutes } from './routes/resources.ts'
import { shareRoutes } from './routes/share.ts'

const TEMPLATES = [
  ...linkRoutes,
  ...recordRoutes,
  ...shareRoutes,
  ...resourceRoutes,
  ...collaboratorRoutes,
  ...requestRoutes,
  ...refRoutes,
  ...policyRoutes,
]

/**
 * The table of routes for a host's sharing, in the order in which to mount it. Paths are relative to wherever the
 * host mounts it. Who is asking comes from the host: a route never reads it from a request's body.
 *
 * Where a host signs people in by cookie, it guards the table against forged requests as its own routes.
 *
 * @example
 * ```ts no-run
 * const routes = createRoutes(sharing, {
 *   actor: (request) => sessionOf(request.headers),
 * })
 * for (const { method, path, handle } of routes) app.on(method, `/api${path}`, handle)
 * ```
 */
export function createRoutes<D extends Definitions>(
  sharing: Sharing<D>,
  options: RoutesOptions,
): readonly Route[] {
  // A path brings types as text: what is not defined is refused by the library itself.
  const untyped = sharing as unknown as Sharing
  return TEMPLATES.map((template) => template(untyped, options))
}
