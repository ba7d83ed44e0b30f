import { sql } from 'kysely'
import type {
  Change,
  CheckpointFacts,
  EditFacts,
  LostRight,
  WorkstationChange,
} from '../../../src/store/index.ts'
import { Interleaved } from '../interleaved.ts'
import { columnList, enter, fieldsOf, query, run, type Steps } from '../query.ts'
import {
  checkpoint as checkpointColumns,
  edit as editColumns,
  workstation as workstationColumns,
} from './columns.ts'
import { areThere } from './load.ts'

type Registered = Extract<WorkstationChange, { kind: 'workstation.registered' }>['workstation']

const insertWorkstation = query<Registered, { workstation: { id: string } }>(
  'workstation.insert',
  ({ t, p, columns }) => sql`
    insert into ${t.workstations} (${columnList(workstationColumns)})
    values (${sql.join(fieldsOf(workstationColumns).map(([name, kind]) => p(name as 'id', kind)))})
    on conflict do nothing returning ${columns}`,
  { workstation: ['', { id: 'text' }] },
)

const insertName = query<{ tenantId: string; kind: string; id: string; target: string }>(
  'workstation.name',
  ({ t, p }) => sql`
    insert into ${t.names} (tenant_id, kind, key, target)
    values (${p('tenantId')}, ${p('kind')}, ${p('id')}, ${p('target')})`,
)

const updateWorkstation = query<Registered>(
  'workstation.update',
  ({ t, p }) => sql`
    update ${t.workstations} set name = ${p('name')}, last_seen = ${p('lastSeen', 'time')}
    where tenant_id = ${p('tenantId')} and id = ${p('id')}`,
)

const deleteWorkstations = query<{ tenantId: string; ids: readonly string[] }>(
  'workstation.delete',
  ({ t, p, d, list }) => sql`
    delete from ${t.workstations} where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`id`, list('ids'))}`,
)

/** Workstations are targets of their own names; sessions and checkpoints have their resource's. */
const deleteNames = query<{
  tenantId: string
  kind: string
  targets: readonly string[]
  ids: readonly string[]
}>(
  'workstation.delete_names',
  ({ t, p, d, list }) => sql`
    delete from ${t.names} where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`target`, list('targets'))}
      and kind = ${p('kind')} and ${d.oneOf(sql`key`, list('ids'))}`,
)

const insertEdit = query<EditFacts>(
  'edit.insert',
  ({ t, p }) => sql`
    insert into ${t.edits} (${columnList(editColumns)})
    values (${sql.join(fieldsOf(editColumns).map(([name, kind]) => p(name as 'id', kind)))})`,
)

const setFence = query<{ tenantId: string; fence: number }>(
  'fence.set',
  ({ t, p }) => sql`update ${t.fences} set last = ${p('fence', 'int')} where tenant_id = ${p('tenantId')}`,
)

const prolongEdit = query<{ tenantId: string; id: string; expiresAt: Date }>(
  'edit.prolong',
  ({ t, p }) => sql`
    update ${t.edits} set expires_at = ${p('expiresAt', 'time')}
    where tenant_id = ${p('tenantId')} and id = ${p('id')} and ended_at is null`,
)

const endEdits = query<{ tenantId: string; ids: readonly string[]; reason: string; at: Date }>(
  'edit.end',
  ({ t, p, d, list }) => sql`
    update ${t.edits} set ended_at = ${p('at', 'time')}, end_reason = ${p('reason')}
    where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`id`, list('ids'))} and ended_at is null`,
)

const insertCheckpoint = query<CheckpointFacts & { content: string }>(
  'checkpoint.insert',
  ({ t, p }) => sql`
    insert into ${t.checkpoints} (content, ${columnList(checkpointColumns)})
    values (${p('content')}, ${sql.join(fieldsOf(checkpointColumns).map(([name, kind]) => p(name as 'id', kind)))})`,
)

const deleteCheckpoints = query<{ tenantId: string; ids: readonly string[] }>(
  'checkpoint.delete',
  ({ t, p, d, list }) => sql`
    delete from ${t.checkpoints} where tenant_id = ${p('tenantId')} and ${d.oneOf(sql`id`, list('ids'))}`,
)

type LosingArgs = { tenantId: string; key: string; userId: string; ids: readonly string[]; at: Date }
const losing = (name: string, which: Parameters<typeof query<LosingArgs>>[1]) =>
  query<LosingArgs>(
    name,
    (b) => sql`
      update ${b.t.edits} as e set lost_at = ${b.p('at', 'time')}
      where e.tenant_id = ${b.p('tenantId')} and e.ended_at is null and e.lost_at is null and ${which(b)}`,
  )
const loseByAdmin = losing(
  'edit.lose_admin',
  ({ p }) => sql`e.authority in ('admin', 'office') and e.authority_id = ${p('key')}`,
)
const loseByUser = losing('edit.lose_user', ({ p }) => sql`e.user_id = ${p('key')}`)
const loseByGroup = losing(
  'edit.lose_group',
  ({ t, p }) => sql`e.user_id = ${p('userId')} and e.authority = 'grant' and exists (
    select 1 from ${t.grants} g
    where g.tenant_id = ${p('tenantId')} and g.id = e.authority_id and g.subject = ${p('key')})`,
)
const loseByOwner = losing(
  'edit.lose_owner',
  ({ d, list }) => sql`e.authority = 'owner' and ${d.oneOf(sql`e.resource_uid`, list('ids'))}`,
)
const loseByWorkstation = losing('edit.lose_workstation', ({ d, list }) =>
  d.oneOf(sql`e.workstation_id`, list('ids')),
)

const tenantsOfWorkstations = query<{ ids: readonly string[] }, { found: { tenantId: string } }>(
  'workstation.edited_in',
  ({ t, d, list, columns }) => sql`
    select ${columns} from (
      select distinct e.tenant_id from ${t.edits} e where ${d.oneOf(sql`e.workstation_id`, list('ids'))}
        and e.ended_at is null
    ) f order by f.tenant_id`,
  { found: ['f', { tenantId: 'text' }] },
)

const tenantsOfGuests = query<{ tenantId: string }, { found: { tenantId: string } }>(
  'tenant.guests_edit_in',
  ({ t, p, columns }) => sql`
    select ${columns} from (
      select distinct e.tenant_id from ${t.edits} e where e.user_tenant_id = ${p('tenantId')}
        and e.tenant_id <> ${p('tenantId')} and e.ended_at is null
    ) f order by f.tenant_id`,
  { found: ['f', { tenantId: 'text' }] },
)

/** A tenant's removal has no moment: one that is past for certain does. Its end is written down with the real one. */
const loseGuestsOf = query<{ tenantId: string; home: string }>(
  'edit.lose_guests',
  ({ t, p }) => sql`
    update ${t.edits} set lost_at = started_at
    where tenant_id = ${p('tenantId')} and user_tenant_id = ${p('home')} and ended_at is null and lost_at is null`,
)

const joinAuthority = query<{ tenantId: string; from: string; kind: string; to: string; uid: string }>(
  'edit.join_authority',
  ({ t, p }) => sql`
    update ${t.edits} as e set authority = ${p('kind')}, authority_id = ${p('to')}
    where e.tenant_id = ${p('tenantId')} and e.authority = 'grant' and e.authority_id = ${p('from')} and e.ended_at is null
      and ((${p('kind')} = 'owner' and e.resource_uid = ${p('uid')} and e.user_id = ${p('to')}) or (${p('kind')} = 'grant'
        and exists (select 1 from ${t.grants} g where g.tenant_id = ${p('tenantId')} and g.id = ${p('to')}
          and g.subject = 'user:' || e.user_id)))`,
)

const forgetEdits = query<{ tenantId: string; userId: string }>(
  'edit.forget',
  ({ t, p }) => sql`delete from ${t.edits} where tenant_id = ${p('tenantId')} and user_id = ${p('userId')}`,
)

const forgetEditNames = query<{ tenantId: string; userId: string }>(
  'edit.forget_names',
  ({ t, p }) => sql`
    delete from ${t.names} where tenant_id = ${p('tenantId')} and kind = 'edit' and key in (
      select id from ${t.edits} where tenant_id = ${p('tenantId')} and user_id = ${p('userId')})`,
)

const forgetSaver = query<{ tenantId: string; userId: string }>(
  'checkpoint.forget',
  ({ t, p }) => sql`
    update ${t.checkpoints} set user_id = null, workstation_id = null
    where tenant_id = ${p('tenantId')} and user_id = ${p('userId')}`,
)

const KINDS = {
  'workstation.registered': true,
  'workstation.seen': true,
  'workstations.removed': true,
  'edit.begun': true,
  'edit.prolonged': true,
  'edits.ended': true,
  'edits.lost': true,
  'checkpoint.saved': true,
  'editor.forgotten': true,
} as const satisfies Record<WorkstationChange['kind'], true>

export const isOfWorkstations = (change: Change): change is WorkstationChange => change.kind in KINDS

export function* applyToWorkstations(tenantId: string, change: WorkstationChange): Steps<void> {
  switch (change.kind) {
    case 'workstation.registered': {
      const { workstation } = change
      if ((yield* run(insertWorkstation, workstation)).length === 0) throw new Interleaved()
      yield* run(insertName, { tenantId, kind: 'workstation', id: workstation.id, target: workstation.id })
      return
    }
    case 'workstation.seen':
      yield* run(updateWorkstation, change.workstation)
      return
    case 'workstations.removed':
      yield* removeWorkstations(tenantId, change.ids, change.at)
      return
    case 'edit.begun': {
      const { id, resourceUid: target, fence } = change.edit
      yield* run(setFence, { tenantId, fence })
      yield* run(insertName, { tenantId, kind: 'edit', id, target })
      yield* run(insertEdit, change.edit)
      return
    }
    case 'edit.prolonged':
      yield* run(prolongEdit, { tenantId, id: change.id, expiresAt: change.expiresAt })
      return
    case 'edits.ended':
      yield* run(endEdits, { tenantId, ids: change.ids, reason: change.reason, at: change.at })
      return
    case 'edits.lost':
      if (yield* areThere()) yield* lose(tenantId, change.right, change.at)
      return
    case 'checkpoint.saved': {
      const { checkpoint, content, dropped } = change
      yield* run(deleteNames, {
        tenantId,
        kind: 'checkpoint',
        targets: [checkpoint.resourceUid],
        ids: dropped,
      })
      yield* run(deleteCheckpoints, { tenantId, ids: dropped })
      yield* run(insertName, {
        tenantId,
        kind: 'checkpoint',
        id: checkpoint.id,
        target: checkpoint.resourceUid,
      })
      yield* run(insertCheckpoint, { ...checkpoint, content })
      return
    }
    case 'editor.forgotten': {
      if (!(yield* areThere())) return
      const who = { tenantId, userId: change.userId }
      yield* run(forgetEditNames, who)
      yield* run(forgetEdits, who)
      yield* run(forgetSaver, who)
    }
  }
}

function* lose(tenantId: string, right: LostRight, at: Date): Steps<void> {
  const args = { tenantId, key: '', userId: '', ids: [], at }
  if ('admin' in right) yield* run(loseByAdmin, { ...args, key: right.admin })
  else if ('group' in right) yield* run(loseByGroup, { ...args, key: right.group, userId: right.userId })
  else yield* run(loseByUser, { ...args, key: right.userId })
}

/** A guest edits in another tenant, where what they edit from goes away too. */
function* removeWorkstations(tenantId: string, ids: readonly string[], at: Date): Steps<void> {
  yield* run(deleteNames, { tenantId, kind: 'workstation', targets: ids, ids })
  yield* run(deleteWorkstations, { tenantId, ids })
  yield* enter('everywhere')
  for (const { found } of yield* run(tenantsOfWorkstations, { ids })) {
    yield* enter({ tenantId: found.tenantId })
    yield* run(loseByWorkstation, { tenantId: found.tenantId, key: '', userId: '', ids, at })
  }
  yield* enter({ tenantId })
}

/** The people of a tenant that is removed edit nothing elsewhere any more. After their workstations are gone. */
export function* loseEditsAbroad(tenantId: string): Steps<void> {
  if (!(yield* areThere())) return
  yield* enter('everywhere')
  for (const { found } of yield* run(tenantsOfGuests, { tenantId })) {
    yield* enter({ tenantId: found.tenantId })
    yield* run(loseGuestsOf, { tenantId: found.tenantId, home: tenantId })
  }
  yield* enter({ tenantId })
}

/** What changes hands takes no session of its former owner's along. */
export function* loseFormerOwners(tenantId: string, uids: readonly string[], at: Date): Steps<void> {
  if (!(yield* areThere())) return
  yield* run(loseByOwner, { tenantId, key: '', userId: '', ids: uids, at })
}

/** Where two rights of a person become one, what they began by either goes on; of anybody else nothing does. */
export function* joinEdits(
  tenantId: string,
  right: { from: string; kind: string; to: string; uid: string },
): Steps<void> {
  if (yield* areThere()) yield* run(joinAuthority, { tenantId, ...right })
}
