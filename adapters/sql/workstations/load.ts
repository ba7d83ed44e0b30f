import { sql } from 'kysely'
import type {
  Anchor,
  Ask,
  CheckpointFacts,
  EditedResource,
  EditFacts,
  HeldEdit,
  HeldGrant,
  WorkstationFacts,
  WorkstationSituation,
} from '../../../src/store/index.ts'
import { type Columns, heldGrant } from '../columns.ts'
import { chain } from '../people.ts'
import { first, type Query, query, run, type Steps } from '../query.ts'
import {
  checkpoint as checkpointColumns,
  edit as editColumns,
  workstation as workstationColumns,
} from './columns.ts'

const thereQuery = query<Record<never, never>, { found: { there: boolean } }>(
  'workstations.there',
  ({ t, d, columns }) => sql`select ${columns} from (select ${d.there(t.workstations)} as there) f`,
  { found: ['f', { there: 'bool' }] },
)

/** Whether the module's tables are there: they are made where it is used, which another process may do. */
export function* areThere(): Steps<boolean> {
  return (yield* first(thereQuery, {}))?.found.there ?? false
}

const lockById = query<{ tenantId: string; id: string }, { workstation: WorkstationFacts }>(
  'workstation.lock',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.workstations} w
    where w.tenant_id = ${p('tenantId')} and w.id = ${p('id')} ${d.lock('update', 'w')}`,
  { workstation: ['w', workstationColumns] },
)

const lockByFingerprint = query<
  { tenantId: string; userId: string; fingerprint: string },
  { workstation: WorkstationFacts }
>(
  'workstation.lock_registered',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.workstations} w
    where w.tenant_id = ${p('tenantId')} and w.user_id = ${p('userId')} and w.fingerprint = ${p('fingerprint')}
      ${d.lock('update', 'w')}`,
  { workstation: ['w', workstationColumns] },
)

const lockEdit = query<{ tenantId: string; id: string }, { edit: EditFacts }>(
  'edit.lock',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.edits} e
    where e.tenant_id = ${p('tenantId')} and e.id = ${p('id')} ${d.lock('update', 'e')}`,
  { edit: ['e', editColumns] },
)

const lockHeld = query<{ tenantId: string; uid: string }, { edit: EditFacts }>(
  'edit.lock_held',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.edits} e
    where e.tenant_id = ${p('tenantId')} and e.resource_uid = ${p('uid')} and e.ended_at is null
      ${d.lock('update', 'e')}`,
  { edit: ['e', editColumns] },
)

type RightArgs = { tenantId: string; uid: string; id: string }
export interface RightRow {
  grant: Omit<HeldGrant, 'above'>
  on: { uid: string; type: string; id: string }
}
const on: Columns<RightRow['on']> = { uid: 'text', type: 'text', id: 'text' }

/** The grant by whose right something is edited, if it holds on the resource or above it. */
export const findRight: Query<RightArgs, RightRow> = query(
  'edit.right',
  (b) => sql`
    ${chain(b)} select ${b.columns} from chain c ${b.d.lookUp(
      'cross',
      b.t.grants,
      'g',
      sql`
      g.tenant_id = ${b.p('tenantId')} and g.resource_uid = c.uid and g.id = ${b.p('id')}
      and g.ended_at is null and g.removed_at is null`,
    )}`,
  { grant: ['g', heldGrant], on: ['c', on] },
)

export const rightOf = (row: RightRow | null, uid: string): HeldGrant | null =>
  row && { ...row.grant, above: row.on.uid === uid ? null : { type: row.on.type, id: row.on.id } }

export function* heldOf(edit: EditFacts | null): Steps<HeldEdit | null> {
  if (edit === null) return null
  const { tenantId, resourceUid: uid, authority, authorityId } = edit
  const right = authority === 'grant' ? yield* first(findRight, { tenantId, uid, id: authorityId }) : null
  return { edit, right: rightOf(right, uid) }
}

/** A row that is not there cannot be locked. A tenant that is not there has no counter. */
const makeFence = query<{ tenantId: string; from: number }>(
  'fence.make',
  ({ t, p }) => sql`
    insert into ${t.fences} (tenant_id, last)
    select t.tenant_id, ${p('from', 'int')} from ${t.tenants} t where t.tenant_id = ${p('tenantId')}
    on conflict do nothing`,
)

const lockFence = query<{ tenantId: string }, { fence: { last: number } }>(
  'fence.lock',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.fences} f where f.tenant_id = ${p('tenantId')} ${d.lock('update', 'f')}`,
  { fence: ['f', { last: 'int' }] },
)

function* nextFence(tenantId: string, from: number): Steps<number> {
  yield* run(makeFence, { tenantId, from })
  const row = yield* first(lockFence, { tenantId })
  return row === null ? 0 : row.fence.last + 1
}

export const listCheckpoints: Query<{ tenantId: string; uid: string }, { checkpoint: CheckpointFacts }> =
  query(
    'checkpoints.of_resource',
    ({ t, p, columns }) => sql`
    select ${columns} from ${t.checkpoints} k
    where k.tenant_id = ${p('tenantId')} and k.resource_uid = ${p('uid')} order by k.seq desc`,
    { checkpoint: ['k', checkpointColumns] },
  )

interface EditedRow {
  edit: EditFacts
  resource: EditedResource
}
const edited: Columns<EditedResource> = { tenantId: 'text', uid: 'text', type: 'text', id: 'text' }

const editsWhere = (column: 'workstation_id' | 'user_id') =>
  query<{ tenantId: string; key: string }, EditedRow>(
    `edits.by_${column}`,
    ({ t, p, d, columns }) => sql`
      select ${columns} from ${t.edits} e ${d.join} ${t.resources} r
      where e.tenant_id = ${p('tenantId')} and ${sql.ref(`e.${column}`)} = ${p('key')} and e.ended_at is null
        and r.tenant_id = e.tenant_id and r.uid = e.resource_uid and r.removed_at is null`,
    { edit: ['e', editColumns], resource: ['r', edited] },
  )
const editsByWorkstation = editsWhere('workstation_id')
const editsByUser = editsWhere('user_id')

const workstationsOfUser = query<{ tenantId: string; userId: string }, { workstation: WorkstationFacts }>(
  'workstations.of_member',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.workstations} w
    where w.tenant_id = ${p('tenantId')} and w.user_id = ${p('userId')}`,
  { workstation: ['w', workstationColumns] },
)

const NOTHING: WorkstationSituation = {
  workstation: null,
  held: null,
  fence: 0,
  checkpoints: [],
  workstations: [],
  edits: [],
}

/** What the ask names of workstations, after the resource was locked. */
export function* loadStations(
  tenantId: string,
  uid: string,
  anchor: Anchor,
  { stations, member }: Ask,
): Steps<WorkstationSituation | null> {
  if (member !== undefined && (yield* areThere())) return yield* loadOfMember(tenantId, member)
  if (stations === undefined) return null
  const { registered, workstation, holder, fence, checkpoints, removing } = stations
  const id =
    anchor.at === 'workstation' ? anchor.id : workstation?.tenantId === tenantId ? workstation.id : null
  const found =
    registered !== undefined
      ? yield* first(lockByFingerprint, { tenantId, ...registered })
      : id !== null
        ? yield* first(lockById, { tenantId, id })
        : null
  const edit =
    anchor.at === 'edit'
      ? yield* first(lockEdit, { tenantId, id: anchor.id })
      : holder
        ? yield* first(lockHeld, { tenantId, uid })
        : null
  return {
    ...NOTHING,
    workstation: found?.workstation ?? null,
    held: yield* heldOf(edit?.edit ?? null),
    fence: fence === undefined ? 0 : yield* nextFence(tenantId, fence.from),
    checkpoints: checkpoints
      ? (yield* run(listCheckpoints, { tenantId, uid })).map(({ checkpoint }) => checkpoint)
      : [],
    edits:
      removing && found !== null
        ? yield* run(editsByWorkstation, { tenantId, key: found.workstation.id })
        : [],
  }
}

function* loadOfMember(tenantId: string, userId: string): Steps<WorkstationSituation> {
  const workstations = yield* run(workstationsOfUser, { tenantId, userId })
  return {
    ...NOTHING,
    workstations: workstations.map(({ workstation }) => workstation),
    edits: yield* run(editsByUser, { tenantId, key: userId }),
  }
}
