import { mutantsOf } from './mutant.ts'

const GONE = ' and r.removed_at is null'

/** Registered clients, edit sessions with their fences, and what is saved of them. */
export const workstations = [
  ...mutantsOf('adapters/sql/workstations/load.ts', {
    "'workstation.lock'": {
      tenant: 'w.tenant_id = :tenantId and ',
      workstation: ' and w.id = :id',
      lock: "#{d.lock('update', 'w')}",
    },
    "'workstation.lock_registered'": {
      tenant: 'w.tenant_id = :tenantId and ',
      person: 'and w.user_id = :userId ',
      fingerprint: ' and w.fingerprint = :fingerprint',
      lock: "#{d.lock('update', 'w')}",
    },
    "'edit.lock'": {
      tenant: 'e.tenant_id = :tenantId and ',
      edit: ' and e.id = :id',
      lock: "#{d.lock('update', 'e')}",
    },
    "'edit.lock_held'": {
      tenant: 'e.tenant_id = :tenantId and ',
      resource: 'and e.resource_uid = :uid ',
      'not an ended one': ' and e.ended_at is null',
      lock: "#{d.lock('update', 'e')}",
    },
    "'edit.right'": {
      tenant: 'g.tenant_id = :tenantId and ',
      'join to the resource': 'g.resource_uid = c.uid and ',
      grant: 'and g.id = :id ',
      'not an ended one': 'and g.ended_at is null ',
      'not a removed one': [
        ' and g.removed_at is null',
        '',
        'a grant to a person is marked in one step with its resource, below which nothing lies from then on',
      ],
    },
    'export const rightOf = ': { 'from above': ['row.on.uid === uid ? null :', 'true ? null :'] },
    'export function* heldOf(': {
      'only by right of a grant': ["authority === 'grant' ?", 'true ?'],
    },
    "'fence.make'": {
      tenant: ['t.tenant_id = :tenantId', 'true'],
      'a conflict is no error': ' on conflict do nothing',
    },
    "'fence.lock'": { tenant: ['f.tenant_id = :tenantId', 'true'], lock: "#{d.lock('update', 'f')}" },
    'function* nextFence(': { 'one to lock': 'yield* run(makeFence, { tenantId, from })', next: ' + 1' },
    "'checkpoints.of_resource'": {
      tenant: 'k.tenant_id = :tenantId and ',
      resource: ' and k.resource_uid = :uid',
      'newest first': ' order by k.seq desc',
    },
    'const editsWhere = ': {
      tenant: 'e.tenant_id = :tenantId and ',
      whose: '#{sql.ref(`e.#{column}`)} = :key and ',
      'not ended ones': 'and e.ended_at is null ',
      'tenant of the resource': 'r.tenant_id = e.tenant_id and ',
      'join to the resource': ' and r.uid = e.resource_uid',
      'not of a removed one': GONE,
    },
    "'workstations.of_member'": {
      tenant: 'w.tenant_id = :tenantId and ',
      person: ' and w.user_id = :userId',
    },
    'export function* loadStations(': {
      'where the tables are not there': ' && (yield* areThere())',
      'a workstation of the tenant': [
        'workstation?.tenantId === tenantId ? workstation.id : null',
        'workstation?.id ?? null',
      ],
      'only what is asked for': ['removing && found !== null', 'found !== null'],
    },
  }),
  ...mutantsOf('adapters/sql/workstations/apply.ts', {
    "'workstation.insert'": { 'a conflict is no error': 'on conflict do nothing' },
    "'workstation.update'": { tenant: 'tenant_id = :tenantId and ', workstation: ' and id = :id' },
    "'workstation.delete'": {
      tenant: 'tenant_id = :tenantId and ',
      list: " and #{d.oneOf(sql`id`, list('ids'))}",
    },
    "'workstation.delete_names'": {
      tenant: 'tenant_id = :tenantId and ',
      'list of targets': "#{d.oneOf(sql`target`, list('targets'))} and ",
      kind: 'kind = :kind and ',
      list: " and #{d.oneOf(sql`key`, list('ids'))}",
    },
    "'fence.set'": { tenant: ' where tenant_id = :tenantId' },
    "'edit.prolong'": {
      tenant: 'tenant_id = :tenantId and ',
      edit: 'and id = :id ',
      'not an ended one': ' and ended_at is null',
    },
    "'edit.end'": {
      tenant: 'tenant_id = :tenantId and ',
      list: "and #{d.oneOf(sql`id`, list('ids'))} ",
      'not again': ' and ended_at is null',
    },
    "'checkpoint.delete'": {
      tenant: 'tenant_id = :tenantId and ',
      list: " and #{d.oneOf(sql`id`, list('ids'))}",
    },
    'const losing = ': {
      tenant: 'e.tenant_id = :tenantId and ',
      'not ended ones': 'e.ended_at is null and ',
      'not again': 'e.lost_at is null and ',
      which: ' and #{which(b)}',
    },
    "'edit.lose_admin'": {
      'only by right of being admin': "e.authority in ('admin', 'office') and ",
      'by an office too': ["in ('admin', 'office')", "= 'admin'"],
      'by being admin too': ["in ('admin', 'office')", "= 'office'"],
      'whose right': ' and e.authority_id = :key',
    },
    "'edit.lose_user'": { person: ['e.user_id = :key', 'true'] },
    "'edit.lose_group'": {
      person: 'e.user_id = :userId and ',
      'only by right of a grant': "e.authority = 'grant' and ",
      'tenant of the grant': 'g.tenant_id = :tenantId and ',
      'join to the grant': 'g.id = e.authority_id and ',
      group: ' and g.subject = :key',
    },
    "'edit.lose_owner'": {
      'only by the owner’s right': "e.authority = 'owner' and ",
      'list of resources': " and #{d.oneOf(sql`e.resource_uid`, list('ids'))}",
    },
    "'edit.lose_workstation'": {
      'list of workstations': ["d.oneOf(sql`e.workstation_id`, list('ids'))", 'sql`true`'],
    },
    "'workstation.edited_in'": {
      workstations: ["#{d.oneOf(sql`e.workstation_id`, list('ids'))} and ", ''],
      'not ended ones': ' and e.ended_at is null',
      'in one order': ' order by f.tenant_id',
    },
    "'tenant.guests_edit_in'": {
      'whose people': 'e.user_tenant_id = :tenantId and ',
      'only abroad': 'e.tenant_id <> :tenantId and ',
      'not ended ones': ' and e.ended_at is null',
      'in one order': ' order by f.tenant_id',
    },
    "'edit.lose_guests'": {
      tenant: 'tenant_id = :tenantId and ',
      'whose people': 'user_tenant_id = :home and ',
      'not ended ones': 'ended_at is null and ',
      'not again': ' and lost_at is null',
    },
    "'edit.join_authority'": {
      tenant: 'e.tenant_id = :tenantId and ',
      'only by right of a grant': "e.authority = 'grant' and ",
      'whose right': 'e.authority_id = :from and ',
      'not ended ones': 'and e.ended_at is null ',
      'only on what they own': 'e.resource_uid = :uid and ',
      'only the owner’s own': ' and e.user_id = :to',
      'tenant of the grant': 'g.tenant_id = :tenantId and ',
      'join to the grant': 'g.id = :to and ',
      'only whose grant it is': " and g.subject = 'user:' || e.user_id",
    },
    "'edit.forget'": { tenant: 'tenant_id = :tenantId and ', person: ' and user_id = :userId' },
    "'edit.forget_names'": {
      tenant: ['#{t.names} where tenant_id = :tenantId and ', '#{t.names} where '],
      kind: "kind = 'edit' and ",
      'tenant of the edits': ['#{t.edits} where tenant_id = :tenantId and ', '#{t.edits} where '],
      person: ' and user_id = :userId',
    },
    "'checkpoint.forget'": {
      tenant: 'tenant_id = :tenantId and ',
      person: ' and user_id = :userId',
      'whose it was': 'user_id = null, ',
      'from where it was saved': ', workstation_id = null',
    },
    'export function* applyToWorkstations(': {
      'whoever registered it meanwhile': [
        'if ((yield* run(insertWorkstation, workstation)).length === 0) throw new Interleaved()',
        'yield* run(insertWorkstation, workstation)',
      ],
      'the counter goes on': 'yield* run(setFence, { tenantId, fence })',
      'where the tables are not there to lose': ['if (yield* areThere()) yield* lose', 'yield* lose'],
      'where the tables are not there to forget': 'if (!(yield* areThere())) return',
      'the names of what is dropped': [
        "yield* run(deleteNames, { tenantId, kind: 'checkpoint', targets: [checkpoint.resourceUid], ids: dropped, })",
        '',
      ],
      'the oldest goes': 'yield* run(deleteCheckpoints, { tenantId, ids: dropped })',
      'the names of their edits': 'yield* run(forgetEditNames, who)',
      'their edits': 'yield* run(forgetEdits, who)',
      'what they saved': 'yield* run(forgetSaver, who)',
    },
    'function* removeWorkstations(': {
      'its name': "yield* run(deleteNames, { tenantId, kind: 'workstation', targets: ids, ids })",
      'in every tenant': "yield* enter('everywhere')",
      'in the tenant where it is edited': 'yield* enter({ tenantId: found.tenantId })',
    },
    'export function* loseEditsAbroad(': {
      'where the tables are not there': 'if (!(yield* areThere())) return',
      'in every tenant': "yield* enter('everywhere')",
      'in the tenant where they edit': 'yield* enter({ tenantId: found.tenantId })',
    },
    'export function* loseFormerOwners(': {
      'where the tables are not there': 'if (!(yield* areThere())) return',
    },
    'export function* joinEdits(': { 'where the tables are not there': 'if (yield* areThere()) ' },
  }),
  ...mutantsOf('adapters/sql/workstations/tenants.ts', {
    "'member.tenants_of_workstations'": {
      'where something was registered': ['where w.user_id = :userId', 'where w.user_id is null'],
      'where something is edited': ['where e.user_id = :userId', 'where e.user_id is null'],
      'where something was saved': ['where k.user_id = :userId', 'where false'],
    },
    "'admin.tenants_of_edits'": {
      'only by right of being admin': "e.authority in ('admin', 'office') and ",
      'by an office too': ["in ('admin', 'office')", "= 'admin'"],
      'by being admin too': ["in ('admin', 'office')", "= 'office'"],
      'whose right': 'e.authority_id = :userId and ',
      'not ended ones': ' and e.ended_at is null',
    },
    'export function* tenantsOfWorkstations(': {
      'where the tables are not there': ' || !(yield* areThere())',
    },
  }),
  ...mutantsOf('adapters/sql/workstations/verbs.ts', {
    "'workstation.find'": { tenant: 'w.tenant_id = :tenantId and ', workstation: ' and w.id = :id' },
    "'workstation.find_anywhere'": {
      kind: "n.kind = 'workstation' and ",
      key: 'n.key = :id and ',
      tenant: "w.tenant_id = #{d.tenantOf('n')} and ",
      workstation: ' and w.id = n.target',
    },
    "'workstation.find_registered'": {
      tenant: 'w.tenant_id = :tenantId and ',
      person: 'and w.user_id = :userId ',
      fingerprint: ' and w.fingerprint = :fingerprint',
    },
    'const listOf = ': {
      whose: '#{which(b)} and ',
      'after the last place': ['(w.created_at, w.id) < (:afterAt, :afterId)', 'true'],
      'ids in the place': ['(w.created_at, w.id) < (:afterAt, :afterId)', 'w.created_at < :afterAt'],
      'newest first': 'order by w.created_at desc, w.id desc ',
      limit: ' limit :limit',
    },
    'const lists = ': {
      person: 'w.user_id = :userId and ',
      'tenant of a person’s': [' and w.tenant_id = :tenantId', ''],
      tenant: [
        "listOf('workstations.of_tenant', ({ p }) => sql`w.tenant_id = :tenantId`)",
        "listOf('workstations.of_tenant', () => sql`true`)",
      ],
    },
    "'edit.find_held'": {
      tenant: 'e.tenant_id = :tenantId and ',
      resource: 'and e.resource_uid = :uid ',
      'not an ended one': ' and e.ended_at is null',
    },
    "'checkpoint.find'": {
      kind: "n.kind = 'checkpoint' and ",
      key: 'n.key = :id and ',
      tenant: 'k.tenant_id = n.tenant_id and ',
      checkpoint: ' and k.id = n.key',
      'tenant of the resource': 'r.tenant_id = k.tenant_id and ',
      'join to the resource': 'r.uid = k.resource_uid and ',
      'not of a removed one': [GONE, '', 'its name is deleted in the step that marks its resource'],
    },
    "'maintain.overdue_edits'": {
      tenant: 'e.tenant_id = :tenantId and ',
      'not ended ones': 'e.ended_at is null and ',
      'only what is over': ' and (e.expires_at <= :at or e.lost_at is not null)',
      'what ran out': 'e.expires_at <= :at or ',
      'what is lost': ' or e.lost_at is not null',
      'what ran out first': ' order by e.expires_at',
      'a slice at a time': ' limit :limit',
    },
    'const oldCheckpoints = ': {
      'only ended edits': [
        'ended_at is not null and ',
        '',
        'no end is before no moment: the condition is there for the plan',
      ],
    },
    'const sweepNames = ': {
      tenant: ['#{t.names} where tenant_id = :tenantId and ', '#{t.names} where '],
      kind: 'kind = #{sql.lit(kind)} and ',
      'tenant of what goes': [
        "select id from #{kind === 'edit' ? t.edits : t.checkpoints} where tenant_id = :tenantId and ",
        "select id from #{kind === 'edit' ? t.edits : t.checkpoints} where ",
      ],
      'only what is old': [" and #{kind === 'edit' ? oldEdits : oldCheckpoints} :at)", ')'],
    },
    'const sweepRows = ': {
      tenant: 'tenant_id = :tenantId and ',
      'only what is old': [" and #{kind === 'edit' ? oldEdits : oldCheckpoints} :at", ''],
    },
    'export function workstationVerbs(': {
      'anywhere, in the tenant where it is': [
        "{ kind: 'workstation', key: id }, findAnywhere",
        "{ tenantId: '' }, findAnywhere",
      ],
      'the right it is held by': [
        "edit.authority === 'grant' ? await engine.first({ tenantId }, findRight, { tenantId, uid, id: edit.authorityId }) : null",
        'null',
      ],
      'names of edits': 'yield* run(sweeps.editNames, { tenantId, at: endedBefore })',
      'edits that ended long ago': 'yield* run(sweeps.edits, { tenantId, at: endedBefore })',
      'names of checkpoints': 'yield* run(sweeps.checkpointNames, { tenantId, at })',
    },
  }),
  ...mutantsOf('adapters/sql/load.ts', {
    'function* locate(': {
      'a workstation by its name': [
        "anchor.tenantId === null ? yield* first(findName, { kind: 'workstation', key: anchor.id }) : null",
        'null as { name: { tenantId: string } } | null',
      ],
      'the workstation of the tenant': [
        "anchor.tenantId === null ? yield* first(findName, { kind: 'workstation', key: anchor.id }) : null const tenantId = anchor.tenantId ?? named?.name.tenantId ?? ''",
        "yield* first(findName, { kind: 'workstation', key: anchor.id })\n      const tenantId = named?.name.tenantId ?? ''",
      ],
    },
    'const MAKE_THEIR_TENANT': { 'a person’s tenant that was removed meanwhile': ", 'person'" },
    'export function* load(': {
      'the whole tenant for a workstation that goes, alone': ' || ask.stations?.removing === true',
    },
  }),
  ...mutantsOf('adapters/sql/apply.ts', {
    'function* applyAlike(': {
      'what the former owner edits': 'yield* loseFormerOwners(tenantId, uids, same[0]!.at)',
    },
    "case 'authority.joined': {": {
      'what is edited by it': 'yield* joinEdits(tenantId, { from, ...right })',
    },
  }),
  ...mutantsOf('adapters/sql/removal.ts', {
    'export function* removeTenant(': { 'what its people edit abroad': 'yield* loseEditsAbroad(tenantId)' },
    "'resource.delete_request_names'": {
      'names of requests': "'request', ",
      'names of copies': "'fork', ",
      'names of edits': "'edit', ",
      'names of checkpoints': ", 'checkpoint'",
    },
  }),
  ...mutantsOf('adapters/sqlite/dialect.ts', {
    'there: (table) =>': {
      'of this name': [' and m.name = #{sql.lit(table.compile(kysely).sql.slice(1, -1))}', ''],
    },
  }),
  ...mutantsOf('adapters/postgres/dialect.ts', {
    'there: (table) =>': { 'whether it is there': ['is not null', 'is null'] },
  }),
  ...mutantsOf('adapters/sql/hanging.ts', {
    'export function* tenantsAsked(': {
      'where the module knows of somebody': ['yield* tenantsOfWorkstations(ask)', '[] as string[]'],
      'each once': ['[...new Set([...known, ...others])]', '[...known, ...others]'],
      'in one order': '.sort((a, b) => (a < b ? -1 : 1))',
    },
  }),
]
