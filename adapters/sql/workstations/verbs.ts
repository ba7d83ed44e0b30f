import { type RawBuilder, sql } from 'kysely'
import type {
  CheckpointFacts,
  EditedResource,
  EditFacts,
  ListWorkstationsRequest,
  WorkstationFacts,
  WorkstationVerbs,
} from '../../../src/store/index.ts'
import { type Builder, enter, type Query, query, run } from '../query.ts'
import { afterOf } from '../reads.ts'
import type { Engine } from '../store.ts'
import {
  checkpoint as checkpointColumns,
  edit as editColumns,
  workstation as workstationColumns,
} from './columns.ts'
import { findRight, listCheckpoints, rightOf } from './load.ts'

interface WorkstationRow {
  workstation: WorkstationFacts
}
const workstationGroups = { workstation: ['w', workstationColumns] } as const

const findIn = query<{ tenantId: string; id: string }, WorkstationRow>(
  'workstation.find',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.workstations} w where w.tenant_id = ${p('tenantId')} and w.id = ${p('id')}`,
  workstationGroups,
)

const findAnywhere = query<{ id: string }, WorkstationRow>(
  'workstation.find_anywhere',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.names} n ${d.join} ${t.workstations} w
    where n.kind = 'workstation' and n.key = ${p('id')} and w.tenant_id = ${d.tenantOf('n')} and w.id = n.target`,
  workstationGroups,
)

const findByFingerprint = query<{ tenantId: string; userId: string; fingerprint: string }, WorkstationRow>(
  'workstation.find_registered',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.workstations} w
    where w.tenant_id = ${p('tenantId')} and w.user_id = ${p('userId')} and w.fingerprint = ${p('fingerprint')}`,
  workstationGroups,
)

type ListArgs = ReturnType<typeof afterOf> & { tenantId: string; userId: string }

/** One statement for each way to list, newest first by row values. */
const listOf = (
  name: string,
  which: (builder: Builder<ListArgs>) => RawBuilder<unknown>,
): Query<ListArgs, WorkstationRow> =>
  query<ListArgs, WorkstationRow>(
    name,
    (b) => sql`
      select ${b.columns} from ${b.t.workstations} w
      where ${which(b)} and (w.created_at, w.id) < (${b.p('afterAt', 'time')}, ${b.p('afterId')})
      order by w.created_at desc, w.id desc limit ${b.p('limit', 'int')}`,
    workstationGroups,
  )
const lists = {
  ofUser: listOf(
    'workstations.of_user',
    ({ p }) => sql`w.user_id = ${p('userId')} and w.tenant_id = ${p('tenantId')}`,
  ),
  ofTenant: listOf('workstations.of_tenant', ({ p }) => sql`w.tenant_id = ${p('tenantId')}`),
  everywhere: listOf('workstations.everywhere', () => sql`true`),
}

function listing(request: ListWorkstationsRequest): [Query<ListArgs, WorkstationRow>, ListArgs] {
  const { tenantId, userId } = request
  const which = tenantId === null ? 'everywhere' : userId === null ? 'ofTenant' : 'ofUser'
  return [lists[which], { tenantId: tenantId ?? '', userId: userId ?? '', ...afterOf(request) }]
}

const findHeld = query<{ tenantId: string; uid: string }, { edit: EditFacts }>(
  'edit.find_held',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.edits} e
    where e.tenant_id = ${p('tenantId')} and e.resource_uid = ${p('uid')} and e.ended_at is null`,
  { edit: ['e', editColumns] },
)

interface SavedRow {
  checkpoint: CheckpointFacts
  saved: { content: string }
  resource: EditedResource
}

const findCheckpoint = query<{ id: string }, SavedRow>(
  'checkpoint.find',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.names} n
    ${d.lookUp('cross', t.checkpoints, 'k', sql`k.tenant_id = n.tenant_id and k.id = n.key`)}
    ${d.join} ${t.resources} r
    where n.kind = 'checkpoint' and n.key = ${p('id')} and r.tenant_id = k.tenant_id and r.uid = k.resource_uid and r.removed_at is null`,
  {
    checkpoint: ['k', checkpointColumns],
    saved: ['k', { content: 'text' }],
    resource: ['r', { tenantId: 'text', uid: 'text', type: 'text', id: 'text' }],
  },
)

const overdueEdits = query<{ tenantId: string; at: Date; limit: number }, { edit: { id: string } }>(
  'maintain.overdue_edits',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.edits} e
    where e.tenant_id = ${p('tenantId')} and e.ended_at is null
      and (e.expires_at <= ${p('at', 'time')} or e.lost_at is not null)
    order by e.expires_at limit ${p('limit', 'int')}`,
  { edit: ['e', { id: 'text' }] },
)

type Due = { tenantId: string; at: Date }
const oldCheckpoints = sql`expires_at <=`
const oldEdits = sql`ended_at is not null and ended_at <`

const sweepNames = (kind: 'checkpoint' | 'edit'): Query<Due, Record<never, never>> =>
  query<Due>(
    `maintain.sweep_${kind}_names`,
    ({ t, p }) => sql`
      delete from ${t.names} where tenant_id = ${p('tenantId')} and kind = ${sql.lit(kind)} and key in (
        select id from ${kind === 'edit' ? t.edits : t.checkpoints} where tenant_id = ${p('tenantId')}
          and ${kind === 'edit' ? oldEdits : oldCheckpoints} ${p('at', 'time')})`,
  )
const sweepRows = (kind: 'checkpoint' | 'edit'): Query<Due, { swept: { id: string } }> =>
  query<Due, { swept: { id: string } }>(
    `maintain.sweep_${kind}s`,
    ({ t, p, columns }) => sql`
      delete from ${kind === 'edit' ? t.edits : t.checkpoints} where tenant_id = ${p('tenantId')}
        and ${kind === 'edit' ? oldEdits : oldCheckpoints} ${p('at', 'time')} returning ${columns}`,
    { swept: ['', { id: 'text' }] },
  )
const sweeps = {
  checkpointNames: sweepNames('checkpoint'),
  checkpoints: sweepRows('checkpoint'),
  editNames: sweepNames('edit'),
  edits: sweepRows('edit'),
}

/** What keeps workstations in a database, by the engine that runs everything else. */
export function workstationVerbs(engine: Engine): WorkstationVerbs {
  return {
    migrate: () => engine.migrate('workstations'),
    async find(tenantId, id) {
      const row =
        tenantId === null
          ? await engine.first({ kind: 'workstation', key: id }, findAnywhere, { id })
          : await engine.first({ tenantId }, findIn, { tenantId, id })
      return row?.workstation ?? null
    },
    async findByFingerprint(tenantId, userId, fingerprint) {
      const row = await engine.first({ tenantId }, findByFingerprint, { tenantId, userId, fingerprint })
      return row?.workstation ?? null
    },
    async list(request) {
      const scope = request.tenantId === null ? 'everywhere' : { tenantId: request.tenantId }
      return (await engine.read(scope, ...listing(request))).map(({ workstation }) => workstation)
    },
    async findHeld(tenantId, uid) {
      const edit = (await engine.first({ tenantId }, findHeld, { tenantId, uid }))?.edit
      if (edit === undefined) return null
      const right =
        edit.authority === 'grant'
          ? await engine.first({ tenantId }, findRight, { tenantId, uid, id: edit.authorityId })
          : null
      return { edit, right: rightOf(right, uid) }
    },
    async listCheckpoints(tenantId, uid) {
      const rows = await engine.read({ tenantId }, listCheckpoints, { tenantId, uid })
      return rows.map(({ checkpoint }) => checkpoint)
    },
    async findCheckpoint(id) {
      const row = await engine.first({ kind: 'checkpoint', key: id }, findCheckpoint, { id })
      return row && { checkpoint: row.checkpoint, content: row.saved.content, resource: row.resource }
    },
    async overdueEdits(tenantId, at, limit) {
      const rows = await engine.read({ tenantId }, overdueEdits, { tenantId, at, limit })
      return rows.map(({ edit }) => edit.id)
    },
    sweep: (tenantId, at, endedBefore) =>
      engine.transaction(function* () {
        yield* enter({ tenantId })
        yield* run(sweeps.editNames, { tenantId, at: endedBefore })
        yield* run(sweeps.edits, { tenantId, at: endedBefore })
        yield* run(sweeps.checkpointNames, { tenantId, at })
        return { checkpoints: (yield* run(sweeps.checkpoints, { tenantId, at })).length }
      }),
  }
}
