import { SharingError } from '../../src/errors.ts'
import { invalidInput } from '../../src/model/input.ts'
import { fillNames, type Migration } from './migration.ts'
import type { Naming } from './names.ts'

/** The statements of a migration, with their tables' names. */
export function statementsOf(migration: Migration, naming: Naming): string[] {
  return migration.statements.map((statement) =>
    fillNames(statement, naming.quoted, { prefix: naming.prefix }),
  )
}

export const createMigrationsTable = (naming: Naming): string =>
  `create table if not exists ${naming.quoted('migrations')} (
    "set" text not null, number integer not null, name text not null, primary key ("set", number))`

/** Those that have not run yet. A schema that a newer version of the library made is refused. */
export function pending(
  all: readonly Migration[],
  done: ReadonlyArray<{ set: string; number: number }>,
): Migration[] {
  const sets = new Set(all.map((migration) => migration.set as string))
  const known = new Set(all.map(({ set, number }) => `${set} ${number}`))
  const unknown = done.find(({ set, number }) => sets.has(set) && !known.has(`${set} ${number}`))
  if (unknown) {
    throw new SharingError('schema_outdated', {
      message: 'The sharing tables are newer than this version of the library: update the library.',
      details: unknown,
    })
  }
  const ran = new Set(done.map(({ set, number }) => `${set} ${number}`))
  return all.filter(({ set, number }) => !ran.has(`${set} ${number}`))
}

/** Notes a migration as done. Its set, number and name are our own texts. */
export const recordMigration = ({ set, number, name }: Migration, naming: Naming): string =>
  `insert into ${naming.quoted('migrations')} ("set", number, name) values ('${set}', ${number}, '${name}')`

/** A set of migrations that a host can ask for as SQL. */
export type MigrationSet = 'core' | 'workstations'

export function setNamed<S>(sets: Record<MigrationSet, S>, set: MigrationSet = 'core'): S {
  if (Object.hasOwn(sets, set)) return sets[set]
  throw invalidInput([{ path: 'options.set', message: `must be one of ${Object.keys(sets).join(', ')}` }])
}

/** Everything as one SQL script, for hosts that run migrations with a tool of their own. */
export function migrationScript(all: readonly Migration[], naming: Naming): string {
  const steps = all.flatMap((migration) => [
    `-- ${migration.set} ${migration.number}: ${migration.name}`,
    ...statementsOf(migration, naming),
    recordMigration(migration, naming),
  ])
  const lines = [createMigrationsTable(naming), ...steps].map((step) =>
    step.startsWith('--') ? step : `${step};`,
  )
  return `${lines
    .join('\n')
    .replace(/\n {4}/g, '\n  ')
    .replace(/\n {2}\)/g, '\n)')}\n`
}
