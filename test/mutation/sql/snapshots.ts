import { mutantsOf } from './mutant.ts'

/** What grants show of a moment, and how long it is kept. */
export const snapshots = [
  ...mutantsOf('adapters/sql/snapshots.ts', {
    'const ofGrant = ': {
      tenant: 'g.tenant_id = :tenantId and ',
      grant: 'and g.id = :grantId ',
      'not of an ended grant': 'and g.ended_at is null ',
      'not of a removed grant': ' and g.removed_at is null',
      'tenant of the snapshot': "s.tenant_id = #{d.tenantOf('g')} and ",
      'join to the snapshot': ' and s.id = g.snapshot_id',
      'content where it is asked for': ['withContent ?', 'false ?'],
    },
    'export const snapshotOfGrant': {
      'content only where it is asked for': ['withContent ? wholeOfGrant : headOfGrant', 'wholeOfGrant'],
    },
    'const find = (': {
      tenant: 's.tenant_id = :tenantId and ',
      snapshot: 's.id = :id and ',
      'of the resource': ' and s.resource_uid = :uid',
      'content where it is asked for': ['withContent ?', 'false ?'],
    },
    'export const findSnapshot': {
      'content only where it is asked for': ['withContent ? findWhole : findHead', 'findWhole'],
    },
    "'snapshot.store'": { 'what is there already is the same': ' on conflict do nothing' },
    "'snapshot.keep'": {
      tenant: 'tenant_id = :tenantId and ',
      snapshot: ' and id = :id',
      'never for less time': ' and (kept_until is null or kept_until < :until)',
    },
    'export function* applySnapshot': {
      'it is stored': ['yield* run(storeSnapshot, change.snapshot)', '{}'],
      'it is kept': ['else yield* run(keepSnapshot, { tenantId, id: change.id, until: change.until })', ''],
    },
    'const isNamed = ': {
      'not by an ended grant': 'g.ended_at is null and ',
      'not by a removed grant': 'g.removed_at is null and ',
      'by a link that has expired': 'g.subject is null or ',
      'not by what a person had': " and (g.subject is null or (#{goesOn('g', at)}))",
      'not by a link whose right is over': " and #{goesOn('a', at)}",
    },
    'const goesOn = ': {
      'not what has expired': '(#{expires} is null or #{expires} > #{at}) and ',
      'not what nobody claimed': ' and (#{claimable} is null or #{claimable} > #{at})',
    },
    "'maintain.sweep_snapshots'": {
      tenant: ['#{t.snapshots} where tenant_id = :tenantId and ', '#{t.snapshots} where '],
      'tenant of those to delete': 's.tenant_id = :tenantId and ',
      'not while passes live': '(s.kept_until is null or s.kept_until <= :at) and ',
      'not what is named': [
        " and not exists (select 1 from #{t.grants} g left join #{t.grants} a on #{authorityKeys} where g.tenant_id = :tenantId and g.snapshot_id = s.id and #{isNamed(p('at', 'time'))})",
        '',
      ],
      'tenant of who names it': 'g.tenant_id = :tenantId and ',
      'join to the right of a link': ['left join', 'join'],
      'join to who names it': 'g.snapshot_id = s.id and ',
      'a slice at a time': ' limit :limit',
    },
    'export function* sweepSnapshots': {
      'alone in the tenant': 'yield* run(lockTenantWhole, { tenantId })',
    },
  }),
  ...mutantsOf('adapters/sql/apply.ts', {
    'const setSnapshot = ': {
      id: 'snapshot_id = :snapshotId, ',
      revision: 'snapshot_revision = :snapshotRevision, ',
      title: 'snapshot_title = :snapshotTitle, ',
      moment: ', snapshot_at = :snapshotAt',
    },
    "'link.update',": { 'its snapshot': '#{setSnapshot(p)}, ' },
    "'grant.update',": { 'its snapshot': '#{setSnapshot(p)}, ' },
  }),
  ...mutantsOf('adapters/sql/removal.ts', {
    "'resource.delete_snapshots'": {
      tenant: 'tenant_id = :tenantId and ',
      resource: ' and resource_uid = :uid',
    },
    'export function* removeResource': {
      'snapshots at once': 'yield* run(deleteSnapshotsOf, { tenantId, uid })',
    },
    'const cleared = ': { snapshots: ["'snapshots', ", '', 'they go with their resources'] },
  }),
]
