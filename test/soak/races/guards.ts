import type { Control } from '../campaign.ts'
import { RACING_PLACES } from './arena.ts'

/** What several campaigns have to miss when it is gone. */

export const lockOfSqlite: Control = {
  guard: 'the lock that a change begins with, on SQLite',
  file: 'adapters/sqlite/connection.ts',
  find: "'begin immediate'",
  replace: "'begin'",
}

export const rowLocks: Control = {
  guard: 'the locks of rows, on Postgres',
  file: 'adapters/postgres/dialect.ts',
  find: 'lock: (strength, of) =>',
  replace: 'lock: () => sql``,\n  formerly: (strength, of) =>',
  place: 'Postgres',
}

/** The one of the tenant and those of rows stand in for each other where a step takes both. */
export const locks: Control = {
  guard: 'all locks, on Postgres',
  file: 'adapters/postgres/dialect.ts',
  find: '  queue: (strength, name) =>',
  replace: '  ...{ lock: () => sql``, queue: () => sql`` },\n  formerly: (strength, name) =>',
  place: 'Postgres',
}

export const lockOfTenant: Control = {
  guard: 'the lock of the tenant, on Postgres',
  file: 'adapters/sql/load.ts',
  find: `\${d.queue(strength, sql.ref('t.tenant_id'))} \${d.lock(strength, 't')}`,
  replace: '',
  place: 'Postgres',
}

export const judgementOfEnds: Control = {
  guard: 'the judgement of a link that has ended',
  file: 'src/policy/opening.ts',
  find: 'link.endedAt !== null || ',
  replace: '',
}

export const looksAtEnds: readonly Control[] = RACING_PLACES.map((place) => ({
  guard: `the look at an end that came meanwhile, on ${place}`,
  file: 'adapters/sql/opening.ts',
  find: 'g.ended_at is null and g.removed_at is null',
  replace: '1 = 1',
  place,
}))

export const version: Control = {
  guard: 'the look at whether a link is still as it was remembered, on Postgres',
  file: 'adapters/postgres/opening.ts',
  find: ".filter(([name]) => name !== 'viewCount')",
  replace: '.filter(() => false)',
  place: 'Postgres',
}
