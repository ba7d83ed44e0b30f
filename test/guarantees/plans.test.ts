import { expect, test } from 'vitest'
import { subjectsOf } from '../../src/model/subject.ts'
import { asking } from '../support/asking.ts'
import { type CapturingStore, type Inspect, type Issued, openCapturing } from '../support/capture.ts'
import { crowd } from '../support/crowd.ts'
import { doc, type Sample, sampleOn } from '../support/sample.ts'
import { end, LEGACY, laterOn, live, OWNER } from '../support/scenario.ts'
import { tablesIn } from '../support/sql-text.ts'
import { stationing } from '../support/stationing.ts'
import { STORES } from '../support/stores.ts'

/** What a page of a list and its joins may come to. What reads by the size of a table reads thousands. */
const FEW_ROWS = 100
/** What a filter looks up of a person before it takes one way or the other, each with the other grants on it. */
const LOOKED_UP = 4 * 2001

/** What requests wait for. The test sees to it that none of them went unlooked at. */
const HOT: readonly string[] = [
  'opening.find_versioned',
  'opening.find_many_versioned',
  'view.append_remembered',
  'view.append_many_remembered',
  'view.append',
  'view.append_many',
  'view.spend',
  'view.visit_by_grant',
  'snapshot.of_grant',
  'snapshot.head_of_grant',
  'snapshot.find',
  'access.find',
  'access.find_held',
  'access.find_held_with_groups',
  'grants.held',
  'grants.held_with_groups',
  'grants.given',
  'grants.given_outside',
  'people.list',
  'resource.find',
  'link.find',
  'link.find_anywhere',
  'policy.find',
  'name.find',
  'links.of_resource',
  'links.of_resource_active',
  'links.of_creator',
  'links.of_creator_active',
  'links.of_tenant',
  'links.of_tenant_active',
  'resources.owned',
  'resources.owned_of_type',
  'views.of_link',
  'views.of_resource',
  'views.count_of_link',
  'views.count_of_resource',
  'audit.of_resource',
  'audit.of_tenant',
  'request.find_asked',
  'requests.of_resource',
  'outbox.next_due',
  'workstation.find',
  'workstation.lock_registered',
  'workstations.of_user',
  'workstations.of_tenant',
  'edit.find_held',
  'edit.lock',
  'edit.lock_held',
  'edit.right',
  'checkpoints.of_resource',
  'checkpoint.find',
  'filter',
]

/** Runs at night, or once in an account's life, over all that it is about. */
const BACKGROUND: readonly RegExp[] = [/^maintain\./, /^purge\./, /^tenant\.(?:clear|forget)_/]

async function everythingDone(sharing: Sample, base: CapturingStore): Promise<void> {
  await live(sharing)
  await asking(base.store)
  await stationing(base.store)
  await end(sharing, laterOn(base.store), { tenantId: 'acme' })
  await base.store.tenantIds('', 10)
}

const isOurs = ({ text }: Issued): boolean =>
  /^(with|select|insert|update|delete)\b/.test(text) &&
  tablesIn(text).some(({ table }) => table !== 'migrations')

/** The host's list of what somebody may see. */
const conditions = (sharing: Sample): Issued[] =>
  (['view', 'share', 'publish'] as const).map((action) => {
    const { sql, parameters } = sharing.filter(OWNER, action, 'document', { column: 'files.id' })
    return {
      name: 'filter',
      text: `select id from files where ${sql} order by id limit 20`,
      values: parameters,
    }
  })

const FILES = 'create table files (id text primary key)'

test.each([
  { statistics: 'without statistics', analyze: false },
  { statistics: 'with statistics', analyze: true },
])('SQLite $statistics: every statement searches, none scans', async ({ analyze }) => {
  const base = await openCapturing(STORES.find(({ name }) => name === 'SQLite in memory')!)
  await base.query(FILES)
  if (analyze) {
    await crowd(base, 'sqlite', { tenants: 500, resources: 2000 })
    await base.query('analyze')
  }
  const sharing = sampleOn(base.store, { legacyTokens: LEGACY })
  await everythingDone(sharing, base)
  const plans: string[] = []
  const issued = new Map(
    [...base.issued, ...conditions(sharing)].filter(isOurs).map((one) => [one.text, one]),
  )
  for (const { text, values } of issued.values()) {
    const rows = await base.query(`explain query plan ${text}`, values)
    const plain = text.replaceAll('+?', '?')
    const scanned = rows.map(({ detail }) => String(detail)).filter((detail) => readsTooMuch(plain, detail))
    if (scanned.length > 0) plans.push(`${scanned.join('; ')} in: ${text}`)
  }
  await base.close()
  expect(plans).toEqual([])
  expect(issued.size).toBeGreaterThan(70)
})

/** Whether a step of a plan goes over a whole table. SQLite names it by its alias in the statement. */
function readsTooMuch(text: string, detail: string): boolean {
  // A page that is sorted first was read whole.
  if (/ limit \?$/.test(text) && detail === 'USE TEMP B-TREE FOR ORDER BY') return true
  if (!TENANT_WIDE.some((one) => one.text.test(text)) && searchesByTenantOnly(text, detail)) return true
  const [, scanned] = /^SCAN (\w+)/.exec(detail) ?? []
  if (scanned === undefined) return false
  return tablesIn(text).some(({ table, alias }) => scanned === (alias ?? `share_${table}`))
}

/** Statements that are about all that a tenant has, and where they come from. None answers a visitor. */
const TENANT_WIDE: ReadonlyArray<{ reason: string; text: RegExp }> = [
  { reason: 'a tenant is removed', text: /^delete from "share_\w+" where tenant_id = \?$/ },
  {
    reason: 'a tenant is removed',
    text: / set parent_uid = null where tenant_id = \? and parent_uid is not null$/,
  },
  {
    reason: 'maintenance goes through views by day',
    text: /^(?!select "v"\."tenant_id"|select "g"\."created_by").* v\.viewed_at >= \?/,
  },
  { reason: 'a person is forgotten, and little waits', text: /^delete from "share_outbox" as o / },
  { reason: 'maintenance takes what is due first', text: / o\.due_at <= \? .* limit 1 \) w / },
  {
    reason: 'maintenance looks which snapshots are shown',
    text: /^delete from "share_snapshots" .* limit \?\) /,
  },
  { reason: 'maintenance goes through sealed tokens', text: /substr\(g\.sealed_token, 1, 8\) <> \?/ },
]

/** Whether a search has no more to go by than the tenant: it then reads all that the tenant has. */
function searchesByTenantOnly(text: string, detail: string): boolean {
  const [, name, terms = ''] = /^SEARCH (\w+) .*USING .*\((.*)\)$/.exec(detail) ?? []
  // One row; and indexes over what waits to be deleted or ended, which is little and goes.
  if (
    tablesIn(text).some(
      ({ table, alias }) => ['tenants', 'fences'].includes(table) && name === (alias ?? `share_${table}`),
    )
  )
    return false
  if (/share_\w+_(?:removed|until|due|ended) /.test(detail)) return false
  // A page of a tenant's own list goes on from a row value, in the index's order.
  return /^tenant_id=\?(?: AND \w+[<>]\?)*$/.test(terms)
}

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: Plan[]
}

test('Postgres: every statement searches, and reads few rows among many', async () => {
  const found: string[] = []
  const seen = new Set<string>()
  const names = new Set<string>()
  const inspect: Inspect = async (one, query) => {
    if (!isOurs(one) || seen.has(one.text) || BACKGROUND.some((form) => form.test(one.name ?? ''))) return
    seen.add(one.text)
    names.add(one.name ?? '')
    const { name, text, values } = one
    for (const [how, rows] of [
      ['as planned for any values', await query(`explain (generic_plan, format json) ${text}`)],
      ['as it ran', await query(`explain (analyze, format json) ${text}`, values)],
    ] as const) {
      const [{ Plan: plan }] = rows[0]!['QUERY PLAN'] as [{ Plan: Plan }]
      const trouble = troubleIn(plan)
      if (trouble !== null) found.push(`${name}, ${how}, ${trouble}: ${text}`)
    }
  }
  const base = await openCapturing(STORES.find(({ dialect }) => dialect === 'postgres')!, inspect)
  await base.query(FILES)
  await crowd(base, 'postgres', { tenants: 1000, resources: 10_000 })
  await base.query("insert into files select 'crowd' || i from generate_series(1, 10000) as n(i)")
  await base.query('analyze')
  const sharing = sampleOn(base.store, { legacyTokens: LEGACY })
  await everythingDone(sharing, base)
  for (const one of conditions(sharing)) await inspect(one, base.query)
  await base.close()
  expect(found).toEqual([])
  expect([...HOT].filter((name) => !names.has(name))).toEqual([])
})

test('Postgres: who was given much in their tenant reads few rows of it for a page', async () => {
  const found: string[] = []
  const names = new Set<string>()
  let watching = false
  const inspect: Inspect = async (one, query) => {
    if (!watching || !isOurs(one)) return
    names.add(one.name ?? '')
    const rows = await query(`explain (analyze, format json) ${one.text}`, one.values)
    const [{ Plan: plan }] = rows[0]!['QUERY PLAN'] as [{ Plan: Plan }]
    const trouble = troubleIn(plan, one.name === 'filter' ? LOOKED_UP : FEW_ROWS)
    if (trouble !== null) found.push(`${one.name}, ${trouble}: ${one.text}`)
  }
  const base = await openCapturing(STORES.find(({ dialect }) => dialect === 'postgres')!, inspect)
  await base.query(FILES)
  await crowd(base, 'postgres', { tenants: 1000, resources: 10_000 })
  await base.query("insert into files select 'crowd' || i from generate_series(1, 10000) as n(i)")
  await base.query(`insert into share_grants (tenant_id, id, resource_uid, grantee, subject, role, mode, created_by,
      created_at, updated_at, resource_type, resource_created_at)
    select tenant_id, 'much' || uid, uid, 'user', 'user:much', 'viewer', 'live', 'u1', created_at, created_at, type, created_at
    from share_resources where tenant_id = 'acme' and type = 'document'`)
  await base.query("update share_resources set visibility = 'private'")
  await base.query('vacuum analyze')
  const sharing = sampleOn(base.store)
  const much = { userId: 'much', tenantId: 'acme', email: 'much@example.com', groups: ['g1', 'g2'] }
  watching = true
  for (const filter of ['shared', 'all'] as const) {
    const first = await sharing.list(much, { filter, limit: 10 })
    expect(first.items).toHaveLength(10)
    await sharing.list(much, { filter, limit: 10, cursor: first.nextCursor! })
  }
  for (const groups of [much.groups, undefined]) {
    expect(await sharing.can({ ...much, groups }, 'view', doc('crowd10'))).toBe(true)
  }
  const { sql, parameters } = sharing.filter(much, 'view', 'document', { column: 'files.id' })
  const text = `select id from files where id like '%0' and ${sql} order by id limit 20`
  const forMany = text.replace(' <= 2000', ' <= -1')
  expect(forMany).not.toBe(text)
  for (const one of [text, forMany]) {
    expect(await base.query(one, parameters)).toHaveLength(20)
    await inspect({ name: 'filter', text: one, values: parameters }, base.query)
  }
  await base.close()
  expect(found).toEqual([])
  expect([...names].sort()).toEqual([
    'access.find_held',
    'access.find_held_with_groups',
    'filter',
    'grants.given',
    'grants.given_outside',
    'resources.owned',
  ])
})

test('Postgres: what lies above is walked up to once, by keys, in a table of any size', async () => {
  const found: string[] = []
  const walks: number[] = []
  let watching = false
  const inspect: Inspect = async (one, query) => {
    if (!watching || !isOurs(one)) return
    const rows = await query(`explain (analyze, format json) ${one.text}`, one.values)
    const [{ Plan: plan }] = rows[0]!['QUERY PLAN'] as [{ Plan: Plan }]
    walks.push(...timesOf('Recursive Union', plan))
    const trouble = troubleIn(plan)
    if (trouble !== null) found.push(`${one.name}, ${trouble}: ${one.text}`)
  }
  const base = await openCapturing(STORES.find(({ dialect }) => dialect === 'postgres')!, inspect)
  const sharing = sampleOn(base.store)
  const ann = { userId: 'ann', tenantId: 'acme', email: 'ann@example.com', groups: ['g1', 'g2', 'g3'] }
  for (const [from, to] of [
    [1, 1000],
    [1001, 10_000],
  ] as const) {
    await pairs(base.query, from, to)
    await base.query('analyze')
    watching = true
    for (const by of [ann, { ...ann, groups: undefined }]) {
      expect(await sharing.can(by, 'view', doc('pair8'))).toBe(true)
      await base.store.findResource(doc('pair8'), subjectsOf(by))
    }
    watching = false
  }
  await base.close()
  expect(found).toEqual([])
  expect(walks).toEqual(Array(8).fill(1))
})

/** Private documents, each second one below the one before it, with something given to a person and groups on both. */
async function pairs(query: CapturingStore['query'], from: number, to: number): Promise<void> {
  const at = "timestamptz '2020-01-01'"
  const all = `generate_series(${from}, ${to}) as s(i)`
  await query(`insert into share_tenants (tenant_id) select 'crowd' || i from ${all} union all select 'acme'
    on conflict do nothing`)
  await query(`insert into share_resources
      (tenant_id, uid, type, id, owner_id, visibility, traits, parent_uid, created_at, updated_at)
    select 'acme', 'pair' || i, 'document', 'pair' || i, 'u1', 'private', '',
      case when i % 2 = 0 then 'pair' || (i - 1) end, ${at}, ${at} from ${all}`)
  await query(`insert into share_names (kind, key, tenant_id, target)
    select 'resource', 'document:pair' || i, 'acme', 'pair' || i from ${all}`)
  await query(`insert into share_grants (tenant_id, id, resource_uid, grantee, subject, role, mode, created_by,
      created_at, updated_at, resource_type, resource_created_at)
    select 'acme', 'g' || i, 'pair' || i, 'user', 'user:u' || i, 'viewer', 'live', 'u1', ${at}, ${at}, 'document', ${at}
    from ${all}
    union all
    select 'acme', w || i, 'pair' || i, split_part(w, ':', 1), w, 'viewer', 'live', 'u1', ${at}, ${at}, 'document', ${at}
    from ${all}, unnest(array['user:ann', 'email:ann@example.com', 'group:g1', 'group:g2', 'group:g3']) as of(w)
    where i in (7, 8)`)
}

function timesOf(node: string, plan: Plan): number[] {
  const own = plan['Node Type'] === node ? [plan['Actual Loops'] ?? 0] : []
  return [...own, ...(plan.Plans ?? []).flatMap((part) => timesOf(node, part))]
}

function troubleIn(plan: Plan, most = FEW_ROWS): string | null {
  const relation = plan['Relation Name'] ?? ''
  if (relation.startsWith('share_')) {
    if (plan['Node Type'] === 'Seq Scan') return `scans ${relation}`
    const each =
      (plan['Actual Rows'] ?? 0) +
      (plan['Rows Removed by Filter'] ?? 0) +
      (plan['Rows Removed by Index Recheck'] ?? 0)
    const rows = each * (plan['Actual Loops'] ?? 1)
    if (rows > most) return `reads ${rows} rows of ${relation}`
  }
  for (const part of plan.Plans ?? []) {
    const trouble = troubleIn(part, most)
    if (trouble !== null) return trouble
  }
  return null
}
