import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type App, actorOf, makeLink, type Person, STACKS } from './app.ts'

const people = (document: string) => `/api/resources/document/${document}/collaborators`

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start({ limits: { opensPerMinute: false, emailsPerHour: false } })
  })
  afterAll(() => app.close())

  /** Invites an address and gives the token of the mail that went out. */
  const invite = async (email: string, document = 'readme', as: Person = 'ada') => {
    const { body } = await app.call('POST', people(document), { as, body: { email, role: 'viewer' } })
    await app.host.sharing.maintain()
    const mail = app.mails.findLast(({ kind, resource }) => kind === 'invited' && resource.id === document)
    return { id: body.id, token: mail!.token! }
  }
  const accept = (as: Person, token: unknown): Promise<Answer> =>
    app.call('POST', '/api/invitations/accept', { as, body: { token } })
  const attach = (as: Person, pass: unknown): Promise<Answer> =>
    app.call('POST', '/api/share/attach', { as, body: { pass } })
  const viewsOf = async (id: string) =>
    (await app.host.sharing.views.list(actorOf('ada'), { resource: { type: 'document', id } })).items
  const named = async (document: string) =>
    (await app.call('GET', people(document), { as: 'ada' })).body.items

  test('whoever got the mail accepts, and again is answered alike', async () => {
    const { id, token } = await invite('Ben@acme.example')
    const accepted = await accept('ben', token)
    expect(accepted.body).toMatchObject({
      id,
      resource: { type: 'document', id: 'readme' },
      role: 'viewer',
      status: 'active',
      acceptedAt: '2030-01-01T12:00:00.000Z',
      grantee: { kind: 'user', userId: 'ben' },
    })
    expect((await accept('ben', token)).text).toBe(accepted.text)
    expect(await named('readme')).toMatchObject([{ id, grantee: { kind: 'user', userId: 'ben' } }])
  })

  test('another address is told which one is meant, masked, whether it is somebody’s or nobody’s', async () => {
    const [known, unknown] = [await invite('cleo@acme.example'), await invite('cora@acme.example')]
    const answers = [await accept('ben', known.token), await accept('ben', unknown.token)]
    for (const { status, body, text } of answers) {
      expect([status, body.code, body['hint']]).toEqual([403, 'email_mismatch', 'c…@acme.example'])
      expect(text).not.toMatch(/cleo|cora|readme/)
    }
    expect(answers[0]!.text).toBe(answers[1]!.text)
    expect(await named('readme')).toHaveLength(3)
  })

  test('a token that is none, was altered, or has ended is one answer', async () => {
    const { id, token } = await invite('ben@acme.example', 'changelog')
    await app.call('DELETE', `${people('changelog')}/${id}`, { as: 'ada' })
    const link = await makeLink(app)
    const none = await accept('ben', 'none')
    expect(none.status).toBe(404)
    for (const one of [token, `${token}x`, token.slice(0, -1), link.token, id, '']) {
      const answer = await accept('ben', one)
      expect([answer.status, answer.text]).toEqual([404, none.text])
    }
    for (const one of [undefined, null, 7, [token], 'x'.repeat(4097)]) {
      const { body } = await accept('ben', one)
      expect(body).toMatchObject({ code: 'invalid_input', issues: [{ path: 'body.token' }] })
    }
  })

  test('an invitation ends with its days, and a guest’s waits for the account to let guests in', async () => {
    const { token } = await invite('dora@globex.example', 'changelog')
    expect((await accept('dora', token)).body.code).toBe('forbidden')
    await app.call('PUT', '/api/policy', { as: 'cleo', body: { allowGuests: true } })
    const before = app.clock.now
    app.clock.now = new Date(before.getTime() + 30 * 86_400_000)
    expect((await accept('dora', token)).body.code).toBe('expired')
    app.clock.now = before
    expect((await accept('dora', token)).body).toMatchObject({ grantee: { userId: 'dora' } })
    expect((await app.call('GET', '/documents/changelog/content', { as: 'dora' })).status).toBe(200)
  })

  test('who opened a link before signing in goes on by their own right, their invitation claimed', async () => {
    const invited = { email: 'ben@acme.example', role: 'editor' }
    await app.call('POST', people('changelog'), { as: 'ada', body: invited })
    const link = await makeLink(app, {}, { document: 'changelog' })
    const { body: seen } = await app.call('GET', `/api/share/${link.token}`)
    expect(seen).toMatchObject({ role: 'viewer', link: { visibility: 'public' } })

    const attached = await attach('ben', seen.pass)
    expect(attached.body).toMatchObject({ kind: 'opened', role: 'editor', link: null })
    expect(await named('changelog')).toContainEqual(
      expect.objectContaining({ status: 'active', grantee: expect.objectContaining({ userId: 'ben' }) }),
    )
    // The view before stays whose it was: of nobody who is known.
    const viewers = (await viewsOf('changelog')).map(({ viewerId }) => viewerId)
    expect(viewers.sort()).toEqual(['ben', null])

    const { pass } = attached.body
    expect((await attach('ben', pass)).text).toBe(attached.text)
    const resumed = await app.call('POST', '/api/share/resume', { as: 'ben', body: { pass } })
    expect(resumed.text).toBe(attached.text)
    expect(await viewsOf('changelog')).toHaveLength(2)
    const headers = { 'share-pass': pass }
    expect((await app.call('GET', '/documents/changelog/content', { as: 'ben', headers })).status).toBe(200)
    await app.call('DELETE', `/api/links/${link.id}`, { as: 'ada' })
    expect((await attach('ben', seen.pass)).body.code).toBe('not_found')
    expect((await attach('ben', pass)).text).toBe(attached.text)
  })

  test('a pass attaches nobody who has no right of their own, and only whose it is', async () => {
    const { token } = await makeLink(app, {}, { document: 'changelog' })
    const { body: open } = await app.call('GET', `/api/share/${token}`)
    expect((await attach('emil', open.pass)).body.code).toBe('not_found')
    const { body: adas } = await attach('ada', open.pass)
    expect((await attach('dora', adas.pass)).body.code).toBe('forbidden')
    const { body: doras } = await app.call('GET', `/api/share/${token}`, { as: 'dora' })
    expect((await attach('ada', doras.pass)).body.code).toBe('forbidden')
    expect((await attach('ada', `${open.pass}x`)).body.code).toBe('not_found')
    expect((await attach('ada', 7)).body).toMatchObject({ issues: [{ path: 'body.pass' }] })
    const anonymous = await app.call('POST', '/api/share/attach', { body: { pass: open.pass } })
    expect(anonymous.body.code).toBe('authentication_required')
  })
})
