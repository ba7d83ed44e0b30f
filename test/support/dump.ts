import type { TestStore } from './stores.ts'

export type Row = Record<string, unknown>
export type Dump = Record<string, Row[]>

/** Every row of every table in the database, ours and the host's, in an order that two dumps share. */
export async function dump(
  { query }: Pick<TestStore, 'query'>,
  dialect: 'sqlite' | 'postgres',
): Promise<Dump> {
  const names =
    dialect === 'sqlite'
      ? await query("select name from sqlite_master where type = 'table' order by name")
      : await query("select tablename as name from pg_tables where schemaname = 'public' order by tablename")
  const tables: Dump = {}
  for (const { name } of names) {
    const rows = await query(`select * from "${String(name)}"`)
    tables[String(name)] = rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  return tables
}

/** The rows of one tenant. A table without a `tenant_id` belongs to nobody. */
export function rowsOf(tables: Dump, tenantId: string): Dump {
  return Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [name, rows.filter((row) => row['tenant_id'] === tenantId)]),
  )
}
