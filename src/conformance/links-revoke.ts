import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce, outcomeOf, refused, tally } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR } from './world.ts'

const { ann, bob, ada, eve, ed, root } = ACTORS
const ref = documentRef()

export const linkEnds: ConformanceCase[] = [
  ...casesOf('links.revoke', {
    'ends the link and its passes at once': async ({ document, link, sharing, clock }) => {
      await document()
      const { id, token } = await link()
      const { pass } = await sharing.open(token)
      clock.pass(1)
      const ended = await sharing.links.revoke(ann, id)
      assert.deepEqual([ended.status, ended.isActive, ended.updatedAt], ['revoked', false, clock.now])
      await refused('not_found', sharing.open(token))
      await refused('not_found', sharing.peek(token))
      await refused('not_found', sharing.resume(pass))
    },
    'again is no error, and is not recorded twice': async ({ document, link, sharing, clock }) => {
      await document()
      const { id } = await link()
      const ended = await sharing.links.revoke(ann, id)
      clock.pass(DAY)
      assert.deepEqual(await sharing.links.revoke(ann, id), ended)
      assert.deepEqual(await tally(atOnce(8, () => sharing.links.revoke(ann, id))), { ok: 8 })
      const { items } = await sharing.audit.list(ann, { resource: ref })
      assert.equal(items.filter(({ action }) => action === 'link.revoked').length, 1)
    },
    'works in every state': async ({ document, link, sharing, clock }) => {
      await document()
      const at = (ms: number): Date => new Date(clock.now.getTime() + ms)
      const scheduled = await link({ notBefore: at(DAY) })
      const expired = await link({ expiresAt: at(1) })
      const exhausted = await link({ maxViews: 1 })
      await sharing.open(exhausted.token)
      clock.pass(HOUR)
      for (const { id } of [scheduled, expired, exhausted]) {
        assert.equal((await sharing.links.revoke(ann, id)).status, 'revoked')
      }
    },
    'a link that a rule or the policy closes can still be revoked': async (world) => {
      await world.document()
      const { id } = await world.link()
      await world.sharing.policies.set(ada, { allowPublicShares: false })
      assert.equal((await world.sharing.links.revoke(ann, id)).status, 'revoked')
    },
    'by its maker, also when the resource is another’s by now': async (world) => {
      const { sharing } = world
      await world.document()
      const first = await world.link()
      const second = await world.link()
      await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
      assert.equal((await sharing.links.revoke(ann, first.id)).status, 'revoked')
      assert.equal((await sharing.links.revoke(bob, second.id)).status, 'revoked')
    },
    'by an admin of the tenant, and a system admin': async ({ document, link, sharing }) => {
      await document()
      assert.equal((await sharing.links.revoke(ada, (await link()).id)).status, 'revoked')
      assert.equal((await sharing.links.revoke(root, (await link()).id)).status, 'revoked')
    },
    'for others the link is not there, and forbidden to whoever may view the resource': async (world) => {
      const { sharing } = world
      await world.document()
      const { id, token } = await world.link()
      for (const actor of [bob, eve, ed, { ...ann, tenantId: 'rival' }]) {
        await refused('not_found', sharing.links.revoke(actor, id))
      }
      await sharing.resources.setVisibility(ann, ref, 'account')
      await refused('forbidden', sharing.links.revoke(bob, id))
      await refused('not_found', sharing.links.revoke(ed, id))
      await refused('not_found', sharing.links.revoke(ann, 'none'))
      assert.equal((await sharing.open(token)).role, 'viewer')
    },
    'what is revoked stays so, whatever else is done': async ({ document, link, sharing }) => {
      await document()
      const { id, token } = await link()
      await sharing.links.revoke(ann, id)
      await refused('conflict', sharing.links.rotate(ann, id))
      await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
      await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'bob' })
      await sharing.maintain()
      await refused('not_found', sharing.open(token))
      assert.equal((await sharing.links.get(bob, id)).status, 'revoked')
    },
    'openings that run meanwhile are counted or refused, and none succeeds later': async (world) => {
      const { sharing } = world
      await world.document()
      const { id, token } = await world.link()
      const elsewhere = await world.elsewhere()
      const openings = atOnce(24, (index) => (index % 2 ? sharing : elsewhere).open(token))
      const revoked = elsewhere.links.revoke(ann, id)
      const outcomes = await tally(openings)
      await revoked
      await refused('not_found', sharing.open(token))
      const { viewCount } = await sharing.links.get(ann, id)
      assert.equal(viewCount, outcomes['ok'] ?? 0)
      assert.equal(viewCount + (outcomes['not_found'] ?? 0), 24)
      assert.equal((await sharing.views.list(ann, { link: id, limit: 100 })).items.length, viewCount)
    },
  }),
  ...casesOf('links.remove', {
    'takes the link away with its views, and leaves the audit': async (world) => {
      const { sharing } = world
      await world.document()
      const stays = await world.link()
      const goes = await world.link({ name: 'goes' })
      await world.opened(stays.token, 2)
      await world.opened(goes.token, 3)
      const { pass } = await sharing.open(goes.token)
      await sharing.links.remove(ann, goes.id)
      await refused('not_found', sharing.open(goes.token))
      await refused('not_found', sharing.resume(pass))
      await refused('not_found', sharing.links.get(ann, goes.id))
      await refused('not_found', sharing.views.list(ann, { link: goes.id }))
      await refused('not_found', sharing.links.remove(ann, goes.id))
      assert.equal((await sharing.links.list(ann, { includeInactive: true })).items.length, 1)
      assert.equal((await sharing.views.list(ann, { resource: ref })).items.length, 2)
      assert.equal((await sharing.views.stats(ann, { resource: ref })).views, 2)
      const { items } = await sharing.audit.list(ann, { resource: ref })
      const [removed] = items.filter(({ action }) => action === 'link.removed')
      assert.deepEqual(removed?.target, { kind: 'link', id: goes.id })
      assert.equal(removed?.before?.['name'], 'goes')
    },
    'while it is opened leaves an audit that knows of every opening': async (world) => {
      const { sharing } = world
      await world.document()
      const elsewhere = await world.elsewhere()
      const { id, token } = await world.link()
      let opened = 0
      const { promise: underWay, resolve } = Promise.withResolvers<void>()
      const openings = atOnce(4, async () => {
        for (;;) {
          const outcome = await outcomeOf(elsewhere.open(token))
          if (outcome !== 'ok') return outcome
          if (++opened === 8) resolve()
        }
      })
      await underWay
      await sharing.links.remove(ann, id)
      assert.deepEqual(await Promise.all(openings), Array(4).fill('not_found'))
      const { items } = await sharing.audit.list(ann, { resource: ref })
      const [removed] = items.filter(({ action }) => action === 'link.removed')
      assert.equal(removed?.before?.['viewCount'], opened)
    },
    'takes its share of days that were added up with it': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const stays = await world.link()
      const goes = await world.link()
      await world.opened(stays.token, 2, { ip: '192.0.2.1' })
      await world.opened(goes.token, 3, { ip: '192.0.2.2' })
      await world.opened(goes.token, 1, { userAgent: 'Googlebot/2.1' })
      clock.pass(3 * DAY)
      await sharing.maintain()
      await sharing.links.remove(ann, goes.id)
      const { views, bots, days } = await sharing.views.stats(ann, { resource: ref })
      assert.deepEqual([views, bots], [2, 0])
      assert.ok(days[0]!.visitors >= 1 && days[0]!.visitors <= 2)
    },
    'takes from each day what came through it, and from no other link or resource': async (world) => {
      const { sharing, clock } = world
      await world.document()
      await world.document('d2')
      const [goes, stays, elsewhere] = [await world.link(), await world.link(), await world.link({}, 'd2')]
      const bot = { userAgent: 'Googlebot/2.1' }
      for (const [viaGoing, viaStaying, viaOther] of [
        [3, 1, 2],
        [1, 2, 1],
        [0, 1, 3],
      ] as const) {
        for (let at = 0; at < viaGoing; at++) await sharing.open(goes.token, { ip: `192.0.2.${at}` })
        await world.opened(stays.token, viaStaying)
        await world.opened(elsewhere.token, viaOther)
        clock.pass(DAY)
      }
      await sharing.open(goes.token)
      await sharing.open(stays.token, bot)
      clock.pass(3 * DAY)
      await sharing.maintain()
      const others = async (): Promise<unknown> => [
        await sharing.views.stats(ann, { link: stays.id }),
        await sharing.views.stats(ann, { link: elsewhere.id }),
        await sharing.views.stats(ann, { resource: documentRef('d2') }),
      ]
      const before = await others()
      await sharing.links.remove(ann, goes.id)
      assert.deepEqual(await others(), before)
      const { views, bots, days } = await sharing.views.stats(ann, { resource: ref })
      assert.deepEqual([views, bots], [4, 1])
      assert.deepEqual(
        days.map((day) => day.views),
        (await sharing.views.stats(ann, { link: stays.id })).days.map((day) => day.views),
      )
      for (const day of days) assert.ok(day.visitors <= day.views)
    },
    'leaves no day of which nothing is left': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const { id, token } = await world.link()
      await world.opened(token, 1)
      clock.pass(3 * DAY)
      await sharing.maintain()
      await sharing.links.remove(ann, id)
      assert.deepEqual(await sharing.views.stats(ann, { resource: ref }), {
        views: 0,
        visitors: 0,
        bots: 0,
        days: [],
      })
    },
    'by its maker and its manager; an admin of the tenant revokes': async ({ document, link, sharing }) => {
      await document('d1', { visibility: 'account' })
      const { id } = await link()
      await refused('forbidden', sharing.links.remove(bob, id))
      await refused('forbidden', sharing.links.remove(ada, id))
      await refused('not_found', sharing.links.remove(ed, id))
      await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
      // By the new owner's right from now on: whoever made it may still end it, and no more.
      await refused('forbidden', sharing.links.remove(ann, id))
      await refused('forbidden', sharing.views.list(ann, { link: id }))
      await sharing.links.revoke(ann, id)
      await sharing.links.remove(bob, id)
      await sharing.links.remove(root, (await sharing.links.create(bob, ref, { visibility: 'public' })).id)
    },
  }),
]
