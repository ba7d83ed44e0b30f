/** Another process on the same data. It is told what to do by messages, and answers each. */
import { writeSync } from 'node:fs'
import Database from 'better-sqlite3'
import pg from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { postgresStore } from '../../adapters/postgres/index.ts'
import { sqliteStore } from '../../adapters/sqlite/index.ts'
import { createSharing, isSharingError, type LimiterFactory, type Store } from '../../src/index.ts'
import type { Answer, Connection, Job } from './processes.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' } as const

function connect({ dialect, address, opensPerMinute, sharedLimiter }: Connection) {
  let store: Store
  let limiter: LimiterFactory | undefined
  let end: () => Promise<void> | void
  if (dialect === 'sqlite') {
    const database = new Database(address, { timeout: 20_000 })
    store = sqliteStore({ database })
    end = () => void database.close()
  } else {
    const pool = new pg.Pool({ connectionString: address, max: 3 })
    // A database that is dropped under an idle connection is no failure of the test.
    pool.on('error', () => {})
    store = postgresStore({ pool })
    if (sharedLimiter) {
      limiter = (options) =>
        new RateLimiterPostgres({ ...options, storeClient: pool, tableName: 'attempts', tableCreated: true })
    }
    end = () => pool.end()
  }
  const sharing = createSharing({
    store,
    secret: 'a secret of the tests, longer than 32 bytes',
    limits: { opensPerMinute, passwordAttemptsPerMinute: false },
    limiter,
    resources: { document: { roles: { viewer: ['view'] } } },
  })
  return { sharing, end }
}

const refusal = (error: unknown): string =>
  isSharingError(error) ? `${error.code}${error.cause ? `: ${String(error.cause)}` : ''}` : String(error)

/** A clock that all processes of a machine share. */
const moment = (): string => String(process.hrtime.bigint())

let connected: ReturnType<typeof connect> | null = null

async function perform(job: Job): Promise<Answer> {
  const answer: Answer = { done: 0, refusals: [], lastBegun: '0' }
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    const begun = moment()
    try {
      await work()
      answer.done++
      if (BigInt(begun) > BigInt(answer.lastBegun)) answer.lastBegun = begun
      return true
    } catch (error) {
      answer.refusals.push(refusal(error))
      return false
    }
  }
  if (job.job === 'connect') {
    await connected?.end()
    connected = null
    await attempt(async () => {
      connected = connect(job)
      if (job.migrate) await connected.sharing.migrate()
    })
    return answer
  }
  const { sharing } = connected!
  switch (job.job) {
    case 'open':
      await Promise.all(
        Array.from({ length: job.times }, () => attempt(() => sharing.open(job.token, { ip: job.ip }))),
      )
      break
    case 'open until refused':
      // One after the other, since only what is begun after an end is told of it.
      while (await attempt(() => sharing.open(job.token)));
      break
    case 'resume until refused':
      while (await attempt(() => sharing.resume(job.pass)));
      break
    case 'create until refused':
      while (await attempt(() => sharing.links.create(OWNER, job.ref, { visibility: 'public' })));
      break
    case 'open until killed':
      for (;;) {
        const opened = await Promise.all(Array.from({ length: 8 }, () => sharing.open(job.token)))
        for (const { viewId } of opened) writeSync(1, `${viewId}\n`)
      }
    case 'end':
      await sharing.close()
      await connected!.end()
      connected = null
      break
  }
  return answer
}

process.on('message', (job: Job) => {
  perform(job).then(
    (answer) => process.send!(answer),
    (error: unknown) => process.send!({ done: 0, refusals: [`thrown: ${String(error)}`], lastBegun: '0' }),
  )
})
process.send!('ready')
