import { mutantsOf } from './mutant.ts'

export const loading = mutantsOf('adapters/sql/load.ts', {
  'export const ofLiveLinks': {
    'views of removed links': [' and x.removed_at is not null', ' and false'],
    tenant: 'x.tenant_id = #{tenantId} and ',
  },
  "'name.find'": { kind: 'n.kind = :kind and ', key: ' and n.key = :key' },
  "'tenant.make'": { 'a conflict is no error': ' on conflict do nothing' },
  '`tenant.lock_#{strength}`': {
    tenant: ['t.tenant_id = :tenantId', 'true'],
    'lock by name': "#{d.queue(strength, sql.ref('t.tenant_id'))}",
    'lock of the row': "#{d.lock(strength, 't')}",
  },
  "lockTenant('update')": { 'of the whole tenant, alone': ["lockTenant('update')", "lockTenant('share')"] },
  "'resource.lock'": {
    tenant: 'r.tenant_id = :tenantId and ',
    resource: ' and r.uid = :uid',
    'not of a removed one': ' and r.removed_at is null',
    lock: "#{d.lock('update', 'r')}",
    'tenant of the parent': 'u.tenant_id = r.tenant_id and ',
    'join to the parent': ' and u.uid = r.parent_uid',
  },
  "'link.home'": { tenant: 'g.tenant_id = :tenantId and ', link: ' and g.id = :id' },
  "'link.lock'": {
    tenant: 'g.tenant_id = :tenantId and ',
    link: ' and g.id = :id',
    'not of a removed one': ' and g.removed_at is null',
    lock: "#{d.lock('update', 'g')}",
  },
  "'resource.ancestors'": {
    tenant: ['r.tenant_id = :tenantId and r.uid = :uid', 'r.uid = :uid'],
    resource: ['r.tenant_id = :tenantId and r.uid = :uid', 'r.tenant_id = :tenantId'],
    'tenant of what lies above': ['r.tenant_id = :tenantId and r.uid = a.parent_uid', 'r.uid = a.parent_uid'],
    'join to what lies above': [' and r.uid = a.parent_uid', ''],
  },
  "'member.links'": {
    'tenant of the resource': 'r.tenant_id = g.tenant_id and ',
    'join to the resource': ' and r.uid = g.resource_uid',
    'tenant of the parent': 'u.tenant_id = r.tenant_id and ',
    'join to the parent': ' and u.uid = r.parent_uid',
    tenant: 'g.tenant_id = :tenantId and ',
    'not of ended links': 'g.ended_at is null and ',
    'not of removed links': ' and g.removed_at is null',
    'tenant of what was made': ['where tenant_id = :tenantId and created_by', 'where created_by'],
    maker: ' and created_by = :userId',
    'tenant of what is owned': 'o.tenant_id = :tenantId and ',
    owner: ' and o.owner_id = :userId',
    'tenant of the links on what is owned': 'm.tenant_id = o.tenant_id and ',
    'join to the links on what is owned': ' and m.resource_uid = o.uid',
  },
  "'member.owned'": {
    'tenant of the parent': 'u.tenant_id = r.tenant_id and ',
    'join to the parent': ' and u.uid = r.parent_uid',
    tenant: 'r.tenant_id = :tenantId and ',
    owner: ' and r.owner_id = :userId',
    'not of removed ones': ' and r.removed_at is null',
  },
  "'admin.links'": {
    'tenant of the resource': 'r.tenant_id = g.tenant_id and ',
    'join to the resource': ' and r.uid = g.resource_uid',
    'tenant of the parent': 'u.tenant_id = r.tenant_id and ',
    'join to the parent': ' and u.uid = r.parent_uid',
    tenant: 'g.tenant_id = :tenantId and ',
    'only by right of being admin': " and g.authority = 'admin'",
    'whose right': ' and g.authority_id = :userId',
    'not of ended links': ' and g.ended_at is null',
    'not of removed links': ' and g.removed_at is null',
  },
  "'member.tenants'": {
    'where something is owned': [' where owner_id = :userId', ' where owner_id is null'],
    'where links were made': [' where created_by = :userId', ' where created_by is null'],
    'where something was opened': [' where viewer_id = :userId', ' where false'],
  },
  "'admin.tenants'": {
    'only by right of being admin': "authority = 'admin' and ",
    'whose right': ' and authority_id = :userId',
    'not of ended links': ' and ended_at is null',
  },
  'function* locate(': {
    'a resource of the tenant': [
      ' && (anchor.tenantId === null || anchor.tenantId === found.name.tenantId)',
      '',
    ],
    'an id that another tenant has': ['found !== null && found.name.tenantId !== anchor.tenantId', 'false'],
  },
  'function* loadParent(': {
    'a parent of the tenant': [
      'found?.name.tenantId === tenantId ? found.name.target',
      'found ? found.name.target',
    ],
  },
  'export function* load(': {
    'a tenant that was removed meanwhile': [
      "if (tenant === null && (anchor.at === 'tenant' || anchor.at === 'registration')) throw new Interleaved()",
      '',
    ],
    'the whole tenant for a parent': [' || ask.parent !== undefined', ''],
    'a link only with its resource': [
      'resource && linkRow ?',
      'linkRow ?',
      'links are marked in one step with their resource: their own mark says it',
    ],
  },
})
