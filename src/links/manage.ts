import { DAY_MS } from '../clock.ts'
import { SharingError } from '../errors.ts'
import { auditEvent, change, type EventInput, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema, tenantOf } from '../model/actor.ts'
import { parse } from '../model/input.ts'
import { type ListLinksInput, linkId, listLinksSchema, type ShareLink } from '../model/link.ts'
import { keysetOf, type Page, pageOf } from '../model/page.ts'
import { subjectsOf } from '../model/subject.ts'
import { typeOf } from '../policy/compile.ts'
import { administers, refuseLink, scopeOf, standingTo } from '../policy/standing.ts'
import type { Ask, Change, Facts, LinkFacts, ManagedLink, Outcome } from '../store/index.ts'
import { unseal } from '../tokens/seal.ts'
import { shareLink } from './project.ts'
import { auditedWhole } from './terms.ts'
import { sealPlace } from './token.ts'

/** What an operation on a link needs: to see and revoke it, or to change it. */
export type Need = 'oversees' | 'manages' | 'disposes' | 'watches'

/** A link for whoever may do this to it, or what they get instead. */
export function demandLink(
  kernel: Kernel,
  actor: Actor,
  situation: Pick<Facts, 'link' | 'resource' | 'policy' | 'grants'> | null,
  need: Need,
): ManagedLink {
  if (situation === null || situation.link === null || situation.resource === null)
    throw new SharingError('not_found')
  const found = situation as ManagedLink
  const now = kernel.clock()
  if (!standingTo(kernel.types, actor, found, now)[need]) throw refuseLink(kernel.types, actor, found, now)
  return found
}

export async function findLink(
  kernel: Kernel,
  actorInput: Actor,
  idInput: string,
  need: Need,
): Promise<ManagedLink> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(linkId, idInput, 'id')
  return demandLink(kernel, actor, await kernel.store.findLink(scopeOf(actor), id, subjectsOf(actor)), need)
}

export async function getLink(kernel: Kernel, actor: Actor, id: string): Promise<ShareLink> {
  const { link, resource, policy } = await findLink(kernel, actor, id, 'oversees')
  return shareLink(link, resource, policy, kernel.clock())
}

/** The token again. Nothing is recorded: whoever may see it could also make another link. */
export async function revealLink(kernel: Kernel, actor: Actor, id: string): Promise<string> {
  const { link } = await findLink(kernel, actor, id, 'manages')
  if (link.endedAt !== null) throw revoked()
  const token = link.sealedToken === null ? null : unseal(kernel.keys.seal, link.sealedToken, sealPlace(link))
  if (token !== null) return token
  throw new SharingError('conflict', { message: 'This link’s token cannot be shown again: rotate the link.' })
}

export const revoked = (): SharingError =>
  new SharingError('conflict', { message: 'This link was revoked: make another.' })

/** What a change of one link comes to. */
export interface Changed<R> {
  changes: Change[]
  events: Array<Omit<EventInput, 'at' | 'actorId' | 'target'>>
  result: R
}

/** One link changed in one step, with what the audit says of it. */
export function changeLink<R>(
  kernel: Kernel,
  actor: Actor,
  id: string,
  need: Need,
  decide: (found: ManagedLink, now: Date, facts: Facts) => Changed<R>,
  ask: Ask = {},
): Promise<R> {
  const anchor = { at: 'link', id, tenantId: scopeOf(actor) } as const
  return change(kernel, anchor, { ...ask, actor: subjectsOf(actor) }, (facts): Outcome<R> => {
    const found = demandLink(kernel, actor, facts, need)
    const now = kernel.clock()
    const { changes, events, result } = decide(found, now, facts)
    const about = { at: now, actorId: actor.userId, target: { kind: 'link', id } as const }
    return {
      changes,
      audit: events.map((event) => auditEvent(kernel, found.resource, { ...event, ...about })),
      result,
    }
  })
}

export async function revokeLink(kernel: Kernel, actorInput: Actor, idInput: string): Promise<ShareLink> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(linkId, idInput, 'id')
  return changeLink(kernel, actor, id, 'oversees', ({ link, resource, policy }, now) => {
    if (link.endedAt !== null) {
      return { changes: [], events: [], result: shareLink(link, resource, policy, now) }
    }
    const ended: LinkFacts = { ...link, endedAt: now, updatedAt: now, endReason: 'revoked' }
    return {
      changes: [{ kind: 'links.ended', ids: [id], reason: 'revoked', at: now }],
      events: [{ action: 'link.revoked', after: { reason: 'revoked' } }],
      result: shareLink(ended, resource, policy, now),
    }
  })
}

export async function removeLink(kernel: Kernel, actorInput: Actor, idInput: string): Promise<void> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(linkId, idInput, 'id')
  await changeLink(kernel, actor, id, 'disposes', ({ link }, now) => ({
    changes: [{ kind: 'link.removed', id, at: now }],
    events: [{ action: 'link.removed', before: auditedWhole(link) }],
    result: undefined,
  }))
}

export async function listLinks(
  kernel: Kernel,
  actorInput: Actor,
  input: ListLinksInput = {},
): Promise<Page<ShareLink>> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const options = parse(listLinksSchema, input, 'options')
  const keyset = keysetOf(options)
  const now = kernel.clock()
  const about = await subjectOf(kernel, actor, options)
  const { maxLinkDays } = about.policy
  const rows = await kernel.store.listLinks({
    tenantId: about.tenantId,
    resourceUid: about.resourceUid,
    createdBy: about.createdBy,
    activeAt: options.includeInactive ? null : now,
    createdAfter:
      options.includeInactive || maxLinkDays === null ? null : new Date(now.getTime() - maxLinkDays * DAY_MS),
    ...keyset,
  })
  return pageOf(
    rows,
    keyset.limit,
    ({ link, resource }) => shareLink(link, resource, about.policy, now),
    ({ link }) => ({ at: link.createdAt, id: link.id }),
  )
}

interface Subject {
  tenantId: string
  resourceUid: string | null
  createdBy: string | null
  policy: Facts['policy']
}

/** Whose links an actor is asking for: a resource's, the tenant's, or their own. */
async function subjectOf(kernel: Kernel, actor: Actor, options: ListLinksInput): Promise<Subject> {
  if (options.resource === undefined) {
    const tenantId = tenantOf(actor)
    const everybodys = administers(actor, tenantId) && !options.mine
    const policy = await kernel.store.findPolicy(tenantId)
    return { tenantId, resourceUid: null, createdBy: everybodys ? null : actor.userId, policy }
  }
  typeOf(kernel.types, options.resource.type, 'options.resource.type')
  const situation = await kernel.store.findResource(options.resource, subjectsOf(actor))
  if (situation === null) throw new SharingError('not_found')
  const { resource, policy } = situation
  // Whoever made a link there sees it in their own list: here it takes the right to manage them all.
  const now = kernel.clock()
  const link = { createdBy: '', authorityId: '', tenantId: resource.tenantId }
  const standing = standingTo(kernel.types, actor, { ...situation, link }, now)
  if (!standing.oversees) throw refuseLink(kernel.types, actor, situation, now)
  return {
    tenantId: resource.tenantId,
    resourceUid: resource.uid,
    createdBy: null,
    policy,
  }
}
