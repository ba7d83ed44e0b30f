import { mutantsOf } from './mutant.ts'

export const openings = mutantsOf('adapters/sql/opening.ts', {
  'export const authorityKeys': {
    'only by right of a grant': [
      "g.authority = 'grant' and ",
      '',
      'what is read is looked at for such links only, and no user has the id of a grant',
    ],
    'tenant of the grant': 'a.tenant_id = g.tenant_id and ',
    'join to the grant': 'a.id = g.authority_id and ',
    'not of a removed one': [
      ' and a.removed_at is null',
      '',
      'a grant is removed with its resource only, where the links below have ended already',
    ],
  },
  'export const openingKeys': {
    kind: ["n.kind = 'link'", 'true'],
    'tenant of the link': 'and g.tenant_id = n.tenant_id ',
    link: ' and g.id = n.target',
    'tenant of the resource': "and r.tenant_id = #{d.tenantOf('g')} ",
    'join to the resource': ' and r.uid = g.resource_uid',
    'tenant of the policy': " and t.tenant_id = #{d.tenantOf('n')}",
  },
  "'opening.find'": { token: ["n.key = #{builder.p('tokenHash')}", 'true'] },
  'export const stillOpen': {
    'not of an ended link': 'g.ended_at is null and ',
    'not of a removed link': ' and g.removed_at is null',
  },
})
