import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type App, keyOf, makeLink, type Person, STACKS } from './app.ts'
import { CASES, type Names, namesOf, peopleOf, send } from './cases.ts'

const UNKNOWN: Names = {
  document: 'unknown',
  linkId: 'unknown',
  // Well-formed, and nobody's.
  token: 'shr_0000000000000000000000000000000000000000000ZZZZZZ',
  pass: 'unknown',
  collaboratorId: 'unknown',
  requestIds: ['unknown', 'unknown'],
  invitation: 'unknown',
  invited: 'ben',
}

const SIDES: Array<{ owner: Person; document: string; strangers: Person[] }> = [
  { owner: 'ada', document: 'readme', strangers: ['dora', 'emil', 'finn'] },
  { owner: 'dora', document: 'security', strangers: ['ada', 'ben', 'cleo', 'finn'] },
  { owner: 'finn', document: 'notes', strangers: ['ada', 'cleo', 'dora', 'emil'] },
]

describe.each(STACKS)('$name', ({ start }) => {
  let app: App
  beforeAll(async () => {
    app = await start()
  })
  afterAll(() => app.close())

  const stateOf = async (owner: Person, { document }: Names) => [
    (await app.call('GET', `/api/resources/document/${document}/audit`, { as: owner })).text,
    (await app.call('GET', `/api/resources/document/${document}/links?includeInactive=true`, { as: owner }))
      .text,
    (await app.call('GET', `/api/resources/document/${document}/collaborators`, { as: owner })).text,
    (await app.call('GET', `/api/resources/document/${document}/requests`, { as: owner })).text,
  ]

  test.each(SIDES)(
    'what is $owner’s is unknown to other tenants, by every route',
    async ({ owner, document, strangers }) => {
      // A person without an account has no account links.
      const theirs = await (owner === 'finn' ? publicNames : namesOf)(app, owner, document)
      const before = await stateOf(owner, theirs)
      for (const as of strangers) {
        for (const [row, { names, unknown: status = 404 }] of Object.entries(CASES)) {
          // Whom a token opens for, the link says: the next test is about that.
          if (names === 'token') continue
          const answer = await send(app, row, theirs, { as })
          if (names === 'id') {
            const unknown = await send(app, row, UNKNOWN, { as })
            expect([answer.status, answer.text], `${row} as ${as}`).toEqual([status, unknown.text])
            expect(headersOf(answer.headers), row).toEqual(headersOf(unknown.headers))
          } else {
            expect(answer.text).not.toContain(theirs.linkId)
            expect(answer.text).not.toContain(`"${document}"`)
          }
        }
      }
      expect(await stateOf(owner, theirs)).toEqual(before)
    },
  )

  test.each(SIDES.slice(0, 2))(
    'an account link of $owner’s opens for nobody of another tenant',
    async ({ owner, document, strangers }) => {
      const theirs = await namesOf(app, owner, document)
      const opening = ['GET /share/:token', 'POST /share/:token', 'POST /share/resume', 'POST /share/attach']
      for (const as of strangers) {
        for (const row of opening) {
          const answer = await send(app, row, theirs, { as })
          // To the holder of a token existence is no secret; what it leads to is.
          expect(answer.body.code, row).toBe('forbidden')
          expect(answer.text).not.toContain(document)
          expect((await send(app, row, UNKNOWN, { as })).status).toBe(404)
        }
        expect((await send(app, 'GET /share/:token/preview', theirs, { as })).body['title']).toBeNull()
      }
    },
  )

  test('asking by another tenant’s token is answered as by one that never was, and asks nobody', async () => {
    const theirs = await namesOf(app, 'ada', 'readme')
    const before = await stateOf('ada', theirs)
    for (const as of ['dora', 'finn'] as const) {
      const row = 'POST /share/:token/requests'
      const [answer, unknown] = [await send(app, row, theirs, { as }), await send(app, row, UNKNOWN, { as })]
      expect([answer.status, answer.text]).toEqual([202, unknown.text])
      expect(headersOf(answer.headers)).toEqual(headersOf(unknown.headers))
    }
    expect(await stateOf('ada', theirs)).toEqual(before)
  })

  test('a revoked link’s token is answered as one that never was', async () => {
    const theirs = await publicNames(app, 'ada', 'readme')
    await app.call('DELETE', `/api/links/${theirs.linkId}`, { as: 'ada' })
    for (const route of app.host.routes) {
      const row = keyOf(route)
      if (CASES[row]!.names !== 'token') continue
      const by = route.access === 'signed-in' ? { as: 'ben' as const } : {}
      const [dead, unknown] = [await send(app, row, theirs, by), await send(app, row, UNKNOWN, by)]
      expect([dead.status, dead.text], row).toEqual([CASES[row]!.unknown ?? 404, unknown.text])
      expect(headersOf(dead.headers)).toEqual(headersOf(unknown.headers))
    }
  })
})

/** A document with a public link that a stranger has opened. */
async function publicNames(app: App, owner: Person, document: string): Promise<Names> {
  const { id, token } = await makeLink(app, {}, { as: owner, document })
  const { body } = await app.call('POST', `/api/share/${token}`, { body: {} })
  return { document, linkId: id, token, pass: body.pass, ...(await peopleOf(app, owner, document)) }
}

const headersOf = (headers: Headers) =>
  [...headers].filter(([name]) => name !== 'date' && name !== 'keep-alive')
