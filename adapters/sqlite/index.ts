import type { Store } from '../../src/store/index.ts'
import { type MigrationSet, migrationScript, setNamed } from '../sql/migrate.ts'
import { namingOf } from '../sql/names.ts'
import { sqlStore } from '../sql/store.ts'
import type { SqliteDatabase } from './database.ts'
import { SqliteEngine } from './engine.ts'
import { sqliteMigrations } from './migrations.ts'
import { sqliteWorkstations } from './workstations.ts'

export type { SqliteDatabase, SqliteStatement } from './database.ts'

/** Where a SQLite store keeps its tables. */
export interface SqliteStoreOptions {
  /**
   * A `Database` of better-sqlite3, in memory or on a file. It may be the host's own; a second connection to
   * the same file is better, since calls wait while a transaction is open on a shared one. `foreign_keys` is
   * switched on; on a file, write-ahead logging and full durability too.
   */
  database: SqliteDatabase
  /** Stands before every table's name: `share_` unless set. */
  tablePrefix?: string | undefined
}

/**
 * Keeps sharing state in SQLite.
 *
 * @throws SharingError `invalid_input` for a prefix that is no SQL name.
 *
 * @example
 * ```ts
 * import Database from 'better-sqlite3'
 * import { sqliteStore } from 'sharegrant/sqlite'
 *
 * const store = sqliteStore({ database: new Database(':memory:') })
 * await store.migrate()
 * ```
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  return sqlStore(new SqliteEngine(options.database, namingOf({ tablePrefix: options.tablePrefix }, null)))
}

/**
 * What `migrate()` would run on an empty database, as one script, for hosts that run migrations themselves: the `core`
 * unless another set is asked for. That of `workstations` runs after it.
 *
 * @example
 * ```ts
 * import { sqliteSchema } from 'sharegrant/sqlite'
 *
 * console.assert(sqliteSchema().includes('create table "share_grants"'))
 * ```
 */
export function sqliteSchema(
  options: { tablePrefix?: string | undefined; set?: MigrationSet | undefined } = {},
): string {
  const all = setNamed({ core: sqliteMigrations, workstations: sqliteWorkstations }, options.set)
  return migrationScript(all, namingOf(options, null))
}
