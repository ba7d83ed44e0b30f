import { type Actor, tenantOf } from '../model/actor.ts'
import { compareSubjects } from '../model/subject.ts'
import type { AccessSituation, HeldGrant } from '../store/facts.ts'
import { whyNotHere, whyOver } from './access.ts'
import { type CompiledRole, type CompiledType, roleNamed } from './compile.ts'

/** What somebody may see of a resource as it was. */
export interface SnapshotRight {
  grant: HeldGrant
  role: string
  /** Nobody manages a resource by what it was. */
  actions: readonly string[]
}

/**
 * By which of an actor's grants in snapshot mode they see what they were given: the one with the strongest role, or the
 * one that is asked for. What was given above a resource is of that one, and gives nothing here.
 */
export function snapshotRight(
  type: CompiledType,
  actor: Actor,
  { resource, policy, grants }: AccessSituation,
  now: Date,
  grantId: string | null = null,
): SnapshotRight | null {
  const sameTenant = tenantOf(actor) === resource.tenantId
  const ranked = grants
    .filter((grant) => grant.mode === 'snapshot' && grant.above === null)
    .filter(({ id }) => grantId === null || id === grantId)
    .filter((grant) => (whyNotHere(grant, sameTenant, policy) ?? whyOver(grant, now)) === null)
    .flatMap((grant) => {
      const role = roleNamed(type, grant.role)
      return role === null ? [] : [{ grant, role }]
    })
    .sort((a, b) => b.role.rank - a.role.rank || compareSubjects(a.grant.subject, b.grant.subject))
  for (const { grant, role } of ranked) {
    const actions = snapshotActions(type, role, resource.traits)
    if (actions.includes('view')) return { grant, role: role.name, actions }
  }
  return null
}

/** What a role allows with what a resource was. */
export const snapshotActions = (
  type: CompiledType,
  role: CompiledRole,
  traits: readonly string[],
): readonly string[] => type.left({ guest: role }, traits)
