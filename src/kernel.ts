import type { Clock } from './clock.ts'
import type { EventHub } from './events/hub.ts'
import type { Door } from './limits/door.ts'
import type { AuditAction, AuditEvent } from './model/audit.ts'
import type { CompiledTypes } from './policy/compile.ts'
import type { Anchor, Ask, Facts, NewAuditEvent, Outcome, ResourceFacts, Store } from './store/index.ts'
import type { KeyRing } from './tokens/keys.ts'
import type { LinkTokens } from './tokens/link-token.ts'
import type { Passes } from './tokens/pass.ts'
import type { Passwords } from './tokens/password.ts'
import type { VisitorRecorder } from './views/visitor.ts'

/** What every capability is given: the store, the rules, the keys, the clock. */
export interface Kernel {
  store: Store
  types: CompiledTypes
  clock: Clock
  keys: KeyRing
  tokens: LinkTokens
  passes: Passes
  passwords: Passwords
  door: Door
  events: EventHub
  visitors: VisitorRecorder
  /** Whether a copy of each token is kept, sealed, so that it can be shown again. */
  sealTokens: boolean
  retainDays: number | null
  newId(): string
}

/** Runs a change and tells the listeners of it after its commit. */
export async function change<R>(
  kernel: Kernel,
  anchor: Anchor,
  ask: Ask,
  decide: (facts: Facts) => Outcome<R>,
): Promise<R> {
  let committed: NewAuditEvent[] = []
  const result = await kernel.store.change(anchor, ask, (facts) => {
    const outcome = decide(facts)
    committed = outcome.audit
    return outcome
  })
  kernel.events.publish(committed)
  return result
}

/** The same in every tenant that the ask finds something in. */
export async function changeEverywhere<R>(
  kernel: Kernel,
  ask: Ask,
  decide: (facts: Facts) => Outcome<R>,
): Promise<R[]> {
  const committed = new Map<string, NewAuditEvent[]>()
  const results = await kernel.store.changeEverywhere(ask, (facts) => {
    const outcome = decide(facts)
    committed.set(facts.tenantId, outcome.audit)
    return outcome
  })
  kernel.events.publish([...committed.values()].flat())
  return results
}

export interface EventInput {
  action: AuditAction
  at: Date
  actorId: string | null
  target?: AuditEvent['target']
  before?: Record<string, unknown> | null
  after?: Record<string, unknown> | null
}

/** An event about a resource, or about the tenant where there is none. */
export function auditEvent(
  kernel: Pick<Kernel, 'newId'>,
  about: Pick<ResourceFacts, 'tenantId' | 'uid' | 'type' | 'id'> | { tenantId: string },
  input: EventInput,
): NewAuditEvent {
  const resource = 'uid' in about ? about : null
  return {
    id: kernel.newId(),
    at: input.at,
    action: input.action,
    actorId: input.actorId,
    tenantId: about.tenantId,
    resourceUid: resource?.uid ?? null,
    resource: resource && { type: resource.type, id: resource.id },
    target: input.target ?? null,
    before: input.before ?? null,
    after: input.after ?? null,
  }
}

/** The fields of two states that differ, as the audit records them. */
export function difference<T extends object>(
  before: T,
  after: T,
  fields: ReadonlyArray<keyof T & string>,
): { before: Record<string, unknown>; after: Record<string, unknown> } | null {
  const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  if (changed.length === 0) return null
  const pick = (state: T): Record<string, unknown> =>
    Object.fromEntries(changed.map((field) => [field, state[field] ?? null]))
  return { before: pick(before), after: pick(after) }
}
