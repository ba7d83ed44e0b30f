import { mutantsOf } from './mutant.ts'

const ITS_OWN =
  'the key ends in an id of our own that nothing else has: the tenant is there as in every statement'

/** Shares that wait for the host. */
export const begun = mutantsOf('adapters/sql/begun.ts', {
  'const areTheirs = ': {
    kind: ["n.kind = 'begun' and ", '', 'keys of other kinds do not begin with a number and a colon'],
    'from the first of the person': 'n.key >= :from and ',
    'to the last of the person': ' and n.key < :to',
  },
  "'begun.find'": {
    kind: ["n.kind = 'begun' and ", '', 'keys of other kinds do not begin with a number and a colon'],
    share: 'n.key = :key and ',
    tenant: [' and n.tenant_id = :tenantId', '', ITS_OWN],
  },
  "'begun.end'": {
    kind: ["kind = 'begun' and ", '', 'keys of other kinds do not begin with a number and a colon'],
    share: 'key = :key and ',
    tenant: [' and tenant_id = :tenantId', '', ITS_OWN],
  },
  "'begun.drop'": { tenant: " and n.tenant_id = #{b.p('tenantId')}" },
})
