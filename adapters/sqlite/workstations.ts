import type { Migration } from '../sql/migration.ts'

/** The tables of `sharegrant/workstations`, which are made where it is used. */
export const sqliteWorkstations: readonly Migration[] = [
  {
    set: 'workstations',
    number: 1,
    name: 'workstations',
    statements: [
      `create table {workstations} (
    tenant_id text not null references {tenants} (tenant_id) on delete cascade,
    id text not null,
    user_id text not null,
    name text not null,
    fingerprint text not null,
    last_seen integer not null,
    created_at integer not null,
    primary key (tenant_id, id)
  ) strict`,
      'create unique index {prefix}workstations_fingerprint on {workstations} (tenant_id, user_id, fingerprint)',
      'create index {prefix}workstations_user on {workstations} (user_id, tenant_id, created_at, id)',
      'create index {prefix}workstations_tenant on {workstations} (tenant_id, created_at, id)',
      'create index {prefix}workstations_time on {workstations} (created_at, id)',
      // It outlives its tenant: one made again under the same name must not give a number twice.
      `create table {fences} (
    tenant_id text not null primary key,
    last integer not null
  ) strict, without rowid`,
      `create table {edits} (
    tenant_id text not null,
    id text not null,
    resource_uid text not null,
    workstation_id text not null,
    workstation_name text not null,
    user_id text not null,
    user_tenant_id text not null,
    fence integer not null,
    authority text not null,
    authority_id text not null,
    started_at integer not null,
    expires_at integer not null,
    lost_at integer,
    ended_at integer,
    end_reason text,
    primary key (tenant_id, id),
    foreign key (tenant_id, resource_uid) references {resources} (tenant_id, uid) on delete cascade
  ) strict`,
      'create unique index {prefix}edits_held on {edits} (tenant_id, resource_uid) where ended_at is null',
      'create index {prefix}edits_resource on {edits} (tenant_id, resource_uid)',
      'create index {prefix}edits_due on {edits} (tenant_id, expires_at) where ended_at is null',
      'create index {prefix}edits_ended on {edits} (tenant_id, ended_at) where ended_at is not null',
      'create index {prefix}edits_user on {edits} (user_id, tenant_id)',
      'create index {prefix}edits_user_tenant on {edits} (user_tenant_id, tenant_id) where ended_at is null',
      'create index {prefix}edits_workstation on {edits} (workstation_id, tenant_id) where ended_at is null',
      'create index {prefix}edits_authority on {edits} (authority, authority_id) where ended_at is null',
      `create table {checkpoints} (
    tenant_id text not null,
    id text not null,
    resource_uid text not null,
    seq integer not null,
    edit_id text not null,
    fence integer not null,
    workstation_id text,
    user_id text,
    content text not null,
    bytes integer not null,
    saved_at integer not null,
    expires_at integer not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, resource_uid) references {resources} (tenant_id, uid) on delete cascade
  ) strict`,
      'create unique index {prefix}checkpoints_resource on {checkpoints} (tenant_id, resource_uid, seq)',
      'create index {prefix}checkpoints_due on {checkpoints} (tenant_id, expires_at)',
      'create index {prefix}checkpoints_user on {checkpoints} (user_id, tenant_id) where user_id is not null',
    ],
  },
]
