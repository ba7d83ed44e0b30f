import type { App, CallOptions, Person } from './app.ts'
import { makeLink } from './app.ts'

/** What a request names: another's, one's own, or what nobody has. */
export interface Names {
  document: string
  linkId: string
  token: string
  pass: string
}

export interface RouteCase {
  path(names: Names): string
  body?(names: Names): unknown
  /** What the path names: nothing, what is looked up by id, or what a token or pass opens. */
  names: 'nothing' | 'id' | 'token'
}

const resource = (rest = '') => ({
  names: 'id' as const,
  path: ({ document }: Names) => `/resources/document/${document}${rest}`,
})
const link = (rest = '') => ({
  names: 'id' as const,
  path: ({ linkId }: Names) => `/links/${linkId}${rest}`,
})
const share = (rest = '') => ({
  names: 'token' as const,
  path: ({ token }: Names) => `/share/${token}${rest}`,
})
const fixed = (path: string) => ({ names: 'nothing' as const, path: () => path })

/** One request for each row of the table. What ends something stands last. */
export const CASES: Readonly<Record<string, RouteCase>> = {
  'POST /resources/:type/:id/links': { ...resource('/links'), body: () => ({ visibility: 'account' }) },
  'GET /resources/:type/:id/links': resource('/links?limit=10&includeInactive=true'),
  'GET /links': fixed('/links?limit=100'),
  'GET /links/:id': link(),
  'PATCH /links/:id': { ...link(), body: () => ({ name: 'For the press' }) },
  'POST /links/:id/reveal': link('/reveal'),
  'GET /links/:id/views': link('/views'),
  'GET /links/:id/stats': link('/stats?from=2029-12-31'),
  'GET /share/:token': share(),
  'POST /share/:token': { ...share(), body: () => ({}) },
  'GET /share/:token/preview': share('/preview'),
  'POST /share/resume': {
    names: 'token',
    path: () => '/share/resume',
    body: ({ pass }) => ({ pass }),
  },
  'GET /resources/:type/:id/access': resource('/access'),
  'PATCH /resources/:type/:id': { ...resource(), body: () => ({ visibility: 'private' }) },
  'GET /resources/:type/:id/audit': resource('/audit'),
  'GET /shared': fixed('/shared?filter=all&type=document'),
  'GET /policy': fixed('/policy'),
  'PUT /policy': { ...fixed('/policy'), body: () => ({ allowGuests: false }) },
  'POST /links/:id/rotate': { ...link('/rotate'), body: () => ({ graceSeconds: 60 }) },
  'DELETE /links/:id': link(),
  'POST /resources/:type/:id/transfer': { ...resource('/transfer'), body: () => ({ newOwnerId: 'x' }) },
}

/** Sends the request of a row. */
export function send(app: App, row: string, names: Names, options: CallOptions) {
  const { path, body } = CASES[row]!
  return app.call(row.slice(0, row.indexOf(' ')), `/api${path(names)}`, {
    ...(body && { body: body(names) }),
    ...options,
  })
}

/** A document with an account link that its owner has opened. */
export async function namesOf(app: App, owner: Person, document: string): Promise<Names> {
  const made = await makeLink(app, { visibility: 'account' }, { as: owner, document })
  const { body } = await app.call('POST', `/api/share/${made.token}`, { as: owner })
  return { document, linkId: made.id, token: made.token, pass: body.pass }
}
