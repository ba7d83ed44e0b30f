import type { Store } from '../../src/index.ts'
import type { StoreKind } from './stores.ts'

/** Sorts before the tenants of the tests, so that whoever reads too much meets it first. */
export const TWIN = 'TWIN'

type Query = (text: string) => Promise<unknown>

/** Columns by which nothing is looked up: in them a twin differs, so that one read instead of the other is noticed. */
const DIFFERENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  names: { key: "'twin of ' || new.key" },
  // An id that is used again has a twin again.
  resources: { id: "'twin of ' || new.id || ' ' || new.uid", title: "'TWIN'" },
  grants: { name: "'TWIN'" },
  snapshots: { content: `'"TWIN"'`, revision: "'TWIN'" },
  requests: { message: "'TWIN'" },
  outbox: { message: "'TWIN'" },
  counters: { count: 'new.count + 1000' },
  views: { ip: "'TWIN'" },
  view_days: { views: 'new.views + 1000', bots: 'new.bots + 1000' },
  audit: { actor_id: "'TWIN'" },
  workstations: { name: "'TWIN'" },
  fences: { last: 'new.last + 1000' },
  // Whoever is at home where they edit is at home there.
  edits: {
    workstation_name: "'TWIN'",
    user_tenant_id: "case when new.user_tenant_id = new.tenant_id then 'TWIN' else new.user_tenant_id end",
  },
  checkpoints: { content: `'"TWIN"'` },
}

/**
 * Gives another tenant a row with the same ids for each row that is written, from behind the library's back, and
 * makes it an error to change or delete one of those.
 */
export async function addTwins(query: Query, dialect: StoreKind['dialect']): Promise<void> {
  for (const [table, different] of Object.entries(DIFFERENT)) {
    const columns = await columnsOf(table)
    // The tables of a module are there only where it is used.
    if (columns.length === 0) continue
    for (const text of (dialect === 'sqlite' ? inSqlite : inPostgres)(table, columns, different)) {
      await query(text)
    }
  }
  await addTwin(query, dialect)

  async function columnsOf(table: string): Promise<string[]> {
    const rows = await query(
      dialect === 'sqlite'
        ? `select name from pragma_table_info('share_${table}')`
        : `select column_name as name from information_schema.columns where table_name = 'share_${table}'`,
    )
    return (rows as Array<{ name: string }>).map(({ name }) => name)
  }
}

/** The twin's own row, with a policy that refuses all it can. */
export async function addTwin(query: Query, dialect: StoreKind['dialect']): Promise<void> {
  const [no, yes] = dialect === 'sqlite' ? ['0', '1'] : ['false', 'true']
  await query(`insert into share_tenants (tenant_id, allow_public_shares, max_link_days, require_expiry, require_password,
    allowed_email_domains, allow_guests, rolled_until, purged_until)
    values ('${TWIN}', ${no}, 1, ${yes}, ${yes}, '["twin.example"]', ${no}, '9999-12-31', '9999-12-31')`)
}

const inSqlite = (
  table: string,
  columns: string[],
  different: Readonly<Record<string, string>>,
): string[] => [
  `create trigger twin_of_${table} before insert on share_${table} when new.tenant_id <> '${TWIN}' begin
    insert or ignore into share_${table} (${columns.join()}) values (${valuesOf(columns, different)}); end`,
  ...['update', 'delete'].map(
    (
      verb,
    ) => `create trigger twin_${verb}_${table} before ${verb} on share_${table} when old.tenant_id = '${TWIN}' begin
      select raise(abort, 'the twin’s row'); end`,
  ),
  ...['update', 'delete'].map(
    (verb) => `create trigger if not exists twin_${verb}_tenants before ${verb} on share_tenants
      when old.tenant_id = '${TWIN}' begin select raise(abort, 'the twin’s row'); end`,
  ),
]

const inPostgres = (
  table: string,
  columns: string[],
  different: Readonly<Record<string, string>>,
): string[] => [
  `create function twin_of_${table}() returns trigger language plpgsql as $$ begin
    insert into share_${table} (${columns.join()}) values (${valuesOf(columns, different)}) on conflict do nothing;
    return new; end $$`,
  `create trigger twin_of_${table} before insert on share_${table} for each row
    when (new.tenant_id <> '${TWIN}') execute function twin_of_${table}()`,
  `create or replace function twin_kept() returns trigger language plpgsql as $$ begin
    raise 'the twin’s row'; end $$`,
  ...[table, 'tenants'].map(
    (kept) => `create or replace trigger twin_kept before update or delete on share_${kept} for each row
    when (old.tenant_id = '${TWIN}') execute function twin_kept()`,
  ),
]

const valuesOf = (columns: readonly string[], different: Readonly<Record<string, string>>): string =>
  columns
    .map((column) => (column === 'tenant_id' ? `'${TWIN}'` : (different[column] ?? `new.${column}`)))
    .join()

/** What ends in all tenants ends in the twin as well: it is one of them. */
export const EVERYWHERE: readonly string[] = [
  'store.change: everywhere at once, or nowhere',
  'admins.remove: ends what was made by right of being admin, and nothing else',
  'users.forget: ends what they made where they own and opened nothing',
  'store.changeEverywhere: visits the tenants in which the ask finds something, and no other',
  'users.forget: views stay counted, without viewer, address and agent',
  'users.forget: what they were given ends, also where it is all that is known of them',
  'users.forget: ends their shares in every tenant',
  'users.forget, with what was claimed: the address leaves every grant that they claimed, ended ones too',
  'users.forget, with what was claimed: their address leaves what nobody claimed too, where the host says it: ended ones, and in every tenant',
  'store, invited: finds what was given to an address, and to its person on the same resources',
  'users.forget: what they were to be told goes with them',
  'users.forget: what they asked for goes with them',
  'snapshots, taken at once: are not stored by whoever lost their right everywhere meanwhile',
  'store, what waits to be told: goes with whoever was to be told it, also by an address that they claimed, and with nobody else',
  'edits.begin: a guest who may edit, and a system admin, edit from their own workstations',
  'edits, the right lost: the account left: over at once, for check too',
  'edits, the right lost: its workstation removed, by whoever may',
  'edits, the right lost: a guest’s workstation, or account, that goes while they begin',
  'workstations, whose person goes: members.remove takes what they registered there, and nothing of another account',
  'workstations, whose person goes: users.forget takes them everywhere, and their name off what they saved',
  'workstations, whose person goes: tenants.remove takes all of it, and leaves the others’',
  'workstations, whose person goes: tenants.remove ends what its people edit as guests',
  'store, edits that are lost: are a workstation’s that is gone, in every tenant',
  'store, edits that are lost: are those of a removed account’s people, in other accounts',
  'store.changeEverywhere, workstations: visits the tenants in which the module knows of somebody, in order and once each',
]

/** The same store, as maintenance sees it where there is no twin. */
export const withoutTwin = (store: Store): Store =>
  new Proxy(store, {
    get(target, name) {
      if (name === 'tenantIds') {
        return async (after: string, limit: number) =>
          (await target.tenantIds(after, limit + 1)).filter((id) => id !== TWIN).slice(0, limit)
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
