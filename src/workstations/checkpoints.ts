import { SharingError } from '../errors.ts'
import { type Actor, actorSchema } from '../model/actor.ts'
import { parse } from '../model/input.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import { subjectsOf } from '../model/subject.ts'
import { mayAct } from '../policy/access.ts'
import { demand } from '../policy/standing.ts'
import type { CheckpointFacts, Outcome } from '../store/index.ts'
import { jsonText } from './content.ts'
import { EDIT, editedType, type Ground } from './ground.ts'
import { asHolder, type Holding } from './holding.ts'
import { type Checkpoint, type SavedCheckpoint, stationId } from './model.ts'
import { checkpointOf } from './project.ts'

/** Keeps what was edited so far. The oldest of too many goes, in the same step. */
export async function saveCheckpoint(
  ground: Ground,
  actor: Actor,
  editId: string,
  contentInput: unknown,
): Promise<Checkpoint> {
  const { kernel, checkpointMs, checkpointsPerItem, checkpointBytes } = ground
  const content = jsonText(contentInput, checkpointBytes)
  const bytes = Buffer.byteLength(content)
  const id = kernel.newId()
  const work = ({ facts, resource, type, actor: holder, edit, now }: Holding): Outcome<Checkpoint> => {
    // An administrator who took it over has the lease, not the content.
    if (!mayAct(type, EDIT, holder, { ...facts, resource }, now)) throw new SharingError('forbidden')
    const kept = facts.stations?.checkpoints ?? []
    const checkpoint: CheckpointFacts = {
      id,
      tenantId: resource.tenantId,
      resourceUid: resource.uid,
      seq: (kept[0]?.seq ?? 0) + 1,
      editId: edit.id,
      fence: edit.fence,
      workstationId: edit.workstationId,
      userId: edit.userId,
      bytes,
      savedAt: now,
      expiresAt: new Date(now.getTime() + checkpointMs),
    }
    const dropped = [
      ...kept.filter(({ expiresAt }) => expiresAt <= now),
      ...kept.filter(({ expiresAt }) => expiresAt > now).slice(checkpointsPerItem - 1),
    ].map((one) => one.id)
    return {
      changes: [{ kind: 'checkpoint.saved', checkpoint, content, dropped }],
      audit: [],
      result: checkpointOf(checkpoint, resource),
    }
  }
  return (await asHolder(ground, actor, editId, { checkpoints: true }, work))!
}

/** What is kept of a resource, newest first, for those who may edit it. */
export async function listCheckpoints(
  ground: Ground,
  actorInput: Actor,
  refInput: ResourceRef,
): Promise<Checkpoint[]> {
  const { kernel, store } = ground
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  editedType(ground, ref.type)
  const situation = await kernel.store.findResource(ref, subjectsOf(actor))
  const now = kernel.clock()
  demand(kernel.types, EDIT, actor, situation, ref.type, now)
  const { tenantId, uid } = situation!.resource
  const kept = await store.listCheckpoints(tenantId, uid)
  // So many as are kept now, whatever was the limit when they were saved.
  return kept
    .filter(({ expiresAt }) => expiresAt > now)
    .slice(0, ground.checkpointsPerItem)
    .map((one) => checkpointOf(one, ref))
}

/** A saved state, as it was. */
export async function getCheckpoint(
  ground: Ground,
  actorInput: Actor,
  idInput: string,
): Promise<SavedCheckpoint> {
  const { kernel, store } = ground
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(stationId, idInput, 'id')
  const found = await store.findCheckpoint(id)
  const now = kernel.clock()
  const type = found === null ? undefined : kernel.types.get(found.resource.type)
  if (found === null || type === undefined) throw new SharingError('not_found')
  const { checkpoint, content, resource } = found
  const situation = await kernel.store.findResource(resource, subjectsOf(actor))
  const same = situation?.resource.uid === resource.uid ? situation : null
  demand(kernel.types, EDIT, actor, same, resource.type, now)
  if (checkpoint.expiresAt <= now) throw new SharingError('not_found')
  return { ...checkpointOf(checkpoint, resource), content: JSON.parse(content) }
}
