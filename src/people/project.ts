import type { Collaborator } from '../model/collaborator.ts'
import type { ResourceRef } from '../model/resource.ts'
import { idOf, kindOf } from '../model/subject.ts'
import { namedSnapshot } from '../snapshots/naming.ts'
import type { GrantFacts } from '../store/facts.ts'

/** A grant as those see it who manage it, or (`named`) somebody who is named beside it. */
export function collaborator(
  grant: GrantFacts,
  { type, id }: ResourceRef,
  sees: 'all' | 'named' = 'all',
): Collaborator {
  return {
    id: grant.id,
    resource: { type, id },
    role: grant.role,
    mode: grant.mode,
    snapshot: namedSnapshot(grant),
    status: grant.acceptedAt === null ? 'invited' : 'active',
    invitedBy: grant.createdBy,
    createdAt: grant.createdAt,
    acceptedAt: grant.acceptedAt,
    expiresAt: grant.expiresAt,
    invitationExpiresAt: grant.claimableUntil,
    grantee: granteeOf(grant, sees),
  }
}

function granteeOf({ subject, address }: GrantFacts, sees: 'all' | 'named'): Collaborator['grantee'] {
  const id = idOf(subject)
  switch (kindOf(subject)) {
    case 'user':
      return { kind: 'user', userId: id, ...(address === null || sees === 'named' ? {} : { email: address }) }
    case 'email':
      return { kind: 'email', email: address ?? id }
    case 'group':
      return { kind: 'group', groupId: id }
  }
}
