import Database from 'better-sqlite3'
import pg from 'pg'
import { type Actor, isSharingError } from 'sharegrant'
import { postgresSchema, postgresStore } from 'sharegrant/postgres'
import { sqliteSchema, sqliteStore } from 'sharegrant/sqlite'
import { createWorkstations } from 'sharegrant/workstations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { oddity, placesIn, withOdd } from '../soak/odd-inputs/oddities.ts'
import { createRandom } from '../soak/random.ts'
import { strangers } from '../support/border-calls.ts'
import { dump, rowsOf } from '../support/dump.ts'
import { methodsOf } from '../support/methods.ts'
import { createGuardedDatabase } from '../support/row-security.ts'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import {
  OTHER_STATION_CALLS,
  STATION_CALLS,
  type Stations,
  type StationTarget,
  stationMethod,
} from '../support/station-calls.ts'
import { createDatabase, STORES, type TestStore } from '../support/stores.ts'

const TENANTS = ['tenant-a', 'tenant-b'] as const
const SWAPPED = [
  { mine: TENANTS[0], other: TENANTS[1] },
  { mine: TENANTS[1], other: TENANTS[0] },
]
const TABLES = ['workstations', 'fences', 'edits', 'checkpoints']
const NOTHING = {
  ref: doc('unknown'),
  workstation: 'unknown',
  edit: 'unknown',
  checkpoint: 'unknown',
  fence: 1,
}
const owner = (tenantId: string): Actor => ({ userId: `owner of ${tenantId}`, tenantId })

async function furnish(sharing: Sample, stations: Stations, tenantId: string): Promise<StationTarget> {
  const ref = doc(`of ${tenantId}`)
  const by = owner(tenantId)
  await sharing.resources.register(ref, { tenantId, ownerId: by.userId })
  const { id } = await stations.register(by, { name: 'a machine', fingerprint: 'its fingerprint' })
  const edit = await stations.edits.begin(by, ref, { workstationId: id })
  const saved = await stations.checkpoints.save(by, edit.id, `what ${tenantId} wrote`)
  return { ref, workstation: id, edit: edit.id, checkpoint: saved.id, fence: edit.fence }
}

async function seen(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: JSON.stringify(await call()) }
  } catch (error) {
    if (!isSharingError(error)) throw error
    return { status: error.status, message: error.message, json: JSON.stringify(error) }
  }
}

describe.each(STORES)('$name: workstations', (kind) => {
  let base: TestStore
  let sharing: Sample
  let stations: Stations
  beforeEach(async () => {
    base = await kind.open()
    sharing = sampleOn(base.store)
    stations = createWorkstations(sharing)
  })
  afterEach(() => base.close())

  test('every method has a case, and each case finds what is one’s own', async () => {
    await sharing.migrate()
    const cases = [...Object.keys(STATION_CALLS), ...Object.keys(OTHER_STATION_CALLS), 'migrate']
    expect(methodsOf(stations).sort()).toEqual(cases.sort())
    const target = await furnish(sharing, stations, 'tenant-a')
    for (const [name, given] of Object.entries({ ...OTHER_STATION_CALLS, ...STATION_CALLS })) {
      const call = () =>
        stationMethod(stations, name)(...given(owner('tenant-a'), target, target.workstation))
      expect(await outcomeOf(call), name).toBe('ok')
    }
  })

  test.each(SWAPPED)(
    'from $mine, what is of $other is unknown, and stays as it is',
    async ({ mine, other }) => {
      await sharing.migrate()
      await furnish(sharing, stations, mine)
      const theirs = await furnish(sharing, stations, other)
      const before = rowsOf(await dump(base, kind.dialect), other)
      for (const actor of strangers(mine, other)) {
        const { id: own } = await stations.register(actor, { name: 'own', fingerprint: 'own' })
        for (const [name, given] of Object.entries(STATION_CALLS)) {
          const call = (target: StationTarget) => () =>
            stationMethod(stations, name)(...given(actor, target, own))
          expect(await seen(call(theirs)), `${name} ${actor.userId}`).toEqual(await seen(call(NOTHING)))
        }
        const own1 = await seen(() => stations.edits.begin(actor, theirs.ref, { workstationId: own }))
        const foreign = await seen(() =>
          stations.edits.begin(actor, theirs.ref, { workstationId: theirs.workstation }),
        )
        expect(foreign).toEqual(own1)
        const all = await seen(() => stations.list(actor, { all: true }))
        expect(JSON.stringify([all, await stations.list(actor)])).not.toContain(theirs.workstation)
      }
      expect(rowsOf(await dump(base, kind.dialect), other)).toEqual(before)
      expect(await stations.edits.check(theirs.ref, theirs.fence)).toBe(true)
    },
  )

  test('whatever is given is refused by the name of its field, or answered', async () => {
    await sharing.migrate()
    const target = await furnish(sharing, stations, 'tenant-a')
    const random = createRandom(Math.floor(Date.now() / 86_400_000))
    const by: Actor = { ...owner('tenant-a'), email: 'a@example.com', groups: ['g'], admin: 'tenant' }
    for (const [name, given] of Object.entries({ ...OTHER_STATION_CALLS, ...STATION_CALLS })) {
      // What ends something would leave nothing to try the others on.
      if (name === 'remove' || name === 'edits.end') continue
      const good = given(by, target, target.workstation)
      for (const place of placesIn(good)) {
        for (let times = 0; times < 12; times++) {
          const value = oddity(random).make()
          const outcome = await outcomeOf(() => stationMethod(stations, name)(...withOdd(good, place, value)))
          expect(['ok', 'invalid_input', 'not_found', 'forbidden', 'conflict'], `${name} ${place}`).toContain(
            outcome,
          )
        }
      }
    }
    expect(await stations.edits.check(target.ref, target.fence)).toBe(true)
  })

  test('the tables are made where the module is used, and nothing else needs them', async () => {
    const plain = sampleOn(base.store)
    await plain.migrate()
    const names = async () => Object.keys(await dump(base, kind.dialect))
    expect(await names()).not.toContain('share_edits')
    const ann = owner('tenant-a')
    expect(await outcomeOf(() => stations.register(ann, { name: 'a', fingerprint: 'b' }))).toBe(
      'schema_outdated',
    )
    await plain.resources.register(doc('d1'), { tenantId: 'tenant-a', ownerId: ann.userId })
    // Two rights of one person become one.
    const claiming = { userId: 'claims', tenantId: 'tenant-a', email: 'claims@example.com' }
    for (const whom of [{ userId: 'claims' }, { email: claiming.email }])
      await plain.collaborators.add(ann, doc('d1'), { ...whom, role: 'viewer' })
    await plain.invitations.claim(claiming)
    await plain.resources.transfer(ann, doc('d1'), 'somebody')
    await plain.admins.remove('root', null)
    await plain.groups.removeMember('tenant-a', 'g', 'u')
    await plain.members.remove('tenant-a', ann.userId)
    await plain.users.forget('somebody')
    await plain.tenants.remove('tenant-c')
    await plain.maintain()
    await Promise.all([stations.migrate(), stations.migrate(), sharing.migrate()])
    for (const table of TABLES) expect(await names()).toContain(`share_${table}`)
    // A process that knows nothing of the module takes along what hangs on whom it removes.
    const target = await furnish(sharing, stations, 'tenant-a')
    await plain.members.remove('tenant-a', ann.userId)
    expect(await outcomeOf(() => stations.get(ann, target.workstation))).toBe('not_found')
    expect(await stations.edits.check(target.ref, target.fence)).toBe(false)
    await plain.tenants.remove('tenant-a')
    const left = await dump(base, kind.dialect)
    // The last number that was given stays: it is never given twice.
    expect(left['share_fences']).toMatchObject([{ tenant_id: 'tenant-a' }])
    for (const table of TABLES.filter((name) => name !== 'fences')) expect(left[`share_${table}`]).toEqual([])
  })

  test('what is removed leaves no row and no name behind', async () => {
    await sharing.migrate()
    const target = await furnish(sharing, stations, 'tenant-a')
    await sharing.resources.remove(target.ref)
    await stations.remove(owner('tenant-a'), target.workstation)
    const left = await dump(base, kind.dialect)
    for (const table of ['workstations', 'edits', 'checkpoints']) expect(left[`share_${table}`]).toEqual([])
    expect(left['share_names']).toEqual([])
  })

  test('a fingerprint and a content are in no history, and in no answer to others', async () => {
    await sharing.migrate()
    const { ref } = await furnish(sharing, stations, 'tenant-a')
    const { share_audit: history } = await dump(base, kind.dialect)
    expect(JSON.stringify(history)).not.toMatch(/its fingerprint|what tenant-a wrote/)
    await sharing.resources.setVisibility(owner('tenant-a'), ref, 'account')
    const current = await stations.edits.current({ userId: 'x', tenantId: 'tenant-a' }, ref)
    expect(JSON.stringify(current)).not.toContain('its fingerprint')
  })
})

test('a host that runs the scripts itself gets what migrate() makes', async () => {
  const [ours, theirs] = [new Database(':memory:'), new Database(':memory:')]
  await sqliteStore({ database: ours }).workstations?.migrate()
  for (const set of ['core', 'workstations'] as const) theirs.exec(sqliteSchema({ set }))
  const tables = (database: typeof ours) =>
    JSON.stringify(
      database
        .prepare('select type, name, sql from sqlite_master where name not like ? order by name')
        .all('sqlite_%'),
    ).replace(/(\\n|\s)+/g, '')
  expect(tables(theirs)).toBe(tables(ours))
  await sqliteStore({ database: theirs }).workstations?.migrate()

  const database = await createDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 2 })
  await postgresStore({ pool, schema: 'ours' }).workstations?.migrate()
  await pool.query('create schema theirs')
  for (const set of ['core', 'workstations'] as const)
    await pool.query(postgresSchema({ schema: 'theirs', set }))
  const indexes = async (schema: string) =>
    (
      await pool.query('select indexname, indexdef from pg_indexes where schemaname = $1 order by 1', [
        schema,
      ])
    ).rows.map(({ indexname, indexdef }) => [indexname, indexdef.replaceAll(`${schema}.`, '')])
  expect(await indexes('theirs')).toEqual(await indexes('ours'))
  await postgresStore({ pool, schema: 'theirs' }).workstations?.migrate()
  await pool.end()
  await database.drop()
})

describe('row-level security on the tables of the module', () => {
  test('a tenant sees its own rows only, and tables without it are not served', async () => {
    const database = await createGuardedDatabase()
    const pool = new pg.Pool({ connectionString: database.url, max: 5 })
    pool.on('error', () => {})
    const sharing = sampleOn(postgresStore({ pool, rowLevelSecurity: true }))
    const stations = createWorkstations(sharing)
    await sharing.migrate()
    for (const tenant of TENANTS) await furnish(sharing, stations, tenant)
    const client = await pool.connect()
    for (const table of TABLES) {
      for (const tenant of [...TENANTS, '']) {
        await client.query('begin')
        await client.query("select set_config('sharegrant.tenant', $1, true)", [tenant])
        const { rows } = await client.query(`select distinct tenant_id from share_${table}`)
        expect(rows.map((row) => row.tenant_id)).toEqual(tenant === '' ? [] : [tenant])
        const stolen = await client.query(
          `update share_${table} set tenant_id = tenant_id where tenant_id <> $1`,
          [tenant],
        )
        expect(stolen.rowCount).toBe(0)
        await client.query('rollback')
      }
      // A person is looked for in all of them; a number is a tenant's own.
      await client.query('begin')
      await client.query("select set_config('sharegrant.everywhere', 'on', true)")
      const { rows } = await client.query(`select distinct tenant_id from share_${table} order by 1`)
      expect(rows.map((row) => row.tenant_id)).toEqual(table === 'fences' ? [] : TENANTS)
      expect((await client.query(`update share_${table} set tenant_id = tenant_id`)).rowCount).toBe(0)
      await client.query('rollback')
    }
    const served = () => {
      const later = createWorkstations(sampleOn(postgresStore({ pool, rowLevelSecurity: true })))
      return outcomeOf(() => later.list(owner('tenant-a')))
    }
    await client.query('create schema elsewhere')
    await client.query('create table elsewhere.share_edits (tenant_id text)')
    expect(await served()).toBe('ok')
    for (const guard of ['force', 'enable'] as const) {
      const none = guard === 'force' ? 'no force' : 'disable'
      await client.query(`alter table share_checkpoints ${none} row level security`)
      expect(await served()).toBe('schema_outdated')
      await client.query(`alter table share_checkpoints ${guard} row level security`)
      expect(await served()).toBe('ok')
    }
    client.release()
    await pool.end()
    await database.drop()
  })
})
