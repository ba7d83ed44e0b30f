import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, makeLink, STACKS } from './app.ts'

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start()
  })
  afterAll(() => app.close())

  test('no token, pass, session or password is in any log line', async () => {
    const password = 'open sesame'
    const link = await makeLink(app, { password })
    const { token } = link
    const secrets = [token, token.slice(4, 24), password]
    const opened = await app.call('POST', `/api/share/${token}`, { body: { password }, as: 'dora' })
    const { pass } = opened.body
    const { body: open } = await app.call('GET', `/api/share/${(await makeLink(app)).token}`)
    secrets.push(pass, pass.slice(-40))
    const get = (path: string) => app.call('GET', path)
    await get(`/api/share/${token}`)
    await get(`/api/share/${token}?from=mail&token=${token}`)
    await get(`/api/share/${token}/preview`)
    await get(`/api/SHARE/${token}`)
    await get(`/api/%73hare/${token}/nothing`)
    await get(`/api/share/${token.replace('_', '%5F')}`)
    await get(`/api/share/${token}/${token}`)
    await get(`/api/${token}`)
    await get(`/share/${token}`)
    await get(`/${token}?x=${token}`)
    await get(`/api/share/${token}%E0%A4%A`)
    await app.call('HEAD', `/api/share/${token}`)
    await app.call('DELETE', `/api/share/${token}`)
    await app.call('POST', `/api/share/${token}`, { body: `{"password":"${password}` })
    await app.call('POST', '/api/share/resume', { body: { pass }, as: 'dora' })
    const person = { email: 'ben@acme.example', role: 'viewer' }
    await app.call('POST', '/api/resources/document/readme/collaborators', { as: 'ada', body: person })
    await app.host.sharing.maintain()
    const invitation = app.mails.at(-1)!.token!
    const attached = await app.call('POST', '/api/share/attach', { body: { pass: open.pass }, as: 'ada' })
    for (const secret of [invitation, attached.body.pass]) {
      secrets.push(secret, secret.slice(-40))
      for (const path of [
        `/${secret}`,
        `/api/share/${secret}/requests`,
        `/api/invitations/accept/${secret}`,
      ]) {
        await app.call('POST', path, { as: 'dora', body: {} })
        await get(`${path}?token=${secret}`)
      }
      const body = { token: secret, pass: secret }
      await app.call('POST', '/api/invitations/accept', { as: 'dora', body: { token: secret } })
      await app.call('POST', '/api/invitations/accept', { as: 'dora', body })
      await app.call('POST', '/api/share/attach', { as: 'dora', body })
    }
    await app.call('POST', `/api/share/${token}/requests`, { as: 'ben', body: { role: 'viewer' } })
    await app.call('GET', '/documents/readme/content', { headers: { 'share-pass': pass }, as: 'dora' })
    expect(app.lines.length).toBeGreaterThan(15)
    expect(app.lines).toContain('GET /api/share/[hidden]/preview 200')
    expect(app.lines).toContain('POST /api/share/[hidden]/requests 202')
    expect(app.lines).toContain('POST /api/share/attach 200')
    for (const line of app.lines) {
      for (const secret of secrets) expect(line).not.toContain(secret)
    }
  })

  test('a path that no route has is not found, and is not repeated', async () => {
    const secret = `shr_${'x'.repeat(49)}`
    const paths = [
      `/api/share/${secret}/more`,
      `/api/nothing/${secret}`,
      `/api/share/${secret}%E0%A4%A`,
      `/share/${secret}`,
      `/documents/${secret}`,
    ]
    const expected = (await app.call('GET', '/api/links/unknown', { as: 'ada' })).text
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
        const answer = await app.call(method, path, { as: 'ada' })
        expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400)
        if (!path.includes('%')) expect(answer.text, `${method} ${path}`).toBe(expected)
        expect(answer.text).not.toContain(secret)
      }
    }
  })

  test('what nobody expected is told to the log, and to strangers not a word', async () => {
    const broken = await start()
    await broken.call('GET', '/api/links', { as: 'ada' })
    await broken.host.database.close()
    for (const path of ['/api/links', '/documents']) {
      const answer = await broken.call('GET', path, { as: 'ada' })
      expect([answer.status, answer.text]).toEqual([
        500,
        '{"error":"internal_error","message":"Something went wrong.","code":"internal_error"}',
      ])
    }
    expect(broken.lines.filter((line) => line.startsWith('error: '))).toHaveLength(2)
    await broken.close()
  })

  test('an id of the longest kind reaches its route', async () => {
    const id = encodeURIComponent('é'.repeat(255))
    const { body } = await app.call('GET', `/api/resources/document/${id}/access`, { as: 'ada' })
    expect(body.code).toBe('not_found')
    const longer = await app.call('GET', `/api/resources/document/${id}x/access`, { as: 'ada' })
    expect(longer.body.code).toBe('invalid_input')
  })
})
