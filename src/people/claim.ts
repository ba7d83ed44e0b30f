import { auditedGrant } from '../grants/audited.ts'
import { type Ending, endGrants, endUncovered, NOTHING } from '../grants/ending.ts'
import { auditEvent, type Kernel } from '../kernel.ts'
import { type Actor, tenantOf } from '../model/actor.ts'
import { subjectOf, subjectsOf } from '../model/subject.ts'
import { mayHaveDomain, whyOver } from '../policy/access.ts'
import { roleNamed } from '../policy/compile.ts'
import { becomeOwners } from '../resources/manage.ts'
import { keeping } from '../snapshots/take.ts'
import type { AccessSituation, Facts, GrantFacts, ResourceFacts } from '../store/index.ts'

/** What a person claims: a grant with its resource, and what they were given themselves on the same resource. */
export interface Claim {
  grant: GrantFacts
  resource: ResourceFacts
  mine: readonly GrantFacts[]
  /** Made by right of any of these grants. */
  links: Facts['links']
}

/** An invitation that was claimed, and the grant that its person has by it. */
export interface Claimed extends Ending {
  grant: GrantFacts
}

/** Whether somebody has an invitation on a resource itself that they can claim. */
export function hasInvitation(
  actor: Actor,
  { resource, policy, grants }: AccessSituation,
  now: Date,
): boolean {
  const { email } = subjectsOf(actor)
  if (email === null || (tenantOf(actor) !== resource.tenantId && !policy.allowGuests)) return false
  if (!mayHaveDomain(policy, email)) return false
  return grants.some(
    (grant) => grant.subject === email && grant.above === null && whyOver(grant, now) === null,
  )
}

/**
 * Ties an invitation to whoever has verified its address: for good, whatever their address becomes. The owner needs
 * none, and with what they had been given before it becomes one grant.
 */
export function bind(kernel: Kernel, actor: Actor, claim: Claim, now: Date): Claimed {
  const { grant, resource, mine } = claim
  const subject = subjectOf('user', actor.userId)
  const claimed: GrantFacts = { ...grant, subject, acceptedAt: now, claimableUntil: null, updatedAt: now }
  const tie = { kind: 'grant.claimed', id: grant.id, userId: actor.userId, at: now } as const
  const audit = [
    auditEvent(kernel, resource, {
      action: 'collaborator.claimed',
      at: now,
      actorId: actor.userId,
      target: { kind: 'collaborator', id: grant.id },
      before: auditedGrant(grant),
      after: auditedGrant(claimed),
    }),
  ]
  // Wherever they act in: a user id is one person's.
  if (resource.ownerId === actor.userId) {
    const owned = becomeOwners(
      kernel,
      { given: [{ grant, resource }], links: claim.links },
      actor.userId,
      now,
    )
    return { changes: [...owned.changes, tie], audit: [...audit, ...owned.audit], grant: claimed }
  }
  const had = mine.find(({ mode }) => mode === grant.mode) ?? null
  if (had !== null && whyOver(had, now) === null) {
    // Neither is the other's: joined they would be a right that nobody gave. Both count, until one of them is over.
    if (!covers(kernel, resource, had, grant) && !covers(kernel, resource, grant, had)) {
      return { ...NOTHING, grant }
    }
    const joined = join(kernel, claim, had, actor, now)
    return { changes: [...joined.changes, tie], audit: [...audit, ...joined.audit], grant: joined.grant }
  }
  // What is over stays over, with all that was made by its right.
  const over =
    had === null ? NOTHING : endGrants(kernel, claim, [had], { at: now, actorId: null, reason: 'superseded' })
  return { changes: [...over.changes, tie], audit: [...over.audit, ...audit], grant: claimed }
}

/** Two grants become the one that covers the other, with what was made by right of either. */
function join(
  kernel: Kernel,
  { grant, resource, links }: Claim,
  had: GrantFacts,
  actor: Actor,
  now: Date,
): Claimed {
  const [kept, dropped] = covers(kernel, resource, had, grant) ? [had, grant] : [grant, had]
  const { role, expiresAt } = kept
  const { snapshotId, snapshotRevision, snapshotTitle, snapshotAt } = kept
  const after: GrantFacts = {
    ...had,
    role,
    expiresAt,
    snapshotId,
    snapshotRevision,
    snapshotTitle,
    snapshotAt,
    // By the address they are found when they are added by it again.
    address: had.address ?? grant.address,
    addressKey: had.addressKey ?? grant.addressKey,
    updatedAt: now,
  }
  const stronger = role !== had.role
  const changed = stronger || after.expiresAt?.getTime() !== had.expiresAt?.getTime()
  // Roles need not hold one another's actions: what the one that is left would not let them make ends.
  const moved = links.map(({ link, resource: of }) => ({
    link: { ...link, authorityId: had.id },
    resource: of,
  }))
  const uncovered = endUncovered(kernel, { links: moved }, after, now)
  return {
    changes: [
      { kind: 'authority.joined', from: grant.id, to: { grant: had.id }, at: now },
      { kind: 'grants.ended', ids: [grant.id], reason: 'superseded', at: now },
      { kind: 'grant.updated', grant: after },
      ...(dropped.snapshotId === kept.snapshotId ? [] : [keeping(dropped.snapshotId, now)]),
      ...uncovered.changes,
    ],
    audit: [
      ...(changed
        ? [
            auditEvent(kernel, resource, {
              action: stronger ? 'collaborator.role_changed' : 'collaborator.added',
              at: now,
              actorId: actor.userId,
              target: { kind: 'collaborator', id: had.id },
              before: auditedGrant(had),
              after: auditedGrant(after),
            }),
          ]
        : []),
      ...uncovered.audit,
    ],
    grant: after,
  }
}

/** Whether one grant gives at least the role of another, for at least as long, and nothing older. */
function covers(
  { types }: Kernel,
  { type: name }: ResourceFacts,
  one: GrantFacts,
  other: GrantFacts,
): boolean {
  const type = types.get(name)
  const rank = ({ role }: GrantFacts): number =>
    type === undefined ? -1 : (roleNamed(type, role)?.rank ?? -1)
  const end = ({ expiresAt }: GrantFacts): number => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
  // What was taken later shows what they are to see now.
  const taken = ({ snapshotAt }: GrantFacts): number => snapshotAt?.getTime() ?? 0
  return rank(one) >= rank(other) && end(one) >= end(other) && taken(one) >= taken(other)
}
