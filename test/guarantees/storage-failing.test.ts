import Database from 'better-sqlite3'
import pg from 'pg'
import { isSharingError } from 'sharegrant'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { createDatabase } from '../support/stores.ts'
import { TABLES } from '../support/tables.ts'

const OWNER = { userId: 'owner', tenantId: 'acme', admin: 'tenant' } as const

/** A storage that can be broken in the ways in which storages break. */
interface Breakable {
  sharing: Sample
  run(text: string): Promise<unknown>
  /** The host closes its own database or pool. */
  closeHost(): Promise<void>
  /** Reads go on, writes fail. */
  refuseWrites(): Promise<void>
  clear(): Promise<void>
}

async function sqlite(): Promise<Breakable> {
  const database = new Database(':memory:')
  return {
    sharing: sampleOn(sqliteStore({ database })),
    run: async (text) => database.exec(text),
    closeHost: async () => void database.close(),
    refuseWrites: async () => void database.pragma('query_only = on'),
    clear: async () => void database.close(),
  }
}

async function postgres(): Promise<Breakable> {
  const { url, drop } = await createDatabase()
  const pool = new pg.Pool({ connectionString: url })
  pool.on('error', () => {})
  let open = true
  const closeHost = async (): Promise<void> => {
    if (open) await pool.end()
    open = false
  }
  return {
    sharing: sampleOn(postgresStore({ pool })),
    run: (text) => pool.query(text),
    closeHost,
    async refuseWrites() {
      await pool.query(
        `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`,
      )
      await pool.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
      await pool.query('set default_transaction_read_only = on')
    },
    async clear() {
      await closeHost()
      await drop()
    },
  }
}

/** What may be in no answer: the driver's words, names of tables, columns and hosts, statements. */
const DRIVERS_TEXT =
  /sqlite|postgres|\bpg\b|share_|tenant_id|select|insert|relation|no such|readonly|pool|ECONN|127\.0/i

describe.each([
  ['SQLite', sqlite],
  ['Postgres', postgres],
])('%s: a storage that fails', (_, make) => {
  let broken: Breakable
  let link: { id: string; token: string }
  let pass: string
  let dataRef: string

  beforeEach(async () => {
    broken = await make()
  })
  afterEach(() => broken.clear())

  async function furnish(): Promise<void> {
    const { sharing } = broken
    await sharing.migrate()
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner', visibility: 'public' })
    link = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
    pass = (await sharing.open(link.token)).pass
    dataRef = await sharing.refs.mint({ pass }, 'rows')
  }

  const reads = ({ sharing }: Breakable): Array<() => Promise<unknown>> => [
    () => sharing.can(OWNER, 'view', doc('d')),
    () => sharing.can(null, 'view', doc('d')),
    () => sharing.authorize(OWNER, 'view', doc('d')),
    () => sharing.explain(OWNER, 'view', doc('d')),
    () => sharing.access(OWNER, doc('d')),
    () => sharing.list(OWNER),
    () => sharing.peek(link.token),
    () => sharing.resume(pass),
    () => sharing.refresh({ pass }, ['rows']),
    () => sharing.refs.mint({ actor: OWNER, resource: doc('d') }, 'rows'),
    () => sharing.refs.verify(dataRef, null),
    () => sharing.resources.get(doc('d')),
    () => sharing.links.get(OWNER, link.id),
    () => sharing.links.list(OWNER),
    () => sharing.links.reveal(OWNER, link.id),
    () => sharing.views.list(OWNER, { link: link.id }),
    () => sharing.views.stats(OWNER, { link: link.id }),
    () => sharing.audit.list(OWNER),
    () => sharing.policies.get(OWNER),
  ]
  const writes = ({ sharing }: Breakable): Array<() => Promise<unknown>> => [
    () => sharing.open(link.token),
    () => sharing.resources.register(doc('new'), { tenantId: 'acme', ownerId: 'owner' }),
    () => sharing.resources.update(doc('d'), { title: 'new' }),
    () => sharing.resources.setVisibility(OWNER, doc('d'), 'private'),
    () => sharing.resources.remove(doc('d')),
    () => sharing.links.create(OWNER, doc('d'), { visibility: 'public' }),
    () => sharing.links.update(OWNER, link.id, { name: 'new' }),
    () => sharing.links.rotate(OWNER, link.id),
    () => sharing.links.revoke(OWNER, link.id),
    () => sharing.links.remove(OWNER, link.id),
    () => sharing.policies.set(OWNER, { allowPublicShares: false }),
    () => sharing.members.remove('acme', 'owner'),
    () => sharing.users.forget('owner'),
    () => sharing.admins.remove('owner', 'acme'),
    () => sharing.tenants.remove('acme'),
    () => sharing.maintain(),
  ]

  async function expectAll(calls: Array<() => Promise<unknown>>, code: string): Promise<void> {
    for (const call of calls) {
      const error = await call().then(
        (answer) => `gave ${JSON.stringify(answer)}`,
        (thrown: unknown) => thrown,
      )
      expect(isSharingError(error), `${call}: ${String(error)}`).toBe(true)
      if (!isSharingError(error)) continue
      expect(error.code, String(call)).toBe(code)
      expect(error.message).not.toMatch(DRIVERS_TEXT)
      expect(JSON.stringify(error)).not.toMatch(DRIVERS_TEXT)
      expect(JSON.stringify({ ...error, cause: undefined })).not.toMatch(DRIVERS_TEXT)
    }
  }

  test('since it was never migrated says what to run', async () => {
    link = { id: 'link', token: await borrowedToken() }
    const calls = [...reads(broken).filter((call) => !/pass|dataRef/.test(String(call))), ...writes(broken)]
    await expectAll(calls, 'schema_outdated')
    await expect(broken.sharing.can(null, 'view', doc('d'))).rejects.toThrow('await sharing.migrate()')
  })

  test('since its tables were dropped says what to run, and goes on once that was done', async () => {
    await furnish()
    for (const table of [...TABLES, 'migrations']) await broken.run(`drop table share_${table}`)
    await expectAll([...reads(broken), ...writes(broken)], 'schema_outdated')
    await furnish()
    expect((await broken.sharing.open(link.token)).resource.id).toBe('d')
  })

  test('since the host has closed it gives nobody access', async () => {
    await furnish()
    await broken.closeHost()
    await expectAll([...reads(broken), ...writes(broken)], 'storage_unavailable')
    await expectAll([() => broken.sharing.migrate()], 'storage_unavailable')
  })

  test('for writes opens nothing, and still answers what only reads', async () => {
    await furnish()
    await broken.refuseWrites()
    await expectAll(writes(broken), 'storage_unavailable')
    for (const call of reads(broken)) expect(await outcomeOf(call), String(call)).toBe('ok')
    expect((await broken.sharing.links.get(OWNER, link.id)).viewCount).toBe(1)
  })
})

/** A well-formed token, so that it is looked up. */
async function borrowedToken(): Promise<string> {
  const { sharing, clear } = await sqlite()
  await sharing.migrate()
  await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
  const { token } = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
  await clear()
  return token
}

test('a server that cannot be reached gives nobody access', async () => {
  const pool = new pg.Pool({ connectionString: 'postgres://nobody:hidden@127.0.0.1:1/none' })
  const sharing = sampleOn(postgresStore({ pool }))
  const token = await borrowedToken()
  const calls = [
    () => sharing.open(token),
    () => sharing.can(null, 'view', doc('d')),
    () => sharing.links.create(OWNER, doc('d'), { visibility: 'public' }),
    () => sharing.migrate(),
  ]
  for (const call of calls) {
    const error: unknown = await call().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'storage_unavailable', status: 503 })
    expect(JSON.stringify(error) + String(error)).not.toMatch(DRIVERS_TEXT)
  }
  await pool.end()
})
