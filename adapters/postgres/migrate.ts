import { SharingError } from '../../src/errors.ts'
import { createMigrationsTable, pending, recordMigration, statementsOf } from '../sql/migrate.ts'
import type { Naming } from '../sql/names.ts'
import { postgresMigrations } from './migrations.ts'
import type { PostgresQuery } from './pool.ts'
import { rowSecurityMigrations, workstationsRowSecurity } from './row-security.ts'
import { postgresWorkstations } from './workstations.ts'

type Send = (query: PostgresQuery) => Promise<{ rows: unknown[] }>

/** Brings the tables up to date, inside a transaction. */
export async function migrate(
  send: Send,
  naming: Naming,
  { guarded, module }: { guarded: boolean; module: 'workstations' | undefined },
): Promise<void> {
  // Concurrent `create table if not exists` fails; whoever comes second waits here and finds all done.
  await send({ text: "select pg_advisory_xact_lock(hashtextextended('sharegrant', 0))" })
  await ensureSchema(send, naming)
  await send({ text: createMigrationsTable(naming) })
  const done = await migrationsDone(send, naming)
  if (!guarded && done.some(({ set }) => set === 'row_level_security')) {
    throw new SharingError('schema_outdated', {
      message:
        'The sharing tables are guarded by row-level security: make the store with rowLevelSecurity: true.',
    })
  }
  const all = [
    ...postgresMigrations,
    ...(guarded ? rowSecurityMigrations : []),
    ...(module === undefined ? [] : postgresWorkstations),
    ...(module !== undefined && guarded ? workstationsRowSecurity : []),
  ]
  for (const migration of pending(all, done)) {
    for (const text of statementsOf(migration, naming)) await send({ text })
    await send({ text: recordMigration(migration, naming) })
  }
}

/** Looked up first: `if not exists` asks for the right to create schemas even where one is there. */
async function ensureSchema(send: Send, naming: Naming): Promise<void> {
  const { rows } = await send({
    text: 'select 1 from pg_namespace where nspname = $1',
    values: [naming.schema],
  })
  if (rows.length === 0) await send({ text: `create schema "${naming.schema}"` })
}

async function migrationsDone(send: Send, naming: Naming): Promise<Array<{ set: string; number: number }>> {
  const { rows } = await send({
    text: `select "set", number::text from ${naming.quoted('migrations')}`,
    rowMode: 'array',
    types: { getTypeParser: () => (text: string) => text },
  })
  return (rows as string[][]).map(([set, number]) => ({ set: set!, number: Number(number) }))
}
