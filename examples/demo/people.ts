import type { World } from './story.ts'
import type { Teller } from './teller.ts'

const changelog = '/api/resources/document/changelog'
const people = `${changelog}/collaborators`

/** A colleague named by address: found, opened, given more, taken away, and out at once. */
export async function shareWithAColleague({ host }: World, tell: Teller): Promise<void> {
  tell.say('Ada names Ben by his address, as a viewer; the answer would be the same for nobody’s address')
  const { body: ben } = await tell.call('POST', people, {
    as: 'Ada',
    body: { email: 'ben@acme.example', role: 'viewer', message: 'Have a look' },
    expect: [201],
    with: { status: 'invited', grantee: { kind: 'email', email: 'ben@acme.example' } },
  })
  tell.say('The next maintenance tells Ben: by mail where SMTP_URL names a server')
  await host.sharing.maintain()
  tell.say('Ben finds it among what was shared with him, and in the list of documents, and reads it')
  await tell.call('GET', '/api/shared?filter=shared', {
    as: 'Ben',
    expect: [200],
    with: { items: [{ resource: { id: 'changelog' }, role: 'viewer', sharedBy: 'ada' }] },
  })
  await tell.call('GET', '/documents', { as: 'Ben', expect: [200], with: [{ id: 'changelog' }] })
  const read = { as: 'Ben', expect: [200] as [number], with: 'Changelog' }
  await tell.call('GET', '/documents/changelog/content', read)
  tell.say('He may not share it on, nor give himself more; Dora, of another account, knows nothing of it')
  const more = { userId: 'ben', role: 'editor' }
  await tell.call('POST', people, { as: 'Ben', body: more, expect: [403, 'forbidden'] })
  await tell.call('GET', people, { as: 'Dora', expect: [404, 'not_found'] })
  tell.say('Ada makes him an editor, and sees who has access')
  await tell.call('PATCH', `${people}/${ben.id}`, {
    as: 'Ada',
    body: { role: 'editor' },
    expect: [200],
    with: { role: 'editor' },
  })
  await tell.call('GET', `${changelog}/access`, {
    as: 'Ada',
    expect: [200],
    with: { items: [{ via: 'owner' }, { via: 'grant', role: 'editor', actions: ['view', 'edit'] }] },
  })
  tell.say('Ada takes it away: Ben is out at once')
  await tell.call('DELETE', `${people}/${ben.id}`, { as: 'Ada', expect: [204] })
  await tell.call('GET', '/documents/changelog/content', { as: 'Ben', expect: [404, 'not_found'] })
  await tell.call('GET', '/api/shared?filter=shared', { as: 'Ben', expect: [200], with: { items: [] } })
  tell.say(
    'Named once more, Ben leaves of his own accord; a document has room for so many people and no more',
  )
  const add = (userId: string, ...expected: [number, string?]) =>
    tell.call('POST', people, { as: 'Ada', body: { userId, role: 'viewer' }, expect: expected })
  await add('ben', 201)
  await tell.call('DELETE', `${people}/me`, { as: 'Ben', expect: [204] })
  for (const userId of ['cleo', 'gil', 'hal']) await add(userId, 201)
  await add('ivy', 400, 'collaborator_limit')
}

const readme = '/api/resources/document/readme'
const contributing = '/api/resources/document/contributing'

/** Somebody who lands on what they may not see asks for it. */
export async function requests({ host, mails }: World, tell: Teller): Promise<void> {
  tell.say('Ben asks for the README; had it not been there, he would have been answered alike')
  const body = { role: 'editor', message: 'For the release' }
  await tell.call('POST', `${readme}/requests`, { as: 'Ben', body, expect: [202] })
  await tell.call('POST', '/api/resources/document/nowhere/requests', { as: 'Ben', body, expect: [202] })
  await tell.call('GET', `${readme}/requests`, { as: 'Ben', expect: [404, 'not_found'] })
  tell.say('Ada, who was told of it, gives him less than he asked for')
  await host.sharing.maintain()
  tell.mail(mails.at(-1))
  const { body: asked } = await tell.call('GET', `${readme}/requests`, {
    as: 'Ada',
    expect: [200],
    with: { items: [{ userId: 'ben', role: 'editor', message: 'For the release', status: 'open' }] },
  })
  const { id } = asked.items[0] as { id: string }
  await tell.call('POST', `/api/requests/${id}/approve`, {
    as: 'Ada',
    body: { role: 'viewer' },
    expect: [200],
    with: { role: 'viewer', grantee: { userId: 'ben' } },
  })
  await tell.call('GET', '/documents/readme/content', { as: 'Ben', expect: [200], with: 'sharegrant' })
  tell.say(
    'By the token of a link that is not meant for her Dora can ask too; Ada lets no guests in, so nobody is asked',
  )
  const { body: link } = await tell.call('POST', `${readme}/links`, {
    as: 'Ada',
    body: { visibility: 'account' },
    expect: [201],
  })
  const wish = { role: 'viewer' }
  await tell.call('POST', `/api/share/${link.token}/requests`, { as: 'Dora', body: wish, expect: [202] })
  await tell.call('GET', `${readme}/requests`, {
    as: 'Ada',
    expect: [200],
    with: { items: [{ userId: 'ben', status: 'approved', answeredBy: 'ada' }] },
  })
}

/** An invitation's mail, in the wrong hands and in the right ones. */
export async function invitations({ host, mails }: World, tell: Teller): Promise<void> {
  tell.say('Ada invites Ben to the page on contributing: a mail goes out, with a token')
  await tell.call('POST', `${contributing}/collaborators`, {
    as: 'Ada',
    body: { email: 'ben@acme.example', role: 'viewer' },
    expect: [201],
    with: { status: 'invited' },
  })
  await host.sharing.maintain()
  tell.mail(mails.at(-1))
  const body = { token: mails.at(-1)?.token }
  tell.say('Cleo cannot take it up: she is told, masked, whom it was sent to; Ben can')
  await tell.call('POST', '/api/invitations/accept', {
    as: 'Cleo',
    body,
    expect: [403, 'email_mismatch'],
    with: { hint: 'b…@acme.example' },
  })
  await tell.call('POST', '/api/invitations/accept', {
    as: 'Ben',
    body,
    expect: [200],
    with: { status: 'active', grantee: { kind: 'user', userId: 'ben' } },
  })
  const read = { as: 'Ben', expect: [200] as [number], with: 'ontribut' }
  await tell.call('GET', '/documents/contributing/content', read)
  tell.say('Ben gives back what he was given')
  await tell.call('DELETE', `${contributing}/collaborators/me`, { as: 'Ben', expect: [204] })
  await tell.call('DELETE', `${readme}/collaborators/me`, { as: 'Ben', expect: [204] })
}

/** A link that was opened by nobody who is known, and then its reader signed in. */
export async function signedInLater(_: World, tell: Teller): Promise<void> {
  tell.say('Ada invites Cleo to edit the README, and puts a public link to it on a page')
  await tell.call('POST', `${readme}/collaborators`, {
    as: 'Ada',
    body: { email: 'cleo@acme.example', role: 'editor' },
    expect: [201],
  })
  const { body: link } = await tell.call('POST', `${readme}/links`, {
    as: 'Ada',
    body: { visibility: 'public' },
    expect: [201],
  })
  const { body: seen } = await tell.call('GET', `/api/share/${link.token}`, {
    expect: [200],
    with: { role: 'viewer' },
  })
  tell.say(
    'Whoever read it signs in, and is Cleo: she goes on by her own right, and her invitation is claimed',
  )
  const { body: attached } = await tell.call('POST', '/api/share/attach', {
    as: 'Cleo',
    body: { pass: seen.pass },
    expect: [200],
    with: { role: 'editor', actions: ['view', 'edit'], link: null },
  })
  const headers = { 'share-pass': attached.pass }
  await tell.call('GET', '/documents/readme/content', { as: 'Cleo', headers, expect: [200] })
  await tell.call('GET', `${readme}/collaborators`, {
    as: 'Ada',
    expect: [200],
    with: { items: [{ status: 'active', grantee: { userId: 'cleo' } }] },
  })
  tell.say('Dora read it too, but was given nothing: she goes on with the link’s pass')
  const body = { pass: seen.pass }
  await tell.call('POST', '/api/share/attach', { as: 'Dora', body, expect: [404, 'not_found'] })
  await tell.call('POST', '/api/share/resume', { as: 'Dora', body, expect: [200], with: { role: 'viewer' } })
}
