import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, makeLink, STACKS } from './app.ts'

const links = '/api/resources/document/readme/links'

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start()
  })
  afterAll(() => app.close())

  test.each([
    ['cut off', '{"visibility":"public"'],
    ['no JSON', 'visibility=public'],
    ['a bare text', '"public"'],
    ['a list', '[]'],
    ['null', 'null'],
    ['nothing', ''],
  ])('a body that is %s is invalid input, and is not repeated', async (_, body) => {
    const answer = await app.call('POST', links, { as: 'ada', body })
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input'])
    if (body.includes('vis')) expect(answer.text).not.toContain('"public"')
  })

  test('a body that is too large is invalid input', async () => {
    const body = { visibility: 'public', name: 'x'.repeat(40_000) }
    const answer = await app.call('POST', links, { as: 'ada', body })
    expect([answer.status, answer.body]).toEqual([
      400,
      { error: 'invalid_input', message: 'The body is too large.', code: 'invalid_input' },
    ])
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'a body sent as "%s" is refused: a form of another site can send it',
    async (type) => {
      const { id, token } = await makeLink(app)
      const answer = await app.call('POST', `/api/links/${id}/rotate`, {
        as: 'ada',
        body: '{"graceSeconds":0}',
        headers: { 'content-type': type },
      })
      expect(answer.body.code).toBe('invalid_input')
      expect((await app.call('GET', `/api/share/${token}`)).status).toBe(200)
    },
  )

  test('a DELETE may say that it brings JSON and bring none', async () => {
    const { id } = await makeLink(app)
    const answer = await app.call('DELETE', `/api/links/${id}`, {
      as: 'ada',
      headers: { 'content-type': 'application/json' },
    })
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([204, '', null])
  })

  test('where nothing has to be said, no body is needed', async () => {
    const { id, token } = await makeLink(app)
    expect((await app.call('POST', `/api/share/${token}`)).body['kind']).toBe('opened')
    expect((await app.call('POST', `/api/links/${id}/rotate`, { as: 'ada' })).body.token).not.toBe(token)
  })

  test('a key of __proto__ is a field that cannot be set', async () => {
    const body = '{"visibility":"public","__proto__":{"password":"x"}}'
    const answer = await app.call('POST', links, { as: 'ada', body })
    expect(answer.body['hasPassword'] ?? false).toBe(false)
    expect(answer.status === 400 || answer.body['visibility'] === 'public').toBe(true)
  })
})
