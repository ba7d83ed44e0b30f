import { mutantsOf } from './mutant.ts'

/** What was shared with a person, a page at a time. */
export const givenLists = mutantsOf('adapters/sql/given.ts', {
  'const notOwn = (': {
    'not what is their own': [
      'and :ownerId <> ( select o.owner_id from #{t.resources} o where o.tenant_id = x.tenant_id and o.uid = x.resource_uid)',
      '',
    ],
    'tenant of what they own': 'o.tenant_id = x.tenant_id and ',
    'join to what they own': ' and o.uid = x.resource_uid',
  },
  'const outsideBranches = (': {
    'whose tenants come next': ['x.subject = #{subject} ', 'true '],
    'one tenant after the other': 'order by x.tenant_id ',
    'branches of the subject': [' on b.subject = o.subject', ' on true'],
    'not the own tenant': 'o.tenant_id <> :tenantId and ',
    'tenant of the policy': 't.tenant_id = o.tenant_id and ',
    'only where guests are let in': ' and t.allow_guests',
  },
  'const mayHaveDomain = ': {
    'addresses that the policy allows': [
      '#{d.contains(sql`t.allowed_email_domains`, sql`b.domain`)}',
      'true',
    ],
  },
  'const insideBranches = ': {
    'tenant of the policy': 't.tenant_id = :tenantId and ',
  },
  'const givenList = ': {
    'not what may not be viewed': ' and #{mayBeViewed(b)}',
    subject: 'x.subject = s.subject and ',
    type: 'and x.resource_type = s.type ',
    'not what has ended': 'x.ended_at is null and ',
    'not what is removed': 'x.removed_at is null and ',
    'only roles that may view': "#{d.contains(sql`s.roles`, sql`',' || x.role || ','`)} and ",
    'in which tenant': "and x.tenant_id = #{outside ? sql`s.tenant_id` : p('tenantId')} ",
    'nothing of their own': ' #{outside ? sql`` : notOwn(b)}',
    'not what has expired': 'and (x.expires_at is null or x.expires_at > :at) ',
    'not what nobody claimed': 'and (x.claimable_until is null or x.claimable_until > :at) ',
    'after the last place': 'and (x.resource_created_at, x.resource_uid) < (:afterAt, :afterId) ',
    'newest first of each': 'order by x.resource_created_at desc, x.resource_uid desc ',
    'twice as many of each': ['(select 2 * :limit)', '(select :limit)'],
    'several grants are one place': ['dense_rank()', 'row_number()'],
    'newest first': ['f.resource_created_at desc, f.resource_uid desc', 'f.resource_uid desc'],
    'tenant of what was found': 'and f.tenant_id #{sign} :tenantId ',
    limit: ' where g.place <= :limit',
    'tenant of the resource': 'r.tenant_id = g.tenant_id and ',
    'join to the resource': 'r.uid = g.resource_uid and ',
    'not of removed resources': [
      ' and r.removed_at is null',
      '',
      'grants are marked in one step with their resource: their own mark says it',
    ],
    'tenant of the parent': 'u.tenant_id = r.tenant_id and ',
    'join to the parent': ' and u.uid = r.parent_uid',
    'in their places': ['g.place, g.id', 'g.id'],
  },
})
