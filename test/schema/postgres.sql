create table if not exists "public"."share_migrations" (
  "set" text not null, number integer not null, name text not null, primary key ("set", number));
-- core 1: links
create table "public"."share_tenants" (
  tenant_id text collate "C" not null primary key,
  allow_public_shares boolean not null default true,
  max_link_days integer,
  require_expiry boolean not null default false,
  require_password boolean not null default false,
  allowed_email_domains text collate "C",
  allow_guests boolean not null default false,
  rolled_until text collate "C" not null default '',
  purged_until text collate "C" not null default ''
);
create table "public"."share_names" (
  kind text collate "C" not null,
  key text collate "C" not null,
  tenant_id text collate "C" not null references "public"."share_tenants" (tenant_id),
  target text collate "C" not null,
  until timestamptz,
  imported boolean not null default false,
  primary key (kind, key)
);
create index share_names_target on "public"."share_names" (tenant_id, target);
create index share_names_until on "public"."share_names" (tenant_id, until) where until is not null;
create table "public"."share_resources" (
  tenant_id text collate "C" not null references "public"."share_tenants" (tenant_id),
  uid text collate "C" not null,
  type text collate "C" not null,
  id text collate "C" not null,
  owner_id text collate "C" not null,
  title text collate "C",
  visibility text collate "C" not null,
  traits text collate "C" not null,
  parent_uid text collate "C",
  forked_from text collate "C",
  audit_seq bigint not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  removed_at timestamptz,
  primary key (tenant_id, uid),
  foreign key (tenant_id, parent_uid) references "public"."share_resources" (tenant_id, uid)
);
create unique index share_resources_ref on "public"."share_resources" (tenant_id, type, id) where removed_at is null;
create index share_resources_owner on "public"."share_resources" (owner_id, tenant_id, created_at, uid);
create index share_resources_parent on "public"."share_resources" (tenant_id, parent_uid) where parent_uid is not null;
create index share_resources_visible on "public"."share_resources" (tenant_id, type, visibility)
  where visibility <> 'private' and removed_at is null;
create index share_resources_removed on "public"."share_resources" (tenant_id) where removed_at is not null;
create table "public"."share_grants" (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  resource_uid text collate "C" not null,
  grantee text collate "C" not null,
  subject text collate "C",
  address text collate "C",
  address_key text collate "C",
  resource_type text collate "C",
  resource_created_at timestamptz,
  name text collate "C",
  visibility text collate "C",
  role text collate "C" not null,
  mode text collate "C" not null,
  created_by text collate "C" not null,
  authority text collate "C",
  authority_id text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz,
  claimable_until timestamptz,
  accepted_at timestamptz,
  not_before timestamptz,
  max_views integer,
  view_count bigint not null default 0,
  last_viewed_at timestamptz,
  password_hash text collate "C",
  password_version integer not null default 0,
  audience text collate "C",
  token_hash text collate "C",
  sealed_token text collate "C",
  snapshot_id text collate "C",
  snapshot_revision text collate "C",
  snapshot_title text collate "C",
  snapshot_at timestamptz,
  ended_at timestamptz,
  end_reason text collate "C",
  removed_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, resource_uid) references "public"."share_resources" (tenant_id, uid) on delete cascade,
  check (grantee = 'link' or (subject is not null and resource_created_at is not null)),
  check (grantee <> 'link' or (token_hash is not null and authority is not null and visibility is not null)),
  check ((mode = 'snapshot') = (snapshot_id is not null and snapshot_revision is not null and snapshot_at is not null))
) with (fillfactor = 85);
create index share_grants_resource on "public"."share_grants" (tenant_id, resource_uid, created_at, id);
create index share_grants_creator on "public"."share_grants" (created_by, tenant_id, created_at, id);
create index share_grants_tenant on "public"."share_grants" (tenant_id, created_at, id);
create index share_grants_authority on "public"."share_grants" (authority, authority_id) where ended_at is null;
create index share_grants_sealed on "public"."share_grants" (tenant_id, substr(sealed_token, 1, 8))
  where sealed_token is not null and ended_at is null and removed_at is null;
create index share_grants_removed on "public"."share_grants" (tenant_id) where removed_at is not null;
create unique index share_grants_people on "public"."share_grants" (tenant_id, resource_uid, subject, mode)
  where subject is not null and ended_at is null;
create index share_grants_given on "public"."share_grants"
  (subject, tenant_id, resource_type, resource_created_at, resource_uid)
  where subject is not null and ended_at is null and removed_at is null;
create index share_grants_claimed on "public"."share_grants" (subject, tenant_id) where address is not null;
create index share_grants_snapshot on "public"."share_grants" (tenant_id, snapshot_id) where snapshot_id is not null;
create table "public"."share_snapshots" (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  resource_uid text collate "C" not null,
  revision text collate "C" not null,
  title text collate "C",
  kept_until timestamptz,
  content text collate "C" not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, resource_uid) references "public"."share_resources" (tenant_id, uid) on delete cascade
);
create index share_snapshots_resource on "public"."share_snapshots" (tenant_id, resource_uid);
create table "public"."share_views" (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  resource_uid text collate "C" not null,
  link_id text collate "C",
  viewer_id text collate "C",
  visitor text collate "C",
  ip text collate "C",
  user_agent text collate "C",
  bot boolean not null,
  counted boolean not null,
  viewed_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, resource_uid) references "public"."share_resources" (tenant_id, uid) on delete cascade,
  foreign key (tenant_id, link_id) references "public"."share_grants" (tenant_id, id) on delete cascade
);
create index share_views_link on "public"."share_views" (tenant_id, link_id, viewed_at, id);
create index share_views_resource on "public"."share_views" (tenant_id, resource_uid, viewed_at, id);
create index share_views_time on "public"."share_views" (tenant_id, viewed_at);
create index share_views_viewer on "public"."share_views" (viewer_id, tenant_id) where viewer_id is not null;
create table "public"."share_view_days" (
  tenant_id text collate "C" not null,
  resource_uid text collate "C" not null,
  link_id text collate "C" not null,
  day text collate "C" not null,
  views bigint not null,
  visitors bigint not null,
  bots bigint not null,
  primary key (tenant_id, resource_uid, link_id, day),
  foreign key (tenant_id, resource_uid) references "public"."share_resources" (tenant_id, uid) on delete cascade
);
create table "public"."share_requests" (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  resource_uid text collate "C" not null,
  user_id text collate "C" not null,
  email text collate "C",
  role text collate "C" not null,
  message text collate "C",
  status text collate "C" not null,
  created_at timestamptz not null,
  answered_at timestamptz,
  answered_by text collate "C",
  primary key (tenant_id, id),
  foreign key (tenant_id, resource_uid) references "public"."share_resources" (tenant_id, uid) on delete cascade
);
create unique index share_requests_open on "public"."share_requests" (tenant_id, resource_uid, user_id) where status = 'open';
create index share_requests_resource on "public"."share_requests"
  (tenant_id, resource_uid, (case when status = 'open' then 0 else 1 end), created_at desc, id desc);
create index share_requests_user on "public"."share_requests" (user_id, tenant_id);
create table "public"."share_outbox" (
  tenant_id text collate "C" not null,
  id text collate "C" not null,
  kind text collate "C" not null,
  resource_uid text collate "C" not null,
  grant_id text collate "C",
  request_id text collate "C",
  recipient text collate "C" not null,
  address text collate "C",
  role text collate "C",
  sender text collate "C" not null,
  message text collate "C",
  at timestamptz not null,
  due_at timestamptz not null,
  attempts integer not null default 0,
  lease text collate "C",
  leased_until timestamptz,
  dead_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, resource_uid) references "public"."share_resources" (tenant_id, uid) on delete cascade
);
create index share_outbox_due on "public"."share_outbox" (tenant_id, due_at, at, id) where dead_at is null;
create index share_outbox_sender on "public"."share_outbox" (tenant_id, sender, due_at) where dead_at is null;
create index share_outbox_recipient on "public"."share_outbox" (recipient, tenant_id);
create index share_outbox_resource on "public"."share_outbox" (tenant_id, resource_uid);
create index share_outbox_grant on "public"."share_outbox" (tenant_id, grant_id) where grant_id is not null;
create table "public"."share_counters" (
  tenant_id text collate "C" not null references "public"."share_tenants" (tenant_id),
  kind text collate "C" not null,
  key text collate "C" not null,
  since timestamptz,
  count bigint not null default 0,
  primary key (tenant_id, kind, key)
);
create table "public"."share_audit" (
  tenant_id text collate "C" not null references "public"."share_tenants" (tenant_id),
  id text collate "C" not null,
  resource_uid text collate "C",
  resource_type text collate "C",
  resource_id text collate "C",
  seq bigint not null,
  action text collate "C" not null,
  actor_id text collate "C",
  target_kind text collate "C",
  target_id text collate "C",
  before text collate "C",
  after text collate "C",
  at timestamptz not null,
  primary key (tenant_id, id)
);
create index share_audit_resource on "public"."share_audit" (tenant_id, resource_uid, seq);
create index share_audit_tenant on "public"."share_audit" (tenant_id, at, id);
create index share_audit_policy on "public"."share_audit" (tenant_id, at, id) where action = 'policy.changed';
create index share_audit_actor on "public"."share_audit" (tenant_id, actor_id, at);
insert into "public"."share_migrations" ("set", number, name) values ('core', 1, 'links');
