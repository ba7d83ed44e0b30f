import { z } from 'zod'
import { type Ending, endLinks, endPeople, NOTHING } from '../grants/ending.ts'
import { endWorkstations } from '../grants/workstations.ts'
import { auditEvent, change, changeEverywhere, type Kernel } from '../kernel.ts'
import { address } from '../model/collaborator.ts'
import { hostId, invalidInput, parse } from '../model/input.ts'
import type { ForgetUserInput, RemoveMemberInput } from '../model/leaving.ts'
import { type Subject, subjectOf } from '../model/subject.ts'
import { becomeOwners, handOver, visibilityChanged } from '../resources/manage.ts'
import type { Change, EndReason, Facts, Outcome, ResourceFacts } from '../store/index.ts'

const forgetSchema = z.strictObject({ email: address.optional() })
const removeSchema = forgetSchema.extend({ heir: hostId.optional() })

/** A person leaves a tenant. */
export async function removeMember(
  kernel: Kernel,
  tenantInput: string,
  userInput: string,
  input: RemoveMemberInput = {},
): Promise<void> {
  const tenantId = parse(hostId, tenantInput, 'tenantId')
  const userId = parse(hostId, userInput, 'userId')
  const { heir, email } = parse(removeSchema, input, 'options')
  if (heir === userId) throw invalidInput([{ path: 'options.heir', message: 'must be somebody else' }])
  const ask = askOf(userId, email)
  await change(kernel, { at: 'tenant', tenantId }, ask, (facts) => {
    const left = leave(kernel, facts, ask, heir ?? null, 'member_removed')
    return {
      ...left,
      changes: [
        ...left.changes,
        { kind: 'requests.withdrawn', userId, answered: false },
        dropBegun(facts, ask),
      ],
    }
  })
}

/** The account is gone: the same in every tenant, and the person's views are nobody's. */
export async function forgetUser(
  kernel: Kernel,
  userInput: string,
  input: ForgetUserInput = {},
): Promise<void> {
  const userId = parse(hostId, userInput, 'userId')
  const { email } = parse(forgetSchema, input, 'options')
  const ask = askOf(userId, email)
  // One for all of them, so that the visitors of a day stay as many as they were.
  const visitor = kernel.newId()
  await changeEverywhere(kernel, ask, (facts) => {
    const left = leave(kernel, facts, ask, null, 'user_forgotten')
    return {
      ...left,
      changes: [
        ...left.changes,
        { kind: 'requests.withdrawn', userId, answered: true },
        { kind: 'viewer.forgotten', userId, visitor, addresses: addressesOf(facts, ask) },
        { kind: 'editor.forgotten', userId },
        dropBegun(facts, ask),
      ],
    }
  })
}

interface MemberAsk {
  member: string
  memberAddress: Subject | null
}

const askOf = (member: string, email: { key: string } | undefined): MemberAsk => ({
  member,
  memberAddress: email === undefined ? null : subjectOf('email', email.key),
})

/** Under which addresses a person may have been invited: the one that the host says, and those they claimed by. */
function addressesOf({ given }: Facts, { member, memberAddress }: MemberAsk): Subject[] {
  const own = subjectOf('user', member)
  const claimed = given.flatMap(({ grant: { subject, addressKey } }) =>
    subject === own && addressKey !== null ? [subjectOf('email', addressKey)] : [],
  )
  return [...new Set([...(memberAddress === null ? [] : [memberAddress]), ...claimed])]
}

/** What they have begun to share, and what somebody has begun to share with them. */
const dropBegun = (facts: Facts, ask: MemberAsk): Change => ({
  kind: 'begun.dropped',
  subjects: [subjectOf('user', ask.member), ...addressesOf(facts, ask)],
})

/** Somebody is no admin any more: what they made by that right ends. */
export async function removeAdmin(
  kernel: Kernel,
  userInput: string,
  tenantInput: string | null,
): Promise<void> {
  const admin = parse(hostId, userInput, 'userId')
  const tenantId = parse(hostId.nullable(), tenantInput, 'tenantId')
  const decide = (facts: Facts): Outcome<void> => {
    const options = { at: kernel.clock(), actorId: null, reason: 'admin_removed' } as const
    const ended = endLinks(kernel, facts.links, options)
    const lost: Change = { kind: 'edits.lost', right: { admin }, at: options.at }
    const dropped: Change = { kind: 'begun.dropped', subjects: [subjectOf('user', admin)] }
    return { ...ended, changes: [...ended.changes, lost, dropped], result: undefined }
  }
  if (tenantId === null) await changeEverywhere(kernel, { admin }, decide)
  else await change(kernel, { at: 'tenant', tenantId }, { admin }, decide)
}

export async function removeTenant(kernel: Kernel, tenantInput: string): Promise<void> {
  const tenantId = parse(hostId, tenantInput, 'tenantId')
  await change(kernel, { at: 'tenant', tenantId }, {}, () => ({
    changes: [{ kind: 'tenant.removed' }],
    audit: [],
    result: undefined,
  }))
}

/** Somebody is in a group no more: the links that they made by right of what it was given end. */
export async function removeGroupMember(
  kernel: Kernel,
  tenantInput: string,
  groupInput: string,
  userInput: string,
): Promise<void> {
  const tenantId = parse(hostId, tenantInput, 'tenantId')
  const groupId = parse(hostId, groupInput, 'groupId')
  const userId = parse(hostId, userInput, 'userId')
  const ask = { groupMember: { group: subjectOf('group', groupId), userId } }
  await change(kernel, { at: 'tenant', tenantId }, ask, ({ links }) => {
    const at = kernel.clock()
    const ended = endLinks(kernel, links, { at, actorId: null, reason: 'group_left' })
    const right = ask.groupMember
    const lost: Change = { kind: 'edits.lost', right, at }
    const dropped: Change = { kind: 'begun.dropped', subjects: [subjectOf('user', userId)] }
    return { ...ended, changes: [...ended.changes, lost, dropped], result: undefined }
  })
}

/**
 * Ends what hangs on a person in a tenant: what they were given, and the links that they made. Without an heir all
 * shares of what they own end, whoever made them. With one, the resources change hands with their shares.
 */
function leave(
  kernel: Kernel,
  facts: Facts,
  ask: MemberAsk,
  heir: string | null,
  reason: EndReason,
): Outcome<void> {
  const at = kernel.clock()
  const userId = ask.member
  const options = { at, actorId: null, reason }
  const { owned } = facts
  // A link dies with the right it was made by: what changed hands before, by its new owner's right, stays.
  const ending = facts.links.filter(({ link, resource }) => {
    if (resource.ownerId === userId && (heir === null || link.authority === 'owner')) return heir === null
    return link.authority === 'grant' ? link.createdBy === userId : link.authorityId === userId
  })
  const theirs = [subjectOf('user', userId), ...addressesOf(facts, ask)]
  const gone = facts.given.filter(
    ({ grant, resource }) => theirs.includes(grant.subject) || (heir === null && resource.ownerId === userId),
  )
  // Whose account is gone is named only where they had a part: elsewhere they may just have opened something.
  const installed = endWorkstations(kernel, facts, userId, options)
  const parted = ending.length + gone.length + owned.length + installed.changes.length
  if (reason === 'user_forgotten' && parted === 0) {
    return { ...NOTHING, result: undefined }
  }
  const parts = [endLinks(kernel, ending, options), endPeople(kernel, gone, options), installed]
  if (heir !== null && owned.length > 0) {
    parts.push(handOver(kernel, owned, heir, at, null))
    const heirs = subjectOf('user', heir)
    const superseded = facts.given.filter(
      ({ grant, resource }) => grant.subject === heirs && resource.ownerId === userId,
    )
    parts.push(becomeOwners(kernel, { given: superseded, links: facts.links }, heir, at))
  }
  if (heir === null) parts.push(closeAll(kernel, owned, at))
  const target = { kind: 'user', id: userId } as const
  const after = {
    reason,
    heir,
    linksEnded: ending.length,
    collaboratorsEnded: gone.length,
    resourcesOwned: owned.length,
  }
  const about = { tenantId: facts.tenantId }
  const event = auditEvent(kernel, about, { action: 'member.removed', at, actorId: null, target, after })
  return {
    changes: parts.flatMap(({ changes }) => changes),
    audit: [...parts.flatMap(({ audit }) => audit), event],
    result: undefined,
  }
}

/** What somebody owned is seen by nobody else any more. */
function closeAll(kernel: Kernel, owned: readonly ResourceFacts[], at: Date): Ending {
  const closing = owned.filter(({ visibility }) => visibility !== 'private')
  return {
    changes: closing.map(
      (resource): Change => ({
        kind: 'resource.updated',
        resource: { ...resource, visibility: 'private', updatedAt: at },
      }),
    ),
    audit: closing.map((resource) => visibilityChanged(kernel, resource, 'private', at, null)),
  }
}
