import { createWorkstationRoutes } from 'sharegrant/workstations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, type App, type CallOptions, keyOf, type Person, STACKS } from './app.ts'

interface Names {
  document: string
  workstationId: string
  editId: string
  checkpointId: string
}

interface Row {
  path(names: Names): string
  body?(names: Names): unknown
  /** Whether the request names something of somebody's. */
  named: boolean
}

const workstation = (rest = ''): Row => ({
  named: true,
  path: ({ workstationId }) => `/workstations/${workstationId}${rest}`,
})
const from = ({ workstationId }: Names) => ({ workstationId })

/** One request for each row of the group. What ends something stands last. */
const ROWS: Readonly<Record<string, Row>> = {
  'POST /workstations': {
    named: false,
    path: () => '/workstations',
    body: () => ({ name: 'Another', fingerprint: 'another' }),
  },
  'GET /workstations': { named: false, path: () => '/workstations?limit=5' },
  'GET /workstations/:id': workstation(),
  'POST /workstations/:id/touch': { ...workstation('/touch'), body: () => ({}) },
  'POST /edits/:type/:id': { named: true, path: (one) => `/edits/document/${one.document}`, body: from },
  'GET /edits/:type/:id': { named: true, path: (one) => `/edits/document/${one.document}` },
  'POST /edits/:type/:id/take-over': {
    named: true,
    path: (one) => `/edits/document/${one.document}/take-over`,
    body: from,
  },
  'PUT /edits/:id': { named: true, path: ({ editId }) => `/edits/${editId}`, body: () => ({}) },
  'POST /checkpoints': {
    named: true,
    path: () => '/checkpoints',
    body: ({ editId }) => ({ editId, content: { text: 'so far' } }),
  },
  'GET /checkpoints/:type/:id': { named: true, path: (one) => `/checkpoints/document/${one.document}` },
  'GET /checkpoints/:id': { named: true, path: ({ checkpointId }) => `/checkpoints/${checkpointId}` },
  'DELETE /edits/:id': { named: true, path: ({ editId }) => `/edits/${editId}` },
  'DELETE /workstations/:id': workstation(),
}

const UNKNOWN: Names = {
  document: 'unknown',
  workstationId: 'unknown',
  editId: 'unknown',
  checkpointId: 'unknown',
}

function send(app: App, row: string, names: Names, options: CallOptions): Promise<Answer> {
  const { path, body } = ROWS[row]!
  return app.call(row.slice(0, row.indexOf(' ')), `/api${path(names)}`, {
    ...(body && { body: body(names) }),
    ...options,
  })
}

async function namesOf(app: App, as: Person, document: string): Promise<Names> {
  const call = async (method: string, path: string, body: unknown) => {
    const answer = await app.call(method, `/api${path}`, { as, body })
    expect(answer.status, answer.text).toBeLessThan(300)
    return answer.body
  }
  const { id } = await call('POST', '/workstations', { name: 'Laptop', fingerprint: `of ${as}` })
  const edit = await call('POST', `/edits/document/${document}`, { workstationId: id })
  const kept = await call('POST', '/checkpoints', { editId: edit.id, content: [1, 'two'] })
  return { document, workstationId: id, editId: edit.id, checkpointId: kept.id }
}

describe.each(STACKS)('$name, with workstations', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start({ workstations: { checkpointMaxBytes: 200_000 } })
  })
  beforeEach(() => app.host.shareDocuments())
  afterAll(() => app.close())

  test('every route of the group has a case, and answers as the table says', async () => {
    const group = createWorkstationRoutes(app.host.workstations!, { actor: () => null })
    expect(Object.keys(ROWS).sort()).toEqual(group.map(keyOf).sort())
    const names = await namesOf(app, 'ada', 'readme')
    for (const row of Object.keys(ROWS)) {
      const answer = await send(app, row, names, { as: 'ada' })
      expect(answer.status, `${row}: ${answer.text}`).toBeLessThan(300)
    }
  })

  test('somebody else is told who holds it, and a late holder that it is over', async () => {
    const { sharing } = app.host
    const ada = { userId: 'ada', tenantId: 'acme' } as const
    const ref = { type: 'document', id: 'changelog' } as const
    await sharing.collaborators.add(ada, ref, { userId: 'ben', role: 'editor' })
    const held = await namesOf(app, 'ben', 'changelog')
    const mine = await app.call('POST', '/api/workstations', {
      as: 'ada',
      body: { name: 'Desk', fingerprint: 'of ada' },
    })
    const body = { workstationId: mine.body.id }
    const refused = await app.call('POST', '/api/edits/document/changelog', { as: 'ada', body })
    expect([refused.status, refused.body]).toMatchObject([
      409,
      {
        code: 'conflict',
        holder: { userId: 'ben', workstation: { id: held.workstationId, name: 'Laptop' } },
      },
    ])
    const taken = await app.call('POST', '/api/edits/document/changelog/take-over', { as: 'ada', body })
    expect(taken.status).toBe(200)
    const late = await send(app, 'PUT /edits/:id', held, { as: 'ben' })
    expect([late.status, late.body]).toMatchObject([409, { code: 'conflict', reason: 'taken_over' }])
    const { body: now } = await app.call('GET', '/api/edits/document/changelog', { as: 'ben' })
    expect(now).toMatchObject({ edit: { userId: 'ada', fence: taken.body['fence'] } })
    await app.call('DELETE', `/api/edits/${taken.body.id}`, { as: 'ada' })
    expect((await app.call('GET', '/api/edits/document/changelog', { as: 'ben' })).body).toEqual({
      edit: null,
    })
    const kept = await app.call('GET', `/api/checkpoints/${held.checkpointId}`, { as: 'ada' })
    expect(kept.body).toMatchObject({ content: [1, 'two'], userId: 'ben' })
  })

  test('what is of another account is unknown, by every route', async () => {
    const theirs = await namesOf(app, 'dora', 'security')
    for (const as of ['ada', 'cleo', 'finn'] as const) {
      const { body } = await app.call('POST', '/api/workstations', {
        as,
        body: { name: 'Mine', fingerprint: 'mine' },
      })
      for (const row of Object.keys(ROWS).filter((one) => ROWS[one]!.named)) {
        // From what is their own: what is another's is no better than what is nobody's.
        const own = row.startsWith('POST /edits') ? { workstationId: body.id } : {}
        const answer = await send(app, row, { ...theirs, ...own }, { as })
        const unknown = await send(app, row, { ...UNKNOWN, ...own }, { as })
        expect([answer.status, answer.text], `${row} as ${as}`).toEqual([404, unknown.text])
      }
      const listed = await app.call('GET', '/api/workstations', { as })
      expect(listed.text).not.toContain(theirs.workstationId)
      const found = await app.call('GET', '/api/workstations?fingerprint=of%20dora', { as })
      expect(found.body).toEqual({ items: [], nextCursor: null })
    }
    expect((await send(app, 'PUT /edits/:id', theirs, { as: 'dora' })).status).toBe(200)
  })

  test('an administrator lists the account’s, and nobody else', async () => {
    await namesOf(app, 'ada', 'contributing')
    const all = await app.call('GET', '/api/workstations?all=true', { as: 'cleo' })
    expect(all.body.items.map((one) => one['userId'])).toContain('ada')
    expect((await app.call('GET', '/api/workstations?all=true', { as: 'ada' })).status).toBe(403)
    const mine = await app.call('GET', '/api/workstations?fingerprint=of%20ada', { as: 'ada' })
    expect(mine.body.items).toMatchObject([{ userId: 'ada', fingerprint: 'of ada' }])
  })

  test('nobody gets in who is not signed in, and bad input is named as the request has it', async () => {
    for (const row of Object.keys(ROWS)) {
      const answer = await send(app, row, UNKNOWN, { headers: { authorization: 'Bearer forged' } })
      expect([answer.status, answer.body.code], row).toEqual([401, 'authentication_required'])
    }
    const issues = async (method: string, path: string, body: unknown) =>
      (await app.call(method, `/api${path}`, { as: 'ada', body })).body['issues']
    expect(await issues('POST', '/workstations', { name: '', fingerprint: 'x' })).toMatchObject([
      { path: 'body.name' },
    ])
    expect(await issues('POST', '/edits/folder/x', { workstationId: 'x' })).toMatchObject([
      { path: 'params.type' },
    ])
    expect(await issues('POST', '/checkpoints', { editId: 'x' })).toMatchObject([{ path: 'body.content' }])
    const actor = { userId: 'ada', tenantId: 'acme', admin: 'system' }
    expect(await issues('POST', '/workstations', { name: 'x', fingerprint: 'x', actor })).toMatchObject([
      { path: 'body.actor' },
    ])
  })

  test('a checkpoint may be as long as was said, and no longer', async () => {
    const { editId } = await namesOf(app, 'finn', 'notes')
    const save = (length: number) =>
      app.call('POST', '/api/checkpoints', { as: 'finn', body: { editId, content: 'x'.repeat(length - 2) } })
    expect((await save(200_000)).status).toBe(201)
    const longer = await save(200_001)
    expect([longer.status, longer.body['issues']]).toMatchObject([400, [{ path: 'body.content' }]])
  })
})

describe.each(STACKS)('$name, without workstations', ({ start }) => {
  test('answers 404 on every route of the group', async () => {
    const app = await start()
    for (const row of Object.keys(ROWS)) {
      const answer = await send(app, row, UNKNOWN, { as: 'ada' })
      expect([answer.status, answer.body.code], row).toEqual([404, 'not_found'])
    }
    await app.close()
  })
})
