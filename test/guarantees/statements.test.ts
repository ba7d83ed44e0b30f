import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { asking } from '../support/asking.ts'
import { type Issued, openCapturing } from '../support/capture.ts'
import { crowdOfViews } from '../support/crowd.ts'
import { DEFINITIONS, doc, sampleOn } from '../support/sample.ts'
import { end, LEGACY, laterOn, live, OWNER, SYSTEM } from '../support/scenario.ts'
import { sourcesBelow, visit } from '../support/source-tree.ts'
import { tablesIn, unbounded } from '../support/sql-text.ts'
import { stationing } from '../support/stationing.ts'
import { STORES } from '../support/stores.ts'

/** Statements that speak of no tenant's rows. */
const NO_ROWS: readonly RegExp[] = [
  /^(begin|commit|rollback)\b/i,
  /^create (table|index|unique index|schema) /i,
  /^select pg_advisory_xact_lock\(/,
  /^select 1 from pg_namespace /,
  // Whether the tables of a module are there.
  /^select "f"\."there" from \(/,
  /^(select "set", number|insert into) .*"share_migrations"/,
]

/** The only statements that reach over all tenants, and why each must. */
const ACROSS_TENANTS: ReadonlyArray<{ reason: string; text: RegExp }> = [
  {
    reason: 'maintenance goes tenant by tenant, so it has to be told which there are',
    text: /^select "?t"?\."?tenant_id"? from \S*"share_tenants" t where t\.tenant_id > \S+ order by t\.tenant_id limit \S+$/,
  },
  {
    reason: 'a person is forgotten in every tenant, and the library knows no memberships to ask',
    text: /^select "?f"?\."?tenant_id"? from \( select tenant_id from \S+ where owner_id = \S+ union select tenant_id from \S+ where created_by = \S+ union select tenant_id from \S+ where subject = \S+ and ended_at is null and removed_at is null union select tenant_id from \S+ where subject in \(\S+ \S+\) and address is not null union select tenant_id from \S+ where user_id = \S+ union select tenant_id from \S+ where recipient = \S+ union select tenant_id from \S+ where viewer_id = \S+ \) f /,
  },
  {
    reason: 'what somebody is given as a guest lies in the tenants of others',
    text: / from \( select f\.\*, .* where o\.tenant_id <> \S+ and exists \( select 1 from \S+ t where t\.tenant_id = o\.tenant_id and t\.allow_guests and \(b\.domain = .*? limit 1 offset 0\)/,
  },
  {
    reason: 'an address may have been invited in any tenant, and its person claims all of it at once',
    text: /^select "?f"?\."?tenant_id"? from \( select distinct tenant_id from \S+ where subject = \S+ and ended_at is null and removed_at is null \) f /,
  },
  {
    reason:
      'a person is forgotten in every tenant that has a workstation of theirs, a session or a checkpoint',
    text: /^select "?f"?\."?tenant_id"? from \( select w\.tenant_id from \S+ w where w\.user_id = \S+ union select e\.tenant_id from \S+ e where e\.user_id = \S+ union select k\.tenant_id from \S+ k where k\.user_id = \S+ \) f$/,
  },
  {
    reason: 'a system admin may be editing in any tenant',
    text: /^select "?f"?\."?tenant_id"? from \( select distinct e\.tenant_id from \S+ e where e\.authority in \('admin', 'office'\) and e\.authority_id = \S+ and e\.ended_at is null \) f$/,
  },
  {
    reason: 'a guest edits in the tenants of others, from a workstation that may go',
    text: /^select "?f"?\."?tenant_id"? from \( select distinct e\.tenant_id from \S+ e where e\.workstation_id .* and e\.ended_at is null \) f order by/,
  },
  {
    reason: 'a guest edits in the tenants of others, and their own may go',
    text: /^select "?f"?\."?tenant_id"? from \( select distinct e\.tenant_id from \S+ e where e\.user_tenant_id = \S+ and e\.tenant_id <> \S+ and e\.ended_at is null \) f order by/,
  },
  {
    reason: 'a system admin sees the workstations of every tenant',
    text: / from \S*"share_workstations" w where true and \(w\.created_at, w\.id\) < /,
  },
  {
    reason: 'what somebody has begun to share in any tenant is not shared once they are gone',
    text: /^select distinct "?n"?\."?tenant_id"? from \S+ n where n\.kind = 'begun' and n\.key >= \S+ and n\.key < \S+$/,
  },
  {
    reason: 'a system admin made links in any tenant, and all of them end',
    text: /^select "?f"?\."?tenant_id"? from \( select distinct tenant_id from \S+ where authority = 'admin' and authority_id = \S+ /,
  },
]

const crosses = (text: string): boolean =>
  unbounded(text).length > 0 && !ACROSS_TENANTS.some((one) => one.text.test(text))

/** SQLite's own, and those that only a store with row-level security issues. */
const ELSEWHERE = /^(opening\.find|opening\.find_tenants|scope\..*)$/

/** The names under which the adapter defines its statements: all of them have to be seen. */
function namedStatements(): string[] {
  const names = new Set<string>()
  for (const { tree } of [...sourcesBelow('adapters/sql'), ...sourcesBelow('adapters/postgres')]) {
    visit(tree, (node) => {
      if (!ts.isCallExpression(node) || node.arguments.length < 2) return
      const [name] = node.arguments
      if (name && ts.isStringLiteral(name) && /^[a-z_]{3,}\.[a-z_]+$/.test(name.text)) names.add(name.text)
    })
  }
  expect(names.size).toBeGreaterThan(60)
  return [...names]
}

describe.each(STORES)('$name: every statement', (kind) => {
  test('names the tenant, or stands on the list of those that cannot', async () => {
    const base = await openCapturing(kind)
    const sharing = sampleOn(base.store, { legacyTokens: LEGACY })
    await live(sharing)
    await asking(base.store)
    await stationing(base.store)
    const { items } = await sharing.links.list(OWNER, { resource: doc('d1') })
    await crowdOfViews(base, kind.dialect, { tenantId: 'acme', linkId: items.at(-1)!.id }, 5001)
    await end(sharing, laterOn(base.store))
    const texts = [...new Set(base.issued.map(({ text }) => text))]
    const names = new Set(base.issued.map(({ name }) => name))
    await base.close()

    const speaking = texts.filter((text) => !NO_ROWS.some((form) => form.test(text.trim())))
    expect(speaking.filter((text) => tablesIn(text).length === 0)).toEqual([])
    expect(speaking.filter(crosses)).toEqual([])
    // What nobody issues any more has no place on the list.
    for (const { reason, text } of ACROSS_TENANTS) {
      expect(
        speaking.filter((one) => text.test(one)),
        reason,
      ).toHaveLength(1)
    }
    // SQLite is told no names: there the same scenario has to do.
    const missing = namedStatements().filter((name) => !names.has(name) && !ELSEWHERE.test(name))
    if (kind.dialect === 'postgres') expect(missing).toEqual([])
    expect(speaking.length).toBeGreaterThan(70)
  })

  test('of a host with our condition stays within the tenant', async () => {
    const base = await openCapturing(kind)
    const sharing = sampleOn(base.store)
    const invited = { ...OWNER, email: 'owner@acme.example', groups: ['staff'] }
    for (const type of ['document', 'folder'] as const) {
      for (const action of ['view', 'share', 'publish'] as const) {
        for (const actor of [OWNER, invited, SYSTEM]) {
          const { sql } = sharing.filter(actor, action, type, { column: 'files.id' })
          expect(tablesIn(sql).length).toBeGreaterThan(0)
          expect(unbounded(sql)).toEqual([])
        }
      }
    }
    expect(base.issued.filter(({ text }: Issued) => /files/.test(text))).toEqual([])
    expect(Object.keys(DEFINITIONS)).toEqual(['document', 'folder'])
    await base.close()
  })
})

describe('the reading of statements finds', () => {
  test.each([
    'select g.id from "share_grants" g where g.id = ?',
    'select g.tenant_id from "share_grants" g where g.id = ?',
    'select n.key from "share_names" n where n.key = ?',
    'select n.key from "share_names" n where n.kind = ?',
    'select r.id from "share_grants" g join "share_resources" r on r.uid = g.resource_uid where g.tenant_id = ?',
    'select r.id from "share_grants" g join "share_resources" r on r.tenant_id = g.tenant_id where g.id = ?',
    'update "public"."share_grants" set role = $1 where id = $2',
    'delete from "share_views" where tenant_id = ? and id in (select id from "share_views" where link_id = ?)',
    'insert into "share_views" (id) values (?)',
    'insert into "share_views" (id) values (?) returning tenant_id',
    'update "share_grants" as g set view_count = 1 from json_to_recordset($1) as x where g.id = x.id',
  ])('%s', (text) => {
    expect(unbounded(text)).not.toEqual([])
  })

  test.each([
    'select g.id from "share_names" n cross join "share_grants" g where n.kind = \'link\' and n.key = +? and g.tenant_id = n.tenant_id',
    'update "public"."share_grants" set role = $1 where tenant_id = $2 and id = $3',
    'insert into "share_views" (tenant_id, id) values (?, ?)',
    'delete from "share_views" as v where v.tenant_id = ? and v.id in (select id from "share_views" where tenant_id = ?)',
  ])('nothing in %s', (text) => {
    expect(unbounded(text)).toEqual([])
  })
})
