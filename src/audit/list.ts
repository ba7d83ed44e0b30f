import { SharingError } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { type Actor, actorSchema, hostTenant, tenantOf } from '../model/actor.ts'
import { type AuditEvent, type ListAuditInput, listAuditSchema } from '../model/audit.ts'
import { parse } from '../model/input.ts'
import { keysetOf, type Page, pageOf } from '../model/page.ts'
import type { ResourceRef } from '../model/resource.ts'
import { subjectsOf } from '../model/subject.ts'
import { mayAct } from '../policy/access.ts'
import { typeOf } from '../policy/compile.ts'
import { administers, refuseLink } from '../policy/standing.ts'
import type { ResourceSituation } from '../store/index.ts'

export async function listAudit(
  kernel: Kernel,
  actorInput: Actor,
  input: ListAuditInput = {},
): Promise<Page<AuditEvent>> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const options = parse(listAuditSchema, input, 'options')
  const keyset = keysetOf(options)
  const { tenantId, resourceUid } = await subjectOf(kernel, actor, options)
  const rows = await kernel.store.listAudit({ tenantId, resourceUid, ...keyset })
  return pageOf(
    rows,
    keyset.limit,
    ({ position: _, tenantId: owner, ...event }): AuditEvent => ({ ...event, tenantId: hostTenant(owner) }),
    ({ at, position }) => ({ at, id: position }),
  )
}

async function subjectOf(
  kernel: Kernel,
  actor: Actor,
  options: ListAuditInput,
): Promise<{ tenantId: string; resourceUid: string | null }> {
  if (options.resource !== undefined) return auditSubject(kernel, actor, options.resource)
  const tenantId = tenantOf(actor)
  if (!administers(actor, tenantId)) throw new SharingError('forbidden')
  return { tenantId, resourceUid: null }
}

/** A resource whose audit an actor may read: with the action `history`, or as an admin of its tenant. */
export async function auditSubject(
  kernel: Kernel,
  actor: Actor,
  ref: ResourceRef,
): Promise<{ tenantId: string; resourceUid: string; situation: ResourceSituation }> {
  const type = typeOf(kernel.types, ref.type)
  const situation = await kernel.store.findResource(ref, subjectsOf(actor))
  if (situation === null) throw new SharingError('not_found')
  const { tenantId, uid } = situation.resource
  const now = kernel.clock()
  if (!mayAct(type, 'history', actor, situation, now) && !administers(actor, tenantId)) {
    throw refuseLink(kernel.types, actor, situation, now)
  }
  return { tenantId, resourceUid: uid, situation }
}
