import { createRoutes, type Route } from '../../../src/http/index.ts'
import { createLinkTokens } from '../../../src/tokens/link-token.ts'
import type { Attempt } from './attempt.ts'
import { invitationTo, type Setting } from './methods.ts'
import { type Names, NOTHING } from './sides.ts'

const BODIES: Readonly<Record<string, (names: Names) => unknown>> = {
  'POST /resources/:type/:id/links': () => ({ visibility: 'account' }),
  'PATCH /links/:id': () => ({ name: 'mine' }),
  'POST /links/:id/rotate': () => ({ graceSeconds: 60 }),
  'PUT /policy': () => ({ allowGuests: true }),
  'PATCH /resources/:type/:id': () => ({ visibility: 'private' }),
  'POST /resources/:type/:id/transfer': () => ({ newOwnerId: 'somebody' }),
  'POST /resources/:type/:id/collaborators': () => ({ userId: 'somebody', role: 'viewer' }),
  'PATCH /resources/:type/:id/collaborators/:collaboratorId': () => ({ role: 'viewer' }),
  'POST /resources/:type/:id/requests': () => ({ role: 'viewer' }),
  'POST /share/:token/requests': () => ({ role: 'viewer' }),
  'POST /requests/:id/approve': () => ({ role: 'viewer' }),
  'POST /requests/:id/deny': () => ({}),
  'POST /invitations/accept': ({ tenantId, collaborator }) => ({
    token: invitationTo(tenantId, collaborator),
  }),
  'POST /resources/:type/:id/fork': () => ({}),
  'POST /share/resume': ({ pass }) => ({ pass }),
  'POST /share/attach': ({ pass }) => ({ pass }),
  'POST /share/:token': () => ({}),
  'POST /refs/refresh': ({ pass }) => ({ pass, refs: ['rows'] }),
}

/** Well-formed, and nobody's. */
const UNKNOWN_TOKEN = createLinkTokens('shr', undefined).mint()

/** A request for each row of the table: a new row is among them at once. */
export function routeAttempts({ sharing, actor, theirs }: Setting): Attempt[] {
  const nothing: Names = { ...theirs, ...NOTHING, token: UNKNOWN_TOKEN }
  return createRoutes(sharing, { actor: () => actor }).map((route): Attempt => {
    const name = `${route.method} ${route.path}`
    const call = () => ask(route, theirs)
    if (route.path === '/invitations/accept' || route.path === '/share/:token/requests') {
      return { name, must: 'be as unknown', call, unknown: () => ask(route, nothing) }
    }
    if (route.path.startsWith('/share/') || route.path === '/refs/refresh') {
      const previews = route.path.endsWith('/preview')
      return { name, must: previews ? 'be without the other’s' : 'be refused', call }
    }
    if (!route.path.includes(':id')) return { name, must: 'be without the other’s', call }
    return { name, must: 'be as unknown', call, unknown: () => ask(route, nothing) }
  })
}

/** What an id in a path is of. */
function idOf(path: string, { link, request, ref }: Names): string {
  if (path.startsWith('/links/')) return link
  return path.startsWith('/requests/') ? request : ref.id
}

/** Status, headers and bytes of an answer. */
async function ask(route: Route, names: Names): Promise<unknown> {
  const body = BODIES[`${route.method} ${route.path}`]
  if ((route.input.body === undefined) !== (body === undefined)) throw new Error('no body for this route')
  const params = {
    type: names.ref.type,
    id: idOf(route.path, names),
    token: names.token,
    collaboratorId: names.collaborator,
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
