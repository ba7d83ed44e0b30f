import { postgresSchema, postgresStore } from 'sharegrant/postgres'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { capturingPool, type Issued } from '../support/capturing.ts'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { TABLES } from '../support/tables.ts'
import { A, guarded, TwoTenants } from '../support/two-tenants.ts'

let tenants: TwoTenants
beforeEach(async () => {
  tenants = await TwoTenants.create()
})
afterEach(() => tenants.end())

const calls = (sharing: Sample, token: string): Array<() => Promise<unknown>> => [
  () => sharing.links.create(A, doc('tenant-a'), { visibility: 'public' }),
  () => sharing.resources.register(doc('new'), { tenantId: 'tenant-a', ownerId: 'ann' }),
  () => sharing.policies.set(A, { maxLinkDays: 9 }),
  () => sharing.users.forget('ann'),
  () => sharing.can(A, 'view', doc('tenant-a')),
  () => sharing.list(A),
  () => sharing.maintain(),
  () => sharing.peek(token),
  () => sharing.open(token),
  () => Promise.all([sharing.open(token), sharing.open(token), sharing.peek(token)]),
]

describe('a role that no policy binds', () => {
  const PRIVILEGES = [
    { privilege: 'superuser', take: 'nosuperuser' },
    { privilege: 'bypassrls', take: 'nobypassrls' },
  ]

  const alter = (what: string) =>
    tenants.admin.query(`alter role ${tenants.database.role} ${what}`) as Promise<unknown>

  test.each(PRIVILEGES)('$privilege: migrates nothing', async ({ privilege, take }) => {
    await alter(privilege)
    const issued: Issued[] = []
    const sharing = guarded(capturingPool(tenants.pool(), issued))
    const refused = await sharing.migrate().catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('rowLevelSecurity'),
    })
    expect(issued.map(({ text }) => text.split(/\s/)[0])).toEqual(['begin', 'select', 'rollback'])
    const { rows } = await tenants.admin.query("select 1 from pg_tables where tablename like 'share%'")
    expect(rows).toEqual([])
    await alter(take)
    await sharing.migrate()
  })

  test.each(PRIVILEGES)('$privilege: is given and tells nothing', async ({ privilege, take }) => {
    const before = guarded(tenants.pool())
    await before.migrate()
    const { a } = await tenants.furnish(before)
    await alter(privilege)
    for (const pipeline of [true, false]) {
      const issued: Issued[] = []
      const sharing = guarded(capturingPool(tenants.pool({ pipeline }), issued))
      for (const call of calls(sharing, a)) {
        const refused = await call().catch((error: unknown) => error)
        expect(refused, String(call)).toMatchObject({
          code: 'storage_unavailable',
          message: expect.not.stringContaining('role'),
          details: expect.stringContaining('rowLevelSecurity'),
        })
      }
      expect(issued.filter(({ text }) => !/ from pg_roles /.test(text.replace(/\s+/g, ' ')))).toEqual([])
      await alter(take)
      // What was refused is looked at again.
      await sharing.open(a)
      await alter(privilege)
    }
    await alter(take)
  })
})

describe('tables without the guard', () => {
  test('that were migrated without it are refused, until migrate() has added it', async () => {
    const plain = sampleOn(postgresStore({ pool: tenants.pool() }))
    await plain.migrate()
    const { a } = await tenants.furnish(plain)
    const sharing = guarded(tenants.pool())
    for (const call of calls(sharing, a)) expect(await outcomeOf(call), String(call)).toBe('schema_outdated')
    await sharing.migrate()
    await sharing.migrate()
    expect(await policies()).toHaveLength(18)
    expect(await sharing.links.list(A)).toMatchObject({ items: [{ viewCount: 1 }] })
    await sharing.open(a)
  })

  test.each(TABLES)('%s: one of them is enough', async (table) => {
    const sharing = guarded(tenants.pool())
    await sharing.migrate()
    // A table of the host's stands in for none of ours.
    await tenants.admin.query('create table theirs (id text)')
    await tenants.admin.query('alter table theirs enable row level security, force row level security')
    for (const change of ['disable row level security', 'no force row level security']) {
      await tenants.admin.query(`alter table share_${table} ${change}`)
      expect(await outcomeOf(() => guarded(tenants.pool()).list(A)), change).toBe('schema_outdated')
      await tenants.admin.query(`alter table share_${table} enable row level security`)
      await tenants.admin.query(`alter table share_${table} force row level security`)
      expect(await outcomeOf(() => guarded(tenants.pool()).list(A)), change).toBe('ok')
    }
  })
})

async function policies(schema = 'public'): Promise<unknown[]> {
  const { rows } = await tenants.admin.query(
    `select c.relname, c.relrowsecurity, c.relforcerowsecurity, p.policyname, p.permissive, p.roles::text, p.cmd,
       p.qual, p.with_check
     from pg_class c join pg_namespace s on s.oid = c.relnamespace
     join pg_policies p on p.schemaname = s.nspname and p.tablename = c.relname
     where s.nspname = $1 order by 1, 4`,
    [schema],
  )
  return rows
}

test('the schema as a script makes the same policies as migrate()', async () => {
  await tenants.admin.query(`create schema theirs authorization ${tenants.database.role}`)
  const bound = tenants.pool()
  await bound.query(postgresSchema({ schema: 'theirs', rowLevelSecurity: true }))
  const ours = postgresStore({ pool: bound, schema: 'ours', rowLevelSecurity: true })
  await tenants.admin.query(`create schema ours authorization ${tenants.database.role}`)
  await ours.migrate()
  expect(await policies('theirs')).toEqual(await policies('ours'))
  expect(await policies('theirs')).toHaveLength(18)
  const theirs = sampleOn(postgresStore({ pool: bound, schema: 'theirs', rowLevelSecurity: true }))
  await theirs.migrate()
  await theirs.resources.register(doc('d'), { tenantId: 'tenant-a', ownerId: 'ann' })
  expect((await theirs.list(A)).items).toHaveLength(1)
})

test('twenty pools migrate at once', async () => {
  const twenty = Array.from({ length: 20 }, () => guarded(tenants.pool({ max: 1 })))
  await Promise.all(twenty.map((one) => one.migrate()))
  const { rows } = await tenants.admin.query('select "set", number from share_migrations order by 1, 2')
  expect(rows).toEqual([
    { set: 'core', number: 1 },
    { set: 'row_level_security', number: 1 },
  ])
  await tenants.furnish(twenty[7]!)
})

describe('a store that is not told of the guard', () => {
  test('does not migrate, finds nothing, and writes nothing', async () => {
    const sharing = guarded(tenants.pool())
    await sharing.migrate()
    const { a } = await tenants.furnish(sharing)
    const { pass } = await sharing.open(a)
    const [link] = (await sharing.links.list(A)).items
    const before = await tenants.everything()
    const unaware = sampleOn(postgresStore({ pool: tenants.pool() }))
    const refused = await unaware.migrate().catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'schema_outdated',
      message: expect.stringContaining('rowLevelSecurity'),
    })
    expect(await unaware.can(A, 'view', doc('tenant-a'))).toBe(false)
    expect(await unaware.resources.get(doc('tenant-a'))).toBeNull()
    expect((await unaware.list(A)).items).toEqual([])
    expect((await unaware.links.list(A)).items).toEqual([])
    expect((await unaware.audit.list(A)).items).toEqual([])
    for (const call of [
      () => unaware.open(a),
      () => unaware.peek(a),
      () => unaware.resume(pass),
      () => unaware.links.get(A, link!.id),
      () => unaware.links.create(A, doc('tenant-a'), { visibility: 'public' }),
      () => unaware.links.revoke(A, link!.id),
      () => unaware.resources.update(doc('tenant-a'), { title: 'other' }),
    ]) {
      expect(await outcomeOf(call), String(call)).toBe('not_found')
    }
    for (const call of [
      () => unaware.resources.register(doc('new'), { tenantId: 'tenant-a', ownerId: 'ann' }),
      () => unaware.resources.register(doc('new'), { tenantId: 'tenant-c', ownerId: 'ann' }),
      () => unaware.policies.set(A, { maxLinkDays: 1 }),
      () => unaware.tenants.remove('tenant-a'),
      () => unaware.members.remove('tenant-a', 'ann'),
    ]) {
      expect(await outcomeOf(call), String(call)).toBe('storage_unavailable')
    }
    await unaware.users.forget('ann')
    await unaware.maintain()
    expect(await tenants.everything()).toEqual(before)
  })
})
