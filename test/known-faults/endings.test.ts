import { describe, expect, test } from 'vitest'
import { makeLink } from '../http/app.ts'
import { crowdOfViews } from '../support/crowd.ts'
import { doc, outcomeOf, type Sample } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'
import { shown, useApp } from './app.ts'
import { ADA, BO, ROOT, useGround } from './ground.ts'

/** What a link's token and an earlier pass of it come to now. */
async function uses(sharing: Sample, token: string, pass: string): Promise<string[]> {
  const calls = [() => sharing.open(token), () => sharing.peek(token), () => sharing.resume(pass)]
  return Promise.all(calls.map(outcomeOf))
}
const GONE = ['not_found', 'not_found', 'not_found']

// Archived dashboards of Redash (https://github.com/mozilla/redash/issues/325), archived files of Tracim
// (https://github.com/tracim/tracim/issues/2221): their links went on showing them.
describe('a withdrawn resource served through its link', () => {
  describe.each(STORES)('on $name', (kind) => {
    const ground = useGround(kind)

    // More than one step deletes, once for each database.
    const views = kind.name === 'SQLite on a file' ? 1 : 5000

    test('also while there is too much of it to be deleted at once', async () => {
      const { sharing } = ground
      const ref = await ground.document()
      const link = await sharing.links.create(ADA, ref, { visibility: 'public' })
      const admins = await sharing.links.create(ROOT, ref, { visibility: 'public' })
      const { pass } = await sharing.open(link.token)
      const of = { tenantId: 'acme', linkId: link.id }
      await crowdOfViews(ground.base, kind.dialect, of, views)
      await sharing.resources.remove(ref)
      expect(await uses(sharing, link.token, pass)).toEqual(GONE)
      expect(await outcomeOf(() => sharing.open(admins.token))).toBe('not_found')
      expect(await sharing.resources.get(ref)).toBeNull()
      expect(
        (await sharing.links.list(ADA, { includeInactive: true })).items.map(({ id }) => id),
      ).not.toContain(link.id)
      await sharing.maintain({ tenantId: 'acme' })
      expect(await uses(sharing, link.token, pass)).toEqual(GONE)
    })
  })

  const http = useApp()

  test('over HTTP every route answers as for a token that never was', async () => {
    const { app } = http
    const { token } = await makeLink(app, {}, { document: 'changelog' })
    const { body } = await app.call('GET', `/api/share/${token}`)
    await app.host.sharing.resources.remove({ type: 'document', id: 'changelog' })
    const headers = { 'share-pass': body.pass }
    expect((await app.call('GET', '/documents/changelog/content', { headers })).status).toBe(404)
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/preview'],
      ['POST', ''],
    ] as const) {
      const ask = (text: string) =>
        app.call(method, `/api/share/${text}${rest}`, method === 'POST' ? { body: {} } : {})
      expect(shown(await ask(token))).toEqual(shown(await ask('unknown')))
    }
    const resumed = await app.call('POST', '/api/share/resume', { body: { pass: body.pass } })
    expect(resumed.body.code).toBe('not_found')
  })
})

// Seafile's link to a deleted file opened the next one of that name (https://github.com/haiwen/seafile/issues/1024);
// in Planet a new user of an old name had all that the old one had (open-learning-exchange/planet#2195).
describe('an id used again reviving a share', () => {
  describe.each(STORES)('on $name', (kind) => {
    const ground = useGround(kind)

    test('a resource’s: no link, no view, no history, no children of the one before', async () => {
      const { sharing } = ground
      const ref = await ground.document({ visibility: 'public' })
      const child = await ground.document({ parent: ref })
      const link = await sharing.links.create(ADA, ref, { visibility: 'public' })
      const { pass } = await sharing.open(link.token)
      await sharing.resources.remove(ref)
      await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'bo', title: 'Another' })
      expect(await uses(sharing, link.token, pass)).toEqual(GONE)
      expect(await sharing.can(null, 'view', ref)).toBe(false)
      expect((await sharing.links.list(BO, { resource: ref, includeInactive: true })).items).toEqual([])
      expect((await sharing.views.list(BO, { resource: ref })).items).toEqual([])
      const { items } = await sharing.audit.list(BO, { resource: ref })
      expect(items.map(({ action }) => action)).toEqual(['resource.registered'])
      expect((await sharing.resources.get(child))?.parent).toBeNull()
      expect(await outcomeOf(() => sharing.links.get(ADA, link.id))).toBe('not_found')
    })

    test('an account’s, and a person’s who was forgotten', async () => {
      const { sharing } = ground
      const owner = { userId: 'gil', tenantId: 'brief' }
      const ref = doc('of brief')
      const make = () => sharing.resources.register(ref, { tenantId: 'brief', ownerId: 'gil' })
      for (const end of [() => sharing.users.forget('gil'), () => sharing.tenants.remove('brief')]) {
        await make()
        const { token } = await sharing.links.create(owner, ref, { visibility: 'public' })
        const { pass } = await sharing.open(token)
        await end()
        expect(await uses(sharing, token, pass)).toEqual(GONE)
        await make()
        await sharing.links.create(owner, ref, { visibility: 'public' })
        expect(await uses(sharing, token, pass)).toEqual(GONE)
      }
    })

    test.each(['the link', 'the resource'])('an imported token’s, once %s is removed', async (what) => {
      const { sharing } = ground
      const [ref, next] = [await ground.document(), await ground.document()]
      const imported = { visibility: 'public', token: `old-${ref.id}-${what.length}` } as const
      const { id, token } = await sharing.links.import(ADA, ref, imported)
      const { pass } = await sharing.open(token)
      await (what === 'the link' ? sharing.links.remove(ADA, id) : sharing.resources.remove(ref))
      expect(await outcomeOf(() => sharing.links.import(ADA, next, imported))).toBe('conflict')
      expect(await uses(sharing, token, pass)).toEqual(GONE)
    })
  })
})
