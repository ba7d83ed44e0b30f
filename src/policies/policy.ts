import { SharingError } from '../errors.ts'
import { auditEvent, change, difference, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema, tenantOf } from '../model/actor.ts'
import { parse } from '../model/input.ts'
import { type PolicyInput, policySchema, type TenantPolicy } from '../model/tenant-policy.ts'
import { administers } from '../policy/standing.ts'
import type { Outcome } from '../store/index.ts'

/** Anybody of the tenant may know what it allows: a dialog has to say so. */
export async function getPolicy(kernel: Kernel, actorInput: Actor): Promise<TenantPolicy> {
  return kernel.store.findPolicy(tenantOf(parse(actorSchema, actorInput, 'actor')))
}

/** Sets what is given. The whole tenant is locked, so that nothing is made under the old policy meanwhile. */
export async function setPolicy(
  kernel: Kernel,
  actorInput: Actor,
  input: PolicyInput,
): Promise<TenantPolicy> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const given = parse(policySchema, input, 'policy')
  const tenantId = tenantOf(actor)
  if (!administers(actor, tenantId)) throw new SharingError('forbidden')
  return change(kernel, { at: 'tenant', tenantId }, {}, ({ policy }): Outcome<TenantPolicy> => {
    const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const after: TenantPolicy = { ...policy, ...set }
    const changed = difference(policy, after, Object.keys(after) as Array<keyof TenantPolicy>)
    if (changed === null) return { changes: [], audit: [], result: policy }
    const now = kernel.clock()
    return {
      changes: [{ kind: 'policy.set', policy: after, at: now }],
      audit: [
        auditEvent(
          kernel,
          { tenantId },
          { action: 'policy.changed', at: now, actorId: actor.userId, ...changed },
        ),
      ],
      result: after,
    }
  })
}
