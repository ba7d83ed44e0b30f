import { tenantOf } from '../../src/model/actor.ts'
import { createInvitationTokens } from '../../src/tokens/invitation.ts'
import { createKeyRing } from '../../src/tokens/keys.ts'
import type { App, CallOptions, Person } from './app.ts'
import { actorOf, addressOf, makeLink, SECRET } from './app.ts'

/** What a request names: another's, one's own, or what nobody has. */
export interface Names {
  document: string
  linkId: string
  token: string
  pass: string
  collaboratorId: string
  /** What two people ask for. */
  requestIds: readonly [string, string]
  /** The token of an invitation's mail, and whose it is. */
  invitation: string
  invited: Person
}

export interface RouteCase {
  path(names: Names): string
  body?(names: Names): unknown
  /** What the request names: nothing, what is looked up by id, what a token or pass opens, or an invitation. */
  names: 'nothing' | 'id' | 'token' | 'invitation'
  /** How it is answered of what nobody has: 404 unless set. */
  unknown?: number
}

const resource = (rest = '') => ({
  names: 'id' as const,
  path: ({ document }: Names) => `/resources/document/${document}${rest}`,
})
const link = (rest = '') => ({
  names: 'id' as const,
  path: ({ linkId }: Names) => `/links/${linkId}${rest}`,
})
const collaborator = () => ({
  names: 'id' as const,
  path: ({ document, collaboratorId }: Names) =>
    `/resources/document/${document}/collaborators/${collaboratorId}`,
})
const share = (rest = '') => ({
  names: 'token' as const,
  path: ({ token }: Names) => `/share/${token}${rest}`,
})
const request = (which: 0 | 1, rest: string) => ({
  names: 'id' as const,
  path: ({ requestIds }: Names) => `/requests/${requestIds[which]}${rest}`,
})
const asking = { body: () => ({ role: 'viewer', message: 'May I?' }), unknown: 202 }
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
  'POST /share/attach': { names: 'token', path: () => '/share/attach', body: ({ pass }) => ({ pass }) },
  'POST /refs/refresh': {
    names: 'token',
    path: () => '/refs/refresh',
    body: ({ pass }) => ({ pass, refs: ['outline'] }),
  },
  'POST /share/:token/requests': { ...share('/requests'), ...asking },
  'POST /resources/:type/:id/requests': { ...resource('/requests'), ...asking },
  'GET /resources/:type/:id/requests': resource('/requests'),
  'POST /requests/:id/approve': { ...request(0, '/approve'), body: () => ({ role: 'viewer' }) },
  'POST /requests/:id/deny': { ...request(1, '/deny'), body: () => ({}) },
  'POST /invitations/accept': {
    names: 'invitation',
    path: () => '/invitations/accept',
    body: ({ invitation }) => ({ token: invitation }),
  },
  'GET /resources/:type/:id/access': resource('/access'),
  'PATCH /resources/:type/:id': { ...resource(), body: () => ({ visibility: 'private' }) },
  'GET /resources/:type/:id/audit': resource('/audit'),
  'POST /resources/:type/:id/fork': { ...resource('/fork'), body: () => ({}) },
  'GET /shared': fixed('/shared?filter=all&type=document'),
  'GET /policy': fixed('/policy'),
  'PUT /policy': { ...fixed('/policy'), body: () => ({ allowGuests: false }) },
  'GET /resources/:type/:id/collaborators': resource('/collaborators'),
  'POST /resources/:type/:id/collaborators': {
    ...resource('/collaborators'),
    body: () => ({ userId: 'y', role: 'viewer' }),
  },
  'PATCH /resources/:type/:id/collaborators/:collaboratorId': {
    ...collaborator(),
    body: () => ({ role: 'editor' }),
  },
  'DELETE /resources/:type/:id/collaborators/:collaboratorId': collaborator(),
  'POST /links/:id/rotate': { ...link('/rotate'), body: () => ({ graceSeconds: 60 }) },
  'DELETE /links/:id': link(),
  'POST /resources/:type/:id/transfer': { ...resource('/transfer'), body: () => ({ newOwnerId: 'x' }) },
  // Whoever has given it away was given a role, which they can give up.
  'DELETE /resources/:type/:id/collaborators/me': resource('/collaborators/me'),
}

/** Sends the request of a row. */
export function send(app: App, row: string, names: Names, options: CallOptions) {
  const { path, body } = CASES[row]!
  return app.call(row.slice(0, row.indexOf(' ')), `/api${path(names)}`, {
    ...(body && { body: body(names) }),
    ...options,
  })
}

/** A document with an account link that its owner has opened, and people whom it was given to, or who ask for it. */
export async function namesOf(app: App, owner: Person, document: string): Promise<Names> {
  const made = await makeLink(app, { visibility: 'account' }, { as: owner, document })
  const { body } = await app.call('POST', `/api/share/${made.token}`, { as: owner })
  const people = await peopleOf(app, owner, document)
  return { document, linkId: made.id, token: made.token, pass: body.pass, ...people }
}

/** Who was given a document, who is invited to it, and who asks for it. */
export async function peopleOf(
  app: App,
  owner: Person,
  document: string,
): Promise<Pick<Names, 'collaboratorId' | 'requestIds' | 'invitation' | 'invited'>> {
  const collaboratorId = await addedTo(app, owner, document)
  const invited = owner === 'emil' ? 'dora' : owner === 'dora' ? 'emil' : 'ben'
  const grantId = await addedTo(app, owner, document, { email: addressOf(invited) })
  const invitation = mint({ tenantId: tenantOf(actorOf(owner)), id: grantId })
  return { collaboratorId, requestIds: await requestsFor(app, owner, document), invitation, invited }
}

const { mint } = createInvitationTokens(createKeyRing(SECRET), 'shr')

/** Two people of the account ask; a person without one lets guests in for it. */
async function requestsFor(app: App, owner: Person, document: string): Promise<[string, string]> {
  const { policies, requests } = app.host.sharing
  const { userId, tenantId } = actorOf(owner)
  const ref = { type: 'document', id: document } as const
  if (tenantId === null) await policies.set({ userId, tenantId }, { allowGuests: true })
  for (const asker of ['hal', 'ivy']) {
    await requests.create({ userId: asker, tenantId: tenantId ?? 'acme' }, ref, { role: 'viewer' })
  }
  if (tenantId === null) await policies.set({ userId, tenantId }, { allowGuests: false })
  const [first, second] = await requests.list({ userId, tenantId }, ref)
  return [first!.id, second!.id]
}

/** The id of what the owner of a document gives somebody who asks for nothing here. */
async function addedTo(
  app: App,
  owner: Person,
  document: string,
  grantee: Record<string, string> = { userId: 'gil' },
): Promise<string> {
  const { body } = await app.call('POST', `/api/resources/document/${document}/collaborators`, {
    as: owner,
    body: { ...grantee, role: 'viewer' },
  })
  return body.id
}
