import { SharingError } from '../errors.ts'
import { change } from '../kernel.ts'
import { type Actor, actorSchema } from '../model/actor.ts'
import { parse } from '../model/input.ts'
import { subjectsOf } from '../model/subject.ts'
import { mayAct } from '../policy/access.ts'
import type { CompiledType } from '../policy/compile.ts'
import type {
  EditEndReason,
  EditFacts,
  Facts,
  Outcome,
  ResourceFacts,
  WorkstationAsk,
} from '../store/index.ts'
import { ended, loseEdit, lost } from './ending.ts'
import type { Ground } from './ground.ts'
import { type Edit, stationId } from './model.ts'
import { editOf } from './project.ts'
import { bringsRight, isHolder, whyOver } from './right.ts'

/** A session in its holder's hands. */
export interface Holding {
  facts: Facts
  resource: ResourceFacts
  type: CompiledType
  actor: Actor
  edit: EditFacts
  now: Date
}

const OVER: Record<EditEndReason, string> = {
  ended: 'This edit session has ended.',
  expired: 'This edit session ran out: begin again.',
  right_lost: 'This edit session lost the right that it was begun by.',
  taken_over: 'Somebody else has taken this over.',
  workstation_removed: 'The workstation of this edit session was removed.',
}

const over = (reason: EditEndReason): SharingError =>
  new SharingError('conflict', { message: OVER[reason], public: { reason } })

/**
 * Does something with a session that its holder still has. What has run out or lost its right ends in the same step,
 * and its holder is told so.
 */
export async function asHolder<R>(
  { kernel }: Ground,
  actorInput: Actor,
  idInput: string,
  ask: WorkstationAsk,
  work: (holding: Holding) => Outcome<R>,
  whenOver: (reason: EditEndReason) => SharingError | null = over,
): Promise<R | null> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(stationId, idInput, 'id')
  type Came = { result: R | null; refusal: SharingError | null }
  const asked = { actor: subjectsOf(actor), stations: ask }
  const came = await change(kernel, { at: 'edit', id }, asked, (facts): Outcome<Came> => {
    const { resource, policy, grants, stations } = facts
    const held = stations?.held ?? null
    const type = resource === null ? undefined : kernel.types.get(resource.type)
    if (held === null || resource === null || type === undefined) throw new SharingError('not_found')
    const now = kernel.clock()
    if (!isHolder(held.edit, actor)) {
      const views = mayAct(type, 'view', actor, { resource, policy, grants }, now)
      throw new SharingError(views ? 'forbidden' : 'not_found')
    }
    const reason =
      whyOver(type, { resource, policy }, held, now) ?? (bringsRight(held, actor) ? null : 'right_lost')
    if (reason !== null) {
      const writes =
        held.edit.endedAt === null
          ? lost(kernel, resource, held.edit, reason, now)
          : { changes: [], audit: [] }
      return { ...writes, result: { result: null, refusal: whenOver(reason) } }
    }
    const { result, ...outcome } = work({ facts, resource, type, actor, edit: held.edit, now })
    return { ...outcome, result: { result, refusal: null } }
  })
  if (came.refusal !== null) throw came.refusal
  return came.result
}

/** The holder is still there: the lease begins anew. */
export async function heartbeat(ground: Ground, actor: Actor, id: string): Promise<Edit> {
  let guest: EditFacts | null = null
  const edit = await asHolder(ground, actor, id, {}, ({ edit, resource, now }) => {
    guest = edit.userTenantId === edit.tenantId ? null : edit
    const expiresAt = new Date(now.getTime() + ground.sessionMs)
    return {
      changes: [{ kind: 'edit.prolonged', id: edit.id, expiresAt }],
      audit: [],
      result: editOf({ ...edit, expiresAt }, resource),
    }
  })
  if (guest !== null) await demandStation(ground, guest)
  return edit!
}

/** What a guest edits from is in another tenant: whoever removed it may not have come to know of the session. */
async function demandStation(ground: Ground, { id, userTenantId, workstationId }: EditFacts): Promise<void> {
  if ((await ground.store.find(userTenantId, workstationId)) !== null) return
  await loseEdit(ground, id, 'workstation_removed')
  throw over('workstation_removed')
}

/** The holder is done. What is over already stays so. */
export async function endEdit(ground: Ground, actor: Actor, id: string): Promise<void> {
  const work = ({ edit, resource, now }: Holding): Outcome<void> => ({
    ...ended(ground.kernel, resource, edit, now),
    result: undefined,
  })
  await asHolder(ground, actor, id, {}, work, () => null)
}
