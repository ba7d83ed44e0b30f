import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { allPages, atOnce, refused, refusedField, tally } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR } from './world.ts'

const { ann, bob, ada, eve, ed, root } = ACTORS
const ref = documentRef()
const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0'

export const views: ConformanceCase[] = [
  ...casesOf('views', {
    'each opening is one view, with all that is known of it': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const { id, token } = await world.link()
      const { viewId } = await sharing.open(token, { actor: bob, ip: '192.0.2.1', userAgent: BROWSER })
      const { items } = await sharing.views.list(ann, { link: id })
      assert.deepEqual(items, [
        {
          id: viewId,
          linkId: id,
          resource: ref,
          viewerId: 'bob',
          ip: '192.0.2.1',
          userAgent: BROWSER,
          bot: false,
          viewedAt: clock.now,
        },
      ])
      const { viewCount, lastViewedAt } = await sharing.links.get(ann, id)
      assert.deepEqual([viewCount, lastViewedAt], [1, clock.now])
    },
    'newest first, by link or by resource, page after page': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const first = await world.link()
      const second = await world.link()
      const ids = []
      for (let count = 0; count < 9; count++) {
        ids.push((await sharing.open(count % 3 ? first.token : second.token)).viewId)
        clock.pass(1)
      }
      const all = await allPages((cursor) => sharing.views.list(ann, { resource: ref, limit: 4, cursor }))
      assert.deepEqual(
        all.map(({ id }) => id),
        [...ids].reverse(),
      )
      const some = await allPages((cursor) => sharing.views.list(ann, { link: second.id, limit: 1, cursor }))
      assert.deepEqual(
        some.map(({ id }) => id),
        [ids[6], ids[3], ids[0]],
      )
      await refusedField('options', sharing.views.list(ann, {}))
      await refusedField('options', sharing.views.list(ann, { link: first.id, resource: ref }))
    },
    'for whoever oversees the link or the resource': async ({ document, link, sharing }) => {
      await document('d1', { visibility: 'account' })
      const { id, token } = await link()
      await sharing.open(token)
      for (const actor of [ann, ada, root]) {
        assert.equal((await sharing.views.list(actor, { link: id })).items.length, 1)
        assert.equal((await sharing.views.stats(actor, { resource: ref })).views, 1)
      }
      await refused('forbidden', sharing.views.list(bob, { link: id }))
      await refused('forbidden', sharing.views.stats(bob, { resource: ref }))
      for (const actor of [eve, ed]) {
        await refused('not_found', sharing.views.list(actor, { link: id }))
        await refused('not_found', sharing.views.list(actor, { resource: ref }))
        await refused('not_found', sharing.views.stats(actor, { link: id }))
      }
    },
    'bots are marked and join no count': async ({ document, link, sharing }) => {
      await document()
      const { id, token } = await link()
      await sharing.open(token, { userAgent: BOT })
      await sharing.open(token, { userAgent: BROWSER })
      await sharing.open(token, { userAgent: BOT, actor: bob })
      assert.equal((await sharing.links.get(ann, id)).viewCount, 2)
      const { items } = await sharing.views.list(ann, { link: id })
      assert.equal(items.length, 3)
      assert.deepEqual(
        items.filter(({ bot }) => bot).map(({ viewerId }) => viewerId),
        [null],
      )
      const { views: counted, bots } = await sharing.views.stats(ann, { link: id })
      assert.deepEqual([counted, bots], [2, 1])
    },
    'except where maxViews is set: there every opening spends one': async ({ document, link, sharing }) => {
      await document()
      const { id, token } = await link({ maxViews: 2 })
      await sharing.open(token, { userAgent: BOT })
      await sharing.open(token, { userAgent: BOT })
      await refused('exhausted', sharing.open(token, { userAgent: BROWSER }))
      assert.equal((await sharing.links.get(ann, id)).viewCount, 2)
      const { views: counted, bots } = await sharing.views.stats(ann, { link: id })
      assert.deepEqual([counted, bots], [2, 2])
    },
    'an agent is bounded and without control characters': async ({ document, link, sharing }) => {
      await document()
      const { token } = await link()
      const agents: Array<[string, string | null]> = [
        ['a\u0000b\r\nc\u2028d', 'a b c d'],
        ['  ', null],
        ['x'.repeat(5000), 'x'.repeat(512)],
        ['half \ud83d', 'half \ufffd'],
      ]
      for (const [given, kept] of agents) {
        const { viewId } = await sharing.open(token, { userAgent: given })
        const { items } = await sharing.views.list(ann, { resource: ref })
        assert.equal(items.find(({ id }) => id === viewId)?.userAgent, kept)
      }
    },
    'an address is kept as the host chose': async ({ document, link, sharing, sharingWith, clock }) => {
      await document()
      const { token } = await link()
      const kept = async (
        address: 'full' | 'truncated' | 'hashed' | 'none',
        ip: string,
      ): Promise<string | null> => {
        const { viewId } = await sharingWith({ views: { address } }).open(token, { ip })
        const { items } = await sharing.views.list(ann, { resource: ref })
        return items.find(({ id }) => id === viewId)!.ip
      }
      assert.equal(await kept('full', '192.0.2.77'), '192.0.2.77')
      assert.equal(await kept('full', '::ffff:192.0.2.77'), '192.0.2.77')
      assert.equal(await kept('full', 'not an address'), null)
      assert.equal(await kept('truncated', '192.0.2.77'), '192.0.2.0')
      assert.equal(await kept('truncated', '2001:db8:1:2:3::9'), '2001:db8:1::')
      assert.equal(await kept('none', '192.0.2.77'), null)
      const hashed = await kept('hashed', '192.0.2.77')
      assert.ok(hashed !== null && !hashed.includes('192'))
      assert.equal(await kept('hashed', '192.0.2.77'), hashed)
      assert.notEqual(await kept('hashed', '192.0.2.78'), hashed)
      clock.pass(DAY)
      assert.notEqual(await kept('hashed', '192.0.2.77'), hashed)
    },
    'an opening that is late does not set the last view back': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const { id, token } = await world.link()
      await sharing.open(token)
      const last = clock.now
      clock.pass(-HOUR)
      await sharing.open(token)
      assert.deepEqual((await sharing.links.get(ann, id)).lastViewedAt, last)
    },
  }),
  ...casesOf('many at once', {
    '64 openings of a link with maxViews leave exactly so many views, across processes': async (world) => {
      const { sharing } = world
      await world.document()
      const { id, token } = await world.link({ maxViews: 10 })
      const elsewhere = await world.elsewhere()
      const outcomes = await tally(atOnce(64, (index) => (index % 2 ? sharing : elsewhere).open(token)))
      assert.deepEqual(outcomes, { ok: 10, exhausted: 54 })
      const { viewCount, status } = await sharing.links.get(ann, id)
      assert.deepEqual([viewCount, status], [10, 'exhausted'])
      assert.equal((await sharing.views.list(ann, { link: id, limit: 100 })).items.length, 10)
    },
    '64 openings of a link without one are all counted, across processes': async (world) => {
      const { sharing } = world
      await world.document()
      const { id, token } = await world.link()
      const elsewhere = await world.elsewhere()
      const outcomes = await tally(atOnce(64, (index) => (index % 2 ? sharing : elsewhere).open(token)))
      assert.deepEqual(outcomes, { ok: 64 })
      assert.equal((await sharing.links.get(ann, id)).viewCount, 64)
      const { items } = await sharing.views.list(ann, { link: id, limit: 100 })
      assert.equal(new Set(items.map((view) => view.id)).size, 64)
    },
    'a limit that is set meanwhile is never passed': async (world) => {
      const { sharing } = world
      await world.document()
      const { id, token } = await world.link()
      const openings = atOnce(32, () => sharing.open(token))
      const capped = sharing.links.update(ann, id, { maxViews: 5 })
      const later = atOnce(32, () => sharing.open(token))
      await capped
      const { ok = 0, exhausted = 0 } = await tally([...openings, ...later])
      assert.equal(ok + exhausted, 64)
      const { viewCount } = await sharing.links.get(ann, id)
      assert.equal(viewCount, ok)
      assert.ok(ok >= 5)
      await refused('exhausted', sharing.open(token))
    },
    'openings of many links at once are each counted where they belong': async (world) => {
      const { sharing } = world
      await world.document()
      const links = []
      for (let count = 0; count < 8; count++)
        links.push(await world.link({ maxViews: count % 2 ? 100 : null }))
      await Promise.all(links.flatMap(({ token }, index) => atOnce(index + 1, () => sharing.open(token))))
      for (const [index, { id }] of links.entries()) {
        assert.equal((await sharing.links.get(ann, id)).viewCount, index + 1)
      }
    },
  }),
]
