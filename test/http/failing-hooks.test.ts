import { type Hooks, SharingError } from 'sharegrant'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type App, STACKS } from './app.ts'

const Q3 = '/api/resources/canvas/q3'
const HIDDEN = 'swordfish'

/** What a host's own code may throw: with a status that some client of its own put there, or no error at all. */
const THROWN: Readonly<Record<string, () => never>> = {
  'an error': () => {
    throw new Error(`cannot reach ${HIDDEN}.internal`)
  },
  'an error with a status of the client’s': () => {
    throw Object.assign(new Error(HIDDEN), { status: 404, statusCode: 400, expose: true, body: HIDDEN })
  },
  'a text': () => {
    throw HIDDEN
  },
  nothing: () => {
    throw undefined
  },
  'an error of ours that tells only logs': () => {
    throw new SharingError('storage_unavailable', { details: HIDDEN })
  },
}

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  const sound: Required<Hooks> = {
    snapshot: () => ({ revision: 'r1', content: { rows: [1] } }),
    resolve: ({ ref }) => ({ ref }),
    fork: ({ idempotencyKey }) => ({ id: `copy ${idempotencyKey}` }),
  }
  const hooks = { ...sound }
  beforeAll(async () => {
    app = await start({
      canvases: {
        snapshot: (request) => hooks.snapshot(request),
        resolve: (request) => hooks.resolve(request),
        fork: (request) => hooks.fork(request),
      },
    })
    await app.host.shareCanvases()
  })
  afterAll(() => app.close())
  afterEach(() => {
    Object.assign(hooks, sound)
    app.lines.length = 0
  })

  /** Nothing of what the host threw or gave is in any byte of an answer; whoever runs it is told. */
  const failed = (answer: Answer, thrown = true): void => {
    expect([answer.status, answer.body.code]).toEqual(
      answer.status === 503 ? [503, 'storage_unavailable'] : [500, 'internal_error'],
    )
    silent(answer)
    if (thrown) expect(app.lines.filter((line) => line.startsWith('error: ')).length).toBeGreaterThan(0)
  }
  const silent = ({ text, headers }: Answer): void =>
    expect(`${text} ${JSON.stringify([...headers])}`).not.toMatch(
      new RegExp(`${HIDDEN}|node_modules|\\.ts:|stack`),
    )
  const asAda = (method: string, path: string, body?: object) =>
    app.call(method, path, { as: 'ada', ...(body && { body }) })
  const fork = (body: object = {}) => asAda('POST', `${Q3}/fork`, body)
  const PUBLIC = { visibility: 'public', mode: 'snapshot' }
  const linksOf = async () => (await asAda('GET', `${Q3}/links`)).body.items

  test.each(Object.entries(THROWN))('a fork hook that throws %s', async (name, thrown) => {
    hooks.fork = thrown
    failed(await fork())
    failed(await fork({ idempotencyKey: name }))
    // What failed is begun anew, under the same key.
    hooks.fork = sound.fork
    expect((await fork({ idempotencyKey: name })).status).toBe(201)
    hooks.snapshot = thrown
    failed(await fork())
  })

  test('a fork hook that gives no copy, or somebody else’s', async () => {
    const before = (await asAda('GET', '/api/shared?type=canvas')).body.items.length
    for (const given of [
      undefined,
      null,
      HIDDEN,
      {},
      { id: 7 },
      { id: '' },
      { id: 'q3' },
      [],
      () => HIDDEN,
    ]) {
      hooks.fork = () => given as never
      failed(await fork())
    }
    for (const given of [{ title: 7 }, { traits: [HIDDEN, '!'] }]) {
      hooks.fork = () => ({ id: 'odd', ...given }) as never
      failed(await fork())
    }
    const { sharing } = app.host
    await sharing.resources.register(
      { type: 'canvas', id: HIDDEN },
      { tenantId: 'globex', ownerId: 'dora', title: HIDDEN },
    )
    hooks.fork = () => ({ id: HIDDEN })
    const taken = await fork()
    expect([taken.status, taken.body.code]).toEqual([409, 'conflict'])
    silent(taken)
    expect((await asAda('GET', '/api/shared?type=canvas')).body.items).toHaveLength(before)
    for (const content of [undefined, { by: new Map([[HIDDEN, 1]]) }, 1n]) {
      hooks.snapshot = () => ({ revision: HIDDEN, content })
      failed(await fork())
    }
  })

  test.each(Object.entries(THROWN))(
    'a snapshot hook that throws %s makes and changes nothing',
    async (_, thrown) => {
      const { body: link } = await asAda('POST', `${Q3}/links`, PUBLIC)
      const before = await linksOf()
      hooks.snapshot = thrown
      failed(await asAda('POST', `${Q3}/links`, PUBLIC))
      failed(await asAda('PATCH', `/api/links/${link.id}`, { snapshot: 'refresh' }))
      failed(await asAda('POST', `${Q3}/collaborators`, { userId: 'ben', role: 'viewer', mode: 'snapshot' }))
      expect(await linksOf()).toEqual(before)
      expect((await asAda('GET', `${Q3}/collaborators`)).body.items).toEqual([])
      const { body } = await app.call('GET', `/api/share/${link.token}`)
      expect(body['snapshot']).toMatchObject({ revision: 'r1', content: { rows: [1] } })
    },
  )

  test('what a snapshot hook gives and cannot be kept is named to its sharer by its place', async () => {
    const before = await linksOf()
    for (const [given, path] of [
      [undefined, 'snapshot'],
      [{ content: HIDDEN }, 'snapshot.revision'],
      [{ revision: 'r1' }, 'snapshot.content'],
      [{ revision: 'r1', content: { rows: [new Map([[HIDDEN, HIDDEN]])] } }, 'snapshot.content.rows.0'],
      [{ revision: 'r1', content: HIDDEN.repeat(200_000) }, 'snapshot.content'],
      [
        { revision: 'r1', content: { from: (await asAda('POST', `${Q3}/links`, PUBLIC)).body.token } },
        'snapshot.content',
      ],
    ] as const) {
      hooks.snapshot = () => given as never
      const answer = await asAda('POST', `${Q3}/links`, PUBLIC)
      expect([answer.status, answer.body['issues']]).toMatchObject([400, [{ path }]])
      silent(answer)
    }
    expect(await linksOf()).toHaveLength(before.length + 1)
    const { body: live } = await asAda('POST', `${Q3}/links`, { visibility: 'public' })
    const { body } = await asAda('PATCH', `/api/links/${live.id}`, { snapshot: 'refresh' })
    expect(body['issues']).toMatchObject([{ path: 'body.snapshot' }])
  })

  test('a resolver that throws or gives what is no JSON is that one ref’s error', async () => {
    const round: Record<string, unknown> = { HIDDEN }
    round['self'] = round
    const bad: Record<string, () => unknown> = {
      ...THROWN,
      undefined: () => undefined,
      'a function': () => () => HIDDEN,
      'a symbol': () => Symbol(HIDDEN),
      'a number without end': () => ({ [HIDDEN]: 10n }),
      'itself within': () => round,
      'what throws as it is written': () => ({ toJSON: THROWN['an error'] }),
      'what never ends well': () => Promise.reject(new Error(HIDDEN)),
    }
    hooks.resolve = ({ ref }) => (ref in bad ? bad[ref]!() : { fine: ref })
    const { body: link } = await asAda('POST', `${Q3}/links`, { visibility: 'public' })
    const { body: opened } = await app.call('GET', `/api/share/${link.token}`)
    const refs = ['first', ...Object.keys(bad), 'last']
    const answer = await app.call('POST', '/api/refs/refresh', { body: { pass: opened.pass, refs } })
    expect(answer.status).toBe(200)
    silent(answer)
    const wrong = Object.keys(bad).map((ref) => ({ ref, status: 'error' }))
    expect(answer.body.items).toMatchObject([
      { status: 'ok', data: { fine: 'first' } },
      ...wrong,
      { status: 'ok', data: { fine: 'last' } },
    ])
    for (const item of answer.body.items.slice(1, -1)) expect(Object.keys(item)).toEqual(['ref', 'status'])
    expect(app.lines.filter((line) => line.startsWith('error: '))).toHaveLength(wrong.length)
  })

  test('nor does a token come of it: `mint` says that it cannot be had', async () => {
    const { sharing } = app.host
    const { token } = await sharing.links.create(
      { userId: 'ada', tenantId: 'acme' },
      { type: 'canvas', id: 'q3' },
      { visibility: 'public' },
    )
    const { pass } = await sharing.open(token)
    for (const thrown of [...Object.values(THROWN), () => undefined]) {
      hooks.resolve = thrown
      const error = await sharing.refs.mint({ pass }, 'cover').catch((error: unknown) => error)
      expect(error).toMatchObject({ code: 'storage_unavailable', status: 503 })
      expect(JSON.stringify(error)).not.toContain(HIDDEN)
      expect(String((error as Error).message)).not.toContain(HIDDEN)
    }
  })
})
