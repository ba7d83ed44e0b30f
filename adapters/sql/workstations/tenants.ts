import { sql } from 'kysely'
import type { Ask } from '../../../src/store/index.ts'
import { type Query, query, run, type Steps } from '../query.ts'
import { areThere } from './load.ts'

type TenantsOf = Query<{ userId: string }, { found: { tenantId: string } }>

const ofMember: TenantsOf = query(
  'member.tenants_of_workstations',
  ({ t, p, columns }) => sql`
    select ${columns} from (
      select w.tenant_id from ${t.workstations} w where w.user_id = ${p('userId')}
      union select e.tenant_id from ${t.edits} e where e.user_id = ${p('userId')}
      union select k.tenant_id from ${t.checkpoints} k where k.user_id = ${p('userId')}
    ) f`,
  { found: ['f', { tenantId: 'text' }] },
)

const ofAdmin: TenantsOf = query(
  'admin.tenants_of_edits',
  ({ t, p, columns }) => sql`
    select ${columns} from (
      select distinct e.tenant_id from ${t.edits} e
      where e.authority in ('admin', 'office') and e.authority_id = ${p('userId')} and e.ended_at is null
    ) f`,
  { found: ['f', { tenantId: 'text' }] },
)

/** Tenants in which the module knows of a person, or of an admin. */
export function* tenantsOfWorkstations({ member, admin }: Ask): Steps<string[]> {
  const userId = member ?? admin
  if (userId === undefined || !(yield* areThere())) return []
  const rows = yield* run(member === undefined ? ofAdmin : ofMember, { userId })
  return rows.map(({ found }) => found.tenantId)
}
