import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Connection, type Process, startProcesses } from '../support/processes.ts'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { createDatabase, STORES, type TestStore } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme', admin: 'tenant' } as const
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let twenty: Process[] = []
beforeAll(async () => {
  twenty = await startProcesses(20)
})
afterAll(() => Promise.all(twenty.map((one) => one.kill())))

const connection = (
  base: TestStore,
  dialect: Connection['dialect'],
  more: Partial<Connection> = {},
): Connection => ({
  dialect,
  address: base.address!,
  migrate: false,
  opensPerMinute: false,
  sharedLimiter: false,
  ...more,
})

describe('twenty processes migrate at once', () => {
  const everyone = async (to: Pick<Connection, 'dialect' | 'address'>) => {
    const job = { job: 'connect', ...to, migrate: true, opensPerMinute: false, sharedLimiter: false } as const
    const answers = await Promise.all(twenty.map((one) => one.perform(job)))
    expect(answers.flatMap(({ refusals }) => refusals)).toEqual([])
    expect(answers.reduce((sum, { done }) => sum + done, 0)).toBe(20)
    const ended = {
      job: 'connect',
      ...to,
      migrate: false,
      opensPerMinute: false,
      sharedLimiter: false,
    } as const
    expect(
      (await Promise.all(twenty.map((one) => one.perform(ended)))).flatMap(({ refusals }) => refusals),
    ).toEqual([])
  }

  test('on one SQLite file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sharegrant-'))
    const address = join(folder, 'fresh.db')
    await everyone({ dialect: 'sqlite', address })
    const database = new Database(address)
    const ran = database
      .prepare('select "set", number, count(*) as times from share_migrations group by 1, 2')
      .all()
    expect(ran.length).toBeGreaterThan(0)
    for (const row of ran) expect(row).toMatchObject({ times: 1 })
    await sampleOn(sqliteStore({ database })).resources.register(doc('d'), {
      tenantId: 'acme',
      ownerId: 'owner',
    })
    database.close()
    await rm(folder, { recursive: true })
  })

  test('on one Postgres', async () => {
    const { url, drop } = await createDatabase()
    await everyone({ dialect: 'postgres', address: url })
    const pool = new pg.Pool({ connectionString: url })
    pool.on('error', () => {})
    const { rows } = await pool.query(
      'select "set", number, count(*)::int as times from share_migrations group by 1, 2',
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row).toMatchObject({ times: 1 })
    await sampleOn(postgresStore({ pool })).resources.register(doc('d'), {
      tenantId: 'acme',
      ownerId: 'owner',
    })
    await pool.end()
    await drop()
  })
})

describe.each(STORES.filter(({ name }) => name !== 'SQLite in memory'))(
  '$name, several processes:',
  (kind) => {
    let base: TestStore
    let sharing: Sample
    let few: Process[]

    beforeEach(async () => {
      base = await kind.open()
      sharing = sampleOn(base.store)
      await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
      few = twenty.slice(0, 4)
      const job = { job: 'connect', ...connection(base, kind.dialect) } as const
      const connected = await Promise.all(few.map((one) => one.perform(job)))
      expect(connected.flatMap(({ refusals }) => refusals)).toEqual([])
    })
    afterEach(async () => {
      await Promise.all(few.map((one) => one.perform({ job: 'end' })))
      await base.close()
    })

    const count = async (table: string): Promise<number> =>
      Number((await base.query(`select count(*) as n from ${table}`))[0]!['n'])

    test('maxViews is exact among 64 openings at once', async () => {
      const link = await sharing.links.create(OWNER, doc('d'), { visibility: 'public', maxViews: 10 })
      const answers = await Promise.all(
        few.map((one) => one.perform({ job: 'open', token: link.token, times: 16 })),
      )
      expect(answers.reduce((sum, { done }) => sum + done, 0)).toBe(10)
      expect(new Set(answers.flatMap(({ refusals }) => refusals))).toEqual(new Set(['exhausted']))
      expect(await count('share_views')).toBe(10)
      expect(await sharing.links.get(OWNER, link.id)).toMatchObject({ viewCount: 10, status: 'exhausted' })
    })

    test('64 openings of a link without a limit are 64 views, and counted', async () => {
      const link = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
      const answers = await Promise.all(
        few.map((one) => one.perform({ job: 'open', token: link.token, times: 16 })),
      )
      expect(answers.flatMap(({ refusals }) => refusals)).toEqual([])
      expect(await count('share_views')).toBe(64)
      expect((await sharing.links.get(OWNER, link.id)).viewCount).toBe(64)
    })

    test('no public link is made once the policy that forbids it is set', async () => {
      const running = few.map((one) => one.perform({ job: 'create until refused', ref: doc('d') }))
      await pause(150)
      await sharing.policies.set(OWNER, { allowPublicShares: false })
      const set = process.hrtime.bigint()
      const made = await count('share_grants')
      const answers = await Promise.all(running)
      expect(await count('share_grants')).toBe(made)
      expect(made).toBeGreaterThan(0)
      for (const { refusals, lastBegun } of answers) {
        expect(refusals).toEqual(['public_shares_disabled'])
        expect(BigInt(lastBegun) < set).toBe(true)
      }
      expect(answers.reduce((sum, { done }) => sum + done, 0)).toBe(made)
    })

    test.each(['revoke', 'remove'] as const)(
      'nothing that is begun after %s returned opens or resumes',
      async (way) => {
        const link = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
        const { pass } = await sharing.open(link.token)
        const running = few.map((one, index) =>
          one.perform(
            index % 2 === 0
              ? { job: 'open until refused', token: link.token }
              : { job: 'resume until refused', pass },
          ),
        )
        await pause(150)
        await sharing.links[way](OWNER, link.id)
        const ended = process.hrtime.bigint()
        const views = await count('share_views')
        const answers = await Promise.all(running)
        expect(await count('share_views')).toBe(views)
        // SQLite lets whoever comes first: one of them may never have had its turn.
        expect(answers.reduce((sum, { done }) => sum + done, 0)).toBeGreaterThan(1)
        for (const { refusals, lastBegun } of answers) {
          expect(refusals).toEqual(['not_found'])
          expect(BigInt(lastBegun) < ended).toBe(true)
        }
      },
    )

    test('every view that was acknowledged survives a kill -9', async () => {
      const link = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
      const [victim] = await startProcesses(1)
      await victim!.perform({ job: 'connect', ...connection(base, kind.dialect) })
      const acknowledged = new Set<string>()
      await new Promise<void>((resolve) => {
        victim!.start({ job: 'open until killed', token: link.token }, (viewId) => {
          acknowledged.add(viewId)
          if (acknowledged.size === 100) resolve()
        })
      })
      await victim!.kill()
      const kept = new Set((await base.query('select id from share_views')).map(({ id }) => String(id)))
      expect(acknowledged.size).toBeGreaterThanOrEqual(100)
      expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([])
      // What was under way at the end may have been kept; it was counted then.
      await expect
        .poll(async () => (await sharing.links.get(OWNER, link.id)).viewCount - (await count('share_views')))
        .toBe(0)
      expect(await outcomeOf(() => sharing.open(link.token))).toBe('ok')
    })
  },
)

test('two processes on one Postgres limiter share the openings of a visitor', async () => {
  const kind = STORES.find(({ dialect }) => dialect === 'postgres')!
  const base = await kind.open()
  const pool = new pg.Pool({ connectionString: base.address!, max: 1 })
  pool.on('error', () => {})
  // The limiter makes its own table, once and for all processes.
  await new Promise<void>((resolve, reject) => {
    const options = { storeClient: pool, tableName: 'attempts', points: 1, duration: 1 }
    new RateLimiterPostgres(options, (error?: unknown) => (error ? reject(error) : resolve()))
  })
  await pool.end()
  const sharing = sampleOn(base.store)
  await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
  const { token } = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
  const two = twenty.slice(0, 2)
  const job = {
    job: 'connect',
    ...connection(base, 'postgres', { opensPerMinute: 10, sharedLimiter: true }),
  } as const
  await Promise.all(two.map((one) => one.perform(job)))
  const open = async (ip: string) => {
    const answers = await Promise.all(two.map((one) => one.perform({ job: 'open', token, times: 12, ip })))
    return {
      opened: answers.reduce((sum, { done }) => sum + done, 0),
      refusals: [
        ...new Set(answers.flatMap(({ refusals }) => refusals.map((text) => text.replace(/:.*/, '')))),
      ],
    }
  }
  expect(await open('192.0.2.1')).toEqual({ opened: 10, refusals: ['rate_limited'] })
  expect(await open('192.0.2.1')).toEqual({ opened: 0, refusals: ['rate_limited'] })
  expect(await open('192.0.2.2')).toEqual({ opened: 10, refusals: ['rate_limited'] })
  await Promise.all(two.map((one) => one.perform({ job: 'end' })))
  await base.close()
})
