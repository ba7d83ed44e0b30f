import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { findLink } from '../links/manage.ts'
import type { Actor } from '../model/actor.ts'
import type { ResourceRef } from '../model/resource.ts'
import { subjectsOf } from '../model/subject.ts'
import { typeOf } from '../policy/compile.ts'
import { refuseLink, standingTo } from '../policy/standing.ts'
import type { AccessSituation, ViewedSituation, ViewsRequest } from '../store/index.ts'

/** Whose views are asked for: exactly one of the two. */
export interface TargetInput {
  link?: string | undefined
  resource?: ResourceRef | undefined
}

/** What is asked about, for whoever oversees it. */
export async function targetOf(kernel: Kernel, actor: Actor, input: TargetInput): Promise<ViewsRequest> {
  if (input.link !== undefined) {
    const { link } = await findLink(kernel, actor, input.link, 'watches')
    return { tenantId: link.tenantId, resourceUid: link.resourceUid, linkId: link.id }
  }
  const ref = input.resource!
  typeOf(kernel.types, ref.type, 'options.resource.type')
  const situation = await kernel.store.findResource(ref, subjectsOf(actor))
  if (situation === null) throw new SharingError('not_found')
  const { resource } = situation
  if (!mayWatch(kernel, actor, { ...situation, link: null })) {
    throw refuseLink(kernel.types, actor, situation, kernel.clock())
  }
  return { tenantId: resource.tenantId, resourceUid: resource.uid, linkId: null }
}

/** Whether somebody may see the views of a link, or of all that opened a resource. */
export function mayWatch(
  { types, clock }: Pick<Kernel, 'types' | 'clock'>,
  actor: Actor,
  { resource, policy, link, grants }: ViewedSituation & Pick<AccessSituation, 'grants'>,
): boolean {
  const { tenantId } = resource
  const about = { tenantId, ...(link ?? { createdBy: '', authorityId: '' }) }
  const standing = standingTo(types, actor, { resource, policy, grants, link: about }, clock())
  return link === null ? standing.oversees : standing.watches
}
