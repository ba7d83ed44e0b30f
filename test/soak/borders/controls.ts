// biome-ignore-all lint/suspicious/noTemplateCurlyInString: each is a piece of a source, to be found and replaced there as it is written; none is meant to be evaluated
import type { Control } from '../campaign.ts'

const ROW_SECURITY = 'adapters/postgres/row-security.ts'

export const bordersControls: readonly Control[] = [
  {
    guard: 'all tenant predicates',
    file: 'test/soak/borders/borders.ts',
    find: 'run: attempts(as),',
    replace: 'run: attempts(unfilteredPool),',
    place: 'Postgres',
  },
  {
    guard: 'that an admin is one of the same tenant',
    file: 'src/policy/standing.ts',
    find: 'return tenantOf(actor) === tenantId && (',
    replace: 'return (',
  },
  {
    guard: 'that an owner is one of the same tenant',
    file: 'src/policy/access.ts',
    find: "holder: owns && sameTenant ? 'owner' : null,",
    replace: "holder: owns ? 'owner' : null,",
  },
  {
    guard: 'that an account’s resources are seen in that account only',
    file: 'src/policy/access.ts',
    find: 'holder: open || sameTenant ?',
    replace: 'holder: open || actor !== null ?',
  },
]

export const unfilteredControls: readonly Control[] = [
  {
    guard: 'the policies',
    file: ROW_SECURITY,
    find: 'on {${table}} using (${tenantRows})`',
    replace: 'on {${table}} using (true)`',
  },
  {
    guard: 'that reading everywhere ends with its transaction',
    file: ROW_SECURITY,
    find: "() => sql`select ${set(EVERYWHERE, sql`'on'`)}`",
    replace: "() => sql`select set_config(${sql.lit(EVERYWHERE)}, 'on', false)`",
  },
  {
    guard: 'that a tenant ends with its transaction',
    file: ROW_SECURITY,
    find: 'set_config(${sql.lit(name)}, ${value}, true)`',
    replace: 'set_config(${sql.lit(name)}, ${value}, false)`',
  },
]
