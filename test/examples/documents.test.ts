import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, makeLink, type Person, STACKS } from '../http/app.ts'

const fileOf = (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start()
  })
  afterAll(() => app.close())

  const read = (id: string, { pass, as }: { pass?: string; as?: Person } = {}) =>
    app.call('GET', `/documents/${id}/content`, {
      ...(as && { as }),
      ...(pass !== undefined && { headers: { 'share-pass': pass } }),
    })

  test('a stranger reads what was shared, and nothing else', async () => {
    const { token } = await makeLink(app, {}, { document: 'changelog' })
    const { body } = await app.call('GET', `/api/share/${token}`)
    const answer = await read('changelog', { pass: body.pass })
    expect([answer.status, answer.text]).toEqual([200, await fileOf('CHANGELOG.md')])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-robots-tag')).toBe('noindex')
    const unknown = await read('unknown', { pass: body.pass })
    for (const id of ['readme', 'contributing', 'security', 'notes']) {
      const other = await read(id, { pass: body.pass })
      expect([other.status, other.text]).toEqual([404, unknown.text])
    }
    expect((await read('changelog')).status).toBe(404)
    expect((await read('changelog', { pass: 'forged' })).status).toBe(404)
  })

  test('the pass ends with the link', async () => {
    const link = await makeLink(app)
    const { body } = await app.call('GET', `/api/share/${link.token}`)
    expect((await read('readme', { pass: body.pass })).status).toBe(200)
    await app.call('DELETE', `/api/links/${link.id}`, { as: 'ada' })
    expect((await read('readme', { pass: body.pass })).status).toBe(404)
  })

  test('the pass of a person serves nobody else', async () => {
    const link = await makeLink(app, { visibility: 'account' })
    const { body } = await app.call('GET', `/api/share/${link.token}`, { as: 'ben' })
    expect((await read('readme', { pass: body.pass, as: 'ben' })).status).toBe(200)
    expect((await read('readme', { pass: body.pass, as: 'dora' })).status).toBe(403)
    expect((await read('readme', { pass: body.pass })).status).toBe(401)
  })

  test('people read, and find in their list, what they may view in their own right', async () => {
    const idsOf = async (as: Person) =>
      JSON.parse((await app.call('GET', '/documents', { as })).text).map(({ id }: { id: string }) => id)
    expect(await idsOf('ada')).toEqual(['changelog', 'contributing', 'readme'])
    expect(await idsOf('ben')).toEqual([])
    expect((await read('contributing', { as: 'ben' })).status).toBe(404)
    const path = '/api/resources/document/contributing'
    await app.call('PATCH', path, { as: 'ada', body: { visibility: 'account' } })
    expect(await idsOf('ben')).toEqual(['contributing'])
    expect(await idsOf('dora')).toEqual(['security'])
    expect(await idsOf('finn')).toEqual(['notes'])
    expect((await read('contributing', { as: 'ben' })).text).toBe(await fileOf('CONTRIBUTING.md'))
    expect((await read('contributing', { as: 'dora' })).status).toBe(404)
    expect((await app.call('GET', '/documents')).status).toBe(401)
  })

  test('the OpenAPI document is served', async () => {
    const answer = await app.call('GET', '/openapi.json')
    expect(answer.body).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/api' }] })
  })
})
