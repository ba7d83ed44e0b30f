import { isSharingError, SharingError } from '../errors.ts'
import { auditedEdit } from '../grants/workstations.ts'
import { auditEvent, change, type Kernel } from '../kernel.ts'
import { type Actor, actorSchema, tenantOf } from '../model/actor.ts'
import { parse } from '../model/input.ts'
import { type ResourceRef, refSchema } from '../model/resource.ts'
import { subjectsOf } from '../model/subject.ts'
import { mayAct } from '../policy/access.ts'
import type { CompiledType } from '../policy/compile.ts'
import { administers, demand, refuseLink } from '../policy/standing.ts'
import type {
  EditEndReason,
  EditFacts,
  Facts,
  HeldEdit,
  Outcome,
  ResourceFacts,
  WorkstationFacts,
} from '../store/index.ts'
import { loseEdit, lost, settleEdit } from './ending.ts'
import { EDIT, editedType, type Ground } from './ground.ts'
import { type BeginEditInput, beginSchema, type Edit, fenceNumber } from './model.ts'
import { editOf } from './project.ts'
import { authorityToEdit, bringsRight, isHolder, shownHolder, whyOver } from './right.ts'
import { demandWorkstation } from './workstations.ts'

/** How somebody comes to edit a resource. */
interface Arrival {
  ground: Ground
  facts: Facts
  actor: Actor
  /** Where they edit from, as it was found before the step or in it. */
  workstation: WorkstationFacts
  id: string
  now: Date
}

type Right = Pick<EditFacts, 'authority' | 'authorityId'>

/** Begins to edit, or goes on: one holder at a time. */
export const beginEdit = (
  ground: Ground,
  actor: Actor,
  ref: ResourceRef,
  input: BeginEditInput,
): Promise<Edit> =>
  arrive(ground, actor, ref, input, (arrival, resource, present) => {
    const { facts, now } = arrival
    demandRight(arrival, resource)
    if (present === null) return begun(arrival, resource, ownRight(arrival, resource)!)
    if (isSame(arrival, present)) return goesOn(arrival, resource, present.edit)
    const views = mayAct(editedType(ground, resource.type), 'view', arrival.actor, situationOf(facts), now)
    throw heldBy(present.edit, arrival.actor, views)
  })

/** Begins to edit in place of whoever does: their session ends. */
export const takeOverEdit = (
  ground: Ground,
  actor: Actor,
  ref: ResourceRef,
  input: BeginEditInput,
): Promise<Edit> =>
  arrive(ground, actor, ref, input, (arrival, resource, present) => {
    const { actor: taker } = arrival
    const office = administers(taker, resource.tenantId)
    if (!office) demandRight(arrival, resource)
    const own = ownRight(arrival, resource)
    if (present === null) {
      // Nobody is in the way: an office alone begins nothing.
      demandRight(arrival, resource)
      return begun(arrival, resource, own!)
    }
    if (isSame(arrival, present)) return goesOn(arrival, resource, present.edit)
    if (!office && own?.authority !== 'owner') throw new SharingError('forbidden')
    // What a rule keeps everybody from is not taken over either.
    const closed = !editedType(ground, resource.type).left('admin', resource.traits).includes(EDIT)
    if (own === null && closed) throw new SharingError('forbidden')
    return begun(arrival, resource, own ?? { authority: 'office', authorityId: taker.userId }, present.edit)
  })

type Came = { edit: Edit } | { refusal: SharingError }

const arrived = ({ result: edit, ...writes }: Outcome<Edit>): Outcome<Came> => ({
  ...writes,
  result: { edit },
})

/** Whoever may not edit themselves is told so after the loss that they came upon is written down. */
function orRefused(decide: () => Outcome<Edit>): Outcome<Came> {
  try {
    return arrived(decide())
  } catch (error) {
    if (!isSharingError(error)) throw error
    return { changes: [], audit: [], result: { refusal: error } }
  }
}

type Decision = (arrival: Arrival, resource: ResourceFacts, present: HeldEdit | null) => Outcome<Edit>

async function arrive(
  ground: Ground,
  actorInput: Actor,
  refInput: ResourceRef,
  input: BeginEditInput,
  decide: Decision,
): Promise<Edit> {
  const { kernel, store } = ground
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  const { workstationId } = parse(beginSchema, input, 'options')
  const type = editedType(ground, ref.type)
  const tenantId = tenantOf(actor)
  // In its own tenant, which a guest's resource is not in.
  const registered = demandWorkstation(actor, await store.find(tenantId, workstationId), 'own')
  const id = kernel.newId()
  const from = kernel.clock().getTime()
  const stations = { workstation: { id: workstationId, tenantId }, holder: true, fence: { from } } as const
  const ask = { actor: subjectsOf(actor), stations }
  let guest = false
  const came = await change(kernel, { at: 'resource', ref, tenantId: null }, ask, (facts): Outcome<Came> => {
    const now = kernel.clock()
    const { resource, policy } = facts
    if (resource === null) throw new SharingError('not_found')
    const here = resource.tenantId === tenantId
    guest = !here
    const workstation = here ? (facts.stations?.workstation ?? null) : registered
    if (workstation === null) throw new SharingError('not_found')
    const arrival: Arrival = { ground, facts, actor, workstation, id, now }
    const held = facts.stations?.held ?? null
    const reason = held === null ? null : overFor(type, held, { resource, policy }, arrival)
    if (held === null || reason === null) return arrived(decide(arrival, resource, held))
    const before = lost(kernel, resource, held.edit, reason, now)
    const outcome = orRefused(() => decide(arrival, resource, null))
    return {
      ...outcome,
      changes: [...before.changes, ...outcome.changes],
      audit: [...before.audit, ...outcome.audit],
    }
  })
  if ('refusal' in came) throw came.refusal
  const { edit } = came
  if (guest && !(await isStillThere(kernel, tenantId, workstationId))) {
    await loseEdit(ground, edit.id, 'workstation_removed')
    throw new SharingError('not_found')
  }
  return edit
}

/**
 * Whether a guest's workstation is in its own tenant after all. Nothing held it there while the edit began: with its
 * row locked, whoever removes it has either done so, or finds the edit.
 */
const isStillThere = (kernel: Kernel, tenantId: string, id: string): Promise<boolean> =>
  change(kernel, { at: 'workstation', id, tenantId }, { stations: {} }, ({ stations }) => ({
    changes: [],
    audit: [],
    result: (stations?.workstation ?? null) !== null,
  }))

/** Why the present session is over, also for its own holder, who may have come without the right. */
function overFor(
  type: Parameters<typeof whyOver>[0],
  held: HeldEdit,
  situation: Parameters<typeof whyOver>[1],
  { actor, now }: Arrival,
): EditEndReason | null {
  const reason = whyOver(type, situation, held, now)
  if (reason !== null || !isHolder(held.edit, actor)) return reason
  return bringsRight(held, actor) ? null : 'right_lost'
}

const situationOf = ({ resource, policy, grants }: Facts) => ({ resource: resource!, policy, grants })

function demandRight({ ground, facts, actor, now }: Arrival, resource: ResourceFacts): void {
  demand(ground.kernel.types, EDIT, actor, situationOf(facts), resource.type, now)
}

const ownRight = ({ ground, facts, actor, now }: Arrival, resource: ResourceFacts): Right | null =>
  authorityToEdit(editedType(ground, resource.type), actor, situationOf(facts), now)

const isSame = ({ actor, workstation }: Arrival, { edit }: HeldEdit): boolean =>
  isHolder(edit, actor) && edit.workstationId === workstation.id

function heldBy(edit: EditFacts, actor: Actor, views: boolean): SharingError {
  const message = isHolder(edit, actor)
    ? 'You are editing this from another workstation.'
    : 'Somebody else is editing this.'
  return new SharingError('conflict', { message, public: views ? { holder: shownHolder(edit) } : {} })
}

const leaseFrom = (now: Date, { sessionMs }: Ground): Date => new Date(now.getTime() + sessionMs)

function goesOn(arrival: Arrival, resource: ResourceFacts, edit: EditFacts): Outcome<Edit> {
  const own = edit.authority === 'office' ? ownRight(arrival, resource) : null
  // Whoever freed it and was then given the right begins a session that may write.
  if (own !== null) return begun(arrival, resource, own, edit)
  const { ground, now } = arrival
  const expiresAt = leaseFrom(now, ground)
  return {
    changes: [{ kind: 'edit.prolonged', id: edit.id, expiresAt }],
    audit: [],
    result: editOf({ ...edit, expiresAt }, resource),
  }
}

function begun(
  { ground, facts, actor, workstation, id, now }: Arrival,
  resource: ResourceFacts,
  right: Right,
  replaced: EditFacts | null = null,
): Outcome<Edit> {
  const edit: EditFacts = {
    id,
    tenantId: resource.tenantId,
    resourceUid: resource.uid,
    workstationId: workstation.id,
    workstationName: workstation.name,
    userId: actor.userId,
    userTenantId: tenantOf(actor),
    fence: facts.stations!.fence,
    ...right,
    startedAt: now,
    expiresAt: leaseFrom(now, ground),
    lostAt: null,
    endedAt: null,
    endReason: null,
  }
  const ending = { kind: 'edits.ended', reason: 'taken_over', at: now } as const
  return {
    changes: [
      ...(replaced === null ? [] : [{ ...ending, ids: [replaced.id] }]),
      { kind: 'edit.begun', edit },
    ],
    audit: [
      auditEvent(ground.kernel, resource, {
        action: replaced === null ? 'edit.begun' : 'edit.taken_over',
        at: now,
        actorId: actor.userId,
        target: { kind: 'edit', id },
        before: replaced && { edit: replaced.id, ...auditedEdit(replaced) },
        after: auditedEdit(edit),
      }),
    ],
    result: editOf(edit, resource),
  }
}

/** Who edits a resource now, for those who may view it and for its administrators; null for nobody. */
export async function currentEdit(
  ground: Ground,
  actorInput: Actor,
  refInput: ResourceRef,
): Promise<Edit | null> {
  const { kernel, store } = ground
  const actor = parse(actorSchema, actorInput, 'actor')
  const ref = parse(refSchema, refInput, 'resource')
  const type = editedType(ground, ref.type)
  const situation = await kernel.store.findResource(ref, subjectsOf(actor))
  const now = kernel.clock()
  if (situation === null) throw new SharingError('not_found')
  const { resource } = situation
  if (!mayAct(type, 'view', actor, situation, now) && !administers(actor, resource.tenantId)) {
    throw refuseLink(kernel.types, actor, situation, now)
  }
  const held = await store.findHeld(resource.tenantId, resource.uid)
  return held !== null && (await isHeld(ground, type, situation, held, now))
    ? editOf(held.edit, resource)
    : null
}

/** Whether a session is held. What was found lost stays so, should the right come back. */
async function isHeld(
  ground: Ground,
  type: CompiledType,
  situation: Parameters<typeof whyOver>[1],
  held: HeldEdit,
  now: Date,
): Promise<boolean> {
  const reason = whyOver(type, situation, held, now)
  if (reason === 'right_lost') await settleEdit(ground, held.edit.id)
  return reason === null
}

/** Whether a write with this fence comes from whoever edits the resource now. Asked by the host's own code. */
export async function checkFence(
  ground: Ground,
  refInput: ResourceRef,
  fenceInput: number,
): Promise<boolean> {
  const { kernel, store } = ground
  const ref = parse(refSchema, refInput, 'resource')
  const fence = parse(fenceNumber, fenceInput, 'fence')
  const type = editedType(ground, ref.type)
  const situation = await kernel.store.findResource(ref, null)
  if (situation === null) return false
  const held = await store.findHeld(situation.resource.tenantId, situation.resource.uid)
  if (held === null || held.edit.fence !== fence) return false
  // An office frees what is held. It writes nothing.
  if (held.edit.authority === 'office') return false
  return isHeld(ground, type, situation, held, kernel.clock())
}
