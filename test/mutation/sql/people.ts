import { mutantsOf } from './mutant.ts'

const SAME = 'both are on one resource, whose grants are marked in one step: the other says it'
const ABOVE = 'what lies below what is removed is put at the top in the same step: nothing leads there'

/** Who was given what. */
export const people = mutantsOf('adapters/sql/people.ts', {
  'export const heldBy = ': {
    'by user id': [':user, :email', "#{p('email')}"],
    'by address': [':user, :email', "#{p('user')}"],
    'by group': ["(#{own} or #{d.oneOf(sql`g.subject`, list('groups'))})", '#{own}'],
    'not what has ended': ' and g.ended_at is null',
  },
  'export const chain = ': {
    tenant: ['r.tenant_id = :tenantId and r.uid = :uid', 'r.uid = :uid'],
    resource: ' and r.uid = :uid',
    'tenant of what lies above': ['r.tenant_id = :tenantId and r.uid = c.', 'r.uid = c.'],
    'join to what lies above': 'r.uid = c.parent_uid and ',
    'not of removed ones': [' and r.removed_at is null', '', ABOVE],
  },
  'const heldGrants = ': {
    tenant: 'g.tenant_id = :tenantId and ',
    'join to the resource': 'g.resource_uid = c.uid and ',
    'whose they are': ' and #{heldBy(b, withGroups)}',
  },
  'const holds = ': {
    'not what has ended': 'g.ended_at is null and ',
    'not what has expired': '(g.expires_at is null or g.expires_at > #{at}) and ',
    'not what nobody claimed': ' and (g.claimable_until is null or g.claimable_until > #{at})',
  },
  "'people.count'": {
    'each person once': ['distinct g.subject', 'g.subject'],
    tenant: 'g.tenant_id = :tenantId and ',
    resource: 'g.resource_uid = :uid and ',
    'only people': ['g.subject is not null and ', '', 'links have no subject, and none is not counted'],
    'who holds': " and #{holds(p('at', 'time'))}",
  },
  "'people.find'": {
    tenant: 'g.tenant_id = :tenantId and ',
    resource: ' and g.resource_uid = :uid',
    'only people': [
      ' and g.subject is not null',
      '',
      'a link has neither subject nor address: the condition is there for the plan',
    ],
    'not what has ended': 'g.ended_at is null and ',
    'by whom it is': [
      "(#{d.oneOf(sql`g.subject`, list('subjects'))} or g.address_key = :addressKey)",
      'true',
    ],
    'by address': ' or g.address_key = :addressKey',
  },
  'const people = (': {
    'only here': ["above ? sql`` : sql`where c.uid = #{b.p('uid')}`", 'sql``'],
    tenant: 'g.tenant_id = :tenantId and ',
    'join to the resource': 'g.resource_uid = c.uid and ',
    'only people': ' and g.subject is not null',
    'not what has ended': ['ended ? sql`` : sql`and g.ended_at is null`', 'sql``'],
  },
  'const given = <': {
    'tenant of the parent': 'u.tenant_id = r.tenant_id and ',
    'join to the parent': ' and u.uid = r.parent_uid',
    tenant: 'g.tenant_id = :tenantId and ',
    'tenant of the resource': 'r.tenant_id = g.tenant_id and ',
    'join to the resource': 'r.uid = g.resource_uid and ',
  },
  "'member.given'": {
    'tenant of what was given': ['where tenant_id = :tenantId and subject', 'where subject'],
    person: ' and subject in (:subject, :email)',
    'their address': ['in (:subject, :email)', '= :subject'],
    'not what has ended': ['and ended_at is null and removed_at', 'and removed_at'],
    'not what is removed': ' and removed_at is null',
    'tenant of what they claimed': 'c.tenant_id = :tenantId and ',
    'what they claimed': ' and c.subject = :subject',
    'addresses that they claimed by': ["e.subject = 'email:' || c.address_key", 'true'],
    'tenant of what was given to an address': 'e.tenant_id = c.tenant_id and ',
    'tenant of what is owned': 'o.tenant_id = :tenantId and ',
    owner: ' and o.owner_id = :userId',
    'tenant of what was given on what is owned': 'm.tenant_id = o.tenant_id and ',
    'join to what was given on what is owned': 'm.resource_uid = o.uid and ',
    'only people on what is owned': ' and m.subject is not null',
    'not what has ended on what is owned': 'm.ended_at is null and ',
    'not what is removed on what is owned': ' and m.removed_at is null',
  },
  "'invited.given'": {
    'tenant of what the address was given': ['where tenant_id = :tenantId and subject', 'where subject'],
    address: ' and subject = :email',
    'not what has ended': ['and ended_at is null and removed_at', 'and removed_at'],
    'not what is removed': ' and removed_at is null',
    'tenant of the invitations': 'e.tenant_id = :tenantId and ',
    'address of the invitations': ' and e.subject = :email',
    'not of ended invitations': ' and e.ended_at is null',
    'not of removed invitations': ' and e.removed_at is null',
    'tenant of what the person was given': 'm.tenant_id = e.tenant_id and ',
    'on the same resource': 'm.resource_uid = e.resource_uid and ',
    person: ' and m.subject = :user',
    'not what has ended of the person': 'm.ended_at is null and ',
    'not what is removed of the person': [' and m.removed_at is null', '', SAME],
  },
  "'invited.tenants'": {
    address: 'subject = :subject and ',
    'not what has ended': ' and ended_at is null',
    'not what is removed': ' and removed_at is null',
  },
})
