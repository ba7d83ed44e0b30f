import { SharingError } from '../errors.ts'
import { auditedGrant } from '../grants/audited.ts'
import { type Ending, type EndingOptions, endGrants, endUncovered } from '../grants/ending.ts'
import { auditEvent, changeResource, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema, isPersonal } from '../model/actor.ts'
import {
  type AddCollaboratorInput,
  addCollaboratorSchema,
  type Collaborator,
  type ParsedCollaborator,
} from '../model/collaborator.ts'
import { domainOf } from '../model/email.ts'
import { invalidInput, parse } from '../model/input.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import { kindOf, type Subject, subjectOf, subjectsOf } from '../model/subject.ts'
import { windowAt } from '../model/window.ts'
import { whyOver } from '../policy/access.ts'
import { type CompiledType, roleNamed, typeOf } from '../policy/compile.ts'
import { checkInvitedDomain, checkOwnRole, checkRoom, checkTypeRole, isAbove } from '../policy/making.ts'
import { demand } from '../policy/standing.ts'
import { begins, begunBy, ends } from '../snapshots/begun.ts'
import { NO_SNAPSHOT } from '../snapshots/naming.ts'
import {
  demandHook,
  demandSame,
  namingOf,
  rightToTake,
  storing,
  type Taken,
  takenAnew,
  takeSnapshot,
} from '../snapshots/take.ts'
import type { Change, Facts, GrantFacts, NewMessage, Outcome, ResourceFacts } from '../store/index.ts'
import { noticeToAddress, noticeToGrantee, outboxOf } from './notices.ts'
import { collaborator } from './project.ts'

/** Gives somebody a role on a resource, or again with another one. */
export async function addCollaborator(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
  input: AddCollaboratorInput,
): Promise<Collaborator> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  const options = parse(addCollaboratorSchema, input, 'options')
  const type = typeOf(kernel.types, ref.type)
  if (options.mode === 'snapshot') demandHook(type)
  const subject = subjectFor(options)
  const ids = { grant: kernel.newId(), event: kernel.newId(), taken: kernel.newId() }
  const begun = begunBy(actor, ids.grant, subject)
  const ask = {
    people: { subjects: [subject], addressKey: options.email?.key ?? null, at: kernel.clock() },
    counter: { kind: 'invitations', key: actor.userId },
    linksUnder: true,
    ...(options.mode === 'snapshot' ? { begun } : {}),
  } as const
  const decide = (facts: Facts, taken: Taken | null): Outcome<Collaborator | Wanted> => {
    const now = kernel.clock()
    const { resource, own, right } = demandShare(kernel, type, actor, facts, options, now)
    if (taken !== null) demandSame(taken, resource, right)
    const ending = taken === null ? [] : [ends(begun, facts)]
    const waits = options.mode === 'snapshot' && taken === null
    if (isOwner(resource, actor, options)) {
      if (waits) return wanted(resource, right, null, begins(begun, now))
      return { ...ofOwner(options, resource, actor, subject, ids.grant, now, taken), changes: ending }
    }
    if (own !== 'owner' && isThemselves(actor, subject)) throw new SharingError('forbidden')
    const spent = spend(kernel, facts, actor, now)
    const giving = { giverId: actor.userId, own, subject, options, ids, now, taken }
    const { grant, going, changes, audit } = give(kernel, type, facts, resource, giving)
    // The host is asked for what they may give, and outside the step.
    if (waits) return wanted(resource, right, going, begins(begun, now))
    const cause = { sender: actor.userId, message: options.message, at: now }
    return {
      changes: [...ending, ...changes, ...spent],
      audit,
      ...outboxOf(kernel, noticesOfAdding(kernel, options, going, grant, cause)),
      result: collaborator(grant, resource),
    }
  }
  let taken: Taken | null = null
  for (;;) {
    const result: Collaborator | Wanted = await changeResource(
      kernel,
      actor,
      ref,
      (facts) => decide(facts, taken),
      ask,
    )
    if (!('snapshotOf' in result)) return result
    taken = await takeSnapshot(kernel, type, result.snapshotOf, actor, result.right, result.going)
  }
}

/** The resource that a snapshot is to be taken of, once it is known that it may be given. */
interface Wanted {
  snapshotOf: ResourceFacts
  right: string
  /** Where they have one already. */
  going: GrantFacts | null
}

const wanted = (
  snapshotOf: ResourceFacts,
  right: string,
  going: GrantFacts | null,
  begun: Change,
): Outcome<Wanted> => ({
  changes: [begun],
  audit: [],
  result: { snapshotOf, right, going },
})

/** Who is given what, by whom. */
export interface Giving {
  giverId: string
  /** The role by which it is given: what stands above it is not theirs to lessen. */
  own: string | null
  subject: Subject
  options: ParsedCollaborator
  /** Whether a role above this one stays, where they have one. */
  atLeast?: boolean
  /** Of the grant, should there be a new one, and of the events. */
  ids: { grant: string; event: string; taken: string }
  now: Date
  /** What is given in snapshot mode: of whoever is given it again, in place of what they had. */
  taken?: Taken | null
}

/** Makes a grant, or changes the one that goes on, which is `going`. */
export function give(
  kernel: Kernel,
  type: CompiledType,
  facts: Facts,
  resource: ResourceFacts,
  { giverId, own, subject, options, atLeast = false, ids, now, taken = null }: Giving,
): Ending & { grant: GrantFacts; going: GrantFacts | null } {
  const had = facts.people.found.find(({ mode }) => mode === (options.mode ?? 'live')) ?? null
  const going = had !== null && whyOver(had, now) === null ? had : null
  const rank = (role: string): number => roleNamed(type, role)?.rank ?? -1
  if (atLeast && going !== null && rank(going.role) >= rank(options.role)) {
    return { grant: going, going, changes: [], audit: [] }
  }
  if (going !== null && isAbove(type, going.role, own)) throw new SharingError('forbidden')
  if (going === null) checkRoom(kernel.limits.collaboratorsPerResource, facts.people.count)
  const grant = {
    ...(going === null
      ? grantOf(options, resource, giverId, subject, ids.grant, now, claimableUntil(kernel, subject, now))
      : renewed(kernel, going, options, now)),
    ...(taken === null ? NO_SNAPSHOT : namingOf(taken)),
  }
  // What is over stays over, with all that was made by its right: this is another one.
  const ending = { at: now, actorId: null, reason: 'superseded' } as const
  const over = going === null && had !== null ? [had] : []
  const ended =
    going !== null ? endUncovered(kernel, facts, grant, now) : endGrants(kernel, facts, over, ending)
  return {
    grant,
    going,
    changes: [
      // Also where nothing is over: whether the address was there before does not show in the statements.
      ...(over.length === 0 ? [endingNothing(ending)] : []),
      ...ended.changes,
      ...(taken === null ? [] : storing(taken, going, now)),
      { kind: 'grant.given', grant, again: going !== null, resource },
    ],
    audit: [
      ...ended.audit,
      auditEvent({ newId: () => ids.event }, resource, {
        action:
          going === null || going.role === grant.role ? 'collaborator.added' : 'collaborator.role_changed',
        at: now,
        actorId: giverId,
        target: { kind: 'collaborator', id: grant.id },
        before: going && auditedGrant(going),
        after: auditedGrant(grant),
      }),
      ...(taken === null
        ? []
        : [
            auditEvent({ newId: () => ids.taken }, resource, {
              ...takenAnew(going, taken),
              at: now,
              actorId: giverId,
              target: { kind: 'collaborator', id: grant.id },
            }),
          ]),
    ],
  }
}

const endingNothing = ({ at, reason }: Pick<EndingOptions, 'at' | 'reason'>): Change => ({
  kind: 'grants.ended',
  ids: [],
  reason,
  at,
})

/** An address is told every time, whoever it belongs to; a user, of what is new. */
function noticesOfAdding(
  kernel: Kernel,
  { email }: ParsedCollaborator,
  going: GrantFacts | null,
  grant: GrantFacts,
  cause: { sender: string; message: string | undefined; at: Date },
): NewMessage[] {
  if (email !== undefined) return noticeToAddress(kernel, grant, { kind: 'invited', ...cause })
  if (going === null) return noticeToGrantee(kernel, grant, { kind: 'invited', ...cause })
  return going.role === grant.role ? [] : noticeToGrantee(kernel, grant, { kind: 'role_changed', ...cause })
}

function subjectFor({ email, userId, groupId }: ParsedCollaborator): Subject {
  if (email !== undefined) return subjectOf('email', email.key)
  return userId === undefined ? subjectOf('group', groupId!) : subjectOf('user', userId)
}

function demandShare(
  kernel: Kernel,
  type: CompiledType,
  actor: Actor,
  { resource, policy, grants }: Facts,
  options: ParsedCollaborator,
  now: Date,
): { resource: ResourceFacts; own: string | null; right: string } {
  const situation = resource && { resource, policy, grants }
  const decision = demand(kernel.types, 'share', actor, situation, type.name, now)
  const takes = options.mode === 'snapshot' && resource !== null
  const right = takes ? rightToTake(kernel, actor, { resource, policy, grants }, now) : ''
  checkTypeRole(type, options.role)
  checkOwnRole(type, decision.role, options.role)
  if (options.expiresAt && options.expiresAt <= now) {
    throw invalidInput([{ path: 'options.expiresAt', message: 'must lie in the future' }])
  }
  if (options.groupId !== undefined && isPersonal(resource!.tenantId))
    throw new SharingError('account_required')
  if (options.email !== undefined) checkInvitedDomain(policy, domainOf(options.email.key))
  return { resource: resource!, own: decision.role, right }
}

/** Whoever was given access for a while, or by a group, would have it for good by giving it to themselves. */
function isThemselves(actor: Actor, subject: Subject): boolean {
  const { user, email } = subjectsOf(actor)
  return subject === user || subject === email
}

/** The owner has all of it already. Whose address it is, is known of whoever acts only. */
function isOwner(resource: ResourceFacts, actor: Actor, { email, userId }: ParsedCollaborator): boolean {
  if (userId !== undefined) return userId === resource.ownerId
  return (
    email !== undefined &&
    actor.userId === resource.ownerId &&
    subjectsOf(actor).email === subjectOf('email', email.key)
  )
}

/** The answer that anybody else’s address would get, with nothing behind it. */
function ofOwner(
  options: ParsedCollaborator,
  resource: ResourceFacts,
  actor: Actor,
  subject: Subject,
  id: string,
  now: Date,
  taken: Taken | null,
): Outcome<Collaborator> {
  const naming = taken === null ? {} : namingOf(taken)
  const grant = { ...grantOf(options, resource, actor.userId, subject, id, now, null), ...naming }
  return { changes: [], audit: [], result: collaborator(grant, resource) }
}

function grantOf(
  options: ParsedCollaborator,
  { tenantId, uid }: ResourceFacts,
  giverId: string,
  subject: Subject,
  id: string,
  now: Date,
  claimableUntil: Date | null,
): GrantFacts {
  return {
    id,
    tenantId,
    resourceUid: uid,
    subject,
    address: options.email?.address ?? null,
    addressKey: options.email?.key ?? null,
    role: options.role,
    mode: options.mode ?? 'live',
    ...NO_SNAPSHOT,
    createdBy: giverId,
    createdAt: now,
    updatedAt: now,
    expiresAt: options.expiresAt ?? null,
    claimableUntil,
    acceptedAt: options.email === undefined ? now : null,
    endedAt: null,
    endReason: null,
  }
}

/** The same person again: what was asked for now counts, and an invitation that is open begins anew. */
function renewed(kernel: Kernel, had: GrantFacts, options: ParsedCollaborator, now: Date): GrantFacts {
  return {
    ...had,
    role: options.role,
    expiresAt: options.expiresAt === undefined ? had.expiresAt : options.expiresAt,
    claimableUntil: had.claimableUntil === null ? null : claimableUntil(kernel, had.subject, now),
    updatedAt: now,
  }
}

const claimableUntil = ({ invitationMs }: Kernel, subject: Subject, now: Date): Date | null =>
  kindOf(subject) === 'email' ? new Date(now.getTime() + invitationMs) : null

/** Counts an addition in its person's hour. What is refused for another reason is not counted: it changes nothing. */
function spend({ limits }: Kernel, { counter }: Facts, actor: Actor, now: Date): Change[] {
  const { invitationsPerHour: most } = limits
  if (most === false) return []
  const { since, count, ends } = windowAt(counter, now)
  if (count >= most) {
    const retryAfter = Math.max(1, Math.ceil((ends.getTime() - now.getTime()) / 1000))
    throw new SharingError('rate_limited', { retryAfter, public: { retryAfter } })
  }
  return [
    { kind: 'counter.set', counter: { kind: 'invitations', key: actor.userId, since, count: count + 1 } },
  ]
}
