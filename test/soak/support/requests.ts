import { createRoutes, type HttpRequest, type Route } from '../../../src/http/index.ts'
import type { Actor, Definitions, Sharing } from '../../../src/index.ts'

/** What a request may name. */
export interface Names {
  type: string
  id: string
  link: string
  token: string
  pass: string
  request: string
  invitation: string
}

/** The parts of a request that a route reads, with what would be taken. */
export interface RequestParts {
  params: Record<string, unknown>
  query: Record<string, unknown>
  body: Record<string, unknown> | undefined
}

type Parts = (names: Names) => Partial<RequestParts>

const resource: Parts = ({ type, id }) => ({ params: { type, id } })
// A link's id stands for any that is nobody's collaborator's.
const collaborator: Parts = ({ type, id, link }) => ({ params: { type, id, collaboratorId: link } })
const link: Parts = ({ link: id }) => ({ params: { id } })
const request: Parts = ({ request: id }) => ({ params: { id } })
const share: Parts = ({ token }) => ({ params: { token } })
const nothing: Parts = () => ({})
const asking =
  (parts: Parts, query: Record<string, unknown>): Parts =>
  (names) => ({ ...parts(names), query })
const sending =
  (parts: Parts, body: (names: Names) => Record<string, unknown>): Parts =>
  (names) => ({ ...parts(names), body: body(names) })

const SETTINGS = {
  name: 'x',
  role: 'viewer',
  expiresAt: '2999-01-01T00:00:00Z',
  notBefore: null,
  maxViews: 5,
  password: null,
  emails: null,
  domains: null,
}

/** One request for each route. */
export const REQUESTS: Readonly<Record<string, Parts>> = {
  'POST /resources/:type/:id/links': sending(resource, () => ({ visibility: 'public', ...SETTINGS })),
  'GET /resources/:type/:id/links': asking(resource, { limit: '10', includeInactive: 'true' }),
  'GET /links': asking(nothing, { limit: '10', includeInactive: 'true', mine: 'true' }),
  'GET /links/:id': link,
  'PATCH /links/:id': sending(link, () => SETTINGS),
  'DELETE /links/:id': link,
  'POST /links/:id/rotate': sending(link, () => ({ graceSeconds: 60 })),
  'POST /links/:id/reveal': link,
  'GET /links/:id/views': asking(link, { limit: '10' }),
  'GET /links/:id/stats': asking(link, { from: '2020-01-01', to: '2020-01-02' }),
  'GET /resources/:type/:id/audit': asking(resource, { limit: '10' }),
  'POST /share/resume': sending(nothing, ({ pass }) => ({ pass })),
  'POST /share/attach': sending(nothing, ({ pass }) => ({ pass })),
  'POST /refs/refresh': sending(nothing, ({ pass }) => ({ pass, refs: ['rows'] })),
  'GET /share/:token': share,
  'POST /share/:token': sending(share, () => ({ password: 'x' })),
  'GET /share/:token/preview': share,
  'GET /resources/:type/:id/access': resource,
  'PATCH /resources/:type/:id': sending(resource, () => ({ visibility: 'private' })),
  'POST /resources/:type/:id/transfer': sending(resource, () => ({ newOwnerId: 'somebody', keep: null })),
  'POST /resources/:type/:id/fork': sending(resource, () => ({ idempotencyKey: 'key' })),
  'GET /resources/:type/:id/collaborators': resource,
  'POST /resources/:type/:id/collaborators': sending(resource, () => ({
    userId: 'somebody',
    role: 'viewer',
    mode: 'live',
    expiresAt: null,
    message: 'x',
  })),
  'PATCH /resources/:type/:id/collaborators/:collaboratorId': sending(collaborator, () => ({
    role: 'viewer',
  })),
  'DELETE /resources/:type/:id/collaborators/:collaboratorId': collaborator,
  'DELETE /resources/:type/:id/collaborators/me': resource,
  'POST /invitations/accept': sending(nothing, ({ invitation }) => ({ token: invitation })),
  'POST /resources/:type/:id/requests': sending(resource, () => ({ role: 'viewer', message: 'x' })),
  'POST /share/:token/requests': sending(share, () => ({ role: 'viewer', message: 'x' })),
  'GET /resources/:type/:id/requests': resource,
  'POST /requests/:id/approve': sending(request, () => ({ role: 'viewer' })),
  'POST /requests/:id/deny': sending(request, () => ({})),
  'GET /shared': asking(nothing, { filter: 'owned', type: 'document', limit: '10' }),
  'GET /policy': nothing,
  'PUT /policy': sending(nothing, () => ({ allowGuests: false })),
}

export const rowOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`

/** What came back. */
export interface Answer {
  status: number
  headers: string
  text: string
}

/** Asks routes as a framework would, for whoever is signed in. */
export interface Asker {
  rows: readonly string[]
  ask(
    row: string,
    parts: Partial<RequestParts>,
    actor: Actor | null,
    more?: Partial<HttpRequest>,
  ): Promise<Answer>
}

export function askerOf<D extends Definitions>(
  sharing: Sharing<D>,
  onError: (error: unknown) => void = () => {},
): Asker {
  let whoAsks: Actor | null = null
  const routes = createRoutes(sharing, { actor: () => whoAsks, onError })
  const table = new Map(routes.map((route) => [rowOf(route), route]))
  const unknown = [...table.keys()].filter((row) => REQUESTS[row] === undefined)
  if (unknown.length > 0) throw new Error(`routes without a request: ${unknown.join(', ')}`)
  return {
    rows: [...table.keys()],
    async ask(row, { params = {}, query = {}, body }, actor, more = {}) {
      const route = table.get(row)!
      whoAsks = actor
      const answer = await route.handle({
        method: route.method,
        url: route.path.replace(/:(\w+)/g, (_, name: string) =>
          encodeURIComponent(String(params[name]).toWellFormed()),
        ),
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        params,
        query,
        json: async () => body,
        ...more,
      })
      return {
        status: answer.status,
        headers: JSON.stringify([...answer.headers]),
        text: await answer.text(),
      }
    },
  }
}
