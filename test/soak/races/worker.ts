/** Another process that takes part in races. It makes the calls it is sent, and tells when each began, ended, and how. */
import Database from 'better-sqlite3'
import pg from 'pg'
import { postgresStore } from '../../../adapters/postgres/index.ts'
import { sqliteStore } from '../../../adapters/sqlite/index.ts'
import { isSharingError, type Store } from '../../../src/index.ts'
import type { Call, Told } from './attempt.ts'
import { type Host, hostOn, moment } from './host.ts'
import type { Address, Job } from './processes.ts'

interface Connected {
  now: Host
  early: Host
  query(text: string): Promise<unknown>
  end(): Promise<void>
}

function connect({ place, address, schema }: Address): Connected {
  if (place === 'Postgres') {
    const pool = new pg.Pool({ connectionString: address, max: 4 })
    pool.on('error', () => {})
    return connectedTo(
      postgresStore({ pool, schema }),
      async (text) => (await pool.query(text)).rows,
      () => pool.end(),
    )
  }
  const database = new Database(address, { timeout: 20_000 })
  return connectedTo(
    sqliteStore({ database }),
    async (text) => database.prepare(text).all(),
    async () => void database.close(),
  )
}

function connectedTo(store: Store, query: Connected['query'], end: () => Promise<void>): Connected {
  const now = hostOn(store)
  return {
    now,
    early: hostOn(store, 'early'),
    query,
    end: async () => {
      await now.close()
      await end()
    },
  }
}

let connected: Connected | null = null

function perform({ method, args, early }: Call): Promise<unknown> {
  const host = early ? connected!.early : connected!.now
  const { query } = connected!
  const found = method
    .split('.')
    .reduce<unknown>((within, name) => (within as Record<string, unknown>)[name], { ...host, query })
  return (found as (...args: readonly unknown[]) => Promise<unknown>)(...args)
}

const told = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'viewId' in value ? value.viewId : value

async function attempt(work: () => Promise<unknown>): Promise<Told> {
  const begun = moment()
  try {
    const value = await work()
    return { begun, ended: moment(), outcome: 'ok', value: told(value) }
  } catch (error) {
    const ended = moment()
    if (!isSharingError(error)) return { begun, ended, outcome: 'thrown', value: String(error) }
    return { begun, ended, outcome: error.code, value: error.cause ? String(error.cause) : null }
  }
}

async function inTurn(calls: readonly Call[]): Promise<Told[]> {
  const all: Told[] = []
  for (const call of calls) all.push(await attempt(() => perform(call)))
  return all
}

async function migrate(to: Address): Promise<Told[]> {
  let fresh: Connected | null = null
  const migrated = await attempt(async () => {
    fresh = connect(to)
    await fresh.now.migrate()
  })
  if (fresh === null) return [migrated]
  const { now, query, end } = fresh as Connected
  const registered = await attempt(() =>
    now.resources.register({ type: 'document', id: `of ${process.pid}` }, { tenantId: 't', ownerId: 'o' }),
  )
  const table = `${to.schema === undefined ? '' : `${to.schema}.`}share_migrations`
  const recorded = await attempt(() => query(`select "set", number from ${table} order by 1, 2`))
  await end()
  return [migrated, { ...registered, value: null }, recorded]
}

async function answer(job: Job): Promise<Told[][]> {
  switch (job.job) {
    case 'connect':
      connected = connect(job.to)
      return []
    case 'migrate':
      return [await migrate(job.to)]
    case 'race':
      return Promise.all(job.lanes.map(inTurn))
    case 'disconnect':
      await connected?.end()
      connected = null
      return []
  }
}

process.on('message', (job: Job) => {
  answer(job).then(
    (lanes) => process.send!({ id: job.id, lanes }),
    (error: unknown) => process.send!({ id: job.id, failed: String(error) }),
  )
})
// Whoever started it is gone.
process.on('disconnect', () => process.exit())
process.send!('ready')
