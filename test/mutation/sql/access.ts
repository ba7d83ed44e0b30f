import { mutantsOf } from './mutant.ts'

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
  'const ofActor = ': {
    'tenant of what lies above': 'r.tenant_id = c.tenant_id and ',
    'join to what lies above': 'r.uid = c.parent_uid and ',
    'not of removed ones above': [
      ' and r.removed_at is null',
      '',
      'what lies below what is removed is put at the top in the same step: nothing leads there',
    ],
    'tenant of the grants': 'g.tenant_id = c.tenant_id and ',
    'join to the grants': 'g.resource_uid = c.uid and ',
    'whose they are': ' and #{heldBy(b, withGroups)}',
  },
})
