import assert from 'node:assert/strict'
import type { Sharing } from '../api.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce } from './expect.ts'
import { MAIL, mailing, people } from './mailing.ts'
import { ACTORS, DAY, type Definitions, documentRef, HOUR, MINUTE } from './world.ts'

const { ann, bob } = ACTORS
const ref = documentRef()

export const deliveries: readonly ConformanceCase[] = [
  ...casesOf('notifications, delivery', {
    'a failing one is tried again later, and then no more': async (world) => {
      const { document, clock } = world
      const tried: string[] = []
      let broken = true
      const { sharing } = mailing(world, {
        notify: (notification) => {
          tried.push(notification.id)
          if (broken) throw new Error('no mail today')
          return Promise.resolve()
        },
      })
      await document()
      await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
      for (const wait of [0, 1, 2, 4, 8, 16, 32, 64, 128]) {
        const [before] = [tried.length]
        clock.pass(Math.max(0, wait * MINUTE - 1))
        if (wait > 0) assert.equal((await sharing.maintain()).deliveryFailed, 0)
        clock.pass(1)
        const { delivered, deliveryFailed, deadLetters } = await sharing.maintain()
        assert.deepEqual([delivered, deliveryFailed, deadLetters], [0, 1, 0])
        assert.equal(tried.length, before + 1)
      }
      clock.pass(256 * MINUTE)
      assert.deepEqual(await counts(sharing), [0, 1, 1])
      assert.deepEqual([tried.length, new Set(tried).size], [10, 1])
      broken = false
      clock.pass(30 * DAY)
      assert.deepEqual(await counts(sharing), [0, 0, 0])
      assert.equal(tried.length, 10)
    },
    'one that fails holds up no other': async (world) => {
      const { document } = world
      const sent: string[] = []
      const { sharing } = mailing(world, {
        notify: async ({ to }) => {
          if (to.email?.startsWith('bad')) throw new Error('no mail to this one')
          sent.push(to.email!)
        },
      })
      await document()
      for (const name of ['bad1', 'good1', 'bad2', 'good2']) {
        await sharing.collaborators.add(ann, ref, { email: `${name}@acme.example`, role: 'viewer' })
      }
      assert.deepEqual(await counts(sharing), [2, 2, 0])
      assert.deepEqual(sent.sort(), ['good1@acme.example', 'good2@acme.example'])
    },
    'a directory that fails is tried again, too': async (world) => {
      const { document, clock } = world
      let broken = true
      const { sharing, sent } = mailing(world, {
        directory: {
          ...people,
          findUserByEmail: async () => {
            if (broken) throw new Error('no directory today')
            return null
          },
        },
      })
      await document()
      await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
      assert.deepEqual(await counts(sharing), [0, 1, 0])
      broken = false
      clock.pass(MINUTE)
      assert.deepEqual([await counts(sharing), sent.length], [[1, 0, 0], 1])
    },
    'so many in an hour of one person: the others wait, and none is lost': async (world) => {
      const { document, clock } = world
      const { sharing, sent } = mailing(world, { limits: { emailsPerHour: 2 } })
      await document()
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'editor' })
      await document('d2', { ownerId: 'bob' })
      for (const name of ['one', 'two', 'three', 'four']) {
        await sharing.collaborators.add(ann, ref, { email: `${name}@acme.example`, role: 'viewer' })
        clock.pass(MINUTE)
      }
      await sharing.collaborators.add(bob, documentRef('d2'), { userId: 'cyd', role: 'viewer' })
      await sharing.maintain()
      assert.deepEqual(sent.map(({ by }) => by).sort(), ['ann', 'ann', 'bob'])
      clock.pass(HOUR - 1)
      assert.deepEqual(await counts(sharing), [0, 0, 0])
      clock.pass(1)
      assert.deepEqual(await counts(sharing), [2, 0, 0])
      clock.pass(HOUR)
      assert.deepEqual(await counts(sharing), [1, 0, 0])
      assert.equal(new Set(sent.map(({ id }) => id)).size, 6)
    },
    'what was not sent does not count': async (world) => {
      const { document } = world
      const { sharing, sent } = mailing(world, {
        limits: { emailsPerHour: 1 },
        notify: async (notification) => {
          if (notification.to.userId === 'bob') throw new Error('no mail to bob')
          sent.push(notification)
        },
      })
      await document()
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      await sharing.maintain()
      const { id } = await sharing.collaborators.add(ann, ref, { userId: 'dan', role: 'viewer' })
      await world.sharing.collaborators.remove(ann, id)
      await sharing.maintain()
      await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'viewer' })
      await sharing.maintain()
      assert.deepEqual(
        sent.map(({ to }) => to.userId),
        ['cyd'],
      )
    },
    'as many as there are, where no limit is set': async (world) => {
      const { document } = world
      const { sharing } = mailing(world, { limits: { emailsPerHour: false } })
      await document()
      for (const index of Array(15).keys()) {
        await sharing.collaborators.add(ann, ref, { email: `p${index}@acme.example`, role: 'viewer' })
      }
      assert.deepEqual(await counts(sharing), [15, 0, 0])
    },
    'ten in an hour unless set': async (world) => {
      const { document } = world
      const { sharing } = mailing(world)
      await document()
      for (const index of Array(12).keys()) {
        await sharing.collaborators.add(ann, ref, { email: `p${index}@acme.example`, role: 'viewer' })
      }
      assert.deepEqual(await counts(sharing), [10, 0, 0])
    },
    'each once, however many deliver at once': async (world) => {
      const { document } = world
      const { sharing, sent } = mailing(world, { limits: { emailsPerHour: false } })
      await document()
      for (const index of Array(20).keys()) {
        await sharing.collaborators.add(ann, ref, { email: `p${index}@acme.example`, role: 'viewer' })
      }
      const reports = await Promise.all(atOnce(4, () => sharing.maintain({ tenantId: 'acme' })))
      assert.equal(
        reports.reduce((sum, { delivered }) => sum + delivered, 0),
        20,
      )
      assert.deepEqual([sent.length, new Set(sent.map(({ id }) => id)).size], [20, 20])
    },
    'again after a delivery that nobody finished, once its lease is over': async (world) => {
      const { document, clock, store } = world
      const { sharing, sent } = mailing(world)
      await document()
      await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
      const leasedUntil = new Date(clock.now.getTime() + MINUTE)
      const request = { at: clock.now, lease: 'of the one that stopped', leasedUntil, perHour: 10 }
      const taken = await store.takeMessage('acme', request)
      assert.equal(taken?.attempts, 1)
      assert.deepEqual(await counts(sharing), [0, 0, 0])
      clock.pass(MINUTE - 1)
      assert.deepEqual(await counts(sharing), [0, 0, 0])
      clock.pass(1)
      assert.deepEqual(await counts(sharing), [1, 0, 0])
      assert.equal(sent[0]?.id, taken?.message.id)
    },
    'a lease that was made longer holds, and one that is over settles nothing': async (world) => {
      const { document, clock, store } = world
      const { sharing } = mailing(world)
      await document()
      await sharing.collaborators.add(ann, ref, { email: MAIL, role: 'viewer' })
      const inAMinute = (): Date => new Date(clock.now.getTime() + MINUTE)
      const take = (lease: string) =>
        store.takeMessage('acme', { at: clock.now, lease, leasedUntil: inAMinute(), perHour: false })
      const first = (await take('first'))!
      clock.pass(MINUTE / 2)
      await store.renewMessage('acme', first, inAMinute())
      clock.pass(MINUTE / 2)
      assert.equal(await take('second'), null)
      clock.pass(MINUTE / 2)
      const second = (await take('second'))!
      assert.equal(second.message.id, first.message.id)
      await store.renewMessage('acme', first, new Date(clock.now.getTime() + DAY))
      await store.settleMessage('acme', first, { outcome: 'delivered' })
      await store.settleMessage('acme', first, { outcome: 'failed', dueAt: null, at: clock.now })
      clock.pass(MINUTE)
      const third = (await take('third'))!
      assert.deepEqual([third.message.id, third.attempts], [first.message.id, 3])
    },
    'a lease that is over gives nothing back of what was counted': async (world) => {
      const { document, clock, store } = world
      const { sharing } = mailing(world)
      await document()
      for (const email of ['one@acme.example', 'two@acme.example']) {
        await sharing.collaborators.add(ann, ref, { email, role: 'viewer' })
      }
      const take = (lease: string) => {
        const leasedUntil = new Date(clock.now.getTime() + MINUTE)
        return store.takeMessage('acme', { at: clock.now, lease, leasedUntil, perHour: 2 })
      }
      const first = (await take('first'))!
      clock.pass(MINUTE)
      const second = (await take('second'))!
      assert.equal(second.message.id, first.message.id)
      await store.settleMessage('acme', first, { outcome: 'failed', dueAt: null, at: clock.now })
      assert.equal(await take('third'), null)
      clock.pass(HOUR)
      assert.notEqual(await take('fourth'), null)
    },
    'are counted together where clocks differ': async (world) => {
      const { document, clock, store } = world
      const { sharing } = mailing(world)
      await document()
      for (const email of ['one@acme.example', 'two@acme.example']) {
        await sharing.collaborators.add(ann, ref, { email, role: 'viewer' })
      }
      clock.pass(MINUTE)
      const take = (lease: string, at: Date) =>
        store.takeMessage('acme', { at, lease, leasedUntil: new Date(at.getTime() + HOUR), perHour: 1 })
      assert.notEqual(await take('first', clock.now), null)
      assert.equal(await take('second', new Date(clock.now.getTime() - 1)), null)
    },
  }),
]

const counts = async (sharing: Sharing<Definitions>): Promise<number[]> => {
  const { delivered, deliveryFailed, deadLetters } = await sharing.maintain()
  return [delivered, deliveryFailed, deadLetters]
}
