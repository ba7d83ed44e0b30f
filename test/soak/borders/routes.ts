import { createRoutes, type Route } from '../../../src/http/index.ts'
import type { Attempt } from './attempt.ts'
import type { Setting } from './methods.ts'
import { type Names, NOTHING } from './sides.ts'

const BODIES: Readonly<Record<string, (names: Names) => unknown>> = {
  'POST /resources/:type/:id/links': () => ({ visibility: 'account' }),
  'PATCH /links/:id': () => ({ name: 'mine' }),
  'POST /links/:id/rotate': () => ({ graceSeconds: 60 }),
  'PUT /policy': () => ({ allowGuests: true }),
  'PATCH /resources/:type/:id': () => ({ visibility: 'private' }),
  'POST /resources/:type/:id/transfer': () => ({ newOwnerId: 'somebody' }),
  'POST /share/resume': ({ pass }) => ({ pass }),
  'POST /share/:token': () => ({}),
}

/** A request for each row of the table: a new row is among them at once. */
export function routeAttempts({ sharing, actor, theirs }: Setting): Attempt[] {
  const nothing: Names = { ...theirs, ...NOTHING }
  return createRoutes(sharing, { actor: () => actor }).map((route): Attempt => {
    const name = `${route.method} ${route.path}`
    const call = () => ask(route, theirs)
    if (route.path.startsWith('/share/')) {
      const previews = route.path.endsWith('/preview')
      return { name, must: previews ? 'be without the other’s' : 'be refused', call }
    }
    if (!route.path.includes(':id')) return { name, must: 'be without the other’s', call }
    return { name, must: 'be as unknown', call, unknown: () => ask(route, nothing) }
  })
}

/** Status, headers and bytes of an answer. */
async function ask(route: Route, names: Names): Promise<unknown> {
  const body = BODIES[`${route.method} ${route.path}`]
  if ((route.input.body === undefined) !== (body === undefined)) throw new Error('no body for this route')
  const params = {
    type: names.ref.type,
    id: route.path.startsWith('/links/') ? names.link : names.ref.id,
    token: names.token,
  }
  const url = route.path.replace(/:(\w+)/g, (_, name) => params[name as keyof typeof params])
  const response = await route.handle({
    method: route.method,
    url,
    headers: { 'content-type': 'application/json' },
    params,
    query: {},
    json: async () => body?.(names),
  })
  const text = await response.text()
  // A request that is refused for its form, or by a storage that fails, shows nothing of borders.
  if (response.status === 400 || response.status >= 500) throw new Error(`${response.status}: ${text}`)
  return [response.status, [...response.headers], text]
}
