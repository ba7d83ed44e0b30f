import type pg from 'pg'
import type { Actor, LinkViewFacts } from 'sharegrant'
import { postgresStore } from 'sharegrant/postgres'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { capturingPool, type Issued } from '../support/capturing.ts'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { TABLES } from '../support/tables.ts'
import { A, B, guarded, TwoTenants } from '../support/two-tenants.ts'
import { wrappedPool } from '../support/wrapped-pool.ts'

let tenants: TwoTenants
beforeEach(async () => {
  tenants = await TwoTenants.create()
})
afterEach(() => tenants.end())

describe.each([{ pipeline: true }, { pipeline: false }])('with pipeline: $pipeline', ({ pipeline }) => {
  let one: pg.Pool
  let sharing: Sample
  let tokens: { a: string; b: string }

  beforeEach(async () => {
    one = tenants.pool({ pipeline, max: 1 })
    sharing = guarded(one)
    await sharing.migrate()
    tokens = await tenants.furnish(sharing)
  })

  /** What the pool's connection has of settings, rows and open transactions between two calls. */
  const leftOver = async (): Promise<unknown> => {
    const counts = TABLES.filter((table) => table !== 'names').map(
      (table) => `(select count(*) from share_${table})`,
    )
    const { rows } = await one.query(
      `select coalesce(current_setting('sharegrant.tenant', true), '') as tenant,
         coalesce(current_setting('sharegrant.everywhere', true), '') as everywhere,
         now() = statement_timestamp() as "alone", (${counts.join(' + ')})::int as seen`,
    )
    return rows[0]
  }
  const NOTHING = { tenant: '', everywhere: '', alone: true, seen: 0 }

  /** A view of a tenant's link, not written yet. */
  const viewOf = async (tenantId: string, id: string): Promise<LinkViewFacts> => {
    const { rows } = await tenants.admin.query('select * from share_grants where tenant_id = $1', [tenantId])
    return {
      ...{
        id,
        tenantId,
        resourceUid: rows[0].resource_uid,
        linkId: rows[0].id,
        viewerId: null,
        visitor: 'v',
      },
      ...{ ip: null, userAgent: null, bot: false, counted: true, viewedAt: new Date('2030-01-01T00:00:00Z') },
    }
  }

  test('a connection that a tenant has used sees nothing afterwards', async () => {
    const uses: Array<() => Promise<unknown>> = [
      () => sharing.open(tokens.a),
      () => sharing.peek(tokens.b),
      () => Promise.all([sharing.open(tokens.a), sharing.open(tokens.b), sharing.peek(tokens.b)]),
      () => sharing.links.create(A, doc('tenant-a'), { visibility: 'public' }),
      () => outcomeOf(() => sharing.links.create(B, doc('tenant-a'), { visibility: 'public' })),
      () => sharing.can(B, 'view', doc('tenant-b')),
      () => sharing.users.forget('nobody'),
      () => sharing.admins.remove('bob', null),
      () => sharing.maintain(),
      () => sharing.list({ ...A, admin: 'system' }),
    ]
    for (const use of uses) {
      await use()
      expect(await leftOver(), String(use)).toEqual(NOTHING)
    }
  })

  test('a first use by many at once needs no second connection', async () => {
    const store = postgresStore({ pool: one, rowLevelSecurity: true, timeoutMs: 5000 })
    const fresh = sampleOn(store)
    const made = await Promise.all(
      Array.from({ length: 4 }, () =>
        outcomeOf(() => fresh.links.create(A, doc('tenant-a'), { visibility: 'public' })),
      ),
    )
    expect(made).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  test('a statement that fails leaves nothing behind', async () => {
    const store = postgresStore({ pool: one, rowLevelSecurity: true })
    const view = await viewOf('tenant-a', 'good')
    const views = () =>
      tenants.admin.query(
        "select view_count::int from share_grants where grantee = 'link' order by tenant_id",
      )
    for (const bad of [
      { ...view, id: 'bad', resourceUid: 'none' },
      { ...view, id: 'bad', userAgent: 'a\0b' },
      { ...view, id: 'bad', viewedAt: new Date('+200000-01-01T00:00:00Z') },
    ]) {
      const before = await tenants.everything()
      expect(await outcomeOf(() => store.appendView(bad))).toBe('storage_unavailable')
      expect(await tenants.everything()).toEqual(before)
      expect(await leftOver()).toEqual(NOTHING)
    }
    const settled = await Promise.allSettled(
      [view, { ...view, id: 'bad', resourceUid: 'none' }, { ...view, id: 'fine' }].map((each) =>
        store.appendView(each),
      ),
    )
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await views()).rows).toEqual([{ view_count: 3 }, { view_count: 1 }])
    expect(await leftOver()).toEqual(NOTHING)
  })

  test('openings at once read in their own tenants, and never everywhere', async () => {
    const issued: Issued[] = []
    const opening = guarded(capturingPool(one, issued))
    await opening.open(tokens.a)
    issued.length = 0
    await Promise.all([tokens.a, tokens.b, tokens.a, tokens.b].map((token) => opening.peek(token)))
    const names = new Set(issued.map(({ name }) => name))
    expect(names).toContain('opening.find_many_versioned')
    expect([...names].filter((name) => name?.includes('everywhere'))).toEqual([])
  })

  test('a view with an id that another tenant has too is told by its own row', async () => {
    const store = postgresStore({ pool: one, rowLevelSecurity: true })
    const views = [await viewOf('tenant-a', 'same'), await viewOf('tenant-b', 'same')]
    await sharing.links.revoke(B, views[1]!.linkId)
    // The first goes by itself; those that wait meanwhile go together.
    const first = store.appendView({ ...views[0]!, id: 'first' })
    const together = Promise.all(views.map((view) => store.appendView(view)))
    expect([await first, ...(await together)]).toEqual(['recorded', 'recorded', 'moved'])
  })

  test('the tenants of a batch come in one order, whoever came first', async () => {
    const issued: Issued[] = []
    const store = postgresStore({ pool: capturingPool(one, issued), rowLevelSecurity: true })
    for (const [at, order] of [
      ['tenant-a', 'tenant-b'],
      ['tenant-b', 'tenant-a'],
    ].entries()) {
      const views = [
        await viewOf('tenant-a', `first ${at}`),
        await viewOf(order[0]!, `one ${at}`),
        await viewOf(order[1]!, `other ${at}`),
      ]
      issued.length = 0
      // The first goes by itself; those that wait meanwhile go together.
      await Promise.all(views.map((view) => store.appendView(view)))
      const entered = issued.filter(({ name }) => name === 'scope.tenant').map(({ values }) => values[0])
      expect(entered).toEqual(['tenant-a', 'tenant-a', 'tenant-b'])
      expect(issued.filter(({ text }) => text.startsWith('begin'))).toHaveLength(2)
    }
  })

  test('prepared statements that the host dropped cost one call, not the connection’s life', async () => {
    await sharing.open(tokens.a)
    for (const gone of [
      'deallocate all',
      'deallocate "sharegrant begin"',
      'deallocate "sharegrant commit"',
    ]) {
      await one.query(gone)
      const before = await tenants.everything()
      const refused = await outcomeOf(() => sharing.resources.update(doc('tenant-a'), { title: gone }))
      expect(refused, gone).toBe('storage_unavailable')
      expect(await tenants.everything(), gone).toEqual(before)
      expect(await leftOver(), gone).toEqual(NOTHING)
      await sharing.resources.update(doc('tenant-a'), { title: gone })
      await sharing.open(tokens.a)
    }
  })

  test.each(['commit', 'rollback'])('a connection whose %s failed is not used again', async (ending) => {
    let failing = false
    const breakable = wrappedPool(one, (client) => ({
      query: (config) =>
        failing && config.text === ending ? client.query('select 1/0') : client.query(config),
    }))
    const store = postgresStore({ pool: breakable, rowLevelSecurity: true })
    const fresh = sampleOn(store)
    const good = await viewOf('tenant-a', 'good')
    const bad = { ...good, resourceUid: 'none' }
    await fresh.open(tokens.b)
    const before = await tenants.everything()
    failing = true
    const calls = {
      commit: () => store.appendView(good),
      rollback: () => store.appendView(bad),
    }
    expect(await outcomeOf(calls[ending as keyof typeof calls])).toBe('storage_unavailable')
    failing = false
    expect(await leftOver()).toEqual(NOTHING)
    expect(await tenants.everything()).toEqual(before)
    await fresh.open(tokens.a)
  })

  test('a host’s own query finds the rows of the tenant that its transaction names', async () => {
    const person = { userId: 'cat', tenantId: null }
    await sharing.resources.register(doc('of cat'), { tenantId: null, ownerId: 'cat' })
    await one.query(
      "create table files (id text); insert into files values ('tenant-a'), ('tenant-b'), ('of cat')",
    )
    const client = await one.connect()
    const found = async (actor: Actor, tenant: string | null): Promise<unknown[]> => {
      const { sql, parameters } = sharing.filter(actor, 'view', 'document', { column: 'files.id' })
      await client.query('begin')
      if (tenant !== null) await client.query("select set_config('sharegrant.tenant', $1, true)", [tenant])
      const { rows } = await client.query(`select id from files where ${sql}`, [...parameters])
      await client.query('commit')
      return rows.map(({ id }) => id)
    }
    expect(await found(A, 'tenant-a')).toEqual(['tenant-a'])
    expect(await found(A, null)).toEqual([])
    expect(await found(B, 'tenant-b')).toEqual(['tenant-b'])
    expect(await found(B, 'tenant-a')).toEqual([])
    expect(await found(A, '')).toEqual([])
    expect(await found(person, '~cat')).toEqual(['of cat'])
    expect(await found(person, 'tenant-a')).toEqual([])
    client.release()
    expect(await leftOver()).toEqual(NOTHING)
  })
})

describe('a scope', () => {
  /** The statements that enter one, by their names. */
  async function entries(): Promise<(name: string) => Issued> {
    const sharing = guarded(tenants.pool())
    await sharing.migrate()
    await tenants.furnish(sharing)
    const issued: Issued[] = []
    const capturing = guarded(capturingPool(tenants.pool(), issued))
    await capturing.users.forget('ann')
    await capturing.resources.get(doc('tenant-b'))
    const names = new Set(issued.map(({ name }) => name).filter((name) => name?.startsWith('scope.')))
    expect([...names].sort()).toEqual(['scope.everywhere', 'scope.named', 'scope.tenant'])
    return (name) => issued.find((one) => one.name === name)!
  }

  /** The tenants whose rows a bare statement sees, once these were entered one after the other. */
  async function seenAfter(
    pool: pg.Pool,
    ...entered: Array<Pick<Issued, 'text' | 'values'>>
  ): Promise<unknown> {
    await pool.query('begin')
    for (const { text, values } of entered) await pool.query(text, [...values])
    const { rows } = await pool.query('select tenant_id from share_tenants')
    await pool.query('rollback')
    return rows.map(({ tenant_id }) => tenant_id).sort()
  }

  test('of a tenant, however it is entered, is not everywhere any more', async () => {
    const entry = await entries()
    const one = tenants.pool({ max: 1 })
    const everywhere = entry('scope.everywhere')
    expect(await seenAfter(one, everywhere)).toEqual(['tenant-a', 'tenant-b'])
    expect(await seenAfter(one, everywhere, entry('scope.tenant'))).toHaveLength(1)
    expect(await seenAfter(one, everywhere, entry('scope.named'))).toEqual(['tenant-b'])
  })

  test('of a name is that of nothing where the name is not, whatever the connection was set to', async () => {
    const { text, values } = (await entries())('scope.named')
    const [, key] = values
    const set = tenants.pool({ max: 1, options: '-c sharegrant.tenant=tenant-a' })
    expect(await seenAfter(set)).toEqual(['tenant-a'])
    expect(await seenAfter(set, { text, values: ['resource', key] })).toEqual(['tenant-b'])
    expect(await seenAfter(set, { text, values: ['resource', 'another'] })).toEqual([])
    expect(await seenAfter(set, { text, values: ['grant', key] })).toEqual([])
  })
})
