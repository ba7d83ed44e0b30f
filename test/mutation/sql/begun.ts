import { mutantsOf } from './mutant.ts'

/** Shares that wait for the host. */
export const begun = mutantsOf('adapters/sql/begun.ts', {
  'const areTheirs = ': {
    kind: "n.kind = 'begun' and ",
    'from the first of the person': 'n.key >= :from and ',
    'to the last of the person': ' and n.key < :to',
  },
  'const keysOf = ': { 'whom it is for': ['of.map(', 'of.slice(0, 1).map('] },
  'export function* tenantsOfBegun(': { 'by an address': [', memberAddress ?? null]', ']'] },
  'export function* applyBegun(': {
    'each of the subjects': ['of change.subjects)', 'of change.subjects.slice(0, 1))'],
  },
  "'begun.find'": {
    kind: "n.kind = 'begun' and ",
    share: 'n.key = :key and ',
    tenant: [' and n.tenant_id = :tenantId', '', 'the key ends in an id of our own that nothing else has'],
  },
  "'begun.end'": {
    kind: "kind = 'begun' and ",
    share: 'key = :key and ',
    tenant: ' and tenant_id = :tenantId',
  },
  "'begun.drop'": { tenant: " and n.tenant_id = #{b.p('tenantId')}" },
})
