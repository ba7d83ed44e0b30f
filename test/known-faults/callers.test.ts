import { describe, expect, test } from 'vitest'
import { makeLink, viewsOf } from '../http/app.ts'
import { outcomeOf } from '../support/sample.ts'
import { useApp } from './app.ts'
import { ADA, useGround } from './ground.ts'

// Better Auth made API keys for whomever a request's body named, where nobody was signed in (CVE-2025-61928).
describe('an actor from the request body', () => {
  const http = useApp()
  const CLAIMS: Array<Record<string, unknown>> = [
    { actor: { userId: 'ada', tenantId: 'acme' } },
    { visitor: { actor: { userId: 'ada', tenantId: 'acme' } } },
    { userId: 'ada' },
    { tenantId: 'acme' },
    { admin: 'system' },
    { createdBy: 'ada' },
    { email: 'ada@acme.example' },
  ]
  const HEADERS = {
    'x-user-id': 'ada',
    'x-forwarded-user': 'ada',
    'x-actor': JSON.stringify({ userId: 'ada', tenantId: 'acme' }),
    cookie: 'user=ada',
  }

  test('whoever is not signed in is nobody, whatever the request says of them', async () => {
    const { app } = http
    const inside = await makeLink(app, { visibility: 'account' })
    const addressed = await makeLink(app, { emails: ['ada@acme.example'] })
    for (const claim of CLAIMS) {
      const query = Object.entries(claim).map(
        ([key, value]) => `${key}=${encodeURIComponent(JSON.stringify(value))}`,
      )
      const made = await app.call('POST', `/api/resources/document/readme/links?${query.join('&')}`, {
        headers: HEADERS,
        body: { visibility: 'public', ...claim },
      })
      expect(made.status).toBe(401)
      for (const { token } of [inside, addressed]) {
        const opened = await app.call('POST', `/api/share/${token}`, { headers: HEADERS, body: claim })
        expect(opened.body.code).toBe('invalid_input')
        const asked = await app.call('GET', `/api/share/${token}?${query.join('&')}`, { headers: HEADERS })
        expect(asked.body.code).toBe('authentication_required')
      }
    }
    expect(await viewsOf(app, inside.id)).toBe(0)
  })

  test('whoever is signed in is who they are, whatever they say of themselves', async () => {
    const { app } = http
    const before = (await app.call('GET', '/api/links?mine=true', { as: 'ada' })).text
    for (const claim of CLAIMS) {
      for (const [method, path, body] of [
        ['POST', '/resources/document/readme/links', { visibility: 'public' }],
        ['PATCH', '/resources/document/readme', { visibility: 'public' }],
        ['POST', '/resources/document/readme/transfer', { newOwnerId: 'ben' }],
        ['PUT', '/policy', { allowPublicShares: false }],
      ] as const) {
        const answer = await app.call(method, `/api${path}`, { as: 'ben', body: { ...body, ...claim } })
        expect(answer.body.code, `${method} ${path}`).toBe('invalid_input')
      }
    }
    expect((await app.call('GET', '/api/links?mine=true', { as: 'ada' })).text).toBe(before)
    expect((await app.call('GET', '/api/policy', { as: 'ada' })).body['allowPublicShares']).toBe(true)
  })
})

// Better Auth counted each IPv6 address by itself, and each spelling of one, and took it from a header that visitors
// send (CVE-2026-45364).
describe('spoofed forwarded addresses and IPv6 rotation', () => {
  const http = useApp({ limits: { opensPerMinute: 3, passwordAttemptsPerMinute: 1 } })
  const ground = useGround()

  test('a header that a visitor sends is no address', async () => {
    const { app } = http
    const { id, token } = await makeLink(app)
    const outcomes: unknown[] = []
    for (let index = 1; index <= 5; index++) {
      const address = `203.0.113.${index}`
      const headers = {
        'x-forwarded-for': address,
        forwarded: `for=${address}`,
        'x-real-ip': address,
        'x-client-ip': address,
        'cf-connecting-ip': address,
        'true-client-ip': address,
      }
      const answer = await app.call('POST', `/api/share/${token}`, { headers, body: {} })
      outcomes.push(answer.body.code ?? 'ok')
    }
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'rate_limited', 'rate_limited'])
    const { body } = await app.call('GET', `/api/links/${id}/views`, { as: 'ada' })
    expect(body.items.map((view) => view['ip'])).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1'])
  })

  test.each([
    ['the addresses of one IPv6 network', (index: number) => `2001:db8:1:2:${index}::${index}`],
    [
      'the spellings of one address',
      (index: number) =>
        ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:c000:0207', '0:0:0:0:0:ffff:192.0.2.7', '::ffff:c000:207'][
          index
        ],
    ],
    ['what is no address', (index: number) => ['', 'x', '1.2.3', '1.2.3.4, 5.6.7.8', '[::1]'][index]],
  ])('%s are one visitor', async (_, addressOf) => {
    const sharing = ground.otherwise({ limits: { opensPerMinute: 3, passwordAttemptsPerMinute: false } })
    const { token } = await sharing.links.create(ADA, await ground.document(), { visibility: 'public' })
    const outcomes: string[] = []
    for (let index = 0; index < 5; index++) {
      outcomes.push(await outcomeOf(() => sharing.open(token, { ip: addressOf(index) })))
    }
    expect(outcomes).toEqual(['ok', 'ok', 'ok', 'rate_limited', 'rate_limited'])
  })

  test('a password is guessed no more often for coming from everywhere', async () => {
    let checked = 0
    const sharing = ground.otherwise({
      limits: { opensPerMinute: false, passwordAttemptsPerMinute: 1 },
      passwords: { hash: async () => 'kept', verify: async () => ++checked < 0 },
    })
    const link = { visibility: 'public', password: 'right' } as const
    const { token } = await sharing.links.create(ADA, await ground.document(), link)
    for (let index = 0; index < 60; index++) {
      const ip = `2001:db8:${index}::1`
      await outcomeOf(() => sharing.open(token, { password: 'wrong', ip }))
    }
    expect(checked).toBe(20)
  })
})
