import assert from 'node:assert/strict'
import type { MaintenanceReport } from '../maintenance/maintain.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused, refusedField } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR, START, type World } from './world.ts'

const { ann, bob, ada, eve } = ACTORS
const ref = documentRef()
const BOT = 'Googlebot/2.1'
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0'

/** Three days of openings by people, strangers and bots, through two links. */
async function threeDays(world: World): Promise<{ first: string; second: string }> {
  const { sharing, clock } = world
  await world.document()
  const first = await world.link()
  const second = await world.link()
  for (let day = 0; day < 3; day++) {
    clock.at(START.getTime() + day * DAY)
    await sharing.open(first.token, { actor: bob })
    await sharing.open(second.token, { actor: bob })
    for (const ip of ['192.0.2.1', '192.0.2.1', '192.0.2.2'].slice(0, day + 1)) {
      await sharing.open(first.token, { ip, userAgent: BROWSER })
    }
    await sharing.open(first.token, { userAgent: BOT })
  }
  return { first: first.id, second: second.id }
}

const RESOURCE = {
  views: 12,
  visitors: 7,
  bots: 3,
  days: [
    { day: '2030-06-15', views: 3, visitors: 2 },
    { day: '2030-06-16', views: 4, visitors: 2 },
    { day: '2030-06-17', views: 5, visitors: 3 },
  ],
}
const SECOND_LINK = {
  views: 3,
  visitors: 3,
  bots: 0,
  days: RESOURCE.days.map(({ day }) => ({ day, views: 1, visitors: 1 })),
}

const NOTHING_DONE: Omit<MaintenanceReport, 'tenants'> = {
  daysRolledUp: 0,
  viewsAnonymised: 0,
  rowsPurged: 0,
  snapshotsSwept: 0,
  tokensSwept: 0,
  tokensResealed: 0,
  delivered: 0,
  deliveryFailed: 0,
  deadLetters: 0,
  editsEnded: 0,
  checkpointsSwept: 0,
}

export const statistics: ConformanceCase[] = [
  ...casesOf('views.stats', {
    'show nobody what they may not see any more, however often they or others saw it': async (world) => {
      const { sharing } = world
      const { first, second } = await threeDays(world)
      const targets = [{ resource: ref }, { link: second }]
      for (let times = 0; times < 2; times++) {
        for (const target of targets) {
          await sharing.views.stats(ann, target)
          for (const actor of [bob, eve]) await refused('not_found', sharing.views.stats(actor, target))
        }
      }
      // By another process: whoever saw them is not told.
      const elsewhere = await world.elsewhere()
      await elsewhere.resources.transfer(ann, ref, 'bob', { keep: null })
      for (const target of targets) await refused('not_found', sharing.views.stats(ann, target))
      assert.deepEqual(await sharing.views.stats(bob, { resource: ref }), RESOURCE)
      assert.deepEqual(await sharing.views.stats(bob, { link: second }), SECOND_LINK)
      await elsewhere.links.remove(bob, first)
      assert.equal((await sharing.views.stats(bob, { resource: ref })).views, SECOND_LINK.views)
      await elsewhere.links.remove(bob, second)
      await refused('not_found', sharing.views.stats(bob, { link: second }))
      await elsewhere.resources.remove(ref)
      await refused('not_found', sharing.views.stats(bob, { resource: ref }))
      await world.document()
      assert.equal((await sharing.views.stats(ann, { resource: ref })).views, 0)
      await refused('not_found', sharing.views.stats(bob, { resource: ref }))
    },
    'by day: views, distinct visitors of the day, bots apart': async (world) => {
      const { second } = await threeDays(world)
      assert.deepEqual(await world.sharing.views.stats(ann, { resource: ref }), RESOURCE)
      assert.deepEqual(await world.sharing.views.stats(ann, { link: second }), SECOND_LINK)
    },
    'are the same when days were added up': async (world) => {
      const { sharing, clock } = world
      const { second } = await threeDays(world)
      for (const hours of [0, 12, 24, 48]) {
        clock.at(START.getTime() + 2 * DAY + hours * HOUR)
        await sharing.maintain()
        const to = new Date(START.getTime() + 2 * DAY)
        assert.deepEqual(await sharing.views.stats(ann, { resource: ref, to }), RESOURCE)
        assert.deepEqual(await sharing.views.stats(ann, { link: second, to }), SECOND_LINK)
      }
    },
    'are whole where views came in no order of time': async ({ document, link, sharing, clock }) => {
      await document()
      const { token } = await link()
      for (const day of [2, 0, 1]) {
        clock.at(START.getTime() + day * DAY)
        await sharing.open(token, { actor: bob })
      }
      clock.at(START.getTime() + 5 * DAY)
      await sharing.maintain()
      const { views, days } = await sharing.views.stats(ann, { resource: ref })
      assert.deepEqual([views, days.map((day) => day.views)], [3, [1, 1, 1]])
    },
    'are the same after address and agent are gone': async (world) => {
      const { sharing, clock } = world
      const { second } = await threeDays(world)
      const to = clock.now
      clock.pass(200 * DAY)
      assert.equal((await sharing.maintain()).viewsAnonymised, 15)
      assert.deepEqual(await sharing.views.stats(ann, { resource: ref, to }), RESOURCE)
      assert.deepEqual(await sharing.views.stats(ann, { link: second, to }), SECOND_LINK)
    },
    'a day is added up when it is over, and not before': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const { id, token } = await world.link()
      for (let opened = 1; opened <= 3; opened++) {
        await sharing.open(token)
        await sharing.maintain()
        for (const target of [{ link: id }, { resource: ref }]) {
          assert.equal((await sharing.views.stats(ann, target)).views, opened)
        }
        clock.pass(HOUR)
      }
    },
    'a day that is added up while it is counted is counted once': async (world) => {
      const { store, sharing, clock } = world
      const { second } = await threeDays(world)
      clock.pass(2 * DAY)
      const stats = (): Array<Promise<unknown>> => [
        sharing.views.stats(ann, { resource: ref }),
        sharing.views.stats(ann, { link: second }),
        store.rollUpViews('acme', '2031-01-01'),
      ]
      for (let days = 0; days < 4; days++) {
        const [whole, part] = await Promise.all(stats())
        assert.deepEqual([whole, part], [RESOURCE, SECOND_LINK])
      }
    },
    'an earlier end takes nothing back: not what is added up, not what is anonymous': async (world) => {
      const { store, sharing, clock } = world
      const { second } = await threeDays(world)
      clock.pass(2 * DAY)
      const untilDone = async (step: () => Promise<number>): Promise<number> => {
        let all = 0
        for (let done = await step(); done > 0; done = await step()) all += done
        return all
      }
      assert.equal(await untilDone(() => store.rollUpViews('acme', '2030-06-18')), 3)
      assert.equal(await untilDone(() => store.rollUpViews('acme', '2030-06-16')), 0)
      assert.equal(await untilDone(() => store.rollUpViews('acme', '2030-06-18')), 0)
      assert.equal(await untilDone(() => store.anonymiseViews('acme', '2030-06-18')), 15)
      assert.equal(await untilDone(() => store.anonymiseViews('acme', '2030-06-16')), 0)
      assert.equal(await untilDone(() => store.anonymiseViews('acme', '2030-06-18')), 0)
      assert.deepEqual(await sharing.views.stats(ann, { resource: ref }), RESOURCE)
      assert.deepEqual(await sharing.views.stats(ann, { link: second }), SECOND_LINK)
    },
    'from and to are days, both of them counted': async (world) => {
      const { sharing, clock } = world
      await threeDays(world)
      const daysOf = async (from: string, to: string): Promise<string[]> =>
        (await sharing.views.stats(ann, { resource: ref, from, to })).days.map(({ day }) => day.slice(-2))
      for (const maintained of [false, true]) {
        if (maintained) {
          clock.pass(5 * DAY)
          await sharing.maintain()
        }
        assert.deepEqual(await daysOf('2030-06-16T00:00:00Z', '2030-06-16T23:59:59Z'), ['16'])
        assert.deepEqual(await daysOf('2030-06-15T23:59:59Z', '2030-06-17T00:00:00Z'), ['15', '16', '17'])
        assert.deepEqual(await daysOf('2030-06-18T00:00:00Z', '2030-06-19T00:00:00Z'), [])
        // By now it is known how far days are added up.
        assert.deepEqual(await daysOf('2030-06-16T00:00:00Z', '2030-06-16T23:59:59Z'), ['16'])
      }
      await refusedField(
        'options.from',
        sharing.views.stats(ann, { resource: ref, from: '2030-06-17T00:00:00Z', to: '2030-06-16T00:00:00Z' }),
      )
    },
    'a day is one in UTC': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const { token } = await world.link()
      for (const moment of ['2030-06-20T23:59:59.999Z', '2030-06-21T00:00:00.000Z']) {
        clock.at(new Date(moment))
        await sharing.open(token)
      }
      const { days } = await sharing.views.stats(ann, { resource: ref })
      assert.deepEqual(
        days.map(({ day, views }) => [day, views]),
        [
          ['2030-06-20', 1],
          ['2030-06-21', 1],
        ],
      )
    },
    'begin and end where they are asked to, also amid days that were added up': async (world) => {
      const { sharing, store } = world
      await threeDays(world)
      while ((await store.rollUpViews('acme', '2030-06-17')) > 0);
      for (const [from, to] of [
        [1, 2],
        [0, 1],
        [1, 1],
      ] as const) {
        const asked = {
          from: new Date(START.getTime() + from * DAY),
          to: new Date(START.getTime() + to * DAY),
        }
        const { days } = await sharing.views.stats(ann, { resource: ref, ...asked })
        assert.deepEqual(days, RESOURCE.days.slice(from, to + 1))
      }
    },
    'know every day, in whatever order its views were written': async (world) => {
      const { sharing, store, clock } = world
      await world.document()
      const { token } = await world.link()
      for (const day of [2, 0, 1]) {
        clock.at(START.getTime() + day * DAY)
        await sharing.open(token)
      }
      while ((await store.rollUpViews('acme', '2030-06-19')) > 0);
      const { days } = await sharing.views.stats(ann, {
        resource: ref,
        to: new Date(START.getTime() + 2 * DAY),
      })
      assert.deepEqual(
        days.map(({ day, views }) => [day, views]),
        RESOURCE.days.map(({ day }) => [day, 1]),
      )
    },
    'of one account are not those of another': async (world) => {
      const { sharing } = world
      await threeDays(world)
      await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
      assert.deepEqual(await sharing.views.stats(eve, { resource: documentRef('far') }), {
        views: 0,
        visitors: 0,
        bots: 0,
        days: [],
      })
    },
  }),
  ...casesOf('maintain', {
    'after the retention, address and agent go and the view stays': async (world) => {
      const { sharing, sharingWith, clock } = world
      await world.document()
      const { id, token } = await world.link()
      await sharing.open(token, { ip: '192.0.2.1', userAgent: BROWSER, actor: bob })
      const short = sharingWith({ views: { retainDays: 10 } })
      const seen = async (): Promise<unknown[]> =>
        (await sharing.views.list(ann, { link: id })).items.map(({ ip, userAgent, viewerId }) => [
          ip,
          userAgent,
          viewerId,
        ])
      clock.at(new Date('2030-06-25T23:59:59.999Z'))
      await short.maintain()
      assert.deepEqual(await seen(), [['192.0.2.1', BROWSER, 'bob']])
      clock.at(new Date('2030-06-26T00:00:00.000Z'))
      await sharingWith({ views: { retainDays: null } }).maintain()
      assert.deepEqual(await seen(), [['192.0.2.1', BROWSER, 'bob']])
      await short.maintain()
      assert.deepEqual(await seen(), [[null, null, 'bob']])
      assert.equal((await sharing.links.get(ann, id)).viewCount, 1)
    },
    'again finds nothing to do, also at once and from elsewhere': async (world) => {
      const { sharing, clock } = world
      await threeDays(world)
      await sharing.links.rotate(ann, (await sharing.links.list(ann)).items[0]!.id, { graceSeconds: 60 })
      clock.pass(200 * DAY)
      const elsewhere = await world.elsewhere()
      const reports = await Promise.all([sharing.maintain(), elsewhere.maintain(), sharing.maintain()])
      const sum = (field: keyof MaintenanceReport): number =>
        reports.reduce((all, one) => all + one[field], 0)
      assert.deepEqual([sum('daysRolledUp'), sum('tokensSwept')], [3, 1])
      const { tenants, ...done } = await sharing.maintain()
      assert.deepEqual(done, NOTHING_DONE)
      assert.ok(tenants >= 1)
    },
    'takes address and agent from no day that is not added up': async (world) => {
      const { first } = await threeDays(world)
      const { store, sharing } = world
      assert.equal(await store.anonymiseViews('acme', '2031-01-01'), 0)
      assert.deepEqual(await sharing.views.stats(ann, { resource: ref }), RESOURCE)
      assert.equal((await store.rollUpViews('acme', '2030-06-16')) > 0, true)
      while ((await store.anonymiseViews('acme', '2031-01-01')) > 0);
      const { items } = await sharing.views.list(ann, { link: first })
      assert.ok(
        items.every(
          ({ viewedAt, userAgent, viewerId }) =>
            viewedAt < new Date('2030-06-16') === (userAgent === null) || viewerId !== null,
        ),
      )
      assert.deepEqual(await sharing.views.stats(ann, { resource: ref }), RESOURCE)
    },
    'sweeps a token only when its grace is over': async ({ document, link, sharing, clock }) => {
      await document()
      const { id, token } = await link()
      await sharing.links.rotate(ann, id, { graceSeconds: 60 })
      clock.pass(60_000 - 1)
      assert.equal((await sharing.maintain()).tokensSwept, 0)
      await sharing.open(token)
      clock.pass(1)
      assert.equal((await sharing.maintain()).tokensSwept, 1)
    },
    'can be asked of one tenant': async (world) => {
      const { sharing, clock } = world
      await threeDays(world)
      clock.pass(200 * DAY)
      assert.deepEqual(await sharing.maintain({ tenantId: 'rival' }), { tenants: 1, ...NOTHING_DONE })
      const { tenants, daysRolledUp } = await sharing.maintain({ tenantId: 'acme' })
      assert.deepEqual([tenants, daysRolledUp], [1, 3])
    },
    'changes nothing that anyone may do': async ({ document, link, sharing, clock }) => {
      await document('d1', { visibility: 'public' })
      const { token } = await link({ expiresAt: new Date(clock.now.getTime() + 300 * DAY) })
      clock.pass(200 * DAY)
      await sharing.maintain()
      await sharing.open(token)
      assert.equal(await sharing.can(null, 'view', ref), true)
      assert.deepEqual((await sharing.policies.get(ada)).allowPublicShares, true)
    },
  }),
]
