import { mutantsOf } from './mutant.ts'

const ABOVE = 'what lies below what is removed is put at the top in the same step: nothing leads there'

export const conditions = mutantsOf('adapters/sql/condition.ts', {
  'export function conditionOf': {
    tenant: 'r.tenant_id = #{value(spec.tenantId)} and ',
    type: 'and r.type = #{value(spec.type)} ',
    'not of removed ones': ' and r.removed_at is null',
    owner: ['r.owner_id = #{value(spec.owned!.ownerId)}', 'true'],
    'traits that keep the owner out': '#{terms(spec.owned!.traits)}',
    'tenant of the grants': 'g.tenant_id = #{value(spec.tenantId)} and ',
    'to whom': 'g.subject in (#{subjects}) and ',
    'roles that are enough': ' and g.role in (#{roles})',
    'only live ones': " and g.mode = 'live'",
    'not ended ones': ' and g.ended_at is null',
    'not removed grants': [
      ' and g.removed_at is null',
      '',
      'grants are marked in one step with their resource: its own mark says it',
    ],
    'not expired ones': 'and (g.expires_at is null or g.expires_at > #{at}) ',
    'not what nobody claimed': ' and (g.claimable_until is null or g.claimable_until > #{at})',
    'traits that keep those out who were given it': [
      'limit 1 offset 0) #{terms(given.traits)}',
      'limit 1 offset 0)',
    ],
    'what was given': 'g.resource_uid = r.uid and ',
    'traits that keep those out who were given what lies above': [
      'is not null #{terms(given.traits)} and exists',
      'is not null and exists',
    ],
    'tenant of the parent': [
      'where a.tenant_id = #{value(spec.tenantId)} and a.uid = r.parent_uid',
      'where a.uid = r.parent_uid',
    ],
    'join to the parent': 'and a.uid = r.parent_uid ',
    'not of a removed parent': ['r.parent_uid and a.removed_at is null', 'r.parent_uid', ABOVE],
    'tenant of what lies above': [
      'where a.tenant_id = #{value(spec.tenantId)} and a.uid = c.',
      'where a.uid = c.',
    ],
    'join to what lies above': 'and a.uid = c.parent_uid ',
    'not of removed ones above': ['c.parent_uid and a.removed_at is null', 'c.parent_uid', ABOVE],
    'join to the grants above': 'g.resource_uid = c.uid and ',
    visibility: ['r.visibility in (#{visibilities})', 'true'],
    'traits that keep others out': '#{terms(spec.visible.traits)}',
    'the host’s id': ' where sharegrant_seen.sharegrant_id = #{asOurs}',
    'absent traits': ['sql`not #{has(trait)}`', 'sql`true`'],
    'present traits': ['...present.map(has)', '...present.map(() => sql`true`)'],
    'public shares allowed': [' and p.allow_public_shares', ''],
    'tenant of the policy': ['p.tenant_id = #{value(spec.tenantId)} and ', ''],
    'a column': ['!COLUMN.test(spec.column)', 'false'],
    'a type to cast to': ['spec.cast !== null && !TYPE.test(spec.cast)', 'false'],
  },
})
