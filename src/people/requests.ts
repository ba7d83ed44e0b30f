import { SharingError } from '../errors.ts'
import { auditEvent, change, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema, tenantOf } from '../model/actor.ts'
import { type Collaborator, grantId } from '../model/collaborator.ts'
import { domainOf, emailKey } from '../model/email.ts'
import { parse } from '../model/input.ts'
import {
  type AccessRequest,
  type ApproveRequestInput,
  approveRequestSchema,
  type CreateRequestInput,
  createRequestSchema,
} from '../model/request.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import { isOutside, subjectOf, subjectsOf } from '../model/subject.ts'
import { windowAt } from '../model/window.ts'
import { decideAccess } from '../policy/access.ts'
import { type CompiledType, roleNamed, typeOf } from '../policy/compile.ts'
import { checkInvitedDomain, checkOwnRole, checkTypeRole } from '../policy/making.ts'
import { judgeOpening } from '../policy/opening.ts'
import { refuseLink, scopeOf, standingAmong } from '../policy/standing.ts'
import type { Anchor, Facts, Outcome, RequestFacts, ResourceFacts } from '../store/index.ts'
import { hashToken } from '../tokens/link-token.ts'
import { give } from './collaborators.ts'
import { noticeToAsker, noticeToOwner, outboxOf } from './notices.ts'
import { collaborator } from './project.ts'

/** Where nothing is: no type has an empty name. */
const NOWHERE: ResourceRef = { type: '', id: '' }

/**
 * Asks for access, by a resource's id or a link's token. Whatever comes of it, the answer and the statements are the
 * same: for what does not exist, is hidden, another tenant's, within reach already, or was asked for before.
 */
export async function createRequest(
  kernel: Kernel,
  actorInput: Actor,
  target: ResourceRef | string,
  input: CreateRequestInput,
): Promise<void> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = typeof target === 'string' ? null : parse(refSchema, target, 'resource')
  const options = parse(createRequestSchema, input, 'options')
  if (ref !== null) checkTypeRole(typeOf(kernel.types, ref.type), options.role)
  else checkAnyRole(kernel, options.role)
  await spend(kernel, actor)
  const anchor =
    ref === null ? await behindToken(kernel, target as string) : ({ ref, tenantId: null } as const)
  if (anchor === null) return
  const counter = { kind: 'requests', key: actor.userId } as const
  const ask = { actor: subjectsOf(actor), asked: actor.userId, counter }
  const place = {
    at: 'resource',
    ...(await within(kernel, actor, anchor)),
    otherwise: tenantOf(actor),
  } as const
  await change(kernel, place, ask, (facts): Outcome<void> => {
    const asked = requestOf(kernel, actor, facts, options)
    const { resource } = facts
    const made = resource === null || asked === null ? null : { resource, request: asked }
    return {
      changes: [
        { kind: 'requests.created', requests: made === null ? [] : [made.request] },
        // As it is: a step that writes nothing is committed sooner, and that could be measured.
        { kind: 'counter.set', counter: { ...counter, ...spentIn(facts, kernel.clock()) } },
      ],
      audit: made === null ? [] : [requested(kernel, made.resource, made.request)],
      ...outboxOf(kernel, made === null ? [] : [noticeToOwner(kernel, made.resource, made.request)]),
      alike: true,
      result: undefined,
    }
  })
}

/** What lies where somebody may not ask is nowhere: nothing is written in a tenant that lets no guests in. */
async function within<Place extends { ref: ResourceRef; tenantId: string | null }>(
  { store }: Kernel,
  actor: Actor,
  place: Place,
): Promise<Place | { ref: ResourceRef; tenantId: null }> {
  const found = await store.findAccess(place.ref, null)
  if (found === null) return { ref: NOWHERE, tenantId: null }
  const { resource, policy } = found
  const there = place.tenantId === null || place.tenantId === resource.tenantId
  const open = there && (!isOutside(actor, resource.tenantId) || policy.allowGuests)
  return open ? place : { ref: NOWHERE, tenantId: null }
}

function spentIn({ counter }: Facts, now: Date): { since: Date; count: number } {
  const { since, count } = windowAt(counter, now)
  return { since, count }
}

/** Which type a token leads to is not said before it is known that the role is one of any. */
function checkAnyRole({ types }: Kernel, role: string): void {
  if ([...types.values()].some((type) => roleNamed(type, role) !== null)) return
  throw new SharingError('invalid_role')
}

/** Counts a request in its person's hour, in their own tenant and before anything is looked up: it tells nothing. */
async function spend(kernel: Kernel, actor: Actor): Promise<void> {
  const { requestsPerHour: most } = kernel.limits
  if (most === false) return
  const counter = { kind: 'requests', key: actor.userId } as const
  await change(kernel, { at: 'counter', tenantId: tenantOf(actor) }, { counter }, (facts): Outcome<void> => {
    const now = kernel.clock()
    const { since, count, ends } = windowAt(facts.counter, now)
    if (count >= most) {
      const retryAfter = Math.max(1, Math.ceil((ends.getTime() - now.getTime()) / 1000))
      throw new SharingError('rate_limited', { retryAfter, public: { retryAfter } })
    }
    return {
      changes: [{ kind: 'counter.set', counter: { ...counter, since, count: count + 1 } }],
      audit: [],
      result: undefined,
    }
  })
}

/** What a link's token leads to, whatever else it asks of its visitor; null for what no token of ours can be. */
async function behindToken(
  kernel: Kernel,
  token: string,
): Promise<{ ref: ResourceRef; tenantId: string | null } | null> {
  if (!kernel.tokens.isWellFormed(token)) return null
  const situation = await kernel.store.findOpening(hashToken(token))
  const type = situation === null ? undefined : kernel.types.get(situation.resource.type)
  const judged = judgeOpening(type, situation, { actor: null, purpose: 'peek' }, kernel.clock())
  const leads = judged.outcome === 'allowed' || judged.code !== 'not_found'
  if (situation === null || !leads) return { ref: NOWHERE, tenantId: null }
  const { resource, link } = situation
  return { ref: { type: resource.type, id: resource.id }, tenantId: link.tenantId }
}

/** The request as it is written, or null where there is nothing to ask for. */
function requestOf(
  kernel: Kernel,
  actor: Actor,
  { resource, policy, grants, asked }: Facts,
  { role, message }: CreateRequestInput,
): RequestFacts | null {
  if (resource === null || asked !== null || resource.ownerId === actor.userId) return null
  if (isOutside(actor, resource.tenantId) && !policy.allowGuests) return null
  const type = kernel.types.get(resource.type)
  const wanted = type === undefined ? null : roleNamed(type, role)
  if (type === undefined || wanted === null) return null
  const now = kernel.clock()
  const has = decideAccess(type, 'view', actor, { resource, policy, grants }, now).role
  if (has !== null && (roleNamed(type, has)?.rank ?? Number.POSITIVE_INFINITY) >= wanted.rank) return null
  return {
    id: kernel.newId(),
    tenantId: resource.tenantId,
    resourceUid: resource.uid,
    userId: actor.userId,
    email: actor.email ?? null,
    role,
    message: message ?? null,
    status: 'open',
    createdAt: now,
    answeredAt: null,
    answeredBy: null,
  }
}

const requested = (
  kernel: Kernel,
  resource: ResourceFacts,
  { id, userId, role, createdAt: at }: RequestFacts,
) =>
  auditEvent(kernel, resource, {
    action: 'request.created',
    at,
    actorId: userId,
    target: { kind: 'request', id },
    after: { role },
  })

/** As many as a person can take in. The open ones come first. */
const SHOWN = 500

/** Who asks for access to a resource, and what came of earlier requests. */
export async function listRequests(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
): Promise<AccessRequest[]> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  typeOf(kernel.types, ref.type)
  const situation = await kernel.store.findResource(ref, subjectsOf(actor))
  const now = kernel.clock()
  if (situation === null) throw new SharingError('not_found')
  if (!standingAmong(kernel.types, actor, situation, now).manages) {
    throw refuseLink(kernel.types, actor, situation, now)
  }
  const { tenantId, uid: resourceUid } = situation.resource
  const requests = await kernel.store.listRequests({ tenantId, resourceUid, limit: SHOWN })
  return requests.map(({ tenantId: _, resourceUid: __, ...request }) => ({
    ...request,
    resource: { type: situation.resource.type, id: situation.resource.id },
  }))
}

const anchorAt = (actor: Actor, id: string): Anchor => ({ at: 'request', id, tenantId: scopeOf(actor) })

/** An open request, for whoever may answer it. */
function demandOpen(
  kernel: Kernel,
  actor: Actor,
  { request, resource, policy, grants }: Facts,
  now: Date,
): { request: RequestFacts; resource: ResourceFacts; type: CompiledType; own: string | null } {
  if (request === null || resource === null) throw new SharingError('not_found')
  const situation = { resource, policy, grants }
  const type = typeOf(kernel.types, resource.type)
  if (!standingAmong(kernel.types, actor, situation, now).manages) {
    throw refuseLink(kernel.types, actor, situation, now)
  }
  if (request.status !== 'open') {
    throw new SharingError('conflict', { message: 'This request was answered already.' })
  }
  return { request, resource, type, own: decideAccess(type, 'share', actor, situation, now).role }
}

/** Gives whoever asked a role: the one that they asked for, or another. What they have already is not lessened. */
export async function approveRequest(
  kernel: Kernel,
  actorInput: Actor,
  idInput: string,
  input: ApproveRequestInput = {},
): Promise<Collaborator> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(grantId, idInput, 'id')
  const options = parse(approveRequestSchema, input, 'options')
  const ids = { grant: kernel.newId(), event: kernel.newId(), taken: kernel.newId() }
  const ask = {
    actor: subjectsOf(actor),
    people: { subjects: [], addressKey: null, at: kernel.clock() },
    asker: true,
    linksUnder: true,
  }
  return change(kernel, anchorAt(actor, id), ask, (facts): Outcome<Collaborator> => {
    const now = kernel.clock()
    const { request, resource, type, own } = demandOpen(kernel, actor, facts, now)
    const role = options.role ?? request.role
    checkTypeRole(type, role)
    checkOwnRole(type, own, role)
    if (request.email !== null) checkInvitedDomain(facts.policy, domainOf(emailKey(request.email) ?? ''))
    if (resource.ownerId === request.userId) {
      throw new SharingError('conflict', { message: 'This person owns it by now.' })
    }
    const given = give(kernel, type, facts, resource, {
      giverId: actor.userId,
      own,
      subject: subjectOf('user', request.userId),
      options: { userId: request.userId, role },
      atLeast: true,
      ids,
      now,
    })
    const answered = answeredBy(request, actor, 'approved', role, now)
    const after = { status: 'approved', role, collaborator: given.grant.id }
    return {
      changes: [...given.changes, { kind: 'request.answered', request: answered }],
      audit: [...given.audit, answer(kernel, resource, answered, { ...after })],
      ...outboxOf(kernel, [noticeToAsker(kernel, answered, given.grant)]),
      result: collaborator(given.grant, resource),
    }
  })
}

/** Refuses a request. Whoever asked may ask again. */
export async function denyRequest(kernel: Kernel, actorInput: Actor, idInput: string): Promise<void> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(grantId, idInput, 'id')
  await change(kernel, anchorAt(actor, id), { actor: subjectsOf(actor) }, (facts): Outcome<void> => {
    const now = kernel.clock()
    const { request, resource } = demandOpen(kernel, actor, facts, now)
    const answered = answeredBy(request, actor, 'denied', request.role, now)
    return {
      changes: [{ kind: 'request.answered', request: answered }],
      audit: [answer(kernel, resource, answered, { status: 'denied' })],
      ...outboxOf(kernel, [noticeToAsker(kernel, answered, null)]),
      result: undefined,
    }
  })
}

const answeredBy = (
  request: RequestFacts,
  actor: Actor,
  status: 'approved' | 'denied',
  role: string,
  now: Date,
): RequestFacts => ({ ...request, status, role, answeredAt: now, answeredBy: actor.userId })

const answer = (
  kernel: Kernel,
  resource: ResourceFacts,
  { id, status, answeredAt, answeredBy: actorId }: RequestFacts,
  after: Record<string, unknown>,
) =>
  auditEvent(kernel, resource, {
    action: status === 'approved' ? 'request.approved' : 'request.denied',
    at: answeredAt!,
    actorId,
    target: { kind: 'request', id },
    before: { status: 'open' },
    after,
  })
