import { mutantsOf } from './mutant.ts'

const key = {
  kind: "kind = 'fork' and ",
  key: 'key = :key and ',
  tenant: ' and tenant_id = :tenantId',
}

/** One key has one copy. */
export const forking = [
  ...mutantsOf('adapters/sql/forks.ts', {
    "'fork.find'": {
      kind: "n.kind = 'fork' and ",
      key: 'n.key = :key and ',
      tenant: ' and n.tenant_id = :tenantId',
      lock: "#{d.lock('update', 'n')}",
    },
    "'fork.find_made'": {
      tenant: 'r.tenant_id = :tenantId and ',
      resource: ' and r.uid = :uid',
      'not of a removed one': ' and r.removed_at is null',
      'tenant of the parent': 'u.tenant_id = r.tenant_id and ',
      'join to the parent': ' and u.uid = r.parent_uid',
    },
    "'fork.begin'": { 'a conflict is no error': 'on conflict do nothing' },
    "'fork.renew'": {
      ...key,
      'leads nowhere': [
        "target = '', ",
        '',
        'what it led to is gone, and no uid is given twice: it leads nowhere either way',
      ],
    },
    "'fork.make'": {
      'in place of what was begun': [
        'do update set target = excluded.target, until = null where n.tenant_id = excluded.tenant_id and not exists ( select 1 from #{t.resources} r where r.tenant_id = n.tenant_id and r.uid = n.target and r.removed_at is null)',
        'do nothing',
      ],
      'not of another tenant': 'n.tenant_id = excluded.tenant_id and ',
      'not where one is made': [
        ' and not exists ( select 1 from #{t.resources} r where r.tenant_id = n.tenant_id and r.uid = n.target and r.removed_at is null)',
        '',
      ],
      'tenant of what is made': 'r.tenant_id = n.tenant_id and ',
      'join to what is made': ' and r.uid = n.target',
      'not what is removed': ' and r.removed_at is null',
      'no lease any more': ', until = null',
    },
    "'fork.give_up'": { ...key, 'only one’s own lease': ' and until = :until' },
    "case 'fork.begun': {": {
      'what another has left': [
        'if (change.again) yield* run(renew, { tenantId, key, until })\n      else ',
        '',
      ],
      'whoever began meanwhile': [
        'else if ((yield* first(begin, { tenantId, key, until })) === null) throw new Interleaved()',
        'else yield* first(begin, { tenantId, key, until })',
      ],
      'whoever made it meanwhile': [
        'if ((yield* first(make, { tenantId, key, uid: change.uid })) === null) throw new Interleaved()',
        'yield* first(make, { tenantId, key, uid: change.uid })',
      ],
    },
  }),
]
