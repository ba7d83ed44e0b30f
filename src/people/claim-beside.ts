import type { Kernel } from '../kernel.ts'
import type { Actor } from '../model/actor.ts'
import type { ResourceRef } from '../model/resource.ts'
import { subjectsOf } from '../model/subject.ts'
import { hasInvitation } from './claim.ts'
import { claimOn } from './invitations.ts'

/** Claims an invitation of whoever has just opened a link to its resource. What fails here fails no opening. */
export async function claimBeside(kernel: Kernel, actor: Actor | null, ref: ResourceRef): Promise<void> {
  const subjects = actor === null ? null : subjectsOf(actor)
  if (actor === null || subjects === null || subjects.email === null) return
  const key = JSON.stringify([actor.userId, subjects.email, actor.tenantId, ref.type, ref.id])
  const now = kernel.clock()
  if (kernel.lookedUp.has(key, now)) return
  try {
    const situation = await kernel.store.findAccess(ref, { ...subjects, groups: [] })
    kernel.lookedUp.keep(key, now)
    if (situation !== null && hasInvitation(actor, situation, now)) await claimOn(kernel, actor, ref)
  } catch (error) {
    kernel.events.report(error)
  }
}
