import { hash } from 'node:crypto'
import { z } from 'zod'
import { isSharingError, SharingError } from '../errors.ts'
import { auditEvent, change, difference, type Kernel } from '../kernel.ts'
import type { Access } from '../model/access.ts'
import { type Actor, tenantOf } from '../model/actor.ts'
import type { Forked, ForkHook } from '../model/hooks.ts'
import { hostId, invalidInput, parse, plainText } from '../model/input.ts'
import { normalTraits, type Resource, title, traits } from '../model/resource.ts'
import { isOutside } from '../model/subject.ts'
import { identityOf, type Reading, readAgain, readingOf, toldOf } from '../refs/reading.ts'
import { audited, resourceOf } from '../resources/register.ts'
import { begins, begunBy, demandBegun, ends } from '../snapshots/begun.ts'
import { askHook } from '../snapshots/take.ts'
import type { Begun, Facts, NewAuditEvent, Outcome, ResourceFacts } from '../store/index.ts'
import { beginFork, giveUpFork } from './once.ts'

/** How a fork is asked for. */
export interface ForkInput {
  /** Of 1 to 255 characters: asked for again by the same person with the same key, it is the same fork. */
  idempotencyKey?: string | undefined
}

const inputSchema: z.ZodType<ForkInput> = z.strictObject({
  idempotencyKey: plainText(255).min(1).optional(),
})

const forkedSchema: z.ZodType<Forked, unknown> = z.object({
  id: hostId,
  title,
  traits,
})

/** Makes a copy of what somebody may see, which is theirs alone: the host makes it, and it is registered here. */
export async function fork(kernel: Kernel, access: Access, input: ForkInput = {}): Promise<Resource> {
  const { idempotencyKey } = parse(inputSchema, input, 'options')
  const reading = await readingOf(kernel, access, { content: true })
  const { hook, actor } = demandFork(reading)
  if (idempotencyKey === undefined) return make(kernel, access, reading, hook, actor, null)
  const key = keyOf(reading, actor, idempotencyKey)
  const begun = await beginFork(kernel, tenantOf(actor), key)
  if ('made' in begun) return resourceOf(theirs(begun.made, actor))
  try {
    return await make(kernel, access, reading, hook, actor, key)
  } catch (error) {
    await giveUpFork(kernel, tenantOf(actor), key, begun.until)
    throw error
  }
}

function demandFork(reading: Reading): { hook: ForkHook; actor: Actor } {
  const { type, actions, actor, policy, resource, shown } = reading
  if (type.hooks.fork === undefined) {
    const message = `a ${type.name} cannot be copied: its type has no \`fork\` hook`
    throw invalidInput([{ path: 'resource.type', message }])
  }
  if (!actions.includes('fork')) throw new SharingError('forbidden')
  if (actor === null) {
    throw new SharingError('authentication_required', { message: 'Sign in to make a copy of your own.' })
  }
  const leaves = isOutside(actor, resource.tenantId) && actor.admin !== 'system'
  if (leaves && !policy.allowGuests) throw new SharingError('forbidden')
  // Live, nobody in particular is who looks from outside: what a person may see inside stays there.
  if (shown === null && identityOf(reading) === null) throw new SharingError('forbidden')
  return { hook: type.hooks.fork, actor }
}

/** One person's key for one registration. */
function keyOf({ resource }: Reading, actor: Actor, idempotencyKey: string): string {
  const parts = [tenantOf(actor), actor.userId, resource.uid, idempotencyKey]
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'base64url')
}

function theirs(made: ResourceFacts, actor: Actor): ResourceFacts {
  if (made.ownerId === actor.userId) return made
  throw new SharingError('conflict', { message: 'This copy was made, and is somebody else’s by now.' })
}

async function make(
  kernel: Kernel,
  access: Access,
  reading: Reading,
  hook: ForkHook,
  actor: Actor,
  key: string | null,
): Promise<Resource> {
  const begun = begunBy(actor, kernel.newId())
  await change(kernel, { at: 'person', tenantId: tenantOf(actor) }, {}, () => ({
    changes: [begins(begun, kernel.clock())],
    audit: [],
    result: undefined,
  }))
  const { revision, content } = await contentOf(kernel, reading, actor)
  // The host took its time, and so may have whoever was waited for.
  demandFork({ ...(await readAgain(kernel, access, reading)), shown: reading.shown })
  await demandBegun(kernel, tenantOf(actor), begun)
  const source = { ...reading.resource, ...(reading.shown && { title: reading.shown.title }) }
  // Copies: what the host makes of them is not what is registered.
  const told = structuredClone({ resource: toldOf(reading), actor })
  const answer = await hook({ ...told, content, revision, idempotencyKey: key })
  const copy = forkedIn(answer, source.id)
  // The copy is made: that it was is known where it was made of, whatever becomes of it.
  const { traits } = (await tellSource(kernel, reading, actor, revision)) ?? source
  return register(kernel, { ...source, traits }, copy, { actor, key, begun }, revision)
}

/** What the host made. What is wrong with it is the host's own fault, and not that of whoever asked. */
function forkedIn(answer: unknown, sourceId: string): Forked {
  const copy = forkedSchema.safeParse(answer)
  if (!copy.success)
    throw new Error('The fork hook gave no copy that can be registered.', { cause: copy.error })
  if (copy.data.id !== sourceId) return copy.data
  throw new Error('The fork hook gave the id of what was copied, and not that of the copy.')
}

/** What the snapshot holds, or what this person may see now. */
async function contentOf(
  kernel: Kernel,
  { shown, type, resource }: Reading,
  actor: Actor,
): Promise<{ revision: string | null; content: unknown }> {
  if (shown !== null) return { revision: shown.revision, content: JSON.parse(shown.content) }
  if (type.hooks.snapshot === undefined) return { revision: null, content: null }
  try {
    const { revision, text } = await askHook(kernel, type.hooks.snapshot, resource, actor)
    return { revision, content: JSON.parse(text) }
  } catch (error) {
    if (!isSharingError(error) || error.code !== 'invalid_input') throw error
    throw new Error('The snapshot hook gave what cannot be copied.', { cause: error })
  }
}

/**
 * In the history of what was copied: by whom and which revision, not what became of it. Gives what was copied, as it is
 * by now, if it is still there.
 */
function tellSource(
  kernel: Kernel,
  reading: Reading,
  actor: Actor,
  revision: string | null,
): Promise<ResourceFacts | null> {
  const { type, id, tenantId, uid } = reading.resource
  const eventId = kernel.newId()
  return change(
    kernel,
    { at: 'resource', ref: { type, id }, tenantId },
    {},
    ({ resource }): Outcome<ResourceFacts | null> => {
      if (resource?.uid !== uid) return { changes: [], audit: [], result: null }
      const event = auditEvent({ newId: () => eventId }, resource, {
        action: 'resource.forked',
        at: kernel.clock(),
        actorId: actor.userId,
        target: { kind: 'user', id: actor.userId },
        after: { mode: reading.mode, revision },
      })
      return { changes: [], audit: [event], result: resource }
    },
  )
}

/** Registers the copy as its maker's, private; the host may have registered it itself. */
function register(
  kernel: Kernel,
  source: ResourceFacts,
  copy: Forked,
  { actor, key, begun }: { actor: Actor; key: string | null; begun: Begun },
  revision: string | null,
): Promise<Resource> {
  const tenantId = tenantOf(actor)
  const ref = { type: source.type, id: copy.id }
  const uid = kernel.newId()
  const forkedFrom = { type: source.type, id: source.id }
  const ask = { begun, ...(key === null ? {} : { fork: key }) }
  return change(kernel, { at: 'registration', ref, tenantId }, ask, (facts: Facts): Outcome<Resource> => {
    const now = kernel.clock()
    // Somebody else took it over and was quicker: there is one fork for a key.
    if (facts.fork?.made) {
      return { changes: [], audit: [], result: resourceOf(theirs(facts.fork.made, actor)) }
    }
    if (facts.taken) throw new SharingError('conflict')
    const ended = ends(begun, facts)
    const had = facts.resource
    if (had !== null && (had.ownerId !== actor.userId || had.forkedFrom !== null)) {
      throw new SharingError('conflict')
    }
    // A copy is nobody else's to see: something of theirs that others may see is none.
    if (had !== null && had.visibility !== 'private') throw new SharingError('conflict')
    const traits = normalTraits(copy.traits ?? [...(had?.traits ?? []), ...source.traits])
    const resource: ResourceFacts = had
      ? { ...had, title: copy.title ?? had.title, traits, forkedFrom, updatedAt: now }
      : {
          uid,
          tenantId,
          ...ref,
          ownerId: actor.userId,
          title: copy.title === undefined ? source.title : copy.title,
          visibility: 'private',
          traits,
          parentUid: null,
          parent: null,
          forkedFrom,
          createdAt: now,
          updatedAt: now,
        }
    const forked = auditEvent(kernel, resource, {
      action: 'resource.forked',
      at: now,
      actorId: actor.userId,
      after: { forkedFrom, revision },
    })
    const changed = had && difference(had, resource, ['title', 'traits'])
    const update = { action: 'resource.updated', at: now, actorId: actor.userId } as const
    return {
      changes: [
        ended,
        had ? { kind: 'resource.updated', resource } : { kind: 'resource.created', resource },
        ...(key === null ? [] : [{ kind: 'fork.made', key, uid: resource.uid } as const]),
      ],
      audit: had
        ? [...(changed ? [auditEvent(kernel, resource, { ...update, ...changed })] : []), forked]
        : [registered(kernel, resource, actor, now), forked],
      result: resourceOf(resource),
    }
  })
}

const registered = (
  kernel: Kernel,
  resource: ResourceFacts,
  { userId: actorId }: Actor,
  at: Date,
): NewAuditEvent =>
  auditEvent(kernel, resource, { action: 'resource.registered', at, actorId, after: audited(resource) })
