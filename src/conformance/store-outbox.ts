import assert from 'node:assert/strict'
import type { TakenMessage } from '../store/index.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { mailing } from './mailing.ts'
import { ACTORS, DAY, documentRef, HOUR, MINUTE, SECOND, type World } from './world.ts'

const { ann, bob } = ACTORS
const zed = { userId: 'zed', tenantId: 'acme' }
const cyd = { userId: 'cyd', tenantId: 'acme', email: 'cyd@acme.example' }

/** Takes the message that is due next, under a lease of a minute. */
const taking =
  ({ store, clock }: World, perHour: number | false = false) =>
  (lease = 'of one'): Promise<TakenMessage | null> => {
    const leasedUntil = new Date(clock.now.getTime() + MINUTE)
    return store.takeMessage('acme', { at: clock.now, lease, leasedUntil, perHour })
  }

/** A document of ann's and one of bob's; whom they add is to be told, one after the other. */
async function adding(world: World) {
  const { sharing } = mailing(world)
  await world.document('d1')
  await world.document('d2', { ownerId: 'bob' })
  return {
    sharing,
    add: (actor: typeof ann | typeof bob, userId: string, expiresAt: Date | null = null): Promise<unknown> =>
      sharing.collaborators.add(actor, documentRef(actor === ann ? 'd1' : 'd2'), {
        userId,
        role: 'viewer',
        ...(expiresAt === null ? {} : { expiresAt }),
      }),
  }
}

export const storeOutbox: readonly ConformanceCase[] = casesOf('store, what waits to be told', {
  'comes in the order in which it is due, each with what it is about': async (world) => {
    const { clock } = world
    const { sharing, add } = await adding(world)
    const [first, last] = [new Date(clock.now.getTime() + DAY), new Date(clock.now.getTime() + 2 * DAY)]
    await add(ann, 'p1', last)
    clock.pass(SECOND)
    await add(bob, 'p2', first)
    clock.pass(SECOND)
    await sharing.requests.create(zed, documentRef('d2'), { role: 'viewer' })
    clock.pass(SECOND)
    await sharing.requests.create(zed, documentRef('d1'), { role: 'viewer' })
    clock.pass(SECOND)
    const [request] = await sharing.requests.list(bob, documentRef('d2'))
    await sharing.requests.deny(bob, request!.id)
    const take = taking(world)
    const seen: unknown[] = []
    for (let taken = await take(); taken !== null; taken = await take()) {
      const { message, attempts, resource, grant, request: asked } = taken
      const about = [resource?.id, grant?.expiresAt ?? null, asked?.status ?? null]
      seen.push([message.kind, message.recipient, attempts, ...about])
    }
    assert.deepEqual(seen, [
      ['invited', 'user:p1', 1, 'd1', last, null],
      ['invited', 'user:p2', 1, 'd2', first, null],
      ['request_made', 'user:bob', 1, 'd2', null, 'denied'],
      ['request_made', 'user:ann', 1, 'd1', null, 'open'],
      ['request_answered', 'user:zed', 1, 'd2', null, 'denied'],
    ])
    clock.pass(MINUTE)
    const [one, other] = [(await take())!, (await take())!]
    assert.deepEqual([one.message.recipient, other.message.recipient], ['user:p1', 'user:p2'])
    assert.deepEqual([one.attempts, other.attempts], [2, 2])
    const later = async (held: TakenMessage, hours: number): Promise<void> => {
      const dueAt = new Date(clock.now.getTime() + hours * HOUR)
      await world.store.settleMessage('acme', held, { outcome: 'failed', dueAt, at: clock.now })
    }
    await later(one, 2)
    await later(other, 1)
    for (let rest = await take(); rest !== null; rest = await take()) {
      await world.store.settleMessage('acme', rest, { outcome: 'dropped', unheard: false })
    }
    clock.pass(3 * HOUR)
    const again = [await take(), await take(), await take()]
    assert.deepEqual(
      again.map((taken) => taken?.message.recipient),
      ['user:p2', 'user:p1', undefined],
    )
  },
  'is kept, let go and given up by itself, whoever else is held under the same name': async (world) => {
    const { store, clock } = world
    const { add } = await adding(world)
    for (const who of ['p1', 'p2', 'p3', 'p4', 'p5']) {
      await add(ann, who)
      clock.pass(SECOND)
    }
    const take = taking(world)
    const [kept, sent, failed, dead, untouched] = [
      (await take())!,
      (await take())!,
      (await take())!,
      (await take())!,
      (await take())!,
    ]
    const tomorrow = new Date(clock.now.getTime() + DAY)
    await store.renewMessage('acme', kept, tomorrow)
    await store.settleMessage('acme', sent, { outcome: 'delivered' })
    await store.settleMessage('acme', dead, { outcome: 'failed', dueAt: null, at: clock.now })
    await store.settleMessage('acme', failed, { outcome: 'failed', dueAt: clock.now, at: clock.now })
    // Nobody has it any more: it is due at the moment that was said.
    assert.equal((await take('again'))?.message.id, failed.message.id)
    // Whoever had it before puts it off no more.
    await store.settleMessage('acme', failed, { outcome: 'failed', dueAt: tomorrow, at: clock.now })
    clock.pass(MINUTE)
    const next = [await take(), await take(), await take()]
    assert.deepEqual(
      next.map((one) => one?.message.id),
      [untouched.message.id, failed.message.id, undefined],
    )
    clock.pass(DAY)
    assert.equal((await take('later'))?.message.id, kept.message.id)
    await store.settleMessage('acme', dead, { outcome: 'delivered' })
    clock.pass(30 * DAY)
    const left = [await take(), await take(), await take(), await take()]
    assert.deepEqual(left.map((one) => one?.message.recipient).sort(), [
      'user:p1',
      'user:p3',
      'user:p5',
      undefined,
    ])
  },
  'of one sender whose hour is used up becomes due when that ends, and nothing else does': async (world) => {
    const { store, clock } = world
    const { add } = await adding(world)
    for (const who of ['p1', 'p2', 'p3']) {
      await add(ann, who)
      clock.pass(SECOND)
    }
    await add(bob, 'p4')
    const take = taking(world, 1)
    const failed = (await take())!
    const begun = clock.now
    const dueAt = new Date(begun.getTime() + DAY)
    await store.settleMessage('acme', failed, { outcome: 'failed', dueAt, at: begun })
    const next = (await take())!
    assert.equal(next.message.recipient, 'user:p2')
    const others = (await take())!
    assert.equal(others.message.recipient, 'user:p4')
    assert.equal(await take(), null)
    for (const held of [next, others]) await store.settleMessage('acme', held, { outcome: 'delivered' })
    clock.at(begun.getTime() + HOUR - 1)
    assert.equal(await taking(world)('early'), null)
    clock.pass(1)
    assert.equal((await take())?.message.recipient, 'user:p3')
    clock.at(dueAt.getTime() - 1)
    assert.equal((await taking(world)('again'))?.message.recipient, 'user:p3')
    assert.equal(await taking(world)('early'), null)
    clock.pass(1)
    assert.equal((await take())?.message.recipient, 'user:p1')
  },
  'counts no more where it was not sent: for its sender, in its hour, and of mails alone': async (world) => {
    const { store, clock } = world
    const { add } = await adding(world)
    await add(ann, 'p1')
    await add(ann, 'p2')
    await add(bob, 'p3')
    const take = taking(world, 9)
    const [one, two, three] = [(await take())!, (await take())!, (await take())!]
    const spent = async (kind: 'emails' | 'invitations', key: string): Promise<number | undefined> =>
      store.change({ at: 'counter', tenantId: 'acme' }, { counter: { kind, key } }, ({ counter }) => ({
        changes: [],
        audit: [],
        result: counter?.count,
      }))
    const all = async () => [
      await spent('emails', 'ann'),
      await spent('emails', 'bob'),
      await spent('invitations', 'ann'),
      await spent('invitations', 'bob'),
    ]
    assert.deepEqual(await all(), [2, 1, 2, 1])
    const failing = { outcome: 'failed', dueAt: null, at: clock.now } as const
    const first = [one, two, three].find(({ message }) => message.sender === 'ann')!
    const others = [one, two, three].filter((other) => other !== first)
    await store.settleMessage('acme', first, failing)
    assert.deepEqual(await all(), [1, 1, 2, 1])
    await store.settleMessage('acme', first, failing)
    assert.deepEqual(await all(), [1, 1, 2, 1])
    for (const held of others) await store.renewMessage('acme', held, new Date(clock.now.getTime() + DAY))
    clock.pass(HOUR)
    await add(ann, 'p4')
    await add(bob, 'p5')
    await take('another')
    await take('another')
    assert.deepEqual((await all()).slice(0, 2), [1, 1])
    for (const held of others) await store.settleMessage('acme', held, failing)
    assert.deepEqual((await all()).slice(0, 2), [1, 1])
  },
  'goes with whoever was to be told it, also by an address that they claimed, and with nobody else': async (
    world,
  ) => {
    const { clock } = world
    const { sharing, add } = await adding(world)
    for (const email of [cyd.email, 'dan@acme.example', 'fay@acme.example']) {
      await sharing.collaborators.add(ann, documentRef('d1'), { email, role: 'viewer' })
      clock.pass(SECOND)
    }
    await add(bob, 'cyd')
    await add(bob, 'dan')
    await sharing.invitations.claim(cyd)
    await sharing.invitations.claim({ userId: 'dan', tenantId: 'acme', email: 'dan@acme.example' })
    await sharing.users.forget('cyd')
    const take = taking(world)
    const left: string[] = []
    for (let taken = await take(); taken !== null; taken = await take()) left.push(taken.message.recipient)
    assert.deepEqual(left, ['email:dan@acme.example', 'email:fay@acme.example', 'user:dan'])
  },
})
