import { isSharingError, SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { type Actor, hostTenant, type Visitor, visitorSchema } from '../model/actor.ts'
import { parse } from '../model/input.ts'
import type { LinkPreview, OpenedShare } from '../model/opening.ts'
import { claimBeside } from '../people/claim-beside.ts'
import { judgeOpening, needsSignIn, type OpeningDecision, type OpeningRequest } from '../policy/opening.ts'
import type { LinkSituation, LinkViewFacts, OpenedLinkFacts, ShownSnapshot } from '../store/facts.ts'
import { hashToken } from '../tokens/link-token.ts'
import { type LinkPass, PASS_MS, type PassedSnapshot } from '../tokens/pass.ts'
import { whileServing } from './serving.ts'
import { isShown, passedOf, shownBy, shownTo, snapshotOf } from './shown.ts'

/** How often a link may change under an opening before it is told so. */
export const TRIES = 5

/** Opens a link: judged, recorded once, and answered with what its visitor may know. */
export function open(kernel: Kernel, token: string, visitorInput: Visitor): Promise<OpenedShare> {
  return whileServing(kernel, async () => {
    const visitor = parse(visitorSchema, visitorInput, 'visitor')
    const share = await openOnce(kernel, token, visitor)
    await claimBeside(kernel, visitor.actor ?? null, share.resource)
    return share
  })
}

async function openOnce(kernel: Kernel, token: string, visitor: Visitor): Promise<OpenedShare> {
  if (!isToken(kernel, token)) throw new SharingError('not_found')
  const turn = kernel.door.opening(visitor.ip)
  if (turn !== undefined) await turn
  const tokenHash = hashToken(token)
  const actor = visitor.actor ?? null
  if (visitor.pass !== undefined) {
    const again = await openAgain(kernel, visitor, visitor.pass, tokenHash)
    if (again !== null) return again
  }
  const known = await openKnown(kernel, tokenHash, visitor, actor)
  if (known !== null) return known
  let checkedPassword: string | null = null
  for (let tries = 0; tries < TRIES; tries++) {
    const situation = await kernel.store.findOpening(tokenHash)
    const now = kernel.clock()
    const allowed = judge(kernel, situation, { actor, purpose: 'open' }, now)
    const { link } = allowed.situation
    if (allowed.needsPassword && checkedPassword !== link.passwordHash) {
      await checkPassword(kernel, link, visitor)
      checkedPassword = link.passwordHash
      // Checking took long: whether the link still opens is asked again.
      continue
    }
    const shown = link.mode === 'snapshot' ? await shownBy(kernel, link.tenantId, link.id) : null
    if (link.mode === 'snapshot' && shown === null) continue
    const view = viewOf(kernel, allowed.situation, visitor, now)
    const written =
      link.maxViews === null ? await kernel.store.appendView(view) : await kernel.store.spendView(view)
    if (written === 'moved') continue
    kernel.known.keep(tokenHash, allowed.situation)
    return recorded(kernel, { ...allowed, shown }, tokenHash, actor, view)
  }
  throw new SharingError('conflict')
}

/**
 * Opens a link on what was read for an earlier opening: the store writes the view only if nothing of that has
 * changed, in the same statement. Whatever is no plain yes takes a fresh look.
 */
async function openKnown(
  kernel: Kernel,
  tokenHash: string,
  visitor: Visitor,
  actor: Actor | null,
): Promise<OpenedShare | null> {
  const situation = kernel.known.find(tokenHash)
  if (situation === null) return null
  const now = kernel.clock()
  const decision = decide(kernel, situation, { actor, purpose: 'open' }, now)
  if (decision.outcome === 'refused') return null
  const view = viewOf(kernel, situation, visitor, now)
  const written = await kernel.store.appendView(view, { tokenHash, version: situation.version })
  if (written === 'moved') {
    kernel.known.forget(tokenHash)
    return null
  }
  return recorded(kernel, { ...decision, situation, shown: null }, tokenHash, actor, view)
}

function recorded(
  kernel: Kernel,
  allowed: Shown,
  tokenHash: string,
  actor: Actor | null,
  view: LinkViewFacts,
): OpenedShare {
  tellListeners(kernel, allowed.situation, view)
  const pass = passOf(allowed, tokenHash, actor, view.id, view.viewedAt)
  return opened(allowed, view.id, kernel.passes.mint(pass), pass.expiresAt)
}

/** A second click by the same reader: what they hold already, if it is for this token and still good. */
async function openAgain(
  kernel: Kernel,
  visitor: Visitor,
  text: string,
  tokenHash: string,
): Promise<OpenedShare | null> {
  const pass = kernel.passes.read(text, kernel.clock().getTime())
  if (pass?.tokenHash !== tokenHash || pass.userId !== (visitor.actor?.userId ?? null)) return null
  try {
    const { allowed } = await resumed(kernel, text, visitor, (link) =>
      shownBy(kernel, link.tenantId, link.id),
    )
    const { shown } = allowed
    if (shown === null || (pass.snapshot !== null && isShown(pass.snapshot, shown))) {
      return opened(allowed, pass.viewId, text, pass.expiresAt)
    }
    // Another was taken since: it is the same visit, and a pass of its own.
    const anew = kernel.passes.mint({ ...pass, snapshot: passedOf(shown) })
    return opened(allowed, pass.viewId, anew, pass.expiresAt)
  } catch (error) {
    // It is over, under a new password for one: they may still open the link anew.
    if (isSharingError(error) && error.code === 'not_found') return null
    throw error
  }
}

/** Goes on after an opening: no second view, and judged like one. */
export async function resume(kernel: Kernel, passText: string, visitorInput: Visitor): Promise<OpenedShare> {
  const { allowed, pass } = await resumed(kernel, passText, visitorInput)
  return opened(allowed, pass.viewId, passText, pass.expiresAt)
}

/** What the bearer of a pass still has, with what it was opened with unless something else is looked up. */
export async function resumed(
  kernel: Kernel,
  passText: string,
  visitorInput: Visitor,
  look: (link: OpenedLinkFacts, snapshot: PassedSnapshot) => Promise<ShownSnapshot | null> = (
    link,
    snapshot,
  ) => shownTo(kernel, link, snapshot),
): Promise<{ allowed: Shown; pass: Readonly<LinkPass> }> {
  const visitor = parse(visitorSchema, visitorInput, 'visitor')
  const actor = visitor.actor ?? null
  const pass = typeof passText === 'string' ? kernel.passes.read(passText, kernel.clock().getTime()) : null
  if (pass === null) throw new SharingError('not_found')
  const situation = await kernel.store.findOpening(pass.tokenHash)
  const now = kernel.clock()
  if (now.getTime() >= pass.expiresAt || !isFor(pass, situation)) throw new SharingError('not_found')
  // The link comes first: that it was revoked is no news for somebody who has to sign in.
  const allowed = judge(kernel, situation, { actor, purpose: 'resume' }, now)
  if (pass.userId !== null && pass.userId !== actor?.userId) {
    throw new SharingError(actor === null ? 'authentication_required' : 'forbidden')
  }
  const { link } = allowed.situation
  if (link.mode === 'live') return { allowed: { ...allowed, shown: null }, pass }
  const shown = pass.snapshot === null ? null : await look(link, pass.snapshot)
  if (shown === null) throw new SharingError('not_found')
  return { allowed: { ...allowed, shown }, pass }
}

/** Looks at a link without spending or recording anything. */
export async function peek(kernel: Kernel, token: string, visitorInput: Visitor): Promise<LinkPreview> {
  const visitor = parse(visitorSchema, visitorInput, 'visitor')
  if (!isToken(kernel, token)) throw new SharingError('not_found')
  const turn = kernel.door.looking(visitor.ip)
  if (turn !== undefined) await turn
  const found = await kernel.store.findOpening(hashToken(token))
  const { situation, needsPassword } = judge(kernel, found, { actor: null, purpose: 'peek' }, kernel.clock())
  const { link, resource } = situation
  const needs: LinkPreview['needs'] = []
  if (needsSignIn(link)) needs.push('signin')
  if (needsPassword) needs.push('password')
  if (link.maxViews !== null) needs.push('confirmation')
  const { visibility } = link
  if (needs.length > 0) return { title: null, visibility, needs }
  if (link.mode === 'live') return { title: resource.title, visibility, needs }
  const shown = await kernel.store.findSnapshotOf(link.tenantId, link.id, { content: false })
  return { title: shown?.title ?? null, visibility, needs }
}

function isToken(kernel: Kernel, token: unknown): token is string {
  return typeof token === 'string' && kernel.tokens.isWellFormed(token)
}

interface Allowed {
  situation: LinkSituation
  actions: readonly string[]
  expiresAt: Date | null
  needsPassword: boolean
}

/** The same, with what is shown of the past; null in live mode. */
interface Shown extends Allowed {
  shown: ShownSnapshot | null
}

function decide(
  kernel: Kernel,
  situation: LinkSituation | null,
  request: OpeningRequest,
  now: Date,
): OpeningDecision {
  const type = situation === null ? undefined : kernel.types.get(situation.resource.type)
  return judgeOpening(type, situation, request, now)
}

function judge(kernel: Kernel, situation: LinkSituation | null, request: OpeningRequest, now: Date): Allowed {
  const decision = decide(kernel, situation, request, now)
  if (decision.outcome === 'refused') throw new SharingError(decision.code)
  return { ...decision, situation: situation! }
}

async function checkPassword(kernel: Kernel, link: LinkSituation['link'], visitor: Visitor): Promise<void> {
  if (visitor.password === undefined || visitor.password === '') throw new SharingError('password_required')
  await kernel.door.password(link.id, visitor.ip)
  const right = await kernel.passwords.verify(visitor.password, link.passwordHash!)
  if (!right) throw new SharingError('password_incorrect')
  await kernel.door.passwordWasRight(link.id, visitor.ip)
}

function viewOf(kernel: Kernel, { link }: LinkSituation, visitor: Visitor, now: Date): LinkViewFacts {
  const recorded = kernel.visitors(visitor, now)
  return {
    id: kernel.newId(),
    tenantId: link.tenantId,
    resourceUid: link.resourceUid,
    linkId: link.id,
    ...recorded,
    // A user agent is no way around a limit.
    counted: !recorded.bot || link.maxViews !== null,
    viewedAt: now,
  }
}

function passOf(
  { situation: { link }, expiresAt, shown }: Shown,
  tokenHash: string,
  actor: Actor | null,
  viewId: string,
  now: Date,
): LinkPass {
  const until = now.getTime() + PASS_MS
  return {
    tenantId: link.tenantId,
    resource: link.resourceUid,
    linkId: link.id,
    tokenHash,
    passwordVersion: link.passwordVersion,
    mode: link.mode,
    snapshot: passedOf(shown),
    userId: actor?.userId ?? null,
    viewId,
    expiresAt: expiresAt === null ? until : Math.min(until, expiresAt.getTime()),
  }
}

/** Whether a pass still names what stands behind its token: a new password or another link ends it. */
function isFor(pass: LinkPass, situation: LinkSituation | null): boolean {
  if (situation === null) return false
  const { link } = situation
  return (
    link.id === pass.linkId &&
    link.tenantId === pass.tenantId &&
    link.resourceUid === pass.resource &&
    link.passwordVersion === pass.passwordVersion &&
    link.mode === pass.mode
  )
}

/** What a stranger may see, and no more. */
function opened(
  { situation, actions, expiresAt, shown }: Shown,
  viewId: string,
  pass: string,
  until: number,
): OpenedShare {
  const { link, resource } = situation
  return {
    resource: { type: resource.type, id: resource.id, title: shown === null ? resource.title : shown.title },
    // A copy: what is remembered of a link must not change with what the host does to an answer.
    link: {
      name: link.name,
      visibility: link.visibility,
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    },
    role: link.role,
    actions: [...actions],
    mode: link.mode,
    snapshot: snapshotOf(shown),
    viewId,
    pass,
    passExpiresAt: new Date(until),
  }
}

function tellListeners(kernel: Kernel, { resource }: LinkSituation, view: LinkViewFacts): void {
  if (!kernel.events.hasListeners()) return
  kernel.events.opened({
    id: view.id,
    at: view.viewedAt,
    action: 'link.opened',
    actorId: view.viewerId,
    tenantId: hostTenant(view.tenantId),
    resource: { type: resource.type, id: resource.id },
    target: { kind: 'link', id: view.linkId },
    before: null,
    after: { viewId: view.id, bot: view.bot },
  })
}
