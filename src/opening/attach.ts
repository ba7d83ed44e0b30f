import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { type Actor, actorSchema, type Visitor, visitorSchema } from '../model/actor.ts'
import type { Source } from '../model/decision.ts'
import { parse } from '../model/input.ts'
import type { OpenedShare } from '../model/opening.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import { kindOf, subjectsOf } from '../model/subject.ts'
import { hasInvitation } from '../people/claim.ts'
import { claimOn } from '../people/invitations.ts'
import { decideAccess } from '../policy/access.ts'
import { typeOf } from '../policy/compile.ts'
import { snapshotRight } from '../policy/snapshot.ts'
import type {
  ResourceFacts,
  ResourceSituation,
  ShownSnapshot,
  ViewFacts,
  VisitRight,
} from '../store/facts.ts'
import type { AttachPass } from '../tokens/attach-pass.ts'
import { PASS_MS } from '../tokens/pass.ts'
import { TRIES } from './open.ts'
import { whileServing } from './serving.ts'
import { isShown, passedOf, shownBy, shownTo, snapshotOf } from './shown.ts'

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
      const shown = judged.grantId === null ? null : await shownBy(kernel, resource.tenantId, judged.grantId)
      if (judged.grantId !== null && shown === null) continue
      const held = visitor.pass === undefined ? null : passFor(kernel, visitor.pass, actor, judged)
      if (held !== null) return attachedAgain(kernel, judged, shown, held, visitor.pass!)
      const view = viewOf(kernel, resource, visitor)
      if ((await kernel.store.appendVisit(view, rightOf(judged))) === 'moved') continue
      const pass = passOf(judged, shown, actor, view)
      return attached(judged, shown, pass, kernel.attachPasses.mint(pass))
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
  const { judged, shown } = await resumedAttached(kernel, pass, actor)
  return attached(judged, shown, pass, text)
}

/** What the bearer of a pass still has, and what it was opened with. */
export async function resumedAttached(
  kernel: Kernel,
  pass: AttachPass,
  actor: Actor | null,
  options?: { content: boolean },
): Promise<{ judged: Judged; shown: ShownSnapshot | null }> {
  const ref = { type: pass.type, id: pass.id }
  const mine = actor?.userId === pass.userId
  const situation = await kernel.store.findResource(ref, mine ? subjectsOf(actor) : null)
  if (!isFor(pass, situation) || kernel.clock().getTime() >= pass.expiresAt)
    throw new SharingError('not_found')
  if (actor === null) throw new SharingError('authentication_required')
  if (!mine) throw new SharingError('forbidden')
  if (pass.snapshot === null) return { judged: judgeLive(kernel, actor, situation), shown: null }
  const judged = judgeSnapshot(kernel, actor, situation, pass.snapshot.grantId)
  const shown = judged && (await shownTo(kernel, pass, pass.snapshot, options))
  if (judged === null || shown === null) throw new SharingError('not_found')
  return { judged, shown }
}

/** What somebody's rights on a resource are judged by, after they claimed an invitation on it. */
async function claimed(kernel: Kernel, actor: Actor, ref: ResourceRef): Promise<ResourceSituation | null> {
  const subjects = subjectsOf(actor)
  const found = await kernel.store.findResource(ref, subjects)
  if (found === null || !hasInvitation(actor, found, kernel.clock())) return found
  await claimOn(kernel, actor, ref)
  return kernel.store.findResource(ref, subjects)
}

/** By what somebody reads a resource. */
export interface Judged {
  situation: ResourceSituation
  role: string
  actions: readonly string[]
  via: Source
  /** Of that source: another may give a stronger one, but not to view. */
  viaRole: string
  /** The grant that shows what the resource was; null in live mode. */
  grantId: string | null
}

/** Live where they may see it live, and else what it was. */
export function judge(kernel: Kernel, actor: Actor, situation: ResourceSituation | null): Judged {
  try {
    return judgeLive(kernel, actor, situation)
  } catch (error) {
    const judged = situation === null ? null : judgeSnapshot(kernel, actor, situation, null)
    if (judged === null) throw error
    return judged
  }
}

function judgeLive(kernel: Kernel, actor: Actor, situation: ResourceSituation | null): Judged {
  const type = situation === null ? undefined : kernel.types.get(situation.resource.type)
  if (situation === null || type === undefined) throw new SharingError('not_found')
  const decision = decideAccess(type, 'view', actor, situation, kernel.clock())
  if (!decision.allowed) throw new SharingError('not_found', { details: decision })
  const { role, actions, via, considered } = decision
  const viaRole = considered.find(({ source }) => source === via)!.role!
  return { situation, role: role!, actions, via: via!, viaRole, grantId: null }
}

function judgeSnapshot(
  kernel: Kernel,
  actor: Actor,
  situation: ResourceSituation,
  grantId: string | null,
): Judged | null {
  const type = kernel.types.get(situation.resource.type)
  const right = type && snapshotRight(type, actor, situation, kernel.clock(), grantId)
  if (!right) return null
  const { grant, role, actions } = right
  const via: Source = { kind: 'grant', grantId: grant.id, grantee: kindOf(grant.subject), above: null }
  return { situation, role, actions, via, viaRole: role, grantId: grant.id }
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
const rightOf = ({ via, situation: { resource } }: Judged): VisitRight => ({
  resource,
  grant: via.kind === 'grant' ? { id: via.grantId, above: via.above !== null } : null,
})

/** When what somebody attached by ends: the grant that let them, if it was one. */
export function endOf({ via, situation: { grants } }: Judged): Date | null {
  if (via.kind !== 'grant') return null
  const grant = grants.find(({ id }) => id === via.grantId)
  const ends = [grant?.expiresAt, grant?.claimableUntil].filter((end) => end instanceof Date)
  return ends.length === 0 ? null : new Date(Math.min(...ends.map((end) => end.getTime())))
}

function passOf(
  judged: Judged,
  shown: ShownSnapshot | null,
  { userId }: Actor,
  { id: viewId, viewedAt }: ViewFacts,
): AttachPass {
  const { tenantId, type, id, uid: resourceUid } = judged.situation.resource
  const ends = endOf(judged)
  const until = viewedAt.getTime() + PASS_MS
  const expiresAt = ends === null ? until : Math.min(until, ends.getTime())
  return { tenantId, type, id, resourceUid, userId, snapshot: passedBy(judged, shown), viewId, expiresAt }
}

const passedBy = ({ grantId }: Judged, shown: ShownSnapshot | null): AttachPass['snapshot'] =>
  shown === null || grantId === null ? null : { ...passedOf(shown)!, grantId }

/** A pass that somebody holds already for this resource, or null. */
function passFor(
  kernel: Kernel,
  text: string,
  { userId }: Actor,
  { grantId, situation: { resource } }: Judged,
): AttachPass | null {
  const pass = kernel.attachPasses.read(text, kernel.clock().getTime())
  if (pass?.userId !== userId || (pass.snapshot?.grantId ?? null) !== grantId) return null
  return pass.tenantId === resource.tenantId && pass.resourceUid === resource.uid ? pass : null
}

function isFor(pass: AttachPass, situation: ResourceSituation | null): situation is ResourceSituation {
  return situation?.resource.uid === pass.resourceUid && situation.resource.tenantId === pass.tenantId
}

/** The same visit, with what is shown by now. */
function attachedAgain(
  kernel: Kernel,
  judged: Judged,
  shown: ShownSnapshot | null,
  pass: AttachPass,
  text: string,
): OpenedShare {
  const same = shown === null || (pass.snapshot !== null && isShown(pass.snapshot, shown))
  if (same) return attached(judged, shown, pass, text)
  const anew = { ...pass, snapshot: passedBy(judged, shown) }
  return attached(judged, shown, anew, kernel.attachPasses.mint(anew))
}

const attached = (
  { situation: { resource }, role, actions }: Judged,
  shown: ShownSnapshot | null,
  { viewId, expiresAt }: AttachPass,
  pass: string,
): OpenedShare => ({
  resource: {
    type: resource.type,
    id: resource.id,
    title: shown === null ? resource.title : shown.title,
  },
  link: null,
  role,
  actions: [...actions],
  mode: shown === null ? 'live' : 'snapshot',
  snapshot: snapshotOf(shown),
  viewId,
  pass,
  passExpiresAt: new Date(expiresAt),
})
