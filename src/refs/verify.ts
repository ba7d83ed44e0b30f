import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { type Actor, actorSchema, tenantOf } from '../model/actor.ts'
import type { VerifiedRef } from '../model/data-ref.ts'
import { parse } from '../model/input.ts'
import type { Mode } from '../model/link.ts'
import { subjectsOf } from '../model/subject.ts'
import { decideAccess } from '../policy/access.ts'
import { judgeOpening } from '../policy/opening.ts'
import { snapshotRight } from '../policy/snapshot.ts'
import { type DataRef, holderOf } from '../tokens/data-ref.ts'

/** What a data ref is for, if it is good for whoever brings it, and what it was minted under still stands. */
export async function verifyRef(
  kernel: Kernel,
  token: string,
  actorInput: Actor | null,
): Promise<VerifiedRef> {
  const actor = parse(actorSchema.nullable(), actorInput, 'actor')
  const found = typeof token === 'string' ? kernel.dataRefs.read(token, kernel.clock().getTime()) : null
  if (found === null) throw new SharingError('not_found')
  await (found.link === null
    ? checkPerson(kernel, found, actor)
    : checkLink(kernel, found, found.link, actor))
  // The store took its time.
  if (kernel.clock().getTime() >= found.expiresAt) throw new SharingError('not_found')
  const { type, id, ref, mode, revision, grantId } = found
  return { resource: { type, id }, ref, mode: mode as Mode, revision, grantId }
}

/** One that was minted for whoever came by a link. */
async function checkLink(
  kernel: Kernel,
  found: DataRef,
  { tokenHash, passwordVersion }: NonNullable<DataRef['link']>,
  actor: Actor | null,
): Promise<void> {
  const situation = await kernel.store.findOpening(tokenHash)
  const link = situation?.link
  const stands =
    link?.id === found.grantId &&
    link?.resourceUid === found.resourceUid &&
    link?.passwordVersion === passwordVersion &&
    link?.role === found.role &&
    link?.mode === found.mode
  if (situation === null || !stands) throw new SharingError('not_found')
  const type = kernel.types.get(situation.resource.type)
  const decision = judgeOpening(type, situation, { actor, purpose: 'resume' }, kernel.clock())
  // The link comes first: that it was revoked is no news for somebody who has to sign in.
  if (decision.outcome === 'refused') throw new SharingError(decision.code)
  checkHolder(found, { tenantId: situation.link.tenantId, uid: found.resourceUid }, actor)
}

/** One that was minted for somebody with a right of their own. */
async function checkPerson(kernel: Kernel, found: DataRef, actor: Actor | null): Promise<void> {
  const ref = { type: found.type, id: found.id }
  const situation = await kernel.store.findResource(ref, actor === null ? null : subjectsOf(actor))
  const type = kernel.types.get(ref.type)
  if (situation?.resource.uid !== found.resourceUid || type === undefined) throw new SharingError('not_found')
  checkHolder(found, situation.resource, actor)
  if (found.mode === 'snapshot') {
    const right = actor && snapshotRight(type, actor, situation, kernel.clock(), found.grantId)
    if (right?.role !== found.role) throw new SharingError('not_found')
    return
  }
  const { considered } = decideAccess(type, 'view', actor, situation, kernel.clock())
  // Another right of theirs is no reason to go on by this one: they get a new one by asking.
  const stands = considered.some(
    ({ source, role, outcome }) =>
      outcome === 'allowed' &&
      source.kind === found.source &&
      role === found.role &&
      (source.kind === 'grant' ? source.grantId : null) === found.grantId,
  )
  if (!stands) throw new SharingError('not_found')
}

function checkHolder(
  { holder }: DataRef,
  resource: { tenantId: string; uid: string },
  actor: Actor | null,
): void {
  if (holder === holderOf(resource, null)) return
  if (actor === null) throw new SharingError('authentication_required')
  const theirs = holder === holderOf(resource, { tenantId: tenantOf(actor), userId: actor.userId })
  if (!theirs) throw new SharingError('forbidden')
}
