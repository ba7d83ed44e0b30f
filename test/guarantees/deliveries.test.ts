import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { MaintenanceReport, Notification, Store } from 'sharegrant'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { dump } from '../support/dump.ts'
import { doc, type Sample, type SampleOptions, sampleOn } from '../support/sample.ts'
import { STORES, type StoreKind, type TestStore } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' } as const
const MINUTE = 60_000
const START = Date.parse('2030-06-15T12:00:00Z')

/** The ids that another process printed. It may be killed on the way. */
const mailer = (kind: StoreKind, base: TestStore, mode: 'deliver' | 'die'): Promise<string[]> =>
  new Promise((resolve) => {
    const script = fileURLToPath(new URL('../support/mailer.ts', import.meta.url))
    execFile(process.execPath, [script, kind.dialect, base.address!, mode], (_, stdout) =>
      resolve(stdout.split('\n').filter((line) => line !== '')),
    )
  })

describe.each(STORES)('$name: notifications', (kind) => {
  let base: TestStore
  let now: number
  beforeEach(async () => {
    base = await kind.open()
    now = START
  })
  afterEach(async () => {
    vi.useRealTimers()
    await base.close()
  })

  const sharingOn = (options: SampleOptions, store: Store = base.store): Sample =>
    sampleOn(store, { clock: () => new Date(now), ...options })

  /** The library with a host that notes what it is to send. */
  function mailing(options: SampleOptions = {}): { sharing: Sample; sent: Notification[] } {
    const sent: Notification[] = []
    return { sent, sharing: sharingOn({ notify: async (one) => void sent.push(one), ...options }) }
  }

  async function invite(sharing: Sample, count: number): Promise<void> {
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
    for (let index = 0; index < count; index++) {
      await sharing.collaborators.add(OWNER, doc('d'), { email: `p${index}@acme.example`, role: 'viewer' })
    }
  }

  // A database in memory has one process.
  const severalProcesses = kind.name !== 'SQLite in memory'
  const outbox = () => base.query('select * from share_outbox')
  const deliveries = ({ delivered, deliveryFailed, deadLetters }: MaintenanceReport): number[] => [
    delivered,
    deliveryFailed,
    deadLetters,
  ]

  if (severalProcesses)
    test('are sent once by processes that deliver at once, and no more than an hour allows', async () => {
      now = Date.now() - MINUTE
      const { sharing } = mailing()
      await invite(sharing, 50)
      const sent = (await Promise.all(Array.from({ length: 3 }, () => mailer(kind, base, 'deliver')))).flat()
      expect(new Set(sent).size).toBe(sent.length)
      expect(sent).toHaveLength(40)
      expect(await outbox()).toHaveLength(10)
    })

  if (severalProcesses)
    test('are sent again after a process that died between sending and noting it, and are not lost', async () => {
      now = Date.now() - MINUTE
      const { sharing, sent } = mailing()
      await invite(sharing, 1)
      const [first] = await mailer(kind, base, 'die')
      expect(first).toBeTypeOf('string')
      now = Date.now()
      expect(deliveries(await sharing.maintain())).toEqual([0, 0, 0])
      now += 2 * MINUTE
      expect(deliveries(await sharing.maintain())).toEqual([1, 0, 0])
      expect(sent.map(({ id }) => id)).toEqual([first])
      expect(await outbox()).toEqual([])
    })

  test('are sent again where noting it failed', async () => {
    const failing = new Proxy(base.store, {
      get(target, name) {
        if (name === 'settleMessage') return () => Promise.reject(new Error('the storage has gone'))
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const { sharing, sent } = mailing()
    await invite(sharing, 1)
    const notify = async (one: Notification): Promise<void> => void sent.push(one)
    await expect(sharingOn({ notify }, failing).maintain()).rejects.toThrow('the storage has gone')
    expect(deliveries(await sharing.maintain())).toEqual([0, 0, 0])
    now += MINUTE
    expect(deliveries(await sharing.maintain())).toEqual([1, 0, 0])
    expect(sent.map(({ id }) => id)).toEqual([sent[0]!.id, sent[0]!.id])
  })

  test('are kept by whoever sends slowly, and are sent by nobody else meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let finish = (): void => {}
    const slow = sharingOn({ notify: () => new Promise((resolve) => (finish = resolve)) })
    const { sharing, sent } = mailing()
    await invite(sharing, 1)
    const slowly = slow.maintain({ tenantId: 'acme' })
    await vi.waitFor(async () => expect((await outbox())[0]).toMatchObject({ attempts: 1 }))
    for (let step = 0; step < 5; step++) {
      now += 20_000
      await vi.advanceTimersByTimeAsync(20_000)
      await vi.waitFor(async () => expect(leasedFor(await outbox())).toBeGreaterThanOrEqual(59_000))
      expect(deliveries(await sharing.maintain())).toEqual([0, 0, 0])
    }
    finish()
    expect(deliveries(await slowly)).toEqual([1, 0, 0])
    expect(sent).toEqual([])
    expect(await outbox()).toEqual([])
  })

  // The driver of Postgres has timers of its own, which would be moved as well.
  if (kind.name !== 'Postgres')
    test('count as failed where sending does not end', async () => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] })
      const errors: unknown[] = []
      const hanging = sharingOn({
        notify: () => new Promise(() => {}),
        onError: (error) => errors.push(error),
      })
      await invite(hanging, 1)
      const running = hanging.maintain({ tenantId: 'acme' })
      await vi.waitFor(async () => expect((await outbox())[0]).toMatchObject({ attempts: 1 }))
      await vi.advanceTimersByTimeAsync(2 * MINUTE)
      expect(deliveries(await running)).toEqual([0, 1, 0])
      expect(String(errors)).toContain('notify took too long')
    })

  test('that failed for the tenth time are kept, marked, and told of', async () => {
    const errors: unknown[] = []
    const failing = sharingOn({
      notify: () => Promise.reject(new Error('no mail today')),
      onError: (error) => errors.push(error),
    })
    await invite(failing, 1)
    for (let attempt = 1; attempt < 10; attempt++) {
      expect(deliveries(await failing.maintain())).toEqual([0, 1, 0])
      now += 6 * 60 * MINUTE
    }
    expect((await outbox())[0]).toMatchObject({ attempts: 9, dead_at: null })
    expect(deliveries(await failing.maintain())).toEqual([0, 1, 1])
    const [dead] = await outbox()
    expect(dead).toMatchObject({ attempts: 10, lease: null })
    expect(dead!['dead_at']).not.toBeNull()
    expect(errors).toHaveLength(10)
    now += 24 * 60 * MINUTE
    expect(deliveries(await failing.maintain())).toEqual([0, 0, 0])
  })

  test('that end their process at each attempt are given up as well', async () => {
    const { sharing, sent } = mailing()
    await invite(sharing, 1)
    for (let attempt = 1; attempt <= 10; attempt++) {
      const at = new Date(now)
      const leasedUntil = new Date(now + MINUTE)
      const taken = await base.store.takeMessage('acme', {
        at,
        lease: `of ${attempt}`,
        leasedUntil,
        perHour: false,
      })
      expect(taken?.attempts).toBe(attempt)
      now += MINUTE
    }
    expect(deliveries(await sharing.maintain())).toEqual([0, 1, 1])
    expect(sent).toEqual([])
  })

  test('carry a token that is nowhere stored', async () => {
    const { sharing, sent } = mailing()
    await invite(sharing, 1)
    const before = JSON.stringify(await dump(base, kind.dialect))
    await sharing.maintain()
    const token = sent[0]!.token!
    expect(token).toMatch(/^shri_/)
    const after = JSON.stringify(await dump(base, kind.dialect))
    for (const rows of [before, after]) {
      expect(rows).not.toContain(token)
      expect(rows).not.toContain(token.slice(-43))
    }
  })

  test('are in no outbox of a host that sends nothing', async () => {
    const sharing = sharingOn({})
    await invite(sharing, 2)
    await sharing.requests.create({ userId: 'asker', tenantId: 'acme' }, doc('d'), { role: 'viewer' })
    expect(await outbox()).toEqual([])
  })

  /** How much of a lease is left, in milliseconds. */
  function leasedFor([message]: Record<string, unknown>[]): number {
    const until = message!['leased_until']
    return (until instanceof Date ? until.getTime() : Number(until)) - now
  }
})
