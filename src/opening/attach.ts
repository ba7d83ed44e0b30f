import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { type Actor, actorSchema, type Visitor, visitorSchema } from '../model/actor.ts'
import type { Decision } from '../model/decision.ts'
import { parse } from '../model/input.ts'
import type { OpenedShare } from '../model/opening.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import { subjectsOf } from '../model/subject.ts'
import { hasInvitation } from '../people/claim.ts'
import { claimOn } from '../people/invitations.ts'
import { decideAccess } from '../policy/access.ts'
import { typeOf } from '../policy/compile.ts'
import type { ResourceFacts, ResourceSituation, ViewFacts, VisitRight } from '../store/facts.ts'
import type { AttachPass } from '../tokens/attach-pass.ts'
import { PASS_MS, TRIES, whileServing } from './open.ts'

/** What `open` is to the bearer of a link, for whoever may view a resource by a right of their own. */
export function attach(
  kernel: Kernel,
  actorInput: Actor,
  refInput: ResourceRef,
  visitorInput: Visitor,
): Promise<OpenedShare> {
  return whileServing(kernel, async () => {
    const actor = parse(actorSchema, actorInput, 'actor')
    const ref = parse(refSchema, refInput, 'resource')
    const visitor = { ...parse(visitorSchema, visitorInput, 'visitor'), actor }
    typeOf(kernel.types, ref.type)
    for (let tries = 0; tries < TRIES; tries++) {
      const judged = judge(kernel, actor, await claimed(kernel, actor, ref))
      const { resource } = judged.situation
      const held = visitor.pass === undefined ? null : passFor(kernel, visitor.pass, actor, resource)
      if (held !== null) return attached(judged, held, visitor.pass!)
      const view = viewOf(kernel, resource, visitor)
      if ((await kernel.store.appendVisit(view, rightOf(judged))) === 'moved') continue
      const pass = passOf(resource, actor, view, endOf(judged))
      return attached(judged, pass, kernel.attachPasses.mint(pass))
    }
    throw new SharingError('conflict')
  })
}

/** Goes on after {@link attach}: no second view, and judged like one. */
export async function resumeAttached(
  kernel: Kernel,
  pass: AttachPass,
  text: string,
  actor: Actor | null,
): Promise<OpenedShare> {
  const ref = { type: pass.type, id: pass.id }
  const mine = actor?.userId === pass.userId
  const situation = await kernel.store.findResource(ref, mine ? subjectsOf(actor) : null)
  if (!isFor(pass, situation) || kernel.clock().getTime() >= pass.expiresAt)
    throw new SharingError('not_found')
  if (actor === null) throw new SharingError('authentication_required')
  if (!mine) throw new SharingError('forbidden')
  return attached(judge(kernel, actor, situation), pass, text)
}

/** What somebody's rights on a resource are judged by, after they claimed an invitation on it. */
async function claimed(kernel: Kernel, actor: Actor, ref: ResourceRef): Promise<ResourceSituation | null> {
  const subjects = subjectsOf(actor)
  const found = await kernel.store.findResource(ref, subjects)
  if (found === null || !hasInvitation(actor, found, kernel.clock())) return found
  await claimOn(kernel, actor, ref)
  return kernel.store.findResource(ref, subjects)
}

interface Judged {
  situation: ResourceSituation
  decision: Decision
}

function judge(kernel: Kernel, actor: Actor, situation: ResourceSituation | null): Judged {
  const type = situation === null ? undefined : kernel.types.get(situation.resource.type)
  if (situation === null || type === undefined) throw new SharingError('not_found')
  const decision = decideAccess(type, 'view', actor, situation, kernel.clock())
  if (!decision.allowed) throw new SharingError('not_found', { details: decision })
  return { situation, decision }
}

function viewOf(kernel: Kernel, { tenantId, uid }: ResourceFacts, visitor: Visitor): ViewFacts {
  const now = kernel.clock()
  return {
    id: kernel.newId(),
    tenantId,
    resourceUid: uid,
    linkId: null,
    ...kernel.visitors(visitor, now),
    counted: true,
    viewedAt: now,
  }
}

/** What must still be so when the view is written. */
const rightOf = ({ decision: { via }, situation: { resource } }: Judged): VisitRight => ({
  resource,
  grant: via?.kind === 'grant' ? { id: via.grantId, above: via.above !== null } : null,
})

/** When what somebody attached by ends: the grant that let them, if it was one. */
function endOf({ decision: { via }, situation: { grants } }: Judged): Date | null {
  if (via?.kind !== 'grant') return null
  const grant = grants.find(({ id }) => id === via.grantId)
  const ends = [grant?.expiresAt, grant?.claimableUntil].filter((end) => end instanceof Date)
  return ends.length === 0 ? null : new Date(Math.min(...ends.map((end) => end.getTime())))
}

function passOf(
  { tenantId, type, id, uid: resourceUid }: ResourceFacts,
  { userId }: Actor,
  { id: viewId, viewedAt }: ViewFacts,
  ends: Date | null,
): AttachPass {
  const until = viewedAt.getTime() + PASS_MS
  const expiresAt = ends === null ? until : Math.min(until, ends.getTime())
  return { tenantId, type, id, resourceUid, userId, snapshot: null, viewId, expiresAt }
}

/** A pass that somebody holds already for this resource, or null. */
function passFor(
  kernel: Kernel,
  text: string,
  { userId }: Actor,
  { tenantId, uid }: ResourceFacts,
): AttachPass | null {
  const pass = kernel.attachPasses.read(text, kernel.clock().getTime())
  const theirs = pass?.userId === userId && pass.tenantId === tenantId && pass.resourceUid === uid
  return theirs ? pass : null
}

function isFor(pass: AttachPass, situation: ResourceSituation | null): situation is ResourceSituation {
  return situation?.resource.uid === pass.resourceUid && situation.resource.tenantId === pass.tenantId
}

const attached = (
  { situation: { resource }, decision }: Judged,
  { viewId, expiresAt }: AttachPass,
  pass: string,
): OpenedShare => ({
  resource: { type: resource.type, id: resource.id, title: resource.title },
  link: null,
  role: decision.role!,
  actions: decision.actions,
  mode: 'live',
  snapshot: null,
  viewId,
  pass,
  passExpiresAt: new Date(expiresAt),
})
