import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type App, type Person, STACKS } from './app.ts'

const Q3 = '/api/resources/canvas/q3'

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start()
    await app.host.shareCanvases()
  })
  afterAll(() => app.close())

  const fork = (body: object, as?: Person, path = Q3) =>
    app.call('POST', `${path}/fork`, { ...(as && { as }), body })
  const opened = async (settings: object, as?: Person): Promise<{ pass: string; linkId: string }> => {
    const link = await app.call('POST', `${Q3}/links`, {
      as: 'ada',
      body: { visibility: 'public', ...settings },
    })
    expect(link.status, link.text).toBe(201)
    const { body } = await app.call('POST', `/api/share/${link.body.token}`, { ...(as && { as }), body: {} })
    return { pass: body.pass, linkId: link.body.id }
  }
  const outcome = ({ status, body }: Answer) => [status, body.code]
  const forksSeen = async () =>
    (await app.call('GET', `${Q3}/audit`, { as: 'ada' })).body.items.filter(
      ({ action }) => action === 'resource.forked',
    ).length
  const owned = async (as: Person) =>
    (await app.call('GET', '/api/shared?filter=owned&type=canvas', { as })).body.items

  test('the bearer of a link who is signed in makes a copy, which is theirs and nobody else’s', async () => {
    for (const mode of ['snapshot', 'live']) {
      const { pass } = await opened({ mode }, 'ben')
      const made = await fork({ pass }, 'ben')
      expect(made.status, made.text).toBe(201)
      expect(made.body).toMatchObject({
        ...{
          type: 'canvas',
          tenantId: 'acme',
          ownerId: 'ben',
          title: 'Third quarter',
          visibility: 'private',
        },
        forkedFrom: { type: 'canvas', id: 'q3' },
      })
      expect(JSON.stringify(await owned('ben'))).toContain(made.body.id)
      const path = `/api/resources/canvas/${made.body.id}`
      expect((await app.call('GET', `${path}/access`, { as: 'ben' })).status).toBe(200)
      expect(outcome(await app.call('GET', `${path}/access`, { as: 'ada' }))).toEqual([404, 'not_found'])
      expect(outcome(await fork({}, 'ada', path))).toEqual([404, 'not_found'])
    }
  })

  test('nobody makes one who is not signed in, whatever they bring, and nothing is made', async () => {
    const before = await forksSeen()
    const { pass } = await opened({ mode: 'snapshot' })
    for (const body of [{ pass }, {}, { pass: 'none' }, { pass, idempotencyKey: 'key' }]) {
      const answer = await fork(body)
      expect(outcome(answer)).toEqual([401, 'authentication_required'])
    }
    expect(await forksSeen()).toBe(before)
    // Opened before signing in, it is good afterwards.
    expect((await fork({ pass, idempotencyKey: 'key' }, 'cleo')).status).toBe(201)
  })

  test('a pass is good for its opener, its resource, and while its link is', async () => {
    const { pass, linkId } = await opened({}, 'ben')
    expect(outcome(await fork({ pass }, 'cleo'))).toEqual([403, 'forbidden'])
    expect(outcome(await fork({ pass: `${pass.slice(0, -1)}_` }, 'ben'))).toEqual([404, 'not_found'])
    const other = await fork({ pass }, 'ben', '/api/resources/document/readme')
    expect(outcome(other)).toEqual([404, 'not_found'])
    // By a right of their own they have none, whatever others sent them.
    expect(outcome(await fork({}, 'ben'))).toEqual([404, 'not_found'])
    expect((await app.call('DELETE', `/api/links/${linkId}`, { as: 'ada' })).status).toBe(204)
    expect(outcome(await fork({ pass }, 'ben'))).toEqual([404, 'not_found'])
  })

  test('a role that does not carry it gives none', async () => {
    const link = await app.call('POST', '/api/resources/document/readme/links', {
      as: 'ada',
      body: { visibility: 'public' },
    })
    const { body } = await app.call('POST', `/api/share/${link.body.token}`, { as: 'ben', body: {} })
    const answer = await fork({ pass: body.pass }, 'ben', '/api/resources/document/readme')
    expect(outcome(answer)).toEqual([403, 'forbidden'])
  })

  test('it leaves the account only as a snapshot, and where the policy lets guests in', async () => {
    const past = await opened({ mode: 'snapshot' }, 'dora')
    const live = await opened({}, 'dora')
    expect(outcome(await fork({ pass: past.pass }, 'dora'))).toEqual([403, 'forbidden'])
    await app.call('PUT', '/api/policy', { as: 'cleo', body: { allowGuests: true } })
    const made = await fork({ pass: past.pass }, 'dora')
    expect([made.status, made.body['tenantId'], made.body['ownerId']]).toEqual([201, 'globex', 'dora'])
    expect(outcome(await fork({ pass: live.pass }, 'dora'))).toEqual([403, 'forbidden'])
    await app.call('PUT', '/api/policy', { as: 'cleo', body: { allowGuests: false } })
  })

  test('with a key it is made once, however often and at once it is asked for', async () => {
    const { pass } = await opened({ mode: 'snapshot' })
    const before = (await owned('ben')).length
    const once = { pass, idempotencyKey: 'once' }
    const answers = await Promise.all([1, 2, 3, 4].map(() => fork(once, 'ben')))
    answers.push(await fork(once, 'ben'))
    for (const answer of answers) {
      expect(answer.status, answer.text).toBe(201)
      expect(answer.body).toEqual(answers[0]!.body)
    }
    expect(await owned('ben')).toHaveLength(before + 1)
    const ids = new Set([answers[0]!.body.id])
    // Another key, another person: another copy.
    ids.add((await fork({ ...once, idempotencyKey: 'twice' }, 'ben')).body.id)
    ids.add((await fork(once, 'cleo')).body.id)
    ids.add((await fork({ pass }, 'ben')).body.id)
    expect(ids.size).toBe(4)
    for (const idempotencyKey of ['', 'x'.repeat(256), 7]) {
      const { status, body } = await fork({ pass, idempotencyKey }, 'ben')
      expect([status, body['issues']]).toMatchObject([400, [{ path: 'body.idempotencyKey' }]])
    }
  })
})
