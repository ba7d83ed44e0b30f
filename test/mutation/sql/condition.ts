import { mutantsOf } from './mutant.ts'

export const conditions = mutantsOf('adapters/sql/condition.ts', {
  'export function conditionOf': {
    tenant: 'r.tenant_id = #{value(spec.tenantId)} and ',
    type: 'and r.type = #{value(spec.type)} ',
    'not of removed ones': ' and r.removed_at is null',
    owner: ' and r.owner_id = #{value(spec.owned.ownerId)}',
    'traits that keep the owner out': '#{terms(spec.owned.traits)}',
    visibility: ' and r.visibility in (#{visibilities})',
    'traits that keep others out': '#{terms(spec.visible.traits)}',
    'the host’s id': ' where sharegrant_visible.sharegrant_id = #{asOurs}',
    'absent traits': ['sql`not #{has(trait)}`', 'sql`true`'],
    'present traits': ['...present.map(has)', '...present.map(() => sql`true`)'],
    'public shares allowed': [' and p.allow_public_shares', ''],
    'tenant of the policy': ['p.tenant_id = #{value(spec.tenantId)} and ', ''],
    'a column': ['!COLUMN.test(spec.column)', 'false'],
    'a type to cast to': ['spec.cast !== null && !TYPE.test(spec.cast)', 'false'],
  },
})
