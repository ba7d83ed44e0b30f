import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, makeLink, type Person, STACKS } from './app.ts'

const changelog = '/api/resources/document/changelog'
const people = `${changelog}/collaborators`

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start()
  })
  afterAll(() => app.close())

  const add = async (body: Record<string, unknown>, as: Person = 'ada', path = people) => {
    const answer = await app.call('POST', path, { as, body: { role: 'viewer', ...body } })
    expect(answer.status, answer.text).toBe(201)
    return answer.body
  }
  const codeOf = async (method: string, path: string, as: Person, body?: unknown) => {
    const answer = await app.call(method, path, { as, ...(body !== undefined && { body }) })
    return answer.status < 300 ? answer.status : answer.body.code
  }
  const named = async (as: Person) =>
    (await app.call('GET', people, { as })).body.items.map(({ grantee }) => grantee)

  test('a person is added by id, by address and by group, and listed as those may know who ask', async () => {
    const ben = await add({ userId: 'ben', expiresAt: '2031-01-01T00:00:00+01:00' })
    expect(ben).toEqual({
      id: ben.id,
      resource: { type: 'document', id: 'changelog' },
      role: 'viewer',
      mode: 'live',
      snapshot: null,
      status: 'active',
      invitedBy: 'ada',
      createdAt: '2030-01-01T12:00:00.000Z',
      acceptedAt: '2030-01-01T12:00:00.000Z',
      expiresAt: '2030-12-31T23:00:00.000Z',
      invitationExpiresAt: null,
      grantee: { kind: 'user', userId: 'ben' },
    })
    const [known, unknown] = [
      await add({ email: 'Cleo@acme.example', message: 'Have a look' }),
      await add({ email: 'nobody@acme.example' }),
    ]
    expect(known).toEqual({
      ...unknown,
      id: known.id,
      grantee: { kind: 'email', email: 'Cleo@acme.example' },
    })
    expect(known).toMatchObject({ status: 'invited', invitationExpiresAt: '2030-01-31T12:00:00.000Z' })
    await add({ groupId: 'staff' })
    expect(await named('ada')).toHaveLength(4)
    expect(await named('ben')).toEqual(
      expect.arrayContaining([
        { kind: 'user', userId: 'ben' },
        { kind: 'group', groupId: 'staff' },
      ]),
    )
    expect(await named('ben')).toHaveLength(2)
  })

  test('who was added reads, finds it among what was shared, and changes nothing', async () => {
    await add({ email: 'ben@acme.example', role: 'editor' })
    const shared = await app.call('GET', '/api/shared?filter=shared', { as: 'ben' })
    expect(shared.body.items).toMatchObject([
      {
        resource: { id: 'changelog', title: 'Changelog', ownerId: 'ada' },
        access: 'shared',
        role: 'editor',
        mode: 'live',
        via: { kind: 'grant', grantee: 'email', above: null },
        sharedBy: 'ada',
      },
    ])
    expect((await app.call('GET', '/api/shared?filter=owned', { as: 'ben' })).body.items).toEqual([])
    expect((await app.call('GET', '/api/shared?type=folder', { as: 'ben' })).body.code).toBe('invalid_input')
    expect((await app.call('GET', '/documents/changelog/content', { as: 'ben' })).status).toBe(200)
    expect(await codeOf('POST', people, 'ben', { userId: 'x', role: 'viewer' })).toBe('forbidden')
    expect(await codeOf('GET', `${changelog}/access`, 'ben')).toBe('forbidden')
    const { id } = await add({ userId: 'cleo' })
    expect(await codeOf('PATCH', `${people}/${id}`, 'ben', { role: 'editor' })).toBe('forbidden')
    expect(await codeOf('DELETE', `${people}/${id}`, 'ben')).toBe('forbidden')
    expect(await codeOf('POST', `${changelog}/transfer`, 'ben', { newOwnerId: 'ben' })).toBe('forbidden')
  })

  test('everyone who can do something stands in the answer about access', async () => {
    const { id } = await add({ email: 'cleo@acme.example', role: 'editor' })
    const { body } = await app.call('GET', `${changelog}/access`, { as: 'ada' })
    expect(body.items).toContainEqual({
      who: { kind: 'email', email: 'Cleo@acme.example' },
      role: 'editor',
      actions: ['view', 'edit'],
      via: 'grant',
      grantId: id,
      mode: 'live',
    })
  })

  test('a role is changed, and what was given is taken away, at once', async () => {
    const { id } = await add({ userId: 'ben' })
    const changed = await app.call('PATCH', `${people}/${id}`, { as: 'ada', body: { role: 'editor' } })
    expect(changed.body).toMatchObject({ id, role: 'editor', grantee: { userId: 'ben' } })
    expect(await codeOf('PATCH', `${people}/${id}`, 'ada', { role: 'pilot' })).toBe('invalid_role')
    for (const grantee of ['ben', 'staff', 'ben@acme.example', 'nobody@acme.example']) {
      const items = (await app.call('GET', people, { as: 'ada' })).body.items
      const found = items.find((item) => Object.values(item['grantee'] as object).includes(grantee))
      expect(await codeOf('DELETE', `${people}/${found?.id}`, 'ada')).toBe(204)
    }
    expect(await codeOf('DELETE', `${people}/${id}`, 'ada')).toBe('not_found')
    expect((await app.call('GET', '/documents/changelog/content', { as: 'ben' })).status).toBe(404)
    expect(await codeOf('GET', people, 'ben')).toBe('not_found')
    expect((await app.call('GET', '/api/shared', { as: 'ben' })).body.items).toEqual([])
  })

  test('under another resource, or another type, a collaborator is not found', async () => {
    const { id } = await add({ userId: 'ben' })
    const elsewhere = '/api/resources/document/readme/collaborators'
    const { id: linkId } = await makeLink(app, {}, { document: 'changelog' })
    const unknown = await app.call('DELETE', `${people}/none`, { as: 'ada' })
    for (const path of [`${elsewhere}/${id}`, `${people}/${linkId}`]) {
      const [patched, removed] = [
        await app.call('PATCH', path, { as: 'ada', body: { role: 'editor' } }),
        await app.call('DELETE', path, { as: 'ada' }),
      ]
      for (const answer of [patched, removed]) {
        expect([answer.status, answer.text]).toEqual([404, unknown.text])
      }
    }
    expect(await codeOf('DELETE', `/api/resources/sketch/changelog/collaborators/${id}`, 'ada')).toBe(
      'invalid_input',
    )
    const kept = (await app.call('GET', people, { as: 'ada' })).body.items
    expect(kept.find((item) => item.id === id)).toMatchObject({ role: 'viewer' })
    expect(await codeOf('GET', `/api/links/${linkId}`, 'ada')).toBe(200)
  })

  test('"me" is whoever asks, and leaves', async () => {
    await add({ userId: 'ben' })
    await add({ email: 'ben@acme.example', role: 'editor' })
    expect(await codeOf('DELETE', `${people}/me`, 'dora')).toBe('not_found')
    expect(await codeOf('DELETE', `${people}/me`, 'ada')).toBe('conflict')
    expect(await codeOf('DELETE', `${people}/me`, 'ben')).toBe(204)
    expect(await codeOf('DELETE', `${people}/me`, 'ben')).toBe('not_found')
    expect(JSON.stringify(await named('ada'))).not.toContain('ben')
  })

  test('a guest opens nothing until the account lets guests in', async () => {
    await add({ email: 'dora@globex.example' })
    const theirs = async () => [
      (await app.call('GET', '/api/shared', { as: 'dora' })).body.items.map(({ access }) => access),
      (await app.call('GET', '/documents/changelog/content', { as: 'dora' })).status,
    ]
    expect(await theirs()).toEqual([['owned'], 404])
    await app.call('PUT', '/api/policy', { as: 'cleo', body: { allowGuests: true } })
    expect(await theirs()).toEqual([expect.arrayContaining(['owned', 'shared']), 200])
    await app.call('PUT', '/api/policy', { as: 'cleo', body: { allowGuests: false } })
    expect(await theirs()).toEqual([['owned'], 404])
  })

  test('whoever gives a resource away keeps the role that they name', async () => {
    const path = '/api/resources/document/contributing'
    const give = (as: Person, body: unknown) => app.call('POST', `${path}/transfer`, { as, body })
    const read = async (as: Person) =>
      (await app.call('GET', '/documents/contributing/content', { as })).status
    expect((await give('ada', { newOwnerId: 'ben', keep: 'pilot' })).body.code).toBe('invalid_role')
    expect((await give('ada', { newOwnerId: 'ben', keep: 'viewer' })).body).toMatchObject({ ownerId: 'ben' })
    const kept = await app.call('GET', `${path}/collaborators`, { as: 'ben' })
    expect(kept.body.items).toMatchObject([{ role: 'viewer', grantee: { userId: 'ada' } }])
    expect((await give('ben', { newOwnerId: 'ada', keep: null })).status).toBe(200)
    expect([await read('ada'), await read('ben')]).toEqual([200, 404])
    expect((await app.call('GET', `${path}/collaborators`, { as: 'ada' })).body.items).toEqual([])
  })
})
