import type { ErrorCode } from 'sharegrant'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type App, makeLink, STACKS, type Stack } from './app.ts'

const DAY_MS = 86_400_000

const links = '/api/resources/document/readme/links'
const people = '/api/resources/document/readme/collaborators'
const share = (token: string) => `/api/share/${token}`
const setPolicy = (app: App, body: Record<string, unknown>) =>
  app.call('PUT', '/api/policy', { as: 'cleo', body })

interface Row {
  status: number
  provoke(app: App): Promise<Answer>
  also?: Record<string, unknown>
  /** Where it takes an application of its own. */
  own?: Parameters<Stack['start']>[0]
}

/** How each row of the error table is reached. */
const ROWS = {
  invalid_input: {
    status: 400,
    provoke: (app) => app.call('POST', links, { as: 'ada', body: { visibility: 'all', maxViews: 0 } }),
    also: {
      issues: [
        { path: 'body.visibility', message: expect.any(String) },
        { path: 'body.maxViews', message: expect.any(String) },
      ],
    },
  },
  invalid_email: {
    status: 400,
    provoke: (app) =>
      app.call('POST', links, { as: 'ada', body: { visibility: 'public', emails: ['nobody'] } }),
    also: { issues: [{ path: 'body.emails.0', message: 'is not an e-mail address' }] },
  },
  invalid_role: {
    status: 400,
    provoke: (app) => app.call('POST', links, { as: 'ada', body: { visibility: 'public', role: 'editor' } }),
    also: { roles: ['viewer'] },
  },
  account_required: {
    status: 400,
    provoke: (app) =>
      app.call('POST', '/api/resources/document/notes/links', {
        as: 'finn',
        body: { visibility: 'account' },
      }),
  },
  collaborator_limit: {
    status: 400,
    own: { limits: { collaboratorsPerResource: 1 } },
    async provoke(app) {
      const add = (userId: string) =>
        app.call('POST', people, { as: 'ada', body: { userId, role: 'viewer' } })
      expect((await add('ben')).status).toBe(201)
      expect((await add('ben')).status).toBe(201)
      return add('cleo')
    },
    also: { limit: 1 },
  },
  publish_forbidden: {
    status: 400,
    provoke: (app) =>
      app.call('PATCH', '/api/resources/document/contributing', {
        as: 'ada',
        body: { visibility: 'public' },
      }),
  },
  policy_violation: {
    status: 400,
    async provoke(app) {
      await setPolicy(app, { maxLinkDays: 7 })
      const expiresAt = new Date(app.clock.now.getTime() + 8 * DAY_MS).toISOString()
      return app.call('POST', links, { as: 'ada', body: { visibility: 'public', expiresAt } })
    },
    also: { policy: 'maxLinkDays', value: 7 },
  },
  authentication_required: {
    status: 401,
    async provoke(app) {
      const { token } = await makeLink(app, { visibility: 'account' })
      return app.call('GET', share(token))
    },
  },
  password_required: {
    status: 401,
    async provoke(app) {
      const { token } = await makeLink(app, { password: 'open sesame' })
      return app.call('POST', share(token), { body: {} })
    },
  },
  password_incorrect: {
    status: 401,
    async provoke(app) {
      const { token } = await makeLink(app, { password: 'open sesame' })
      return app.call('POST', share(token), { body: { password: 'open barley' } })
    },
  },
  public_shares_disabled: {
    status: 403,
    async provoke(app) {
      const { token } = await makeLink(app)
      await setPolicy(app, { allowPublicShares: false })
      const made = await app.call('POST', links, { as: 'ada', body: { visibility: 'public' } })
      expect(made.body.code).toBe('public_shares_disabled')
      return app.call('GET', share(token))
    },
  },
  forbidden: {
    status: 403,
    async provoke(app) {
      await app.call('PATCH', '/api/resources/document/readme', {
        as: 'ada',
        body: { visibility: 'account' },
      })
      return app.call('POST', links, { as: 'ben', body: { visibility: 'public' } })
    },
  },
  email_mismatch: {
    status: 403,
    async provoke(app) {
      const body = { email: 'finn@home.example', role: 'viewer' }
      expect((await app.call('POST', people, { as: 'ada', body })).status).toBe(201)
      await app.host.sharing.maintain()
      const token = app.mails.at(-1)!.token
      return app.call('POST', '/api/invitations/accept', { as: 'ben', body: { token } })
    },
    also: { hint: 'f…@home.example' },
  },
  not_found: { status: 404, provoke: (app) => app.call('GET', '/api/links/unknown', { as: 'ada' }) },
  conflict: {
    status: 409,
    async provoke(app) {
      const { id } = await makeLink(app)
      await app.call('DELETE', `/api/links/${id}`, { as: 'ada' })
      return app.call('PATCH', `/api/links/${id}`, { as: 'ada', body: { name: 'Again' } })
    },
  },
  expired: {
    status: 410,
    async provoke(app) {
      const expiresAt = new Date(app.clock.now.getTime() + DAY_MS)
      const { token } = await makeLink(app, { expiresAt: expiresAt.toISOString() })
      app.clock.now = new Date(expiresAt.getTime() - 1)
      expect((await app.call('GET', share(token))).status).toBe(200)
      app.clock.now = expiresAt
      return app.call('GET', share(token))
    },
  },
  exhausted: {
    status: 410,
    async provoke(app) {
      const { token } = await makeLink(app, { maxViews: 1 })
      expect((await app.call('POST', share(token), { body: {} })).status).toBe(200)
      return app.call('POST', share(token), { body: {} })
    },
  },
  rate_limited: {
    status: 429,
    own: { limits: { opensPerMinute: 2 } },
    async provoke(app) {
      const { token } = await makeLink(app)
      for (const expected of [200, 200]) expect((await app.call('GET', share(token))).status).toBe(expected)
      return app.call('GET', share(token))
    },
  },
  schema_outdated: {
    status: 500,
    own: { migrate: false },
    provoke: (app) => app.call('GET', '/api/shared', { as: 'ada' }),
  },
  storage_unavailable: {
    status: 503,
    own: {},
    async provoke(app) {
      const { token } = await makeLink(app)
      await app.host.sharing.close()
      return app.call('GET', share(token))
    },
  },
} satisfies Record<ErrorCode, Row>

const REACHED = Object.entries(ROWS).map(([code, row]) => ({ code, row: row as Row }))

describe.each(STACKS)('$name', ({ start }) => {
  let shared: App
  beforeAll(async () => {
    shared = await start()
  })
  afterAll(() => shared.close())
  const own: App[] = []
  afterEach(async () => {
    for (const app of own.splice(0)) await app.close()
    await setPolicy(shared, { allowPublicShares: true, maxLinkDays: null })
  })
  const startOwn = async (options: Parameters<typeof start>[0]): Promise<App> => {
    const app = await start(options)
    own.push(app)
    return app
  }

  test.each(REACHED)('$code', async ({ code, row }) => {
    const app = row.own === undefined ? shared : await startOwn(row.own)
    const answer = await row.provoke(app)
    expect(answer.status, answer.text).toBe(row.status)
    expect(answer.body).toMatchObject({ error: code, code, ...row.also })
    expect(answer.body['message']).toMatch(/^[\p{L}\d].*$/u)
    const retryAfter = answer.headers.get('retry-after')
    if (code === 'rate_limited') {
      expect(Number(retryAfter)).toBeGreaterThan(0)
      expect(answer.body['retryAfter']).toBe(Number(retryAfter))
    } else expect(retryAfter).toBeNull()
    const logged = app.lines.some((line) => line.startsWith('error: '))
    expect(logged).toBe(row.status >= 500)
  })

  test('wrong passwords are limited, with the seconds until the next try', async () => {
    const app = await startOwn({ limits: { passwordAttemptsPerMinute: 2 } })
    const { token } = await makeLink(app, { password: 'open sesame' })
    const attempt = () => app.call('POST', share(token), { body: { password: 'open barley' } })
    expect([(await attempt()).status, (await attempt()).status]).toEqual([401, 401])
    const refused = await attempt()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('additions of people are limited, with the seconds until the next', async () => {
    const app = await startOwn({ limits: { invitationsPerHour: 1 } })
    const add = () => app.call('POST', people, { as: 'ada', body: { userId: 'ben', role: 'viewer' } })
    expect((await add()).status).toBe(201)
    const refused = await add()
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
    expect(refused.headers.get('retry-after')).toBe('3600')
  })

  test('fields are named as the request has them', async () => {
    const app = shared
    const link = await makeLink(app)
    const issues = async (method: string, path: string, body?: unknown) => {
      const answer = await app.call(method, path, { as: 'ada', ...(body !== undefined && { body }) })
      expect(answer.body.code).toMatch(/^invalid_(input|email)$/)
      return (answer.body['issues'] as Array<{ path: string }>).map((issue) => issue.path)
    }
    const past = { visibility: 'public', expiresAt: '2020-01-01T00:00:00Z' }
    expect(await issues('POST', links, past)).toEqual(['body.expiresAt'])
    expect(await issues('PATCH', `/api/links/${link.id}`, { visibility: 'account' })).toEqual([
      'body.visibility',
    ])
    expect(await issues('PUT', '/api/policy', { allowedEmailDomains: ['..'] })).toEqual([
      'body.allowedEmailDomains.0',
    ])
    expect(await issues('GET', '/api/resources/sketch/readme/access')).toEqual(['params.type'])
    expect(await issues('GET', '/api/resources/document/~x/access')).toEqual(['params.id'])
    for (const limit of ['0', '101', '1.5', '-1', 'x', '1e1', '', '1&limit=2']) {
      expect(await issues('GET', `/api/links?limit=${limit}`), limit).toEqual(['query.limit'])
    }
    expect(await issues('GET', '/api/links?cursor=x')).toEqual(['query.cursor'])
    expect(await issues('POST', people, { role: 'viewer' })).toEqual(['body.email'])
    expect(await issues('POST', people, { email: 'nobody', role: 'viewer' })).toEqual(['body.email'])
    expect(await issues('POST', people, { userId: 'ben', role: 'viewer', mode: 'snapshot' })).toEqual([
      'body.mode',
    ])
    expect(await issues('PATCH', `${people}/none`, { role: '' })).toEqual(['body.role'])
    expect(await issues('DELETE', `${people}/${'x'.repeat(256)}`)).toEqual(['params.collaboratorId'])
    expect(
      await issues('POST', '/api/resources/document/readme/transfer', { newOwnerId: '~x', keep: 1 }),
    ).toEqual(['body.newOwnerId', 'body.keep'])
    const days = `/api/links/${link.id}/stats?from=2030-01-02&to=2030-01-01`
    expect(await issues('GET', days)).toEqual(['query.from'])
  })
})
