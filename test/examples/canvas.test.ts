import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, type Person, STACKS } from '../http/app.ts'

const CANVAS = { type: 'canvas', id: 'q3' }
const PATH = '/api/resources/canvas/q3'
const PIECES = ['table', 'chart', 'cover']

interface Piece {
  ref: string
  status: string
  token: string
  data: unknown
}

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start()
    await app.host.shareCanvases()
  })
  afterAll(() => app.close())

  const refresh = async (body: object, as?: Person, refs = PIECES): Promise<Record<string, Piece>> => {
    const answer = await app.call('POST', '/api/refs/refresh', { ...(as && { as }), body: { ...body, refs } })
    expect(answer.status, answer.text).toBe(200)
    return Object.fromEntries((answer.body.items as unknown as Piece[]).map((piece) => [piece.ref, piece]))
  }
  const addOrder = (region: string, as: Person = 'ada') =>
    app.call('POST', '/canvases/q3/orders', { as, body: { region, month: '2029-10', amount: 77 } })
  const file = (token: string, as?: Person) => app.call('GET', `/files/${token}`, { ...(as && { as }) })

  test('a live grant shows each reader their own rows, and the new ones that they may see', async () => {
    const given = await app.call('POST', `${PATH}/collaborators`, {
      as: 'ada',
      body: { userId: 'ben', role: 'viewer' },
    })
    expect(given.status, given.text).toBe(201)
    const regionsOf = ({ data }: Piece) => (data as Array<{ region: string }>).map(({ region }) => region)
    const adas = await refresh({ resource: CANVAS }, 'ada')
    const bens = await refresh({ resource: CANVAS }, 'ben')
    expect(regionsOf(adas['table']!)).toHaveLength(12)
    expect(regionsOf(bens['table']!)).toHaveLength(6)
    expect(new Set(regionsOf(bens['table']!))).toEqual(new Set(['north', 'east']))
    expect(bens['chart']!.data).toEqual({ north: 3030, east: 6030 })
    expect(JSON.stringify(bens)).not.toMatch(/south|west/)

    expect((await addOrder('north', 'ben')).status).toBe(403)
    for (const region of ['north', 'south']) expect((await addOrder(region)).status).toBe(200)
    const later = await refresh({ resource: CANVAS }, 'ben')
    expect(later['chart']!.data).toEqual({ north: 3107, east: 6030 })
    expect(JSON.stringify(later)).not.toMatch(/south|west/)
    expect(regionsOf((await refresh({ resource: CANVAS }, 'ada'))['table']!)).toHaveLength(14)

    // Ben's tokens are Ben's: neither Ada nor anybody else fetches by them, and taken away they are over.
    const cover = later['cover']!.token
    expect((await file(cover, 'ben')).text).toContain('<text>3</text>')
    expect((await file(cover, 'ada')).status).toBe(403)
    expect((await file(cover)).status).toBe(401)
    expect((await file(later['table']!.token, 'ben')).status).toBe(404)
    await app.call('DELETE', `${PATH}/collaborators/${given.body.id}`, { as: 'ada' })
    expect((await file(cover, 'ben')).status).toBe(404)
    expect(
      (
        await app.call('POST', '/api/refs/refresh', {
          as: 'ben',
          body: { resource: CANVAS, refs: ['table'] },
        })
      ).status,
    ).toBe(404)
    expect(app.lines.join('\n')).not.toContain(cover)
  })

  test('a snapshot stays as it was shared, its cover too, whatever is edited', async () => {
    const make = () =>
      app.call('POST', `${PATH}/links`, { as: 'ada', body: { visibility: 'public', mode: 'snapshot' } })
    const { body: link } = await make()
    const open = async (as?: Person) =>
      (await app.call('POST', `/api/share/${link.token}`, { ...(as && { as }) })).body
    const opened = await open()
    const { revision, content } = opened['snapshot'] as { revision: string; content: { table: unknown[] } }
    for (const region of ['north', 'west']) await addOrder(region)
    for (const again of [await open(), await open('ben'), await open('dora')]) {
      expect(again['snapshot']).toMatchObject({ revision, content })
    }
    const seen = await refresh({ pass: opened.pass })
    expect(Object.values(seen).map(({ status }) => status)).toEqual(['denied', 'denied', 'ok'])
    expect(seen['cover']!.data).toMatchObject({ revision })
    expect((await file(seen['cover']!.token)).text).toContain(`<text>${revision}</text>`)
    const adas = await refresh({ resource: CANVAS }, 'ada')
    expect((await file(adas['cover']!.token, 'ada')).text).toContain(`<text>${Number(revision) + 2}</text>`)
    expect(adas['table']!.data).toHaveLength(content.table.length + 2)
    expect((await file(adas['cover']!.token)).status).toBe(401)
    // Nothing of the owner's own is in what a stranger was given.
    const given = JSON.stringify([opened, seen])
    for (const { token } of Object.values(adas)) expect(given).not.toContain(token)
    await app.call('DELETE', `/api/links/${link.id}`, { as: 'ada' })
    expect((await file(seen['cover']!.token)).status).toBe(404)
  })

  test('a public link shows no rows to a stranger, nor to somebody of another account', async () => {
    const { body: link } = await app.call('POST', `${PATH}/links`, {
      as: 'ada',
      body: { visibility: 'public' },
    })
    for (const as of [undefined, 'dora'] as const) {
      const { body: opened } = await app.call('GET', `/api/share/${link.token}`, { ...(as && { as }) })
      const seen = await refresh({ pass: opened.pass }, as)
      expect(Object.values(seen).map(({ status }) => status)).toEqual(['denied', 'denied', 'ok'])
      expect((await file(seen['cover']!.token, as)).status).toBe(200)
    }
    const { body: opened } = await app.call('GET', `/api/share/${link.token}`, { as: 'ada' })
    expect((await refresh({ pass: opened.pass }, 'ada'))['table']!.status).toBe('ok')
  })

  test('a copy is its maker’s own: an edit of either side does not touch the other', async () => {
    const { body: link } = await app.call('POST', `${PATH}/links`, {
      as: 'ada',
      body: { visibility: 'account', mode: 'snapshot' },
    })
    const { body: opened } = await app.call('POST', `/api/share/${link.token}`, { as: 'ben' })
    const { content } = opened['snapshot'] as { content: { table: Array<Record<string, unknown>> } }
    await addOrder('east')
    const fork = (as: Person, body: object) => app.call('POST', `${PATH}/fork`, { as, body })
    const made = await fork('ben', { pass: opened.pass, idempotencyKey: 'once' })
    expect(made.status, made.text).toBe(201)
    expect(made.body).toMatchObject({ ownerId: 'ben', visibility: 'private', forkedFrom: CANVAS })
    expect((await fork('ben', { pass: opened.pass, idempotencyKey: 'once' })).body.id).toBe(made.body.id)
    const copy = { type: 'canvas', id: made.body.id }
    const rowsOf = async (resource: object, as: Person) => {
      const { data } = (await refresh({ resource }, as))['table']!
      return (data as Array<Record<string, unknown>>).map(({ id: _, ...row }) => row)
    }
    const shared = content.table.map(({ id: _, ...row }) => row)
    expect(await rowsOf(copy, 'ben')).toEqual(shared)

    const original = await rowsOf(CANVAS, 'ada')
    const order = { region: 'west', month: '2029-11', amount: 5 }
    const edit = (id: string, as: Person) => app.call('POST', `/canvases/${id}/orders`, { as, body: order })
    expect((await edit(copy.id, 'ben')).status).toBe(200)
    expect(await rowsOf(CANVAS, 'ada')).toEqual(original)
    expect(await rowsOf(copy, 'ben')).toEqual([...shared, order])
    await addOrder('north')
    expect(await rowsOf(CANVAS, 'ada')).toHaveLength(original.length + 1)
    expect(await rowsOf(copy, 'ben')).toEqual([...shared, order])
    const again = await app.call('POST', `/api/share/${link.token}`, { as: 'ben' })
    expect(again.body['snapshot']).toEqual(opened['snapshot'])

    // What it was made by ends, and the copy does not; whoever owns the other has no part in it.
    expect((await edit(copy.id, 'ada')).status).toBe(404)
    await app.call('DELETE', `/api/links/${link.id}`, { as: 'ada' })
    expect((await fork('ben', { pass: opened.pass })).status).toBe(404)
    expect(await rowsOf(copy, 'ben')).toEqual([...shared, order])
  })

  test('what is asked for is bounded, and a mistake is named', async () => {
    const ask = (body: unknown, as?: Person) =>
      app.call('POST', '/api/refs/refresh', { ...(as && { as }), body })
    const issuesOf = async (body: unknown) => (await ask(body, 'ada')).body['issues']
    const refs = ['table']
    const either = 'give `pass`, or `resource` where you read by a right of your own'
    expect(await issuesOf({ refs })).toEqual([{ path: 'body.pass', message: either }])
    expect(await issuesOf({ pass: 'x', resource: CANVAS, refs })).toEqual([
      { path: 'body.pass', message: either },
    ])
    const many = Array.from({ length: 101 }, String)
    expect(await issuesOf({ resource: CANVAS, refs: many })).toMatchObject([{ path: 'body.refs' }])
    expect(await issuesOf({ resource: CANVAS, refs: [''] })).toMatchObject([{ path: 'body.refs.0' }])
    expect(await issuesOf({ resource: { type: 'none', id: 'x' }, refs })).toMatchObject([
      { path: 'body.resource.type' },
    ])
    expect((await ask({ resource: CANVAS, refs })).status).toBe(401)
    expect((await ask({ pass: 'x', refs })).status).toBe(404)
    const long = 'x'.repeat(999)
    expect(
      (await ask({ resource: CANVAS, refs: Array.from({ length: 40 }, () => long) }, 'ada')).status,
    ).toBe(400)
  })
})
