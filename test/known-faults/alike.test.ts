import { describe, expect, test } from 'vitest'
import { makeLink } from '../http/app.ts'
import { doc, outcomeOf, type Sample } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'
import { useApp } from './app.ts'
import { ADA, BO, CLEO, EVE, useGround } from './ground.ts'

// File Browser deleted all shares whose path began as the deleted file's, whoever's they were (CVE-2026-54097), and any
// share by its id, whoever asked (CVE-2025-64523).
describe('a deletion by prefix or by id of another’s', () => {
  describe.each(STORES)('on $name', (kind) => {
    const ground = useGround(kind)

    /** Resources whose ids resemble each other, each with a link; gives what still opens. */
    async function furnish(sharing: Sample, tenantId: string, ownerId: string, ids: readonly string[]) {
      const owner = { userId: ownerId, tenantId }
      const tokens = new Map<string, string>()
      for (const id of ids) {
        await sharing.resources.register(doc(id), { tenantId, ownerId })
        const { token } = await sharing.links.create(owner, doc(id), { visibility: 'public' })
        tokens.set(id, token)
      }
      return async () => {
        const open: string[] = []
        for (const [id, token] of tokens) {
          if ((await outcomeOf(() => sharing.open(token))) === 'ok') open.push(id)
        }
        return open
      }
    }

    test('one resource goes, and none whose id begins alike or matches as a pattern', async () => {
      const { sharing } = ground
      const ids = ['plan', 'plan-2', 'plans', 'PLAN', 'a%', 'abc']
      const open = await furnish(sharing, 'acme', 'ada', ids)
      const folder = { type: 'folder', id: 'plan' } as const
      await sharing.resources.register(folder, { tenantId: 'acme', ownerId: 'ada' })
      for (const none of ['', '%', 'plan%', 'pl_n', 'pLan', 'document:plan']) {
        await outcomeOf(() => sharing.resources.remove(doc(none)))
      }
      expect(await open()).toEqual(ids)
      await sharing.resources.remove(doc('plan'))
      await sharing.resources.remove(doc('a%'))
      expect(await open()).toEqual(['plan-2', 'plans', 'PLAN', 'abc'])
      expect(await sharing.resources.get(folder)).not.toBeNull()
    })

    test('one person leaves, or one account goes, and none whose id begins alike', async () => {
      const { sharing } = ground
      const open = [
        await furnish(sharing, 'north', 'al', ['north-al']),
        await furnish(sharing, 'north', 'alma', ['north-alma']),
        await furnish(sharing, 'north-2', 'al', ['north-2-al']),
      ]
      const stillOpen = async () => (await Promise.all(open.map((one) => one()))).flat()
      for (const none of ['%', 'a', 'AL', '_l']) {
        await sharing.members.remove('north', none)
        await sharing.users.forget(none)
        await sharing.admins.remove(none, 'north')
        await sharing.tenants.remove(none)
      }
      expect(await stillOpen()).toEqual(['north-al', 'north-alma', 'north-2-al'])
      await sharing.members.remove('north', 'al')
      expect(await stillOpen()).toEqual(['north-alma', 'north-2-al'])
      await sharing.tenants.remove('north')
      expect(await stillOpen()).toEqual(['north-2-al'])
    })

    test('a link goes by its own id, for those who may, and its sisters stay with their views', async () => {
      const { sharing } = ground
      const ref = await ground.document({ visibility: 'account' })
      const [one, other] = [
        await sharing.links.create(ADA, ref, { visibility: 'public' }),
        await sharing.links.create(ADA, ref, { visibility: 'public' }),
      ]
      await sharing.open(one.token)
      await sharing.open(other.token)
      for (const [actor, code] of [
        [BO, 'forbidden'],
        [CLEO, 'forbidden'],
        [EVE, 'not_found'],
      ] as const) {
        expect(await outcomeOf(() => sharing.links.remove(actor, one.id))).toBe(code)
      }
      for (const part of [one.id.slice(0, 10), `${one.id}%`, '%']) {
        expect(await outcomeOf(() => sharing.links.remove(ADA, part))).toBe('not_found')
      }
      await sharing.links.remove(ADA, one.id)
      expect(await outcomeOf(() => sharing.open(one.token))).toBe('not_found')
      await sharing.open(other.token)
      expect((await sharing.views.stats(ADA, { resource: ref })).views).toBe(2)
    })
  })

  const http = useApp()

  test('over HTTP another’s id is nobody’s', async () => {
    const { app } = http
    const { id, token } = await makeLink(app)
    for (const as of ['ben', 'dora', 'emil', 'finn'] as const) {
      expect((await app.call('DELETE', `/api/links/${id}`, { as })).status, as).toBe(404)
    }
    expect((await app.call('DELETE', `/api/links/${id.slice(0, 8)}`, { as: 'ada' })).status).toBe(404)
    expect((await app.call('GET', `/api/share/${token}`)).status).toBe(200)
  })
})

// Django sent one person's token to another whose address became the same in lower case (CVE-2019-19844).
describe('Unicode folding', () => {
  /** Addresses that a change of case, a normal form or the eye makes alike: Kelvin's sign, a dotless i, a long s … */
  const PAIRS = [
    ['kim', '\u212aim'],
    ['mike', 'm\u0131ke'],
    ['MIKE', 'm\u0130ke'],
    ['sam', '\u017fam'],
    ['strasse', 'stra\u00dfe'],
    ['\u00e9va', 'e\u0301va'],
    ['\u00c9va', '\u00e9va'],
    ['a', '\uff41'],
    ['a', '\u0430'],
    ['ab', 'a\u200db'],
  ].flatMap(([one, other]) => [[one!, other!] as const, [other!, one!] as const])

  const ground = useGround()

  test('addresses that look or fold alike are different people’s', async () => {
    const { sharing } = ground
    const ref = await ground.document()
    for (const [one, other] of PAIRS) {
      const link = { visibility: 'public', emails: [`${one}@acme.example`] } as const
      const { token } = await sharing.links.create(ADA, ref, link)
      const opens = (email: string) => outcomeOf(() => sharing.open(token, { actor: { ...EVE, email } }))
      expect(await opens(`${one}@ACME.example`)).toBe('ok')
      expect(await opens(`${other}@acme.example`), `${one} and ${other}`).toBe('forbidden')
    }
  })

  describe.each(STORES)('on $name', (kind) => {
    const ground = useGround(kind)

    test('ids that a collation would make alike are different people’s and resources’', async () => {
      const { sharing } = ground
      const ids = ['Plan', 'plan', 'plan ', 'K', 'k', '\u212a', '\u00e9', 'e\u0301', 'ss', '\u00df']
      for (const id of ids) await sharing.resources.register(doc(id), { tenantId: 'acme', ownerId: id })
      for (const id of ids) {
        const owner = { userId: id, tenantId: 'acme' }
        const { items } = await sharing.list(owner)
        expect(items.map(({ resource }) => resource.id)).toEqual([id])
        expect(await sharing.can({ ...owner, tenantId: 'ACME' }, 'view', doc(id))).toBe(false)
      }
      const k = { userId: 'k', tenantId: 'acme' }
      for (const other of ['K', '\u212a']) expect(await sharing.can(k, 'view', doc(other))).toBe(false)
      const { token } = await sharing.links.create(k, doc('k'), { visibility: 'public' })
      await sharing.resources.remove(doc('\u212a'))
      await sharing.members.remove('acme', 'K')
      await sharing.open(token)
      for (const text of [token.toLowerCase(), token.toUpperCase(), token.replace('s', '\u017f')]) {
        expect(await outcomeOf(() => sharing.open(text))).toBe('not_found')
      }
    })
  })
})
