import { z } from 'zod'
import { parse } from '../../src/model/input.ts'
import type { Store } from '../../src/store/index.ts'
import { type MigrationSet, migrationScript, setNamed } from '../sql/migrate.ts'
import { namingOf } from '../sql/names.ts'
import { sqlStore } from '../sql/store.ts'
import { PostgresEngine } from './engine.ts'
import { postgresMigrations } from './migrations.ts'
import type { PostgresPool } from './pool.ts'
import { rowSecurityMigrations, workstationsRowSecurity } from './row-security.ts'
import { postgresWorkstations } from './workstations.ts'

export type { PostgresClient, PostgresPool, PostgresQuery } from './pool.ts'

/** Where a Postgres store keeps its tables. */
export interface PostgresStoreOptions {
  /** A `Pool` of pg. It stays the host's: `close()` does not end it. */
  pool: PostgresPool
  /** Where the tables are: `public` unless set. `migrate()` makes it if it does not exist. */
  schema?: string | undefined
  /** Stands before every table's name: `share_` unless set. */
  tablePrefix?: string | undefined
  /** Milliseconds that a statement, or a connection of the pool, is waited for: 10,000 unless set. */
  timeoutMs?: number | undefined
  /**
   * Lets the database guard the tenants as well: policies on every table, which `migrate()` makes. The store
   * refuses a role that they do not bind. Make the pool with `pipeline: true`, so that it costs no round trips.
   */
  rowLevelSecurity?: boolean | undefined
}

const optionsSchema = z.object({
  timeoutMs: z.number().int().min(1).max(2_147_483_647).default(10_000),
  rowLevelSecurity: z.boolean().default(false),
})

/**
 * Keeps sharing state in Postgres (15 or newer).
 *
 * @throws SharingError `invalid_input` for a schema or prefix that is no SQL name.
 *
 * @example
 * ```ts no-run
 * import pg from 'pg'
 * import { postgresStore } from 'sharegrant/postgres'
 *
 * const store = postgresStore({ pool: new pg.Pool({ connectionString: process.env.DATABASE_URL }) })
 * await store.migrate()
 * ```
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  const { timeoutMs, rowLevelSecurity } = options
  const given = parse(optionsSchema, { timeoutMs, rowLevelSecurity }, 'store')
  return sqlStore(new PostgresEngine(options.pool, namingOf(options, 'public'), given))
}

/**
 * What `migrate()` would run on an empty database, as one script, for hosts that run migrations themselves: the `core`
 * unless another set is asked for. That of `workstations` runs after it. The schema has to exist.
 *
 * @example
 * ```ts
 * import { postgresSchema } from 'sharegrant/postgres'
 *
 * console.assert(postgresSchema({ schema: 'sharing' }).includes('create table "sharing"."share_grants"'))
 * ```
 */
export function postgresSchema(
  options: Pick<PostgresStoreOptions, 'schema' | 'tablePrefix' | 'rowLevelSecurity'> & {
    set?: MigrationSet | undefined
  } = {},
): string {
  const all = setNamed({ core: postgresMigrations, workstations: postgresWorkstations }, options.set)
  const guards = setNamed({ core: rowSecurityMigrations, workstations: workstationsRowSecurity }, options.set)
  const guard = options.rowLevelSecurity === true ? guards : []
  return migrationScript([...all, ...guard], namingOf(options, 'public'))
}
