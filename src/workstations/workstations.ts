import { SharingError } from '../errors.ts'
import { auditedWorkstation, loseEdits, workstationRemoved } from '../grants/workstations.ts'
import { auditEvent, change } from '../kernel.ts'
import { type Actor, actorSchema, tenantOf } from '../model/actor.ts'
import { parse } from '../model/input.ts'
import { keysetOf, type Page, pageOf } from '../model/page.ts'
import { administers, scopeOf } from '../policy/standing.ts'
import type { Outcome, WorkstationFacts } from '../store/index.ts'
import type { Ground } from './ground.ts'
import {
  fingerprint as fingerprintSchema,
  type ListWorkstationsInput,
  listSchema,
  type RegisterWorkstationInput,
  registerSchema,
  stationId,
  type Workstation,
} from './model.ts'
import { workstationOf } from './project.ts'

/** Notes an installation of the actor's, or that it is there again. */
export async function registerWorkstation(
  { kernel }: Ground,
  actorInput: Actor,
  input: RegisterWorkstationInput,
): Promise<Workstation> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const { name, fingerprint } = parse(registerSchema, input, 'options')
  const { userId } = actor
  const tenantId = tenantOf(actor)
  const id = kernel.newId()
  const ask = { stations: { registered: { userId, fingerprint } } }
  return change(kernel, { at: 'person', tenantId }, ask, ({ stations }): Outcome<Workstation> => {
    const now = kernel.clock()
    const known = stations?.workstation ?? null
    if (known !== null) {
      const workstation = { ...known, name, lastSeen: now }
      const changes = [{ kind: 'workstation.seen', workstation } as const]
      return { changes, audit: [], result: workstationOf(workstation) }
    }
    const workstation = { id, tenantId, userId, name, fingerprint, lastSeen: now, createdAt: now }
    return {
      changes: [{ kind: 'workstation.registered', workstation }],
      audit: [
        auditEvent(
          kernel,
          { tenantId },
          {
            action: 'workstation.registered',
            at: now,
            actorId: userId,
            target: { kind: 'workstation', id },
            after: auditedWorkstation(workstation),
          },
        ),
      ],
      result: workstationOf(workstation),
    }
  })
}

/** One's own, or everybody's for whoever administers them. */
export async function listWorkstations(
  { store }: Ground,
  actorInput: Actor,
  input: ListWorkstationsInput = {},
): Promise<Page<Workstation>> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const { all = false, ...page } = parse(listSchema, input, 'options')
  const own = tenantOf(actor)
  if (all && !administers(actor, own)) throw new SharingError('forbidden')
  const whose = all ? { tenantId: scopeOf(actor), userId: null } : { tenantId: own, userId: actor.userId }
  const keyset = keysetOf(page)
  const rows = await store.list({ ...whose, ...keyset })
  return pageOf(rows, keyset.limit, workstationOf, ({ createdAt, id }) => ({ at: createdAt, id }))
}

export async function getWorkstation(
  { store }: Ground,
  actorInput: Actor,
  idInput: string,
): Promise<Workstation> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(stationId, idInput, 'id')
  return workstationOf(demandWorkstation(actor, await store.find(scopeOf(actor), id), 'admin'))
}

/** The actor's own installation of this fingerprint. */
export async function getByFingerprint(
  { store }: Ground,
  actorInput: Actor,
  fingerprintInput: string,
): Promise<Workstation> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const fingerprint = parse(fingerprintSchema, fingerprintInput, 'fingerprint')
  const found = await store.findByFingerprint(tenantOf(actor), actor.userId, fingerprint)
  if (found === null) throw new SharingError('not_found')
  return workstationOf(found)
}

/** The installation is there. */
export async function touchWorkstation(
  { kernel }: Ground,
  actorInput: Actor,
  idInput: string,
): Promise<Workstation> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(stationId, idInput, 'id')
  const anchor = { at: 'workstation', id, tenantId: tenantOf(actor) } as const
  return change(kernel, anchor, { stations: {} }, ({ stations }): Outcome<Workstation> => {
    const known = demandWorkstation(actor, stations?.workstation ?? null, 'own')
    const workstation = { ...known, lastSeen: kernel.clock() }
    return {
      changes: [{ kind: 'workstation.seen', workstation }],
      audit: [],
      result: workstationOf(workstation),
    }
  })
}

/** An installation is gone, and nobody edits from it any more. */
export async function removeWorkstation(
  { kernel }: Ground,
  actorInput: Actor,
  idInput: string,
): Promise<void> {
  const actor = parse(actorSchema, actorInput, 'actor')
  const id = parse(stationId, idInput, 'id')
  const anchor = { at: 'workstation', id, tenantId: scopeOf(actor) } as const
  await change(kernel, anchor, { stations: { removing: true } }, ({ stations }): Outcome<void> => {
    const workstation = demandWorkstation(actor, stations?.workstation ?? null, 'admin')
    const at = kernel.clock()
    const options = { at, actorId: actor.userId, reason: 'workstation_removed' } as const
    const lost = loseEdits(kernel, stations?.edits ?? [], options)
    return {
      changes: [...lost.changes, { kind: 'workstations.removed', ids: [id], at }],
      audit: [...lost.audit, workstationRemoved(kernel, workstation, { ...options, reason: 'removed' })],
      result: undefined,
    }
  })
}

/**
 * A workstation of the actor's own, or one that they administer. Colleagues' installations are no secret in an account;
 * those of another are.
 */
export function demandWorkstation(
  actor: Actor,
  found: WorkstationFacts | null,
  by: 'own' | 'admin',
): WorkstationFacts {
  if (found === null) throw new SharingError('not_found')
  const here = found.tenantId === tenantOf(actor)
  if (here && found.userId === actor.userId) return found
  if (by === 'admin' && administers(actor, found.tenantId)) return found
  throw new SharingError(here ? 'forbidden' : 'not_found')
}
