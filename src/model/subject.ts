import { type Actor, tenantOf } from './actor.ts'
import { emailKey } from './email.ts'

/** Who a grant to people is given to. */
export type GranteeKind = 'user' | 'email' | 'group'

/** Under what a grant is found: `user:u1`, `email:ann@acme.test`, `group:g1`. */
export type Subject = `${GranteeKind}:${string}`

/** Everything under which an actor is given something. */
export interface Subjects {
  user: Subject
  /** The verified address, or null where the host vouches for none. */
  email: Subject | null
  groups: readonly Subject[]
}

export const subjectOf = (kind: GranteeKind, id: string): Subject => `${kind}:${id}`

export function kindOf(subject: string): GranteeKind {
  return subject.slice(0, subject.indexOf(':')) as GranteeKind
}

/** The user id, e-mail key or group id of a subject. */
export function idOf(subject: string): string {
  return subject.slice(subject.indexOf(':') + 1)
}

export function subjectsOf(actor: Actor): Subjects {
  const key = actor.email === undefined ? null : emailKey(actor.email)
  return {
    user: subjectOf('user', actor.userId),
    email: key === null ? null : subjectOf('email', key),
    groups: (actor.groups ?? []).map((id) => subjectOf('group', id)),
  }
}

const KINDS: readonly GranteeKind[] = ['user', 'email', 'group']

/** Which of two grants that give the same is named: what is one's own before what an address or a group has. */
export function compareSubjects(a: string, b: string): number {
  return KINDS.indexOf(kindOf(a)) - KINDS.indexOf(kindOf(b)) || (a < b ? -1 : a > b ? 1 : 0)
}

/** Whether an actor comes to a tenant from outside: a guest, where its policy lets guests in. */
export function isOutside(actor: Actor, tenantId: string): boolean {
  return tenantOf(actor) !== tenantId
}
