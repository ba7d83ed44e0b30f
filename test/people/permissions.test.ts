import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryStore } from '../memory-store/index.ts'
import { STORES } from '../support/stores.ts'
import { FRAMEWORKS, openApp, type SessionApp } from './session-apps.ts'
import {
  ACTIONS,
  isAllowed,
  openSessions,
  PEOPLE,
  refusalOf,
  SESSIONS_OF_THE_TABLE,
  type Sessions,
  STANDINGS,
} from './session-table.ts'

const PLAIN = {
  name: 'plain objects in memory',
  open: async () => ({ store: memoryStore(), close: async () => {} }),
}

describe.each([...STORES, PLAIN])('$name', ({ open }) => {
  let opened: Awaited<ReturnType<typeof open>>
  let sharing: Sessions
  beforeAll(async () => {
    opened = await open()
    sharing = await openSessions(opened.store)
  })
  afterAll(() => opened.close())

  test.each(SESSIONS_OF_THE_TABLE)('$id', async (session) => {
    const ref = { type: 'session', id: session.id } as const
    for (const { name, standing, actor } of PEOPLE) {
      const expected = ACTIONS.filter((action) => isAllowed(standing, session, action))
      const allowed = await Promise.all(ACTIONS.map((action) => sharing.can(actor, action, ref)))
      expect(
        ACTIONS.filter((_, index) => allowed[index]),
        name,
      ).toEqual(expected)
      // One that is given and one that is not: each says all that is given too.
      const told = [allowed.indexOf(true), allowed.indexOf(false)].flatMap((at) => ACTIONS[at] ?? [])
      const decisions = await Promise.all(told.map((action) => sharing.explain(actor, action, ref)))
      for (const { action, allowed: may, actions, code } of decisions) {
        expect([...actions].sort(), `${name}, ${action}`).toEqual([...expected].sort())
        const refusal = expected.some((one) => one === action) ? null : refusalOf(standing, session)
        expect([may, code], `${name}, ${action}`).toEqual([refusal === null, refusal])
      }
    }
  })
})

describe.each(Object.keys(FRAMEWORKS) as Array<keyof typeof FRAMEWORKS>)('over HTTP, by %s', (framework) => {
  let app: SessionApp
  beforeAll(async () => {
    app = await openApp(framework)
  })
  afterAll(() => app.close())

  test.each(SESSIONS_OF_THE_TABLE)('$id', async (session) => {
    const id = encodeURIComponent(session.id)
    const { visibility } = session
    for (const { name, standing } of STANDINGS) {
      const code = refusalOf(standing, session)
      const refused = { status: code === 'forbidden' ? 403 : 404, code }
      const answers = await Promise.all(ACTIONS.map((action) => app.ask(name, 'GET', `/may/${action}/${id}`)))
      expect(answers, name).toEqual(
        ACTIONS.map((action) => (isAllowed(standing, session, action) ? { status: 204 } : refused)),
      )
      // What the table of routes has for some of the actions: the same, but that it asks for a person first.
      const unless = standing === 'anonymous' ? { status: 401, code: 'authentication_required' } : refused
      const path = `/api/resources/session/${id}`
      const ofTheTable = [
        ['share', 'GET', `${path}/access`],
        ['history', 'GET', `${path}/audit`],
      ] as const
      for (const [action, method, where] of ofTheTable) {
        const answer = await app.ask(name, method, where)
        expect(answer, `${name}, ${where}`).toEqual(
          isAllowed(standing, session, action) ? { status: 200 } : unless,
        )
      }
      // What it is already is set again: that it may be is all that is asked.
      const set = await app.ask(name, 'PATCH', path, { visibility })
      const published = visibility === 'public' && !isAllowed(standing, session, 'publish')
      const closed = { status: 400, code: 'publish_forbidden' }
      const mayShare = isAllowed(standing, session, 'share')
      expect(set, `${name} sets ${visibility}`).toEqual(
        !mayShare ? unless : published ? closed : { status: 200 },
      )
    }
  })
})
