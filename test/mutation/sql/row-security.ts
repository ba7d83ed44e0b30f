import { mutantsOf } from './mutant.ts'

/** A list of tables, of which each is on a line of its own or all are on one, without each of them. */
function without(
  [open, close]: readonly [string, string],
  ...tables: string[]
): Record<string, readonly [find: string, replace: string]> {
  const listOf = (some: string[]): string => `${open}${some.map((table) => `'${table}'`).join(', ')}${close}`
  return Object.fromEntries(
    tables.map((table) => [table, [listOf(tables), listOf(tables.filter((one) => one !== table))]]),
  )
}

/** What makes the database itself keep the tenants apart, and what looks whether it does. */
export const rowSecurity = [
  ...mutantsOf('adapters/postgres/row-security.ts', {
    'const GUARDED = ': without(
      ['[ ', ', ]'],
      ...['names', 'tenants', 'resources', 'grants', 'snapshots', 'views', 'view_days'],
      ...['counters', 'requests', 'outbox', 'audit'],
    ),
    'const READ_EVERYWHERE = ': without(
      ['[', ']'],
      ...['tenants', 'resources', 'grants', 'views', 'requests', 'outbox'],
    ),
    'const tenantRows = ': {
      tenant: ["tenant_id = (select nullif(current_setting('#{TENANT}', true), ''))", 'true'],
      'empty text is no tenant': [
        "nullif(current_setting('#{TENANT}', true), '')",
        "current_setting('#{TENANT}', true)",
      ],
      'a setting that was never set': [
        "tenant_id = (select nullif(current_setting('#{TENANT}', true)",
        "tenant_id = (select nullif(current_setting('#{TENANT}')",
      ],
      'only where it is asked for': [
        "(select current_setting('#{EVERYWHERE}', true)) = 'on'",
        "(select current_setting('#{EVERYWHERE}', true)) is not null",
      ],
      'everywhere that was never set': [
        "current_setting('#{EVERYWHERE}', true)",
        "current_setting('#{EVERYWHERE}')",
      ],
    },
    'const guards = ': {
      'switched on': '`alter table {#{table}} enable row level security`,',
      'for the owner too': '`alter table {#{table}} force row level security`,',
      'the policy of the tenant': '`create policy {prefix}tenant on {#{table}} using (#{tenantRows})`,',
      'the policy of everywhere': [
        '...readEverywhere.map( (table) => `create policy {prefix}everywhere on {#{table}} for select using (#{everyRow})`, ),',
        '',
      ],
      'everywhere only to read': [
        '{#{table}} for select using (#{everyRow})',
        '{#{table}} using (#{everyRow})',
      ],
    },
    'const WORKSTATIONS = ': without(['[', ']'], 'workstations', 'fences', 'edits', 'checkpoints'),
    'export const workstationsRowSecurity': without(
      ['(WORKSTATIONS, [', '])'],
      ...['workstations', 'edits', 'checkpoints'],
    ),
    'export const rowSecurityMigrations': {
      'names are read before the tenant is known': [
        "'create policy {prefix}everywhere on {names} for select using (true)',",
        '',
      ],
      'names of others only to read': ['{names} for select using (true)', '{names} using (true)'],
    },
    'const set = ': { 'for the transaction only': ['#{value}, true)', '#{value}, false)'] },
    "'scope.tenant'": {
      tenant: ["#{set(TENANT, p('tenantId'))}, ", ''],
      'everywhere is left': ", #{set(EVERYWHERE, sql`''`)}",
    },
    "'scope.named'": {
      kind: ["n.kind = #{p('kind')} and ", "#{p('kind')}::text is not null and "],
      key: [" and n.key = #{p('key')}", " and #{p('key')}::text is not null"],
      'no name, no tenant': ['coalesce((', '(('],
      'everywhere is left': ", #{set(EVERYWHERE, sql`''`)}",
    },
    "'scope.everywhere'": { 'says so': ["sql`'on'`", "sql`''`"] },
    'export const guardQuery': {
      'no superuser': ['r.rolsuper or ', ''],
      'none that bypasses': [' or r.rolbypassrls', ''],
      'the role itself': ['r.rolname = current_user', "r.rolname = 'postgres'"],
      schema: ['s.nspname = $1', '$1::text is not null'],
      tables: ['c.relname = any(', "'any' <> all("],
      'switched on': ' and c.relrowsecurity',
      'for the owner too': ' and c.relforcerowsecurity',
      'schema of the module': ['o.nspname = $1', 'true'],
      'tables of the module': ['m.relname = any(', "'any' <> all("],
      'switched on for the module': ['m.relrowsecurity and ', ''],
      'for the module’s owner too': [' and m.relforcerowsecurity', ''],
    },
    'export function refuseUnboundRole': { 'the refusal': ["if (bypasses !== 't') return", 'return'] },
    'export function refuseUnguardedTables': {
      'the refusal': ['if (Number(guarded) === GUARDED.length && Number(open) === 0) return', 'return'],
      'of the core': 'Number(guarded) === GUARDED.length && ',
      'of the module': ' && Number(open) === 0',
    },
  }),
  ...mutantsOf('adapters/postgres/engine.ts', {
    "  migrate(module?: 'workstations'): Promise<void> {": {
      'the role is looked at': [
        'if (this.#guarded) refuseUnboundRole((await send(client)(guardQuery(this.#naming))).rows)',
        '',
      ],
    },
    'async #findMany(': {
      'each tenant by itself': ['if (!this.#guarded) return', 'if (true) return'],
    },
    'async #appendTogether<': {
      'each tenant by itself': [
        "this.#guarded ? byTenant(views) : new Map([['', views]])",
        "new Map([['', views]])",
      ],
      'each view is of its tenant': ['written.has(viewKey(view))', 'written.has(view.id)'],
    },
    'async #perform(': {
      'a step enters its scope': ['this.#guarded ? this.#send(client, entering(step.scope)) : []', '[]'],
    },
    'async #run<R>': {
      'a statement enters its scope': ['this.#guarded && scope !== null', 'false'],
    },
    '#guardHolds(): Promise<void> {': {
      'the role is looked at': 'refuseUnboundRole(rows)',
      'the tables are looked at': 'refuseUnguardedTables(rows)',
      'what was refused is looked at again': 'this.#guard = null',
    },
    '#serving<R>': {
      'before anything is asked': ['await this.#guardHolds().catch(told)', ''],
      'what is the host’s to read': ['.catch(told)', ''],
    },
  }),
  ...mutantsOf('adapters/postgres/migrate.ts', {
    'export async function migrate(': {
      'not by a store that is not told of it': [
        "if (!guarded && done.some(({ set }) => set === 'row_level_security'))",
        'if (false)',
      ],
      'the core is guarded': ['...(guarded ? rowSecurityMigrations : [])', '...[]'],
      'the module is guarded': [
        '...(module !== undefined && guarded ? workstationsRowSecurity : [])',
        '...[]',
      ],
    },
  }),
]
