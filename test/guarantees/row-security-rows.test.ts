import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TABLES } from '../support/tables.ts'
import { guarded, TwoTenants } from '../support/two-tenants.ts'

const BOTH = ['tenant-a', 'tenant-b']
const SIDES = [
  ['tenant-a', 'tenant-b'],
  ['tenant-b', 'tenant-a'],
] as const
/** Those that may be read where the setting says everywhere. The others have no statement that reaches over tenants. */
const READ_EVERYWHERE = ['names', 'tenants', 'resources', 'grants', 'views', 'requests', 'outbox']

/** Shared: whatever a test does is rolled back. */
let tenants: TwoTenants
/** A connection of the library's role, on which statements have no tenant predicate of their own. */
let client: pg.Client

beforeAll(async () => {
  tenants = await TwoTenants.create()
  const sharing = guarded(tenants.pool())
  await sharing.migrate()
  await tenants.furnish(sharing)
  client = new pg.Client({ connectionString: tenants.database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await tenants.end()
})

async function within<R>(settings: Record<string, string>, work: () => Promise<R>): Promise<R> {
  await client.query('begin')
  try {
    for (const [name, value] of Object.entries(settings)) {
      await client.query('select set_config($1, $2, true)', [`sharegrant.${name}`, value])
    }
    return await work()
  } finally {
    await client.query('rollback')
  }
}

const as = <R>(tenant: string, work: () => Promise<R>): Promise<R> => within({ tenant }, work)

async function tenantsOf(table: string): Promise<unknown[]> {
  const { rows } = await client.query(`select distinct tenant_id from share_${table} order by 1`)
  return rows.map((row) => row.tenant_id)
}

/** How many rows a statement touched, or the state of its error. */
async function touched(text: string, values: string[] = []): Promise<number | string> {
  try {
    return (await client.query(text, values)).rowCount ?? 0
  } catch (error) {
    return (error as { code: string }).code
  }
}

test.each(TABLES)('%s: a tenant reads its own rows, and without one there are none', async (table) => {
  // A name gives the tenant, so it is read before there is one.
  const named = table === 'names'
  for (const [mine] of SIDES) expect(await as(mine, () => tenantsOf(table))).toEqual(named ? BOTH : [mine])
  expect(await within({}, () => tenantsOf(table))).toEqual(named ? BOTH : [])
  expect(await as('', () => tenantsOf(table))).toEqual(named ? BOTH : [])
})

test('empty text, which an ended transaction leaves behind, is no tenant', async () => {
  expect(await as('', () => touched("insert into share_tenants (tenant_id) values ('')"))).toBe('42501')
})

test.each(TABLES)('%s: a tenant changes and deletes its own rows only', async (table) => {
  for (const [mine, other] of SIDES) {
    const { rows } = await tenants.admin.query(
      `select count(*)::int as own from share_${table} where tenant_id = $1`,
      [mine],
    )
    const own = rows[0].own
    const change = `update share_${table} set tenant_id = tenant_id`
    expect(await as(mine, () => touched(`${change} where tenant_id = $1`, [other]))).toBe(0)
    expect(await as(mine, () => touched(change))).toBe(own)
    const deleted = await as(mine, () => touched(`delete from share_${table}`))
    // Rows that others point at stay, for that reason.
    expect([own, '23503']).toContain(deleted)
  }
})

test.each(TABLES)('%s: a tenant makes no row for another, and moves none to it', async (table) => {
  const { rows } = await tenants.admin.query<{ column_name: string }>(
    'select column_name from information_schema.columns where table_name = $1',
    [`share_${table}`],
  )
  const columns = rows.map((row) => `"${row.column_name}"`)
  const copied = columns.map((column) => (column === '"tenant_id"' ? '$1' : column))
  for (const [mine, other] of SIDES) {
    const into = `insert into share_${table} (${columns.join()}) select ${copied.join()} from share_${table}`
    expect(await as(mine, () => touched(`update share_${table} set tenant_id = $1`, [other]))).toBe('42501')
    expect(await as(mine, () => touched(into, [other]))).toBe('42501')
  }
})

test.each(TABLES)('%s: reading everywhere changes nothing anywhere', async (table) => {
  await within({ everywhere: 'on' }, async () => {
    expect(await tenantsOf(table)).toEqual(READ_EVERYWHERE.includes(table) ? BOTH : [])
    expect(await touched(`update share_${table} set tenant_id = tenant_id`)).toBe(0)
    expect(await touched(`delete from share_${table}`)).toBe(0)
    expect(await touched(`select 1 from share_${table} for share`)).toBe(0)
  })
})
