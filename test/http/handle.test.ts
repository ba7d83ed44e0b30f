import Database from 'better-sqlite3'
import { type Actor, createSharing, SharingError } from 'sharegrant'
import { createRoutes, errorResponse, type HttpRequest, type RoutesOptions } from 'sharegrant/http'
import { sqliteStore } from 'sharegrant/sqlite'
import { expect, test } from 'vitest'

const owner: Actor = { userId: 'u1', tenantId: 't1' }
const ref = { type: 'document', id: 'd1' } as const

async function openTable(options: Partial<RoutesOptions> = {}) {
  const sharing = createSharing({
    store: sqliteStore({ database: new Database(':memory:') }),
    secret: 'at least 32 bytes that nobody else knows',
    resources: { document: { roles: { viewer: ['view'] } } },
  })
  await sharing.migrate()
  await sharing.resources.register(ref, { tenantId: 't1', ownerId: 'u1', title: 'Plan' })
  const link = await sharing.links.create(owner, ref, { visibility: 'public' })
  const routes = createRoutes(sharing, { actor: () => owner, ...options })
  const handle = (method: string, path: string, request: Partial<HttpRequest> = {}) =>
    routes
      .find((route) => route.method === method && route.path === path)!
      .handle({
        method,
        url: path,
        headers: {},
        params: {},
        query: {},
        json: async () => undefined,
        ...request,
      })
  const views = async () => (await sharing.views.list(owner, { link: link.id })).items
  return { link, handle, views }
}

test('headers may come as Node has them or as the Web has them', async () => {
  const { link, handle, views } = await openTable({ actor: () => null })
  const params = { token: link.token }
  await handle('GET', '/share/:token', { params, headers: { 'user-agent': 'Node/1' } })
  await handle('GET', '/share/:token', { params, headers: new Headers({ 'User-Agent': 'Web/1' }) })
  expect((await views()).map((view) => view.userAgent).sort()).toEqual(['Node/1', 'Web/1'])
})

test('the address is the request’s, or what the host says instead', async () => {
  const given = await openTable({ actor: () => null })
  await given.handle('GET', '/share/:token', { params: { token: given.link.token }, ip: '192.0.2.1' })
  expect((await given.views())[0]?.ip).toBe('192.0.2.1')
  const said = await openTable({ actor: () => null, ip: () => '192.0.2.9' })
  await said.handle('GET', '/share/:token', { params: { token: said.link.token }, ip: '192.0.2.1' })
  expect((await said.views())[0]?.ip).toBe('192.0.2.9')
})

test('whoever has hung up spends nothing', async () => {
  const { link, handle, views } = await openTable()
  const request = { params: { token: link.token }, signal: AbortSignal.abort() }
  for (const method of ['GET', 'POST']) {
    expect((await handle(method, '/share/:token', request)).status).toBe(499)
  }
  expect(await views()).toEqual([])
})

test('an actor that the host got wrong is its own mistake, not the client’s', async () => {
  const told: unknown[] = []
  const { handle } = await openTable({
    actor: () => ({ userId: '~secret', tenantId: 't1' }),
    onError: (error) => void told.push(error),
  })
  const response = await handle('GET', '/links')
  expect(response.status).toBe(500)
  expect(await response.text()).not.toMatch(/secret|userId|actor/)
  expect(told).toMatchObject([{ code: 'invalid_input' }])
})

test('what throws inside the host is told to onError alone, even where that throws too', async () => {
  const { handle } = await openTable({
    actor: () => {
      throw new Error('the session table is gone')
    },
    onError: () => {
      throw new Error('so is the log')
    },
  })
  const response = await handle('GET', '/links')
  expect([response.status, await response.text()]).toEqual([
    500,
    '{"error":"internal_error","message":"Something went wrong.","code":"internal_error"}',
  ])
})

test('details and causes stay out of answers', async () => {
  const error = new SharingError('conflict', { details: { sql: 'select' }, cause: new Error('driver') })
  expect(await errorResponse(error).json()).toEqual({
    error: 'conflict',
    message: 'The state has changed in the meantime.',
    code: 'conflict',
  })
})
