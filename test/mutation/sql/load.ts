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
  "'grant.home'": { tenant: 'g.tenant_id = :tenantId and ', grant: ' and g.id = :id' },
  "'link.lock'": {
    tenant: 'g.tenant_id = :tenantId and ',
    link: 'and g.id = :id ',
    'only a link': " and g.grantee = 'link'",
    'not of a removed one': ' and g.removed_at is null',
    lock: "#{d.lock('update', 'g')}",
  },
  "'grant.lock'": {
    tenant: 'g.tenant_id = :tenantId and ',
    grant: 'and g.id = :id ',
    'only what was given to somebody': ' and g.subject is not null',
    'not of a removed one': [
      ' and g.removed_at is null',
      '',
      'grants are marked in one step with their resource: its own mark says it',
    ],
    lock: [
      "#{d.lock('update', 'g')}",
      '',
      'whoever changes what was given has the row of its resource first, or the whole tenant',
    ],
  },
  "'counter.lock'": {
    tenant: 'c.tenant_id = :tenantId and ',
    kind: 'c.kind = :kind and ',
    key: ' and c.key = :key',
    lock: "#{d.lock('update', 'c')}",
  },
  "'counter.make'": {
    tenant: ['t.tenant_id = :tenantId', 'true'],
    'a conflict is no error': ' on conflict do nothing',
  },
  "'resource.ancestors'": {
    tenant: ['r.tenant_id = :tenantId and r.uid = :uid', 'r.uid = :uid'],
    resource: ['r.tenant_id = :tenantId and r.uid = :uid', 'r.tenant_id = :tenantId'],
    'tenant of what lies above': ['r.tenant_id = :tenantId and r.uid = a.parent_uid', 'r.uid = a.parent_uid'],
    'join to what lies above': [' and r.uid = a.parent_uid', ''],
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
      'if (tenant === null && MAKE_THEIR_TENANT.includes(anchor.at)) throw new Interleaved()',
      '',
    ],
    'the whole tenant for a parent': [' || ask.parent !== undefined', ''],
    'the whole tenant for a move, alone': ' || ask.moves === true',
    'the whole tenant for what hangs on a grant, alone': ' || ask.linksUnder === true',
    'a link only with its resource': [
      'resource && linkRow ?',
      'linkRow ?',
      'links are marked in one step with their resource: their own mark says it',
    ],
    'a grant only with its resource': [
      'resource && grantRow ?',
      'grantRow ?',
      'grants are marked in one step with their resource: their own mark says it',
    ],
    'a request only with its resource': [
      'resource && requestRow ?',
      'requestRow ?',
      'whoever decides asks for the resource as well: a second lock on the same door',
    ],
  },
  'function* loadPeople(': { 'what the asker has': ['asker && request !== null', 'false'] },
  'export function* loadCounter(': { 'one to lock': 'yield* run(makeCounter, args)' },
  'function* loadMoving(': { 'not above itself': '.filter((one) => one !== uid)' },
})
