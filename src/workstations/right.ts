import { type Actor, hostTenant, tenantOf } from '../model/actor.ts'
import type { ResourceRef } from '../model/resource.ts'
import { kindOf, type Subject, subjectOf, subjectsOf } from '../model/subject.ts'
import { authorityFor, mayAct } from '../policy/access.ts'
import type { CompiledType } from '../policy/compile.ts'
import { administers } from '../policy/standing.ts'
import type { AccessSituation, EditAuthority, EditEndReason, EditFacts, HeldEdit } from '../store/index.ts'
import { EDIT } from './ground.ts'

type Situation = Pick<AccessSituation, 'resource' | 'policy'>

/** By whose right somebody begins to edit: the strongest that they have. Null where they may not. */
export function authorityToEdit(
  type: CompiledType,
  actor: Actor,
  situation: AccessSituation,
  now: Date,
): Pick<EditFacts, 'authority' | 'authorityId'> | null {
  const source = authorityFor(type, [EDIT], actor, situation, now)?.source
  if (source === undefined) return null
  switch (source.kind) {
    case 'grant':
      return { authority: 'grant', authorityId: source.grantId }
    case 'visibility':
      return { authority: 'visibility', authorityId: '' }
    default:
      return { authority: source.kind, authorityId: actor.userId }
  }
}

/** Why a session is over whatever its right is: also where its type is not defined in this process. */
export function overByItself(edit: EditFacts, now: Date): EditEndReason | null {
  if (edit.endedAt !== null) return edit.endReason ?? 'ended'
  if (edit.lostAt !== null) return 'right_lost'
  return edit.expiresAt <= now ? 'expired' : null
}

/**
 * Why an edit session is over, or null while it is held. The right that it was begun by is judged by the one
 * evaluator, with nothing else in sight.
 */
export function whyOver(
  type: CompiledType,
  { resource, policy }: Situation,
  { edit, right }: HeldEdit,
  now: Date,
): EditEndReason | null {
  const over = overByItself(edit, now)
  if (over !== null) return over
  const alone: Record<EditAuthority, Partial<AccessSituation['resource']>> = {
    owner: { visibility: 'private' },
    admin: { visibility: 'private', ownerId: '' },
    office: { visibility: 'private', ownerId: '' },
    grant: { visibility: 'private', ownerId: '' },
    visibility: { ownerId: '' },
  }
  const { authority } = edit
  const holder: Actor = {
    userId: edit.userId,
    tenantId: hostTenant(edit.userTenantId),
    ...(isByOffice(edit) && { admin: 'system' }),
  }
  const situation = {
    resource: { ...resource, ...alone[authority] },
    policy,
    grants: authority === 'grant' && right !== null && mayBeOf(right.subject, edit) ? [right] : [],
  }
  return mayAct(type, EDIT, holder, situation, now) ? null : 'right_lost'
}

/** By an administrator's office, be it one that edits or one that only frees what is held. */
const isByOffice = ({ authority }: EditFacts): boolean => authority === 'admin' || authority === 'office'

/** What was given to an address or a group may be the holder's; once somebody claimed it, it is that person's alone. */
const mayBeOf = (subject: string, { userId }: EditFacts): boolean =>
  kindOf(subject) !== 'user' || subject === subjectOf('user', userId)

/** Whether whoever asks is the person who holds it. */
export const isHolder = (edit: EditFacts, actor: Actor): boolean =>
  edit.userId === actor.userId && edit.userTenantId === tenantOf(actor)

/** Whether the holder still comes with the right: in the group that it was given to, under the address, as an admin. */
export function bringsRight({ edit, right }: HeldEdit, actor: Actor): boolean {
  if (isByOffice(edit)) return administers(actor, edit.tenantId)
  if (edit.authority !== 'grant' || right === null) return true
  const { user, email, groups } = subjectsOf(actor)
  const own: readonly (Subject | null)[] = [user, email, ...groups]
  return own.includes(right.subject as Subject)
}

/** What whoever may view the resource is told of whoever edits it. */
export const shownHolder = (edit: EditFacts): Record<string, unknown> => ({
  userId: edit.userId,
  workstation: { id: edit.workstationId, name: edit.workstationName },
  since: edit.startedAt,
  expiresAt: edit.expiresAt,
})

export const refOf = ({ type, id }: ResourceRef): ResourceRef => ({ type, id })
