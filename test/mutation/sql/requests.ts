import { mutantsOf } from './mutant.ts'

const key = { tenant: 'q.tenant_id = :tenantId and ', request: ' and q.id = :id' }

/** Who asked for access, and what was answered. */
export const requests = mutantsOf('adapters/sql/requests.ts', {
  "'request.answer'": {
    tenant: 'tenant_id = :tenantId and ',
    request: 'id = :id and ',
    'not again': " and status = 'open'",
  },
  "'request.withdraw_names'": {
    tenant: ['where tenant_id = :tenantId and kind', 'where kind'],
    kind: "kind = 'request' and ",
    'tenant of the requests': ['where tenant_id = :tenantId and user_id', 'where user_id'],
    person: ' and user_id = :userId',
    'only open ones': " and (status = 'open' or :answered)",
  },
  "'request.withdraw'": {
    tenant: 'tenant_id = :tenantId and ',
    person: ' and user_id = :userId',
    'only open ones': " and (status = 'open' or :answered)",
  },
  "'request.find_asked'": {
    tenant: 'q.tenant_id = :tenantId and ',
    resource: 'q.resource_uid = :uid and ',
    person: ' and q.user_id = :userId',
    'only what is open': " and q.status = 'open'",
  },
  "'request.home'": key,
  "'request.lock'": {
    ...key,
    lock: [
      "#{d.lock('update', 'q')}",
      '',
      'whoever answers or withdraws a request has the row of its resource first, or the whole tenant',
    ],
  },
  "'requests.of_resource'": {
    tenant: 'q.tenant_id = :tenantId and ',
    resource: ' and q.resource_uid = :uid',
    'open ones first': "case when q.status = 'open' then 0 else 1 end, ",
    'newest first': ['q.created_at desc, ', 'q.created_at, '],
    limit: ' limit :limit',
  },
})
