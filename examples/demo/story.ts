import type { Notification } from 'sharegrant'
import type { Host } from '../app/host.ts'
import type { Teller } from './teller.ts'

/** The parts of the world that a story moves by hand. */
export interface World {
  host: Host
  /** Lets days pass on the library's clock. */
  wait(days: number): void
  now(): Date
  /** What people were told, the latest last. */
  mails: Notification[]
}

const readme = '/api/resources/document/readme'
const DAY_MS = 86_400_000

/** Before the library's tables are there. */
export async function beforeMigrating({ host }: World, tell: Teller): Promise<void> {
  tell.say('Ada, Ben and Cleo (its admin) are of Acme, Dora is of Globex, Finn has no account')
  await tell.signIn('Ada', 'ada@acme.example')
  await tell.signIn('Ben', 'ben@acme.example')
  await tell.signIn('Cleo', 'cleo@acme.example')
  await tell.signIn('Dora', 'dora@globex.example')
  await tell.signIn('Finn', 'finn@home.example')
  tell.say('A store that nobody has migrated says so')
  await tell.call('GET', '/api/shared', { as: 'Ada', expect: [500, 'schema_outdated'] })
  await host.sharing.migrate()
  await host.shareDocuments()
}

/** A public link: made, opened by a stranger, read. */
export async function shareWithAStranger(_: World, tell: Teller): Promise<void> {
  tell.say('Ada shares the README with whoever has the link')
  const { body: link } = await tell.call('POST', `${readme}/links`, {
    as: 'Ada',
    body: { visibility: 'public', name: 'For the press' },
    expect: [201],
    with: { visibility: 'public', role: 'viewer', status: 'active', viewCount: 0 },
  })
  const path = `/api/share/${link.token}`
  tell.say('A stranger sees what awaits them, opens it, and reads it with the pass of the opening')
  await tell.call('GET', `${path}/preview`, { expect: [200], with: { title: 'README', needs: [] } })
  const { body: opened } = await tell.call('GET', path, {
    expect: [200],
    with: { kind: 'opened', resource: { id: 'readme' }, actions: ['view'] },
  })
  const headers = { 'share-pass': opened.pass }
  await tell.call('GET', '/documents/readme/content', { headers, expect: [200], with: 'sharegrant' })
  await tell.call('GET', '/documents/changelog/content', { headers, expect: [404, 'not_found'] })
  await tell.call('POST', '/api/share/resume', {
    body: { pass: opened.pass },
    expect: [200],
    with: { viewId: opened['viewId'] },
  })
  tell.say('Dora, of another account, opens it too; by its id it does not exist for her')
  await tell.call('GET', path, { as: 'Dora', expect: [200], with: { kind: 'opened' } })
  await tell.call('GET', `/api/links/${link.id}`, { as: 'Dora', expect: [404, 'not_found'] })
  tell.say('Ada sees who came, and that it was counted')
  await tell.call('GET', `/api/links/${link.id}/views`, {
    as: 'Ada',
    expect: [200],
    with: { items: [{ viewerId: 'dora' }, { viewerId: null }] },
  })
  await tell.call('GET', `/api/links/${link.id}/stats`, { as: 'Ada', expect: [200], with: { views: 2 } })
  tell.say('Ada gives the link a new token, copies it again, and revokes the link')
  const { body: rotated } = await tell.call('POST', `/api/links/${link.id}/rotate`, {
    as: 'Ada',
    expect: [200],
  })
  await tell.call('GET', path, { expect: [404, 'not_found'] })
  await tell.call('POST', `/api/links/${link.id}/reveal`, {
    as: 'Ada',
    expect: [200],
    with: { token: rotated.token },
  })
  await tell.call('DELETE', `/api/links/${link.id}`, { as: 'Ada', expect: [204] })
  await tell.call('GET', `/api/share/${rotated.token}`, { expect: [404, 'not_found'] })
  await tell.call('PATCH', `/api/links/${link.id}`, {
    as: 'Ada',
    body: { name: 'Once more' },
    expect: [409, 'conflict'],
  })
}

/** Links that ask for something, or end. */
export async function limitedLinks({ wait, now }: World, tell: Teller): Promise<void> {
  const make = async (settings: Record<string, unknown>): Promise<string> => {
    const { body } = await tell.call('POST', `${readme}/links`, { as: 'Ada', body: settings, expect: [201] })
    return `/api/share/${body.token}`
  }
  tell.say('One view only: a GET spends nothing, a click does, the same reader’s second click does not')
  const once = await make({ visibility: 'public', maxViews: 1 })
  await tell.call('GET', once, { expect: [200], with: { kind: 'preview', needs: ['confirmation'] } })
  const { body: opened } = await tell.call('POST', once, { expect: [200], with: { kind: 'opened' } })
  await tell.call('POST', once, {
    body: { pass: opened.pass },
    expect: [200],
    with: { viewId: opened['viewId'] },
  })
  await tell.call('POST', once, { expect: [410, 'exhausted'] })

  tell.say('Members of the account only')
  const inside = await make({ visibility: 'account' })
  await tell.call('GET', inside, { expect: [401, 'authentication_required'] })
  await tell.call('GET', inside, { as: 'Dora', expect: [403, 'forbidden'] })
  await tell.call('GET', inside, { as: 'Ben', expect: [200], with: { kind: 'opened' } })

  tell.say('A week, and no longer')
  const expiresAt = new Date(now().getTime() + 7 * DAY_MS).toISOString()
  const week = await make({ visibility: 'public', expiresAt })
  await tell.call('GET', week, { expect: [200] })
  wait(7)
  await tell.call('GET', week, { expect: [410, 'expired'] })

  tell.say('A password, and five tries a minute')
  const secret = await make({ visibility: 'public', password: 'open sesame' })
  await tell.call('POST', secret, { body: {}, expect: [401, 'password_required'] })
  await tell.call('POST', secret, { body: { password: 'open sesame' }, expect: [200] })
  for (let tries = 0; tries < 5; tries++) {
    await tell.call('POST', secret, {
      body: { password: `open barley ${tries}` },
      expect: [401, 'password_incorrect'],
    })
  }
  await tell.call('POST', secret, { body: { password: 'open sesame' }, expect: [429, 'rate_limited'] })
}

/** What cannot be made, and what the account does not allow. */
export async function refusals(_: World, tell: Teller): Promise<void> {
  tell.say('What cannot be shared so')
  const make = (as: string, document: string, body: unknown, code: string) =>
    tell.call('POST', `/api/resources/document/${document}/links`, { as, body, expect: [400, code] })
  await make('Ada', 'readme', { visibility: 'all', maxViews: 0 }, 'invalid_input')
  await make('Ada', 'readme', { visibility: 'public', emails: ['nobody'] }, 'invalid_email')
  await make('Ada', 'readme', { visibility: 'public', role: 'editor' }, 'invalid_role')
  await make('Ada', 'contributing', { visibility: 'public' }, 'publish_forbidden')
  await make('Finn', 'notes', { visibility: 'account' }, 'account_required')

  tell.say('The account’s admin asks for an expiry, then switches public sharing off')
  const { body: open } = await tell.call('POST', `${readme}/links`, {
    as: 'Ada',
    body: { visibility: 'public' },
    expect: [201],
  })
  await tell.call('PUT', '/api/policy', { as: 'Ada', body: {}, expect: [403, 'forbidden'] })
  await tell.call('PUT', '/api/policy', { as: 'Cleo', body: { requireExpiry: true }, expect: [200] })
  await make('Ada', 'readme', { visibility: 'public' }, 'policy_violation')
  const close = { requireExpiry: false, allowPublicShares: false }
  await tell.call('PUT', '/api/policy', { as: 'Cleo', body: close, expect: [200] })
  await tell.call('GET', `/api/share/${open.token}`, { expect: [403, 'public_shares_disabled'] })
  await tell.call('PUT', '/api/policy', { as: 'Cleo', body: { allowPublicShares: true }, expect: [200] })
  await tell.call('GET', `/api/share/${open.token}`, { expect: [200] })
}

/** Visibility, and what was written down of it all. */
export async function visibilityAndRecords({ host }: World, tell: Teller): Promise<void> {
  tell.say('The README becomes visible to the account: Ben finds it in his list, and may still not share it')
  await tell.call('GET', '/documents', { as: 'Ben', expect: [200], with: [] })
  await tell.call('PATCH', readme, { as: 'Ada', body: { visibility: 'account' }, expect: [200] })
  await tell.call('GET', '/documents', { as: 'Ben', expect: [200], with: [{ id: 'readme' }] })
  await tell.call('GET', '/documents/readme/content', { as: 'Ben', expect: [200], with: 'sharegrant' })
  await tell.call('GET', `${readme}/links`, { as: 'Ben', expect: [403, 'forbidden'] })
  await tell.call('GET', `${readme}/access`, { as: 'Ada', expect: [200] })
  tell.say('Ada gives it to Ben and stays an editor; he sees all that was done with it')
  await tell.call('POST', `${readme}/transfer`, {
    as: 'Ada',
    body: { newOwnerId: 'ben' },
    expect: [200],
    with: { ownerId: 'ben' },
  })
  await tell.call('GET', '/api/shared?filter=owned', { as: 'Ben', expect: [200] })
  await tell.call('GET', `${readme}/audit?limit=3`, {
    as: 'Ben',
    expect: [200],
    // What she keeps unless she says otherwise, the transfer, and what was before it.
    with: {
      items: [
        { action: 'collaborator.added' },
        { action: 'resource.transferred' },
        { action: 'visibility.changed' },
      ],
    },
  })
  tell.say('A storage that is not there gives no access')
  const { body: link } = await tell.call('POST', `${readme}/links`, {
    as: 'Ben',
    body: { visibility: 'public' },
    expect: [201],
  })
  await host.sharing.close()
  await tell.call('GET', `/api/share/${link.token}`, { expect: [503, 'storage_unavailable'] })
}
