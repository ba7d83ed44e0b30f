import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { type Access, accessSchema } from '../model/access.ts'
import { type Actor, tenantOf, type Visitor } from '../model/actor.ts'
import { parse } from '../model/input.ts'
import type { Mode } from '../model/link.ts'
import type { ResourceRef } from '../model/resource.ts'
import { isOutside, subjectsOf } from '../model/subject.ts'
import { decideAccess } from '../policy/access.ts'
import { type CompiledType, typeOf } from '../policy/compile.ts'
import { judgeOpening } from '../policy/opening.ts'
import type { ResourceFacts, ResourceSituation } from '../store/facts.ts'
import { type DataRef, holderOf } from '../tokens/data-ref.ts'

/** How a reader stands to a resource, as one look at the store found it. */
export interface Reading {
  resource: ResourceFacts
  type: CompiledType
  mode: Mode
  revision: string | null
  /** Whoever asks; null for nobody. */
  actor: Actor | null
  grantId: string | null
  link: DataRef['link']
  /** When what lets them read ends, as far as that is known; the pass that they brought, too. */
  endsAt: number | null
}

/** Finds out what a reader has in hand, and refuses what is good for nothing any more. */
export async function readingOf(kernel: Kernel, accessInput: Access): Promise<Reading> {
  const access = parse(accessSchema, accessInput, 'access')
  if ('actor' in access) return readingOfPerson(kernel, access.actor, access.resource)
  const { pass: text, visitor = {} } = access
  const now = kernel.clock().getTime()
  const attached = kernel.attachPasses.read(text, now)
  if (attached === null) return readingOfLink(kernel, text, visitor)
  const actor = visitor.actor ?? null
  const ref = { type: attached.type, id: attached.id }
  const mine = actor?.userId === attached.userId
  const situation = await kernel.store.findResource(ref, mine ? subjectsOf(actor) : null)
  const { uid, tenantId } = situation?.resource ?? {}
  if (uid !== attached.resourceUid || tenantId !== attached.tenantId) throw new SharingError('not_found')
  if (actor === null) throw new SharingError('authentication_required')
  if (!mine) throw new SharingError('forbidden')
  return judged(kernel, actor, situation, attached.expiresAt)
}

async function readingOfPerson(kernel: Kernel, actor: Actor, ref: ResourceRef): Promise<Reading> {
  typeOf(kernel.types, ref.type)
  return judged(kernel, actor, await kernel.store.findResource(ref, subjectsOf(actor)), null)
}

/** What a person may do by a right of their own. */
function judged(
  kernel: Kernel,
  actor: Actor,
  situation: ResourceSituation | null,
  passEndsAt: number | null,
): Reading {
  const type = situation === null ? undefined : kernel.types.get(situation.resource.type)
  const now = kernel.clock()
  if (situation === null || type === undefined) throw new SharingError('not_found')
  if (passEndsAt !== null && now.getTime() >= passEndsAt) throw new SharingError('not_found')
  const decision = decideAccess(type, 'view', actor, situation, now)
  if (!decision.allowed) throw new SharingError('not_found', { details: decision })
  const { resource, grants } = situation
  const grantId = decision.via?.kind === 'grant' ? decision.via.grantId : null
  const grant = grants.find(({ id }) => id === grantId)
  const endsAt = earliest([grant?.expiresAt, grant?.claimableUntil], passEndsAt)
  return { resource, type, mode: 'live', revision: null, actor, grantId, link: null, endsAt }
}

async function readingOfLink(kernel: Kernel, text: string, visitor: Visitor): Promise<Reading> {
  const pass = kernel.passes.read(text, kernel.clock().getTime())
  if (pass === null) throw new SharingError('not_found')
  const actor = visitor.actor ?? null
  const situation = await kernel.store.findOpening(pass.tokenHash)
  const now = kernel.clock()
  if (situation === null || now.getTime() >= pass.expiresAt) throw new SharingError('not_found')
  const { link, resource: opened } = situation
  const same =
    link.id === pass.linkId &&
    link.tenantId === pass.tenantId &&
    link.resourceUid === pass.resource &&
    link.passwordVersion === pass.passwordVersion &&
    link.mode === pass.mode
  if (!same) throw new SharingError('not_found')
  const type = kernel.types.get(opened.type)
  const decision = judgeOpening(type, situation, { actor, purpose: 'resume' }, now)
  if (decision.outcome === 'refused') throw new SharingError(decision.code)
  if (pass.userId !== null && pass.userId !== actor?.userId) {
    throw new SharingError(actor === null ? 'authentication_required' : 'forbidden')
  }
  // What the host is told of the resource is more than an opening reads.
  const found = await kernel.store.findResource({ type: opened.type, id: opened.id }, null)
  if (found?.resource.uid !== link.resourceUid) throw new SharingError('not_found')
  return {
    resource: found.resource,
    type: type!,
    mode: link.mode,
    revision: null,
    actor,
    grantId: link.id,
    link: { tokenHash: pass.tokenHash, passwordVersion: pass.passwordVersion },
    endsAt: earliest([decision.expiresAt], pass.expiresAt),
  }
}

function earliest(ends: ReadonlyArray<Date | null | undefined>, passEndsAt: number | null): number | null {
  const all = [...ends.map((end) => end?.getTime()), passEndsAt].filter((end) => typeof end === 'number')
  return all.length === 0 ? null : Math.min(...all)
}

/** Under whose rights the host looks for data: the reader's own inside the resource's tenant, nobody's outside of it. */
export function identityOf({ actor, resource }: Pick<Reading, 'actor' | 'resource'>): Actor | null {
  if (actor === null || isOutside(actor, resource.tenantId)) return null
  return { ...actor, ...(actor.groups && { groups: [...actor.groups] }) }
}

export function holderIn({ actor, resource }: Pick<Reading, 'actor' | 'resource'>): string {
  return holderOf(resource, actor === null ? null : { tenantId: tenantOf(actor), userId: actor.userId })
}
