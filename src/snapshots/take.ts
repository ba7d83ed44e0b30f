import { hash } from 'node:crypto'
import { z } from 'zod'
import { SharingError } from '../errors.ts'
import type { EventInput, Kernel } from '../kernel.ts'
import type { Actor } from '../model/actor.ts'
import type { SnapshotHook } from '../model/hooks.ts'
import { invalidInput, parse, plainText } from '../model/input.ts'
import type { CompiledType } from '../policy/compile.ts'
import { demand } from '../policy/standing.ts'
import { resourceOf } from '../resources/register.ts'
import type {
  Change,
  ResourceFacts,
  ResourceSituation,
  SnapshotFacts,
  SnapshotNaming,
} from '../store/index.ts'
import { PASS_MS } from '../tokens/pass.ts'
import { contentText } from './content.ts'
import { namedSnapshot } from './naming.ts'

/** A snapshot, and when the host was asked for it. */
export interface Taken {
  snapshot: SnapshotFacts
  at: Date
  /** What its grant named then; null where there was none. */
  before: string | null
  /** By what right: see {@link rightToTake}. */
  right: string
}

/**
 * By what right somebody takes a snapshot: the host answers under it, and it is to be the same when it is stored.
 * Nobody shows what they may not see.
 */
export function rightToTake(kernel: Kernel, actor: Actor, situation: ResourceSituation, now: Date): string {
  const { resource } = situation
  const { role, via } = demand(kernel.types, 'view', actor, situation, resource.type, now)
  return JSON.stringify([resource.ownerId, role, via])
}

/** What a host's hook gave of a resource, as it is checked and written. */
export interface HookAnswer {
  revision: string
  text: string
}

/** Refuses the mode where the host gives no snapshots. */
export function demandHook({ name, hooks }: CompiledType, path = 'options.mode'): SnapshotHook {
  if (hooks.snapshot !== undefined) return hooks.snapshot
  throw invalidInput([{ path, message: `"snapshot" needs a snapshot hook, and ${name} has none` }])
}

const answerSchema: z.ZodType<{ revision: string; content: unknown }, unknown> = z.object({
  revision: plainText(255).min(1),
  content: z.unknown(),
})

/** What a resource holds now, as an actor may see it: asked of the host, outside of any step. */
export async function askHook(
  kernel: Kernel,
  hook: SnapshotHook,
  resource: ResourceFacts,
  actor: Actor,
): Promise<HookAnswer> {
  // Copies: what the host makes of them is not what goes on to be judged.
  const asked = structuredClone({ resource: resourceOf(resource), actor })
  const answer = parse(answerSchema, await hook(asked), 'snapshot')
  const text = contentText(answer.content, kernel.snapshotBytes, 'snapshot.content')
  for (const [path, where] of [
    ['snapshot.revision', answer.revision],
    ['snapshot.content', text],
  ] as const) {
    if (kernel.ours.in(where)) {
      throw invalidInput([{ path, message: 'has a token of this library in it, which is nobody else’s' }])
    }
  }
  return { revision: answer.revision, text }
}

/** Takes a snapshot as whoever shares it, for a grant that there is to be, or in place of what one names. */
export async function takeSnapshot(
  kernel: Kernel,
  type: CompiledType,
  resource: ResourceFacts,
  actor: Actor,
  right: string,
  grant: SnapshotNaming | null,
): Promise<Taken> {
  // What the host answers is as old as the question may be.
  const at = kernel.clock()
  const { revision, text } = await askHook(kernel, demandHook(type), resource, actor)
  const { tenantId, uid: resourceUid, title } = resource
  const snapshot = { tenantId, resourceUid, revision, title, content: text }
  return { snapshot: { id: idOf(snapshot), ...snapshot }, at, before: grant?.snapshotId ?? null, right }
}

/** The same snapshot has the same id: it is stored once. */
function idOf({ resourceUid, revision, title, content }: Omit<SnapshotFacts, 'id'>): string {
  const parts = [resourceUid, revision, title === null ? '-' : `=${title}`, content]
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'base64url')
}

/** Refuses what was taken of another registration, since the id was used again meanwhile, or by another right. */
export function demandSame(taken: Taken, resource: ResourceFacts, right: string): void {
  if (taken.snapshot.resourceUid !== resource.uid || taken.right !== right) throw new SharingError('conflict')
}

/** What a grant says of a snapshot that was taken for it. */
export const namingOf = ({ snapshot, at }: Taken): SnapshotNaming => ({
  snapshotId: snapshot.id,
  snapshotRevision: snapshot.revision,
  snapshotTitle: snapshot.title,
  snapshotAt: at,
})

/** A clock of another process may be a little behind. */
const LATE_MS = 60 * 60 * 1000

/** Whether another was taken for the grant since the host was asked. */
const isOvertaken = ({ at, before }: Taken, grant: SnapshotNaming | null): boolean =>
  before !== (grant?.snapshotId ?? null) || (grant?.snapshotAt != null && grant.snapshotAt > at)

/**
 * Stores what was taken, unless another was meanwhile: of two nobody knows which is the newer. What the grant named
 * before stays while passes that were opened with it live.
 */
export function storing(taken: Taken, grant: SnapshotNaming | null, now: Date): Change[] {
  if (isOvertaken(taken, grant)) {
    throw new SharingError('conflict', { message: 'Another snapshot was taken meanwhile: look at it first.' })
  }
  return [{ kind: 'snapshot.stored', snapshot: taken.snapshot }, keeping(taken.before, now)]
}

/** A snapshot that a grant names no longer stays while passes that were opened with it live. */
export const keeping = (id: string | null, now: Date): Change => ({
  kind: 'snapshot.kept',
  id: id ?? '',
  until: new Date(now.getTime() + PASS_MS + LATE_MS),
})

/** What the audit says of a snapshot: which revision, and of which the grant was before; never its content. */
export const takenAnew = (
  before: SnapshotNaming | null,
  { snapshot: { revision }, at: takenAt }: Taken,
): Pick<EventInput, 'action' | 'before' | 'after'> => ({
  action: 'snapshot.taken',
  before: before === null ? null : namedSnapshot(before),
  after: { revision, takenAt },
})
