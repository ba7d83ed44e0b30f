import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, makeLink, type Person, STACKS } from './app.ts'

const readme = '/api/resources/document/readme'

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start()
  })
  afterAll(() => app.close())

  const ask = (as: Person, path = `${readme}/requests`, body: unknown = { role: 'viewer' }) =>
    app.call('POST', path, { as, body })
  const asked = async (as: Person = 'ada') => (await app.call('GET', `${readme}/requests`, { as })).body.items
  const answer = (id: string | undefined, how: 'approve' | 'deny', as: Person = 'ada', body?: unknown) =>
    app.call('POST', `/api/requests/${id}/${how}`, { as, ...(body !== undefined && { body }) })
  const reads = async (as: Person) => (await app.call('GET', '/documents/readme/content', { as })).status
  const takeAway = async (userId: string) => {
    const { items } = (await app.call('GET', `${readme}/collaborators`, { as: 'ada' })).body
    const found = items.find(({ grantee }) => (grantee as { userId?: string }).userId === userId)
    await app.call('DELETE', `${readme}/collaborators/${found?.id}`, { as: 'ada' })
  }

  test('somebody asks, and whoever may share approves with a role', async () => {
    expect(await reads('ben')).toBe(404)
    expect((await ask('ben', undefined, { role: 'editor', message: 'For the release' })).status).toBe(202)
    const [request] = await asked()
    expect(request).toEqual({
      id: expect.any(String),
      resource: { type: 'document', id: 'readme' },
      userId: 'ben',
      email: 'ben@acme.example',
      role: 'editor',
      message: 'For the release',
      status: 'open',
      createdAt: '2030-01-01T12:00:00.000Z',
      answeredAt: null,
      answeredBy: null,
    })
    const approved = await answer(request?.id, 'approve', 'ada', { role: 'viewer' })
    expect(approved.body).toMatchObject({ role: 'viewer', status: 'active', grantee: { userId: 'ben' } })
    expect(await reads('ben')).toBe(200)
    expect((await asked())[0]).toMatchObject({ status: 'approved', role: 'viewer', answeredBy: 'ada' })
    expect((await answer(request?.id, 'approve')).body.code).toBe('conflict')
    expect((await answer(request?.id, 'deny')).body.code).toBe('conflict')
    await takeAway('ben')
  })

  test('without a body the role that was asked for is given', async () => {
    await ask('ben', undefined, { role: 'editor' })
    const [request] = await asked()
    expect((await answer(request?.id, 'approve')).body).toMatchObject({ role: 'editor' })
    await takeAway('ben')
  })

  test('a request is denied, and may be made again', async () => {
    await ask('ben')
    const [first] = await asked()
    const denied = await answer(first?.id, 'deny')
    expect([denied.status, denied.body]).toEqual([200, { id: first?.id, status: 'denied' }])
    expect(await reads('ben')).toBe(404)
    await ask('ben')
    const [second] = await asked()
    expect(second).toMatchObject({ userId: 'ben', status: 'open' })
    expect(second?.id).not.toBe(first?.id)
    await answer(second?.id, 'deny')
  })

  test('a link’s token names what is asked for, whatever else the link asks for', async () => {
    for (const settings of [{ visibility: 'account' }, { password: 'open sesame' }, { maxViews: 1 }]) {
      const { id, token } = await makeLink(app, settings)
      const answered = await ask('ben', `/api/share/${token}/requests`)
      expect([answered.status, answered.text]).toEqual([202, ''])
      const [request] = await asked()
      expect(request).toMatchObject({ userId: 'ben', status: 'open', resource: { id: 'readme' } })
      expect((await app.call('GET', `/api/links/${id}`, { as: 'ada' })).body['viewCount']).toBe(0)
      await answer(request?.id, 'deny')
    }
  })

  test('what is unknown, hidden, foreign, within reach or asked for already is answered alike', async () => {
    await ask('cleo', '/api/resources/document/contributing/requests')
    const { token } = await makeLink(app, {}, { as: 'dora', document: 'security' })
    const revoked = await makeLink(app)
    await app.call('DELETE', `/api/links/${revoked.id}`, { as: 'ada' })
    const of = (document: string) => `/api/resources/document/${document}/requests`
    const paths = [
      ...['unknown', 'readme', 'security', 'notes', 'contributing'].map(of),
      ...[token, revoked.token, `shr_${'0'.repeat(49)}`, 'no token at all'].map(
        (text) => `/api/share/${encodeURIComponent(text)}/requests`,
      ),
    ]
    const told = new Set<string>()
    for (const path of paths) {
      const { status, text, headers } = await ask('cleo', path)
      const kept = [...headers].filter(([name]) => name !== 'date' && name !== 'keep-alive')
      told.add(JSON.stringify([status, text, kept]))
    }
    expect(told.size).toBe(1)
    const owned = await ask('ada', `${readme}/requests`)
    expect([owned.status, owned.text]).toEqual([202, ''])
    expect(await asked()).not.toContainEqual(expect.objectContaining({ userId: 'ada' }))
  })

  test('who asks is for those to see and to answer who may share, and nobody answers for more than that', async () => {
    await ask('ben')
    const [request] = await asked()
    const unknown = await answer('unknown', 'approve', 'dora')
    for (const as of ['ben', 'dora', 'emil', 'finn'] as const) {
      for (const how of ['approve', 'deny'] as const) {
        const refused = await answer(request?.id, how, as)
        expect([refused.status, refused.text], `${how} as ${as}`).toEqual([404, unknown.text])
      }
      const list = await app.call('GET', `${readme}/requests`, { as })
      expect([list.status, list.text]).toEqual([404, unknown.text])
    }
    expect(await asked()).toContainEqual(expect.objectContaining({ id: request?.id, status: 'open' }))
  })

  test('what cannot be asked for, or given, is refused by its field or its role', async () => {
    const issuesOf = async (path: string, body: unknown) => {
      const { code, ...refused } = (await ask('ben', path, body)).body
      expect(code).toBe('invalid_input')
      return (refused['issues'] as Array<{ path: string }>).map((issue) => issue.path)
    }
    expect(await issuesOf(`${readme}/requests`, {})).toEqual(['body.role'])
    expect(await issuesOf('/api/share/x/requests', { role: 'viewer', message: 7 })).toEqual(['body.message'])
    expect(await issuesOf('/api/resources/sketch/x/requests', { role: 'viewer' })).toEqual(['params.type'])
    const long = await answer('x'.repeat(256), 'deny')
    expect(long.body['issues']).toMatchObject([{ path: 'params.id' }])
    for (const path of [`${readme}/requests`, '/api/share/x/requests']) {
      expect((await ask('ben', path, { role: 'pilot' })).body.code).toBe('invalid_role')
    }
    const [request] = await asked()
    for (const how of ['approve', 'deny']) {
      const headers = { 'content-type': 'text/plain' }
      const path = `/api/requests/${request?.id}/${how}`
      const refused = await app.call('POST', path, { as: 'ada', body: '{}', headers })
      expect(refused.body.code, 'a form of another site').toBe('invalid_input')
    }
    expect((await answer(request?.id, 'approve', 'ada', { role: 'pilot' })).body.code).toBe('invalid_role')
    const odd = await answer(request?.id, 'approve', 'ada', { role: 7 })
    expect(odd.body['issues']).toMatchObject([{ path: 'body.role' }])
  })

  test('requests are limited by the hour, for what is there and what is not', async () => {
    const limited = await start({ limits: { requestsPerHour: 2 } })
    const request = (document: string) =>
      limited.call('POST', `/api/resources/document/${document}/requests`, {
        as: 'ben',
        body: { role: 'viewer' },
      })
    for (const document of ['unknown', 'readme']) expect((await request(document)).status).toBe(202)
    const [unknown, known] = [await request('unknown'), await request('readme')]
    expect([unknown.status, unknown.body.code]).toEqual([429, 'rate_limited'])
    expect(unknown.headers.get('retry-after')).toBe('3600')
    expect([known.status, known.text]).toEqual([429, unknown.text])
    await limited.close()
  })
})
