import { describe, expect, test } from 'vitest'
import { doc, outcomeOf, type Sample } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'
import { ADA, BO, CLEO, EVE, type Ref, ROOT, useGround } from './ground.ts'

type Settings = Parameters<Sample['links']['create']>[2]

// Nextcloud made public links that the owner's list of shares did not have (CVE-2026-45285); in ownCloud a link of
// somebody who had lost their share was in nobody's list (https://github.com/owncloud/core/issues/22295).
describe('a resolvable link that no list shows', () => {
  describe.each(STORES)('on $name', (kind) => {
    const ground = useGround(kind)

    /** All pages, one link at a time. */
    async function listed(actor: typeof ADA | typeof CLEO, resource?: Ref): Promise<string[]> {
      const ids: string[] = []
      let cursor: string | undefined
      do {
        const page = await ground.sharing.links.list(actor, { resource, limit: 1, cursor })
        ids.push(...page.items.map(({ id }) => id))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      return ids
    }

    test('what opens is in the owner’s list, in the account’s, and in who has access', async () => {
      const { sharing, clock } = ground
      const ref = await ground.document()
      const soon = new Date(clock.now.getTime() + 60_000)
      const settings: Settings[] = [
        { visibility: 'public' },
        { visibility: 'account', role: 'editor' },
        { visibility: 'public', password: 'right', maxViews: 2 },
        { visibility: 'public', emails: ['bo@acme.example'] },
        { visibility: 'public', expiresAt: soon },
        { visibility: 'public', maxViews: 1 },
        { visibility: 'public', notBefore: soon },
      ]
      const made: Array<{ id: string; token: string }> = []
      for (const options of settings) made.push(await sharing.links.create(ADA, ref, options))
      made.push(await sharing.links.create(ROOT, ref, { visibility: 'public' }))
      made.push(await sharing.links.import(ADA, ref, { visibility: 'public', token: `old-${ref.id}-link` }))
      const rotated = await sharing.links.create(ADA, ref, { visibility: 'public' })
      made.push(rotated, await sharing.links.rotate(ADA, rotated.id, { graceSeconds: 3600 }))
      const bos = await ground.document({ ownerId: 'bo' })
      const moved = await sharing.links.create(BO, bos, { visibility: 'public' })
      await sharing.resources.transfer(BO, bos, 'ada', { keep: null })

      const check = async (): Promise<number> => {
        const lists = [await listed(ADA, ref), await listed(CLEO, ref), await listed(CLEO)]
        const access = (await sharing.access(ADA, ref)).flatMap(({ who }) =>
          who.kind === 'link' ? [who.linkId] : [],
        )
        let open = 0
        for (const { id, token } of made) {
          const visitor = { actor: BO, password: 'right' }
          if ((await outcomeOf(() => sharing.open(token, visitor))) !== 'ok') continue
          open++
          for (const list of [...lists, access]) expect(list.filter((one) => one === id)).toEqual([id])
        }
        return open
      }
      expect(await check()).toBe(10)
      // One is used up, one begins, one is over; and the one that was limited to two is used up by this look.
      clock.pass(60_000)
      expect(await check()).toBe(9)
      expect(await check()).toBe(8)
      expect(await listed(ADA, bos)).toEqual([moved.id])
    })
  })
})

// OSF's logs named private projects to people who might not see them
// (https://github.com/CenterForOpenScience/osf.io/pull/7681).
describe('hidden ids in the audit', () => {
  const ground = useGround()

  test('a history is its owner’s and the admin’s: others learn as little as of an unknown one', async () => {
    const { sharing } = ground
    const hidden = await ground.document()
    const shownTo = await ground.document({ visibility: 'account' })
    const unknown: unknown = await sharing.audit
      .list(EVE, { resource: doc('unknown') })
      .catch((error) => error)
    for (const actor of [
      BO,
      EVE,
      { ...EVE, admin: 'tenant' },
      { userId: 'ada', tenantId: 'globex' },
    ] as const) {
      for (const read of [
        () => sharing.audit.list(actor, { resource: hidden }),
        () => sharing.audit.accessAt(actor, hidden, ground.clock.now),
      ]) {
        const refused: unknown = await read().catch((error) => error)
        expect(JSON.stringify(refused)).toBe(JSON.stringify(unknown))
      }
      const tenants = actor === BO ? 'forbidden' : 'not_found'
      expect(await outcomeOf(() => sharing.audit.list(actor, { resource: shownTo }))).toBe(tenants)
    }
    for (const actor of [ADA, CLEO, ROOT]) {
      expect((await sharing.audit.list(actor, { resource: hidden })).items).toHaveLength(1)
    }
    expect(await outcomeOf(() => sharing.audit.list(BO))).toBe('forbidden')
  })

  test('an account’s history has nothing of another’s, by no cursor', async () => {
    const { sharing } = ground
    const mine = await ground.document({ tenantId: 'globex', ownerId: 'eve' })
    const theirs = await ground.document()
    await sharing.resources.update(theirs, { title: 'New' })
    const admin = { ...EVE, admin: 'tenant' } as const
    const { nextCursor } = await sharing.audit.list(ADA, { resource: theirs, limit: 1 })
    for (const resource of [undefined, mine]) {
      for (const cursor of [undefined, nextCursor ?? undefined]) {
        const { items } = await sharing.audit.list(admin, { resource, cursor })
        expect(JSON.stringify(items)).not.toContain(`"${theirs.id}"`)
        expect(items.every(({ tenantId }) => tenantId === 'globex')).toBe(true)
      }
    }
  })

  test('that somebody’s account is gone is told where they had a part, and not where they only looked', async () => {
    const { sharing } = ground
    const ref = await ground.document()
    const theirs = await ground.document({ tenantId: 'globex', ownerId: 'hal' })
    const { token } = await sharing.links.create(ADA, ref, { visibility: 'public' })
    await sharing.open(token, { actor: { userId: 'hal', tenantId: 'globex' } })
    await sharing.users.forget('hal')
    expect(JSON.stringify(await sharing.audit.list(CLEO, { limit: 100 }))).not.toContain('"hal"')
    expect(JSON.stringify(await sharing.views.list(ADA, { resource: ref }))).not.toContain('"hal"')
    const admin = { ...EVE, admin: 'tenant' } as const
    expect(JSON.stringify(await sharing.audit.list(admin))).toContain('"hal"')
    expect(await sharing.resources.get(theirs)).not.toBeNull()
  })
})
