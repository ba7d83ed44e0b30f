import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, makeLink, STACKS, viewsOf } from './app.ts'

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start()
  })
  afterAll(() => app.close())

  test('a GET opens a link for a stranger and records one view with who came', async () => {
    const link = await makeLink(app)
    const { body } = await app.call('GET', `/api/share/${link.token}`, {
      headers: { 'user-agent': 'Reader/1' },
    })
    expect(body).toMatchObject({
      kind: 'opened',
      resource: { type: 'document', id: 'readme', title: 'README' },
      role: 'viewer',
      actions: ['view'],
    })
    const views = await app.call('GET', `/api/links/${link.id}/views`, { as: 'ada' })
    expect(views.body.items).toMatchObject([{ ip: '127.0.0.1', userAgent: 'Reader/1', viewerId: null }])
    await app.call('GET', `/api/share/${link.token}`, { as: 'dora' })
    const again = await app.call('GET', `/api/links/${link.id}/views`, { as: 'ada' })
    expect(again.body.items.map((view) => view['viewerId']).sort()).toEqual(['dora', null])
  })

  test.each([
    ['views are limited', { maxViews: 1 }, ['confirmation']],
    ['a password is asked', { password: 'open sesame' }, ['password']],
  ])('a GET previews and spends nothing where %s', async (_, settings, needs) => {
    const link = await makeLink(app, settings)
    for (let times = 0; times < 3; times++) {
      const { body } = await app.call('GET', `/api/share/${link.token}`)
      expect(body).toEqual({ kind: 'preview', title: null, visibility: 'public', needs })
    }
    expect(await viewsOf(app, link.id)).toBe(0)
  })

  test('a HEAD, or a page loaded ahead, spends nothing', async () => {
    const link = await makeLink(app)
    const head = await app.call('HEAD', `/api/share/${link.token}`)
    expect([head.status, head.text]).toEqual([200, ''])
    for (const headers of [
      { 'sec-purpose': 'prefetch' },
      { 'sec-purpose': 'prefetch;prerender' },
      { purpose: 'prefetch' },
      { 'x-moz': 'prefetch' },
      { 'x-purpose': 'preview' },
    ] as Record<string, string>[]) {
      const { body } = await app.call('GET', `/api/share/${link.token}`, { headers })
      expect(body).toMatchObject({ kind: 'preview', title: 'README', needs: [] })
    }
    expect(await viewsOf(app, link.id)).toBe(0)
    expect((await app.call('HEAD', '/api/share/unknown')).status).toBe(404)
  })

  test('a second click with the pass of the first spends nothing more', async () => {
    const link = await makeLink(app, { maxViews: 1, password: 'open sesame' })
    const path = `/api/share/${link.token}`
    const first = await app.call('POST', path, { body: { password: 'open sesame' } })
    const second = await app.call('POST', path, { body: { pass: first.body.pass } })
    expect(second.body).toEqual(first.body)
    expect(await viewsOf(app, link.id)).toBe(1)
    const stranger = await app.call('POST', path, { body: { password: 'open sesame' } })
    expect(stranger.body.code).toBe('exhausted')
  })

  test('a pass of another link, another person or nobody counts as none', async () => {
    const link = await makeLink(app)
    const other = await makeLink(app, {}, { document: 'changelog' })
    const { body: mine } = await app.call('POST', `/api/share/${link.token}`, { as: 'dora', body: {} })
    const elsewhere = await app.call('POST', `/api/share/${other.token}`, {
      as: 'dora',
      body: { pass: mine.pass },
    })
    expect(elsewhere.body['resource']).toMatchObject({ id: 'changelog' })
    for (const pass of [mine.pass, `${mine.pass}x`, 'none']) {
      await app.call('POST', `/api/share/${link.token}`, { as: 'ben', body: { pass } })
    }
    expect(await viewsOf(app, link.id)).toBe(4)
  })

  test('resume goes on without a second view, until the link is revoked', async () => {
    const link = await makeLink(app)
    const { body: opened } = await app.call('GET', `/api/share/${link.token}`)
    const resume = () => app.call('POST', '/api/share/resume', { body: { pass: opened.pass } })
    expect((await resume()).body).toEqual(opened)
    expect(await viewsOf(app, link.id)).toBe(1)
    expect((await app.call('DELETE', `/api/links/${link.id}`, { as: 'ada' })).status).toBe(204)
    expect((await resume()).body.code).toBe('not_found')
    expect((await app.call('GET', `/api/share/${link.token}`)).body.code).toBe('not_found')
  })

  test('a preview tells the title only where nothing is needed', async () => {
    const open = await makeLink(app)
    const closed = await makeLink(app, { visibility: 'account', maxViews: 2 })
    expect((await app.call('GET', `/api/share/${open.token}/preview`)).body).toEqual({
      kind: 'preview',
      title: 'README',
      visibility: 'public',
      needs: [],
    })
    expect((await app.call('GET', `/api/share/${closed.token}/preview`)).body).toEqual({
      kind: 'preview',
      title: null,
      visibility: 'account',
      needs: ['signin', 'confirmation'],
    })
  })
})
