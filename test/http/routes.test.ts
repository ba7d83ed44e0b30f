import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, keyOf, STACKS } from './app.ts'
import { CASES, namesOf, send } from './cases.ts'

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start()
  })
  afterAll(() => app.close())

  test('lists page by their cursor, and an admin asks for the account’s links', async () => {
    for (let made = 0; made < 3; made++) {
      app.clock.now = new Date(app.clock.now.getTime() + 1000)
      await namesOf(app, 'ada', 'readme')
    }
    const first = await app.call('GET', '/api/links?limit=2', { as: 'ada' })
    expect(first.body.items).toHaveLength(2)
    const cursor = encodeURIComponent(first.body.nextCursor)
    const second = await app.call('GET', `/api/links?limit=2&cursor=${cursor}`, { as: 'ada' })
    expect(second.body).toMatchObject({ items: [{ createdBy: 'ada' }], nextCursor: null })
    const all = new Set([...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id))
    expect(all.size).toBe(3)
    expect((await app.call('GET', '/api/links', { as: 'cleo' })).body.items).toHaveLength(0)
    expect((await app.call('GET', '/api/links?mine=false', { as: 'cleo' })).body.items).toHaveLength(3)
    expect((await app.call('GET', '/api/links?mine=false', { as: 'ben' })).body.items).toHaveLength(0)
  })

  test('every route of the table has a case, and answers as the table says', async () => {
    expect(Object.keys(CASES).sort()).toEqual(app.host.routes.map(keyOf).sort())
    // Somebody with every right here: the owner of a document who administers the account too.
    const as = 'emil'
    await app.host.sharing.resources.transfer({ userId: 'dora', tenantId: 'globex' }, ref('security'), as, {
      keep: null,
    })
    const names = await namesOf(app, as, 'security')
    for (const row of Object.keys(CASES)) {
      // An invitation is for whom it was sent to.
      const by = CASES[row]!.names === 'invitation' ? names.invited : as
      const answer = await send(app, row, names, { as: by })
      expect(answer.status, `${row}: ${answer.text}`).toBeLessThan(300)
    }
  })

  test('every route for signed-in people refuses everybody else before it reads anything', async () => {
    const names = await namesOf(app, 'ada', 'readme')
    const rows = app.host.routes.filter((route) => route.access === 'signed-in').map(keyOf)
    for (const row of rows) {
      const answer = await send(app, row, names, { headers: { authorization: 'Bearer forged' } })
      expect(answer.body, row).toEqual({
        error: 'authentication_required',
        message: 'Sign in first.',
        code: 'authentication_required',
      })
    }
    expect(rows).toHaveLength(Object.keys(CASES).length - 5)
  })

  test('an actor in a body is refused and has no effect', async () => {
    const actor = { userId: 'ada', tenantId: 'acme', admin: 'system' }
    const names = await namesOf(app, 'ada', 'readme')
    const before = (await app.call('GET', '/api/resources/document/readme/audit', { as: 'ada' })).text
    for (const row of Object.keys(CASES).filter((row) => CASES[row]!.body)) {
      const body = { ...(CASES[row]!.body!(names) as object), actor }
      const answer = await send(app, row, names, { as: 'dora', body })
      expect(answer.body, row).toMatchObject({
        code: 'invalid_input',
        issues: [{ path: 'body.actor', message: 'actor cannot be set here' }],
      })
    }
    const query = `?actor=${encodeURIComponent(JSON.stringify(actor))}&userId=ada`
    expect((await app.call('GET', `/api/links/${names.linkId}${query}`, { as: 'dora' })).status).toBe(404)
    expect((await app.call('GET', '/api/resources/document/readme/audit', { as: 'ada' })).text).toBe(before)
  })
})

const ref = (id: string) => ({ type: 'document', id }) as const
