import { type RawBuilder, sql } from 'kysely'
import { SharingError } from '../../src/errors.ts'
import type { Migration } from '../sql/migration.ts'
import type { Naming } from '../sql/names.ts'
import { type Query, query } from '../sql/query.ts'
import type { Scope } from '../sql/scope.ts'
import type { PostgresQuery } from './pool.ts'

/** The setting that names the tenant whose rows a transaction may touch. */
const TENANT = 'sharegrant.tenant'
/** The setting under which a transaction may read the rows of all tenants. */
const EVERYWHERE = 'sharegrant.everywhere'

/** Every table but the list of migrations. Written out: it is part of a migration, which stays what it was. */
const GUARDED = [
  'names',
  'tenants',
  'resources',
  'grants',
  'snapshots',
  'views',
  'view_days',
  'counters',
  'requests',
  'outbox',
  'audit',
] as const
/** Where a statement looks for a person, or for the tenants that there are. */
const READ_EVERYWHERE = ['tenants', 'resources', 'grants', 'views', 'requests', 'outbox'] as const

/** After one use, a transaction-local setting reads as empty text on its connection, not as null. */
const tenantRows = `tenant_id = (select nullif(current_setting('${TENANT}', true), ''))`
const everyRow = `(select current_setting('${EVERYWHERE}', true)) = 'on'`

const guards = (tables: readonly string[], readEverywhere: readonly string[]): string[] => [
  ...tables.flatMap((table) => [
    `alter table {${table}} enable row level security`,
    // Else it would not hold for the owner of the tables, who is the library itself as a rule.
    `alter table {${table}} force row level security`,
    `create policy {prefix}tenant on {${table}} using (${tenantRows})`,
  ]),
  ...readEverywhere.map(
    (table) => `create policy {prefix}everywhere on {${table}} for select using (${everyRow})`,
  ),
]

/** The tables of the module, which are guarded where they are there. */
const WORKSTATIONS = ['workstations', 'fences', 'edits', 'checkpoints'] as const

export const workstationsRowSecurity: readonly Migration[] = [
  {
    set: 'workstations_row_level_security',
    number: 1,
    name: 'workstations',
    statements: guards(WORKSTATIONS, ['workstations', 'edits', 'checkpoints']),
  },
]

export const rowSecurityMigrations: readonly Migration[] = [
  {
    set: 'row_level_security',
    number: 1,
    name: 'links',
    statements: [
      ...guards(GUARDED, READ_EVERYWHERE),
      // They are read before the tenant is known, since they give it; they are written as all other rows.
      'create policy {prefix}everywhere on {names} for select using (true)',
    ],
  },
]

const set = (name: string, value: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`set_config(${sql.lit(name)}, ${value}, true)`

const enterTenant: Query<{ tenantId: string }, Record<never, never>> = query(
  'scope.tenant',
  ({ p }) => sql`select ${set(TENANT, p('tenantId'))}, ${set(EVERYWHERE, sql`''`)}`,
)

const enterNamed: Query<{ kind: string; key: string }, Record<never, never>> = query(
  'scope.named',
  ({ t, p }) =>
    sql`select ${set(
      TENANT,
      sql`coalesce((select n.tenant_id from ${t.names} n where n.kind = ${p('kind')} and n.key = ${p('key')}), '')`,
    )}, ${set(EVERYWHERE, sql`''`)}`,
)

const enterEverywhere: Query<Record<never, never>, Record<never, never>> = query(
  'scope.everywhere',
  () => sql`select ${set(EVERYWHERE, sql`'on'`)}`,
)

/** The statement that tells the database whose rows the rest of the transaction may touch. */
export function entering(scope: Scope): { query: Query<never, unknown>; args: unknown } {
  if (scope === 'everywhere') return { query: enterEverywhere as Query<never, unknown>, args: {} }
  const entry = 'tenantId' in scope ? enterTenant : enterNamed
  return { query: entry as Query<never, unknown>, args: scope }
}

/** Asks whether the guard would hold for the session's role. */
export const guardQuery = (naming: Naming): PostgresQuery => ({
  text: `select r.rolsuper or r.rolbypassrls, (
      select count(*) from pg_class c join pg_namespace s on s.oid = c.relnamespace
      where s.nspname = $1 and c.relname = any($2::text[]) and c.relrowsecurity and c.relforcerowsecurity), (
      select count(*) from pg_class m join pg_namespace o on o.oid = m.relnamespace
      where o.nspname = $1 and m.relname = any($3::text[]) and not (m.relrowsecurity and m.relforcerowsecurity))
    from pg_roles r where r.rolname = current_user`,
  values: [
    naming.schema,
    GUARDED.map((table) => `${naming.prefix}${table}`),
    WORKSTATIONS.map((table) => `${naming.prefix}${table}`),
  ],
  rowMode: 'array',
  types: { getTypeParser: () => (text: string) => text },
})

/** Refuses a role that the policies do not bind, before anything is read or written by it. */
export function refuseUnboundRole(rows: unknown[]): void {
  const [bypasses] = rows[0] as [string]
  if (bypasses !== 't') return
  throw new SharingError('invalid_input', {
    message:
      'rowLevelSecurity: the database role bypasses row-level security. Connect as one without SUPERUSER and BYPASSRLS.',
  })
}

export function refuseUnguardedTables(rows: unknown[]): void {
  const [, guarded, open] = rows[0] as [string, string, string]
  if (Number(guarded) === GUARDED.length && Number(open) === 0) return
  throw new SharingError('schema_outdated', {
    details: 'row-level security is not switched on for all tables: run migrate() with rowLevelSecurity',
  })
}
