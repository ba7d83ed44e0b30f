import { newEnforcer, newModel } from 'casbin'
import type { Place } from '../places.ts'

/** Roles on resources, people in groups. What is cheap to compare is compared first. */
const MODEL = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, role
[role_definition]
g = _, _
g2 = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && g(r.sub, p.sub) && g2(p.role, r.act)
`

export interface Casbin {
  can(subject: string, action: string, documentId: string): boolean
}

/**
 * node-casbin with the grants on documents before one as policies in memory, and these people in these groups. It is
 * told of no folders and of nothing that ends, and asked without its promises, which would take half as much again.
 */
export async function casbinOf(
  place: Place,
  before: string,
  members: ReadonlyMap<string, readonly string[]>,
): Promise<Casbin> {
  const grants = await place.query(
    'library',
    `select grantee, resource_id, role from collaborators where expires_at is null and resource_id < '${before}'`,
  )
  const enforcer = await newEnforcer(newModel(MODEL))
  await enforcer.addPolicies(
    grants.map(({ grantee, resource_id, role }) => [String(grantee), String(resource_id), String(role)]),
  )
  await enforcer.addGroupingPolicies(
    [...members].flatMap(([subject, groups]) => groups.map((group) => [subject, group])),
  )
  await enforcer.addNamedGroupingPolicies('g2', [
    ['viewer', 'view'],
    ['editor', 'view'],
    ['editor', 'edit'],
  ])
  return { can: (subject, action, documentId) => enforcer.enforceSync(subject, documentId, action) }
}
