import { describe, expect, test } from 'vitest'
import { makeLink, viewsOf } from '../http/app.ts'
import { doc, outcomeOf } from '../support/sample.ts'
import { useApp } from './app.ts'
import { ADA, BO, ROOT, useGround } from './ground.ts'

// Bytebase (https://github.com/bytebase/bytebase/issues/19369) judged the project that a request's path named, and
// fetched a comment that its body named. Grafana (CVE-2026-21721) asked for a right, and not for which dashboard.
describe('an id not authorised because another in the same call was', () => {
  const ground = useGround()
  const http = useApp()

  test('a pass of one link vouches for no other, and spends that link’s own view', async () => {
    const { sharing } = ground
    const ref = await ground.document()
    const open = await sharing.links.create(ADA, ref, { visibility: 'public' })
    const guarded = await sharing.links.create(ADA, ref, { visibility: 'public', password: 'sesame' })
    const limited = await sharing.links.create(ADA, ref, { visibility: 'public', maxViews: 1 })
    const { pass } = await sharing.open(open.token)
    expect(await outcomeOf(() => sharing.open(guarded.token, { pass }))).toBe('password_required')
    await sharing.open(limited.token, { pass })
    expect(await outcomeOf(() => sharing.open(limited.token, { pass }))).toBe('exhausted')
  })

  test('a parent is asked for in the resource’s own account', async () => {
    const { sharing } = ground
    const theirs = await ground.document({ tenantId: 'globex', ownerId: 'eve' })
    const ref = await ground.document()
    for (const parent of [theirs, doc('unknown')]) {
      expect(await outcomeOf(() => sharing.resources.update(ref, { parent }))).toBe('invalid_input')
    }
    expect((await sharing.resources.get(ref))?.parent).toBeNull()
  })

  test('of two targets in one call none is taken on the other’s account', async () => {
    const { sharing } = ground
    const mine = await ground.document({ ownerId: 'bo' })
    const link = await sharing.links.create(BO, mine, { visibility: 'public' })
    const hers = await ground.document()
    for (const read of [sharing.views.list, sharing.views.stats] as const) {
      expect(await outcomeOf(() => read(BO, { link: link.id, resource: hers }))).toBe('invalid_input')
    }
    expect(await outcomeOf(() => sharing.views.list(BO, { resource: hers }))).toBe('not_found')
  })

  test('whoever may share one resource changes nothing that was given or asked for on another', async () => {
    const { sharing } = ground
    const [mine, hers] = [await ground.document({ ownerId: 'bo' }), await ground.document()]
    const { id } = await sharing.collaborators.add(ADA, hers, { userId: 'dan', role: 'viewer' })
    const dan = { userId: 'dan', tenantId: 'acme' }
    await sharing.requests.create(dan, hers, { role: 'editor' })
    const [request] = await sharing.requests.list(ADA, hers)
    for (const call of [
      () => sharing.collaborators.setRole(BO, id, 'editor', { resource: mine }),
      () => sharing.collaborators.remove(BO, id, { resource: mine }),
      () => sharing.collaborators.setRole(BO, id, 'editor'),
      () => sharing.collaborators.remove(BO, id),
      () => sharing.requests.approve(BO, request!.id),
      () => sharing.requests.deny(BO, request!.id),
    ]) {
      expect(await outcomeOf(call)).toBe('not_found')
    }
    // Who may do it to both does it where they said.
    const other = await ground.document()
    for (const call of [
      () => sharing.collaborators.setRole(ADA, id, 'editor', { resource: other }),
      () => sharing.collaborators.remove(ADA, id, { resource: other }),
    ]) {
      expect(await outcomeOf(call)).toBe('not_found')
    }
    expect((await sharing.collaborators.list(ADA, hers)).map(({ role }) => role)).toEqual(['viewer'])
    expect((await sharing.requests.list(ADA, hers))[0]?.status).toBe('open')
  })

  test('over HTTP the path says what is meant, and nothing else can', async () => {
    const { app } = http
    const theirs = await makeLink(app, {}, { as: 'dora', document: 'security' })
    await app.call('GET', `/api/share/${theirs.token}`)
    const mine = await makeLink(app)
    const patched = await app.call('PATCH', `/api/links/${mine.id}`, {
      as: 'ada',
      body: { name: 'mine', id: theirs.id },
    })
    expect(patched.body.code).toBe('invalid_input')
    const resource = { type: 'document', id: 'security' }
    const made = await app.call('POST', '/api/resources/document/readme/links', {
      as: 'ada',
      body: { visibility: 'public', resource },
    })
    expect(made.body.code).toBe('invalid_input')
    for (const query of [`link=${theirs.id}`, 'resource=security', `id=${theirs.id}`]) {
      const views = await app.call('GET', `/api/links/${mine.id}/views?${query}`, { as: 'ada' })
      expect(views.body.items ?? []).toEqual([])
    }
    expect(await viewsOf(app, theirs.id, 'dora')).toBe(1)
  })

  test('a pass of one document reads no other from the host', async () => {
    const { app } = http
    const { token } = await makeLink(app, {}, { as: 'finn', document: 'notes' })
    const { body } = await app.call('GET', `/api/share/${token}`)
    const headers = { 'share-pass': body.pass }
    expect((await app.call('GET', '/documents/notes/content', { headers })).status).toBe(200)
    for (const other of ['readme', 'changelog', 'security', 'unknown']) {
      expect((await app.call('GET', `/documents/${other}/content`, { headers })).status).toBe(404)
    }
  })
})

// Casdoor (https://github.com/casdoor/casdoor/pull/5384) and Flowise (https://github.com/FlowiseAI/Flowise/pull/6416)
// wrote whatever an update's body held, its owner, workspace and visibility among it.
describe('an update reassigning maker, role or resource', () => {
  const ground = useGround()
  const http = useApp()
  const FIXED = {
    id: 'another',
    resource: { type: 'document', id: 'd2' },
    resourceUid: 'another',
    tenantId: 'globex',
    createdBy: 'bo',
    authority: 'admin',
    authorityId: 'bo',
    visibility: 'public',
    mode: 'snapshot',
    viewCount: 0,
    endedAt: null,
    token: 'shr_x',
    passwordHash: 'x',
  }

  test('what is fixed of a link is refused by name, and the link stays as it was', async () => {
    const { sharing } = ground
    const ref = await ground.document()
    const { token, ...made } = await sharing.links.create(ADA, ref, { visibility: 'account' })
    const link = await makeLink(http.app)
    for (const [field, value] of Object.entries(FIXED)) {
      const refused: unknown = await sharing.links
        .update(ADA, made.id, { name: 'new', [field]: value })
        .catch((error: unknown) => error)
      expect(refused, field).toMatchObject({ public: { issues: [{ path: `changes.${field}` }] } })
      const path = `/api/links/${link.id}`
      const { body } = await http.app.call('PATCH', path, { as: 'ada', body: { [field]: value } })
      expect(body.code, field).toBe('invalid_input')
    }
    expect(await sharing.links.get(ADA, made.id)).toEqual(made)
    await sharing.open(token, { actor: BO })
  })

  test('whoever changes a link becomes neither its maker nor the right it stands by', async () => {
    const { sharing } = ground
    const ref = await ground.document()
    const { id, token } = await sharing.links.create(ADA, ref, { visibility: 'public' })
    const changed = await sharing.links.update(ROOT, id, { name: 'by root', role: 'editor' })
    expect([changed.createdBy, changed.role]).toEqual(['ada', 'editor'])
    expect((await sharing.links.rotate(ROOT, id, { graceSeconds: 60 })).createdBy).toBe('ada')
    await sharing.admins.remove('root', null)
    await sharing.open(token)
    await sharing.members.remove('acme', 'ada')
    expect(await outcomeOf(() => sharing.open(token))).toBe('not_found')
  })

  test('a second registration takes a resource from nobody', async () => {
    const { sharing } = ground
    const ref = await ground.document({ visibility: 'account' })
    for (const other of [
      { tenantId: 'acme', ownerId: 'bo' },
      { tenantId: 'globex', ownerId: 'ada' },
      { tenantId: null, ownerId: 'ada' },
    ]) {
      expect(await outcomeOf(() => sharing.resources.register(ref, other))).toBe('conflict')
    }
    const again = { tenantId: 'acme', ownerId: 'ada', visibility: 'public' } as const
    expect(await sharing.resources.register(ref, again)).toMatchObject({ visibility: 'account' })
    expect((await sharing.resources.get(ref))?.ownerId).toBe('ada')
  })
})
