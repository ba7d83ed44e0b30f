import { idOf, kindOf } from '../model/subject.ts'
import type { GrantFacts } from '../store/facts.ts'

/** What the audit records of a grant. An address is not in it: it leaves the grant when its person is forgotten. */
export function auditedGrant(grant: GrantFacts): Record<string, unknown> {
  const { subject, role, mode, expiresAt, claimableUntil } = grant
  const kind = kindOf(subject)
  return {
    grantee: kind === 'email' ? { kind } : { kind, id: idOf(subject) },
    role,
    mode,
    expiresAt,
    claimableUntil,
  }
}
