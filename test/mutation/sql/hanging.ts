import { mutantsOf } from './mutant.ts'

const parent = {
  'tenant of the parent': 'u.tenant_id = r.tenant_id and ',
  'join to the parent': ' and u.uid = r.parent_uid',
}

/** What ends with a right, or with whoever had it. */
export const hanging = mutantsOf('adapters/sql/hanging.ts', {
  'const linksWhere = ': {
    ...parent,
    tenant: 'g.tenant_id = :tenantId and ',
    'only links': "g.grantee = 'link' and ",
    'not of ended links': 'g.ended_at is null and ',
    'not of removed links': ' and g.removed_at is null',
    'tenant of the resource': 'r.tenant_id = g.tenant_id and ',
    'join to the resource': 'r.uid = g.resource_uid and ',
  },
  "'grants.links_under'": {
    'only by right of a grant': "g.authority = 'grant' and ",
    'whose right': " and #{d.oneOf(sql`g.authority_id`, list('ids'))}",
  },
  "'group.links'": {
    maker: 'g.created_by = :userId and ',
    'only by right of a grant': "g.authority = 'grant' and ",
    'tenant of the grant': 'a.tenant_id = :tenantId and ',
    'join to the grant': 'a.id = g.authority_id and ',
    group: ' and a.subject = :group',
  },
  "'resource.links_below'": {
    tenant: ['r.tenant_id = :tenantId and r.uid = :uid', 'r.uid = :uid'],
    resource: ' and r.uid = :uid',
    'tenant of what lies below': ['r.tenant_id = :tenantId and r.parent_uid', 'r.parent_uid'],
    'join to what lies below': 'r.parent_uid = b.uid and ',
    'not of removed resources': [
      ' and r.removed_at is null',
      '',
      'what lay below it was put at the top, and its links were marked, in the step that marked it',
    ],
    ...parent,
    'tenant of the links': 'g.tenant_id = :tenantId and ',
    'join to the links': 'g.resource_uid = b.uid and ',
    'only links': ["g.grantee = 'link' and ", '', 'only links were made by anybody’s right'],
    'only by right of a grant': " and g.authority = 'grant'",
    'not of ended links': 'g.ended_at is null and ',
    'not of removed links': ' and g.removed_at is null',
    'tenant of the grant': 'a.tenant_id = g.tenant_id and ',
    'join to the grant': ' and a.id = g.authority_id',
    'tenant of the resource': 'r.tenant_id = g.tenant_id and ',
    'join to the resource': ' and r.uid = g.resource_uid',
  },
  "'member.links'": {
    'tenant of what was made': ['where tenant_id = :tenantId and created_by', 'where created_by'],
    maker: ' and created_by = :userId',
    'tenant of what is owned': 'o.tenant_id = :tenantId and ',
    owner: ' and o.owner_id = :userId',
    'tenant of the links on what is owned': 'm.tenant_id = o.tenant_id and ',
    'join to the links on what is owned': ' and m.resource_uid = o.uid',
  },
  "'member.owned'": {
    ...parent,
    tenant: 'r.tenant_id = :tenantId and ',
    owner: ' and r.owner_id = :userId',
    'not of removed ones': ' and r.removed_at is null',
  },
  "'admin.links'": {
    'only by right of being admin': "g.authority = 'admin' and ",
    'whose right': ' and g.authority_id = :userId',
  },
  "'member.tenants'": {
    'where something is owned': [' where owner_id = :userId', ' where owner_id is null'],
    'where links were made': [' where created_by = :userId', ' where created_by is null'],
    'where something was given': [
      ' where subject = :subject and ended_at is null and removed_at is null',
      ' where false',
    ],
    'where an address is kept': [
      ' where subject in (:subject, :email) and address is not null',
      ' where false',
    ],
    'where something was asked for': [' where user_id = :userId', ' where false'],
    'where something is to be told': [' where recipient = :subject', ' where false'],
    'where something was opened': [' where viewer_id = :userId', ' where false'],
  },
  "'admin.tenants'": {
    'only by right of being admin': "authority = 'admin' and ",
    'whose right': ' and authority_id = :userId',
    'not of ended links': ' and ended_at is null',
  },
  'export function* loadHanging(': {
    'links under what is claimed': ['[...grants, ...invited.map(({ grant }) => grant)]', '[...grants]'],
  },
})
