import { mutantsOf } from './mutant.ts'

const ABOVE = 'what lies below what is removed is put at the top in the same step: nothing leads there'

export const conditions = mutantsOf('adapters/sql/condition.ts', {
  'export function conditionOf': {
    'public shares allowed': [' and p.allow_public_shares', ''],
    'tenant of the policy': ['p.tenant_id = #{value(spec.tenantId)} and ', ''],
    'a column': ['!COLUMN.test(spec.column)', 'false'],
    'a type to cast to': ['spec.cast !== null && !TYPE.test(spec.cast)', 'false'],
  },
  'function allowedOf': {
    'whose it is': ['in (select #{asHost} from #{of} and #{each})', 'in (select #{asHost} from #{of})'],
    'what was looked up': [
      ' and r.uid in (select uid from #{first} sharegrant_first)',
      '',
      'for speed: each that is looked up is tested, and no other passes',
    ],
    'what few may be seen by': [' and (#{each}))\n    else', ')\n    else'],
    'no more than were looked up': ['<= #{sql.lit(FEW)}', '<= 1000000'],
    'what many may be seen by': [' and (#{each})\n    )', '\n    )'],
    'the host’s id': ' where sharegrant_seen.sharegrant_id = #{asOurs}',
  },
  'function ownedBy': {
    owner: ['r.owner_id = #{value(spec.owned.ownerId)}', 'true'],
    'traits that keep the owner out': '#{terms(spec.owned.traits, d)}',
    'what is owned is looked up': [' and #{owned}`,\n  }', ' and 1 = 0`,\n  }'],
  },
  'function visibleTo': {
    visibility: ['r.visibility in (#{sql.join(visibilities.map(value))})', 'true'],
    'traits that keep others out': '#{terms(traits, d)}',
    'what is visible is looked up': [' and #{visible} #{indexed}', ' and 1 = 0'],
  },
  'function givenTo': {
    'tenant of the grants': '#{x}.tenant_id = #{tenantId} and ',
    'to whom': ['g.subject in (#{sql.join(subjects.map(value))}) #{addressed} and', 'true #{addressed} and'],
    'addresses that the policy allows': '#{addressed} ',
    'tenant whose policy allows an address': 'p.tenant_id = #{tenantId} and ',
    'roles that are enough': ' and #{x}.role in (#{sql.join(roles.map(value))})',
    'only live ones': "and #{x}.mode = 'live' ",
    'not ended ones': 'and #{x}.ended_at is null ',
    'not removed grants': ' and #{x}.removed_at is null',
    'not expired ones': 'and (#{x}.expires_at is null or #{x}.expires_at > #{at})',
    'not what nobody claimed': 'and (#{x}.claimable_until is null or #{x}.claimable_until > #{at})',
    'traits that keep those out who were given it': [
      ') #{terms(traits, d)} or r.parent_uid',
      ') or r.parent_uid',
    ],
    'what was given': 'g.resource_uid = r.uid and ',
    'traits that keep those out who were given what lies above': [') #{terms(traits, d)}`', ')`'],
    'tenant of the parent': ['a.tenant_id = #{tenantId} and a.uid = r.', 'a.uid = r.'],
    'join to the parent': ' and a.uid = r.parent_uid',
    'not of a removed parent': ['r.parent_uid and a.removed_at is null', 'r.parent_uid', ABOVE],
    'tenant of what lies above': ['a.tenant_id = #{tenantId} and a.uid = c.', 'a.uid = c.'],
    'join to what lies above': ' and a.uid = c.parent_uid',
    'not of removed ones above': ['c.parent_uid and a.removed_at is null', 'c.parent_uid', ABOVE],
    'join to the grants above': 'g.resource_uid = c.uid and ',
    'what was given is looked up': ['x.subject = s.subject', '1 = 0'],
    'tenant of what is looked up': ' and f.tenant_id = #{tenantId}',
    'tenant of what lies below': [
      'r.tenant_id = #{tenantId} and ',
      '',
      'each that is looked up is tested, and its tenant with it',
    ],
    'what lies below is looked up': ['r.parent_uid = b.uid', '1 = 0'],
    'not of removed ones below': [
      ' and r.removed_at is null',
      '',
      'each that is looked up is tested, and its own mark with it',
    ],
  },
  'const resourcesOf': {
    tenant: 'r.tenant_id = #{value(spec.tenantId)} and ',
    type: 'and r.type = #{value(spec.type)}',
    'not of removed ones': 'and r.removed_at is null',
  },
  'function terms': {
    'absent traits': ['sql`not #{has(trait)}`', 'sql`true`'],
    'present traits': ['...present.map(has)', '...present.map(() => sql`true`)'],
  },
})
