import type { Clock } from './clock.ts'
import { isSharingError, SharingError } from './errors.ts'
import type { EventHub } from './events/hub.ts'
import type { Door } from './limits/door.ts'
import type { Actor } from './model/actor.ts'
import type { AuditAction, AuditEvent } from './model/audit.ts'
import type { Directory } from './model/directory.ts'
import type { Notify } from './model/notification.ts'
import type { ResourceRef } from './model/resource.ts'
import { subjectsOf } from './model/subject.ts'
import type { KnownLinks, LookedUp } from './opening/known.ts'
import { mayAct } from './policy/access.ts'
import type { CompiledTypes } from './policy/compile.ts'
import { scopeOf } from './policy/standing.ts'
import type { Anchor, Ask, Facts, NewAuditEvent, Outcome, ResourceFacts, Store } from './store/index.ts'
import type { AttachPasses } from './tokens/attach-pass.ts'
import type { DataRefs } from './tokens/data-ref.ts'
import type { InvitationTokens } from './tokens/invitation.ts'
import type { KeyRing } from './tokens/keys.ts'
import type { LinkTokens } from './tokens/link-token.ts'
import type { OurTokens } from './tokens/ours.ts'
import type { Passes } from './tokens/pass.ts'
import type { Passwords } from './tokens/password.ts'
import type { Counted } from './views/count.ts'
import type { VisitorRecorder } from './views/visitor.ts'

/** What stands on the library beside its own capabilities. */
export interface Module {
  migrate(): Promise<void>
  /** Takes away what has run out in a tenant. */
  sweep(tenantId: string, now: Date): Promise<{ editsEnded: number; checkpointsSwept: number }>
}

/** What every capability is given: the store, the rules, the keys, the clock. */
export interface Kernel {
  store: Store
  types: CompiledTypes
  clock: Clock
  keys: KeyRing
  tokens: LinkTokens
  passes: Passes
  attachPasses: AttachPasses
  invitations: InvitationTokens
  dataRefs: DataRefs
  ours: OurTokens
  /** How many of the host's resolvers one call asks at once, and how long it waits for each. */
  resolving: { atOnce: number; timeoutMs: number }
  passwords: Passwords
  /** How large the JSON of a snapshot's content may be. */
  snapshotBytes: number | false
  door: Door
  events: EventHub
  visitors: VisitorRecorder
  /** Whether a copy of each token is kept, sealed, so that it can be shown again. */
  sealTokens: boolean
  /** How long an invitation can be claimed. */
  invitationMs: number
  limits: Record<
    'collaboratorsPerResource' | 'invitationsPerHour' | 'emailsPerHour' | 'requestsPerHour',
    number | false
  >
  /** The host's mail or push; null where there is none, and then nothing is put in the outbox. */
  notify: Notify | null
  directory: Directory | null
  /** Tells the host of what its own code threw. */
  reportError(error: unknown): void
  retainDays: number | null
  newId(): string
  known: KnownLinks
  counted: Counted
  /** Who opened a link and was looked up for an invitation on its resource. */
  lookedUp: LookedUp
  /** Openings, and calls that ask the host's code, which are under way: `close` waits for them. */
  serving: { underWay: number; closing: boolean }
  /** By name: each stands on it once. */
  modules: Map<string, Module>
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

/**
 * Runs a change of a resource by an actor. What is another tenant's is not there for a change, but whoever may
 * view it, since it is public, is told `forbidden` as everywhere.
 */
export async function changeResource<R>(
  kernel: Kernel,
  actor: Actor,
  ref: ResourceRef,
  decide: (facts: Facts) => Outcome<R>,
  ask: Ask = {},
): Promise<R> {
  const subjects = subjectsOf(actor)
  const anchor: Anchor = { at: 'resource', ref, tenantId: scopeOf(actor) }
  try {
    return await change(kernel, anchor, { ...ask, actor: subjects }, decide)
  } catch (error) {
    if (!isSharingError(error) || error.code !== 'not_found') throw error
    const type = kernel.types.get(ref.type)
    const situation = await kernel.store.findAccess(ref, subjects)
    if (situation !== null && type !== undefined && mayAct(type, 'view', actor, situation, kernel.clock())) {
      throw new SharingError('forbidden')
    }
    throw error
  }
}

/** The same in every tenant that the ask finds something in. */
export async function changeEverywhere<R>(
  kernel: Kernel,
  ask: Ask,
  decide: (facts: Facts) => Outcome<R>,
): Promise<R[]> {
  const committed = await kernel.store.changeEverywhere(ask, (facts) => {
    const { result, ...outcome } = decide(facts)
    return { ...outcome, result: { result, audit: outcome.audit } }
  })
  kernel.events.publish(committed.flatMap(({ audit }) => audit))
  return committed.map(({ result }) => result)
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
