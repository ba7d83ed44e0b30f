import type {
  Anchor,
  Ask,
  Change,
  CheckpointFacts,
  EditedResource,
  EditFacts,
  HeldEdit,
  LostRight,
  WorkstationChange,
  WorkstationFacts,
  WorkstationSituation,
  WorkstationVerbs,
} from '../../src/index.ts'
import { chainOf, pageOf, type State } from './state.ts'

type Saved = CheckpointFacts & { content: string }

export interface Stations {
  workstations: Map<string, WorkstationFacts>
  edits: Map<string, EditFacts>
  checkpoints: Map<string, Saved>
  /** By tenant. */
  fences: Map<string, number>
}

export const emptyStations = (): Stations => ({
  workstations: new Map(),
  edits: new Map(),
  checkpoints: new Map(),
  fences: new Map(),
})

type Place = { tenantId: string; uid: string | undefined; taken: boolean }

export function locateStation(state: State, anchor: Anchor & { at: 'workstation' | 'edit' }): Place {
  if (anchor.at === 'edit') {
    const edit = state.stations.edits.get(anchor.id)
    return { tenantId: edit?.tenantId ?? '', uid: edit?.resourceUid, taken: false }
  }
  const found = state.stations.workstations.get(anchor.id)
  return { tenantId: anchor.tenantId ?? found?.tenantId ?? '', uid: undefined, taken: false }
}

function heldOf(state: State, edit: EditFacts | undefined): HeldEdit | null {
  if (edit === undefined) return null
  const grant = edit.authority === 'grant' ? state.grants.get(edit.authorityId) : undefined
  const on =
    grant === undefined || grant.endedAt !== null
      ? undefined
      : chainOf(state, edit.resourceUid).find(({ uid }) => uid === grant.resourceUid)
  if (grant === undefined || on === undefined) return { edit: structuredClone(edit), right: null }
  const { id, subject, role, mode, expiresAt, claimableUntil } = grant
  const above = on.uid === edit.resourceUid ? null : { type: on.type, id: on.id }
  return structuredClone({
    edit,
    right: { id, subject, role, mode, expiresAt, claimableUntil, above },
  })
}

const heldOn = (state: State, uid: string | undefined): EditFacts | undefined =>
  [...state.stations.edits.values()].find((one) => one.resourceUid === uid && one.endedAt === null)

const checkpointsOf = (state: State, uid: string | undefined): CheckpointFacts[] =>
  [...state.stations.checkpoints.values()]
    .filter(({ resourceUid }) => resourceUid === uid)
    .sort((a, b) => b.seq - a.seq)
    .map(({ content: _, ...facts }) => structuredClone(facts))

function editsWhere(
  state: State,
  tenantId: string,
  which: (edit: EditFacts) => boolean,
): WorkstationSituation['edits'] {
  return [...state.stations.edits.values()]
    .filter((edit) => edit.tenantId === tenantId && edit.endedAt === null && which(edit))
    .map((edit) => ({ edit: structuredClone(edit), resource: editedResource(state, edit.resourceUid) }))
}

function editedResource(state: State, at: string): EditedResource {
  const { tenantId, uid, type, id } = state.resources.get(at)!
  return { tenantId, uid, type, id }
}

export function loadStations(
  state: State,
  tenantId: string,
  uid: string | undefined,
  anchor: Anchor,
  { stations: ask, member }: Ask,
): WorkstationSituation | null {
  const { workstations, edits, fences } = state.stations
  const nothing = { workstation: null, held: null, fence: 0, checkpoints: [], workstations: [], edits: [] }
  const own = [...workstations.values()].filter((one) => one.tenantId === tenantId)
  if (member !== undefined) {
    return {
      ...nothing,
      workstations: structuredClone(own.filter(({ userId }) => userId === member)),
      edits: editsWhere(state, tenantId, ({ userId }) => userId === member),
    }
  }
  if (ask === undefined) return null
  const id =
    anchor.at === 'workstation'
      ? anchor.id
      : ask.workstation?.tenantId === tenantId
        ? ask.workstation.id
        : null
  const found = own.find((one) =>
    ask.registered === undefined
      ? one.id === id
      : one.userId === ask.registered.userId && one.fingerprint === ask.registered.fingerprint,
  )
  const edit = anchor.at === 'edit' ? edits.get(anchor.id) : ask.holder ? heldOn(state, uid) : undefined
  if (ask.fence !== undefined && uid !== undefined && !fences.has(tenantId))
    fences.set(tenantId, ask.fence.from)
  return {
    ...nothing,
    workstation: structuredClone(found ?? null),
    held: heldOf(state, edit),
    fence: ask.fence === undefined || !fences.has(tenantId) ? 0 : fences.get(tenantId)! + 1,
    checkpoints: ask.checkpoints ? checkpointsOf(state, uid) : [],
    edits: ask.removing && found ? editsWhere(state, tenantId, (one) => one.workstationId === found.id) : [],
  }
}

export function tenantsOfStations({ stations }: State, { member, admin }: Ask): string[] {
  const edits = [...stations.edits.values()]
  const found =
    member === undefined
      ? edits.filter((one) => isByOffice(one) && one.authorityId === admin && one.endedAt === null)
      : [...stations.workstations.values(), ...edits, ...stations.checkpoints.values()].filter(
          ({ userId }) => userId === member,
        )
  return found.map(({ tenantId }) => tenantId)
}

export const isOfStations = (change: Change): change is WorkstationChange =>
  /^(workstations?|edits?|checkpoint|editor)\./.test(change.kind)

export function loseWhere({ stations }: State, which: (edit: EditFacts) => boolean, at: Date): void {
  for (const edit of stations.edits.values()) {
    if (edit.endedAt === null && edit.lostAt === null && which(edit)) edit.lostAt = at
  }
}

export function removeStationsOf(
  { stations }: State,
  which: (one: WorkstationFacts | EditFacts | Saved) => boolean,
): void {
  for (const kind of [stations.workstations, stations.edits, stations.checkpoints]) {
    for (const [id, one] of kind) if (which(one)) kind.delete(id)
  }
}

export function applyToStations(state: State, tenantId: string, change: WorkstationChange): void {
  const { workstations, edits, checkpoints, fences } = state.stations
  switch (change.kind) {
    case 'workstation.registered':
      workstations.set(change.workstation.id, change.workstation)
      return
    case 'workstation.seen': {
      const { id, name, lastSeen } = change.workstation
      Object.assign(workstations.get(id) ?? {}, { name, lastSeen })
      return
    }
    case 'workstations.removed':
      for (const id of change.ids) workstations.delete(id)
      loseWhere(state, ({ workstationId }) => change.ids.includes(workstationId), change.at)
      return
    case 'edit.begun':
      edits.set(change.edit.id, change.edit)
      fences.set(tenantId, change.edit.fence)
      return
    case 'edit.prolonged':
      Object.assign(openEdit(state, change.id), { expiresAt: change.expiresAt })
      return
    case 'edits.ended':
      for (const id of change.ids) {
        Object.assign(openEdit(state, id), { endedAt: change.at, endReason: change.reason })
      }
      return
    case 'edits.lost':
      loseWhere(state, (edit) => edit.tenantId === tenantId && stoodBy(state, edit, change.right), change.at)
      return
    case 'checkpoint.saved':
      for (const id of change.dropped) checkpoints.delete(id)
      checkpoints.set(change.checkpoint.id, { ...change.checkpoint, content: change.content })
      return
    case 'editor.forgotten':
      for (const [id, edit] of edits) {
        if (edit.tenantId === tenantId && edit.userId === change.userId) edits.delete(id)
      }
      for (const one of checkpoints.values()) {
        if (one.tenantId !== tenantId || one.userId !== change.userId) continue
        Object.assign(one, { userId: null, workstationId: null })
      }
  }
}

/** What has ended stays as it is. */
const openEdit = ({ stations }: State, id: string): Partial<EditFacts> => {
  const found = stations.edits.get(id)
  return found?.endedAt === null ? found : {}
}

const isByOffice = ({ authority }: EditFacts): boolean => authority === 'admin' || authority === 'office'

function stoodBy(state: State, edit: EditFacts, right: LostRight): boolean {
  if ('admin' in right) return isByOffice(edit) && edit.authorityId === right.admin
  if (edit.userId !== right.userId) return false
  if (!('group' in right)) return true
  return edit.authority === 'grant' && state.grants.get(edit.authorityId)?.subject === right.group
}

export function stationVerbs(open: () => State): WorkstationVerbs {
  return {
    async migrate() {
      open()
    },
    async find(tenantId, id) {
      const found = open().stations.workstations.get(id)
      return found && (tenantId === null || found.tenantId === tenantId) ? structuredClone(found) : null
    },
    async findByFingerprint(tenantId, userId, fingerprint) {
      const found = [...open().stations.workstations.values()].find(
        (one) => one.tenantId === tenantId && one.userId === userId && one.fingerprint === fingerprint,
      )
      return structuredClone(found ?? null)
    },
    async list(request) {
      const { tenantId, userId } = request
      const found = [...open().stations.workstations.values()].filter(
        (one) =>
          (tenantId === null || one.tenantId === tenantId) && (userId === null || one.userId === userId),
      )
      return structuredClone(pageOf(found, request, ({ createdAt, id }) => ({ at: createdAt, id })))
    },
    findHeld: async (_, resourceUid) => heldOf(open(), heldOn(open(), resourceUid)),
    listCheckpoints: async (_, resourceUid) => checkpointsOf(open(), resourceUid),
    async findCheckpoint(id) {
      const found = open().stations.checkpoints.get(id)
      if (found === undefined) return null
      const { content, ...checkpoint } = structuredClone(found)
      return { checkpoint, content, resource: editedResource(open(), checkpoint.resourceUid) }
    },
    async overdueEdits(tenantId, at, limit) {
      return [...open().stations.edits.values()]
        .filter((one) => one.tenantId === tenantId && one.endedAt === null)
        .filter(({ expiresAt, lostAt }) => expiresAt <= at || lostAt !== null)
        .sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime())
        .slice(0, limit)
        .map(({ id }) => id)
    },
    async sweep(tenantId, at, endedBefore) {
      const { checkpoints, edits } = open().stations
      const old = [...checkpoints.values()].filter((one) => one.tenantId === tenantId && one.expiresAt <= at)
      for (const { id } of old) checkpoints.delete(id)
      for (const [id, one] of edits) {
        if (one.tenantId === tenantId && one.endedAt !== null && one.endedAt < endedBefore) edits.delete(id)
      }
      return { checkpoints: old.length }
    },
  }
}
