import { mutantsOf } from './mutant.ts'

const REMOVED_ABOVE =
  'what lies below what is removed is put at the top in the same step: nothing leads there'

/** What `can` reads. */
export const access = mutantsOf('adapters/sql/access.ts', {
  'const keys = ': {
    kind: "n.kind = 'resource' and ",
    key: 'n.key = :key and ',
    'tenant of the resource': 'r.tenant_id = n.tenant_id and ',
    'join to the resource': ' and r.uid = n.target',
    'not of a removed one': [
      ' and r.removed_at is null',
      '',
      'its name is deleted in the step that marks it: nothing is found to begin with',
    ],
    'tenant of the policy': " and t.tenant_id = #{d.tenantOf('n')}",
  },
  'const here = ': {
    'tenant of the grants': 'g.tenant_id = r.tenant_id and ',
    'join to the grants': 'g.resource_uid = r.uid and ',
    'whose they are': ' and #{heldBy(b, withGroups)}',
  },
  'const above = ': {
    'tenant of what lies next above': [
      'a.tenant_id = r.tenant_id and a.uid = r.parent_uid',
      'a.uid = r.parent_uid',
    ],
    'join to what lies next above': ['a.uid = r.parent_uid and ', ''],
    'not of a removed one next above': [
      'a.uid = r.parent_uid and a.removed_at is null',
      'a.uid = r.parent_uid',
      REMOVED_ABOVE,
    ],
    'tenant of what lies further up': [
      'a.tenant_id = r.tenant_id and a.uid = u.parent_uid',
      'a.uid = u.parent_uid',
    ],
    'join to what lies further up': ['a.uid = u.parent_uid and ', ''],
    'not of removed ones further up': [
      'a.uid = u.parent_uid and a.removed_at is null',
      'a.uid = u.parent_uid',
      REMOVED_ABOVE,
    ],
    'tenant of the grants above': 'g.tenant_id = r.tenant_id and ',
    'join to the grants above': 'g.resource_uid = u.uid and ',
    'whose they are': ' and #{heldBy(b, withGroups)}',
  },
})
