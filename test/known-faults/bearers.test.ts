import type { Actor } from 'sharegrant'
import { describe, expect, test } from 'vitest'
import { type AnswerBody, makeLink, viewsOf } from '../http/app.ts'
import { CASES, type Names, peopleOf, send } from '../http/cases.ts'
import { outcomeOf } from '../support/sample.ts'
import { shown, useApp } from './app.ts'
import { ADA, BO, EVE, useGround } from './ground.ts'
import { hostWith, REF } from './host.ts'

// A NocoDB session that had nothing but a shared link had a viewer's rights: it listed members and invited others
// (CVE-2026-46552).
describe('a bearer listing or inviting', () => {
  const http = useApp()
  const MANAGING = ['share', 'publish', 'transfer', 'remove', 'history'] as const

  test('a link’s bearer manages nothing, whatever the role of the link names', async () => {
    const { sharing } = await hostWith({ roles: { viewer: ['view', ...MANAGING] } })
    await sharing.resources.setVisibility(ADA, REF, 'private')
    const { id, token } = await sharing.links.create(ADA, REF, { visibility: 'public' })
    for (const actor of [BO, EVE, { userId: 'zoe', tenantId: null }] satisfies Actor[]) {
      const { actions } = await sharing.open(token, { actor })
      expect(actions).toEqual(['view'])
      for (const call of [
        () => sharing.links.list(actor, { resource: REF }),
        () => sharing.links.create(actor, REF, { visibility: 'public' }),
        () => sharing.links.get(actor, id),
        () => sharing.access(actor, REF),
        () => sharing.audit.list(actor, { resource: REF }),
        () => sharing.views.list(actor, { link: id }),
        () => sharing.views.stats(actor, { resource: REF }),
        () => sharing.resources.setVisibility(actor, REF, 'public'),
        () => sharing.resources.transfer(actor, REF, actor.userId, { keep: null }),
      ]) {
        expect(await outcomeOf(call)).toBe('not_found')
      }
      expect((await sharing.links.list(actor)).items).toEqual([])
      for (const action of MANAGING) expect(await sharing.can(actor, action, REF)).toBe(false)
    }
  })

  test.each([
    ['a link', 'private', 'not_found'],
    ['visibility', 'account', 'forbidden'],
  ] as const)('whoever sees it by %s lists, invites and answers nobody', async (_, visibility, code) => {
    const { sharing } = await hostWith({ roles: { viewer: ['view', ...MANAGING], editor: ['view', 'edit'] } })
    await sharing.resources.setVisibility(ADA, REF, visibility)
    const { token } = await sharing.links.create(ADA, REF, { visibility: 'public' })
    const { id } = await sharing.collaborators.add(ADA, REF, { email: 'cy@acme.example', role: 'editor' })
    const { id: dans } = await sharing.collaborators.add(ADA, REF, { userId: 'dan', role: 'viewer' })
    await sharing.requests.create(BO, REF, { role: 'editor' })
    const [request] = await sharing.requests.list(ADA, REF)
    await sharing.open(token, { actor: BO })
    for (const call of [
      () => sharing.collaborators.list(BO, REF),
      () => sharing.collaborators.add(BO, REF, { userId: 'bo', role: 'viewer' }),
      () => sharing.collaborators.add(BO, REF, { email: 'x@acme.example', role: 'viewer' }),
      () => sharing.collaborators.setRole(BO, dans, 'editor'),
      () => sharing.collaborators.remove(BO, dans),
      () => sharing.collaborators.remove(BO, id),
      () => sharing.requests.list(BO, REF),
      () => sharing.requests.approve(BO, request!.id),
      () => sharing.requests.deny(BO, request!.id),
    ]) {
      expect(await outcomeOf(call)).toBe(code)
    }
    expect(await sharing.collaborators.list(ADA, REF)).toHaveLength(2)
  })

  test('over HTTP a pass or a token in place of a sign-in is none', async () => {
    const { app } = http
    const link = await makeLink(app)
    const { body } = await app.call('GET', `/api/share/${link.token}`)
    const names: Names = {
      document: 'readme',
      linkId: link.id,
      token: link.token,
      pass: body.pass,
      ...(await peopleOf(app, 'ada', 'readme')),
    }
    const signedIn = app.host.routes.filter(({ access }) => access === 'signed-in')
    expect(signedIn.length).toBeGreaterThan(15)
    for (const { method, path } of signedIn) {
      for (const secret of [body.pass, link.token]) {
        const headers = { authorization: `Bearer ${secret}`, 'share-pass': secret, cookie: `pass=${secret}` }
        const answer = await send(app, `${method} ${path}`, names, { headers })
        expect([answer.status, answer.body.code], `${method} ${path}`).toEqual([
          401,
          'authentication_required',
        ])
      }
    }
  })
})

// Whoever had the key to look at a snapshot of Grafana could delete it, in any organisation (CVE-2024-1313); any
// signed-in user of File Browser could delete any share by its hash (CVE-2025-64523).
describe('a view key that deletes', () => {
  const ground = useGround()
  const http = useApp()

  test('nothing that an opening gives ends or changes the link', async () => {
    const { sharing } = ground
    const ref = await ground.document({ visibility: 'account' })
    const { id, token } = await sharing.links.create(ADA, ref, { visibility: 'public' })
    for (const [actor, refused] of [
      [BO, 'forbidden'],
      [EVE, 'not_found'],
    ] as const) {
      const opened = await sharing.open(token, { actor })
      expect(JSON.stringify(opened)).not.toContain(id)
      const keys = [token, opened.pass, opened.viewId, ref.id]
      for (const key of [...keys, id]) {
        for (const call of [
          () => sharing.links.remove(actor, key),
          () => sharing.links.revoke(actor, key),
          () => sharing.links.rotate(actor, key),
          () => sharing.links.update(actor, key, { maxViews: 1 }),
          () => sharing.links.reveal(actor, key),
        ]) {
          const expected = key === id ? refused : key.length > 255 ? 'invalid_input' : 'not_found'
          expect(await outcomeOf(call)).toBe(expected)
        }
      }
    }
    expect((await sharing.links.get(ADA, id)).viewCount).toBe(2)
    await sharing.open(token)
  })

  test('over HTTP a token’s address takes no DELETE, PUT or PATCH, from anybody', async () => {
    const { app } = http
    const link = await makeLink(app)
    const unknown = shown(await app.call('GET', '/api/nothing', { as: 'ada' }))
    for (const as of ['ben', 'dora', 'ada'] as const) {
      for (const method of ['DELETE', 'PUT', 'PATCH']) {
        for (const path of [`/share/${link.token}`, `/share/${link.token}/preview`, '/share/resume']) {
          expect(shown(await app.call(method, `/api${path}`, { as }))).toEqual(unknown)
        }
      }
      const deleted = await app.call('DELETE', `/api/links/${link.token}`, { as })
      expect(deleted.body.code).toBe('not_found')
    }
    expect((await app.call('GET', `/api/share/${link.token}`)).body['kind']).toBe('opened')
    expect(Object.keys(CASES).filter((row) => /^(DELETE|PUT|PATCH) \/share/.test(row))).toEqual([])
  })
})

// Flare asked for a file's password where it was downloaded, and not for its thumbnail (CVE-2026-30230).
describe('a password asked on one endpoint and not on the next', () => {
  const http = useApp()
  const password = 'open sesame'

  const bare = (body: AnswerBody) => JSON.stringify(body).includes('README')

  test('no route shows more than that a password is needed', async () => {
    const { app } = http
    const { id, token } = await makeLink(app, { password })
    const path = `/api/share/${token}`
    for (const [method, route, body] of [
      ['GET', path, undefined],
      ['GET', `${path}/preview`, undefined],
      ['GET', `${path}?password=${encodeURIComponent(password)}`, undefined],
      ['POST', path, {}],
      ['POST', path, { password: '' }],
      ['POST', path, { password: `${password} ` }],
      ['POST', path, { pass: password }],
      ['POST', '/api/share/resume', { pass: token }],
    ] as const) {
      const answer = await app.call(method, route, body === undefined ? {} : { body })
      expect(bare(answer.body), `${method} ${route}`).toBe(false)
      expect(answer.body.pass).toBeUndefined()
    }
    expect(await viewsOf(app, id)).toBe(0)
    expect((await app.call('POST', path, { body: { password } })).status).toBe(200)
  })

  test('a pass that was had without the password, or under an older one, is over', async () => {
    const { app } = http
    const link = await makeLink(app)
    const path = `/api/share/${link.token}`
    let { pass } = (await app.call('GET', path)).body
    for (const next of [password, 'another one']) {
      await app.call('PATCH', `/api/links/${link.id}`, { as: 'ada', body: { password: next } })
      expect((await app.call('POST', '/api/share/resume', { body: { pass } })).body.code).toBe('not_found')
      expect((await app.call('POST', path, { body: { pass } })).body.code).toBe('password_required')
      const headers = { 'share-pass': pass }
      expect((await app.call('GET', '/documents/readme/content', { headers })).status).toBe(404)
      pass = (await app.call('POST', path, { body: { password: next } })).body.pass
    }
  })
})
