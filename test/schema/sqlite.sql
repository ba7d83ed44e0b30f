create table if not exists "share_migrations" (
  "set" text not null, number integer not null, name text not null, primary key ("set", number));
-- core 1: links
create table "share_tenants" (
  tenant_id text not null primary key,
  allow_public_shares integer not null default 1,
  max_link_days integer,
  require_expiry integer not null default 0,
  require_password integer not null default 0,
  allowed_email_domains text,
  allow_guests integer not null default 0,
  rolled_until text not null default '',
  purged_until text not null default ''
) strict, without rowid;
create table "share_names" (
  kind text not null,
  key text not null,
  tenant_id text not null references "share_tenants" (tenant_id),
  target text not null,
  until integer,
  imported integer not null default 0,
  primary key (kind, key)
) strict, without rowid;
create index share_names_target on "share_names" (tenant_id, target);
create index share_names_until on "share_names" (tenant_id, until) where until is not null;
create table "share_resources" (
  tenant_id text not null references "share_tenants" (tenant_id),
  uid text not null,
  type text not null,
  id text not null,
  owner_id text not null,
  title text,
  visibility text not null,
  traits text not null,
  parent_uid text,
  forked_from text,
  audit_seq integer not null default 0,
  created_at integer not null,
  updated_at integer not null,
  removed_at integer,
  primary key (tenant_id, uid),
  foreign key (tenant_id, parent_uid) references "share_resources" (tenant_id, uid)
) strict;
create unique index share_resources_ref on "share_resources" (tenant_id, type, id) where removed_at is null;
create index share_resources_owner on "share_resources" (owner_id, tenant_id, created_at, uid);
create index share_resources_parent on "share_resources" (tenant_id, parent_uid) where parent_uid is not null;
create index share_resources_visible on "share_resources" (tenant_id, type, visibility)
  where visibility <> 'private' and removed_at is null;
create index share_resources_removed on "share_resources" (tenant_id) where removed_at is not null;
create table "share_grants" (
  tenant_id text not null,
  id text not null,
  resource_uid text not null,
  grantee text not null,
  subject text,
  address text,
  address_key text,
  resource_type text,
  resource_created_at integer,
  name text,
  visibility text,
  role text not null,
  mode text not null,
  created_by text not null,
  authority text,
  authority_id text,
  created_at integer not null,
  updated_at integer not null,
  expires_at integer,
  claimable_until integer,
  accepted_at integer,
  not_before integer,
  max_views integer,
  view_count integer not null default 0,
  last_viewed_at integer,
  password_hash text,
  password_version integer not null default 0,
  audience text,
  token_hash text,
  sealed_token text,
  snapshot_id text,
  snapshot_revision text,
  snapshot_title text,
  snapshot_at integer,
  ended_at integer,
  end_reason text,
  removed_at integer,
  primary key (tenant_id, id),
  foreign key (tenant_id, resource_uid) references "share_resources" (tenant_id, uid) on delete cascade,
  check (grantee = 'link' or (subject is not null and resource_created_at is not null)),
  check (grantee <> 'link' or (token_hash is not null and authority is not null and visibility is not null)),
  check ((mode = 'snapshot') = (snapshot_id is not null and snapshot_revision is not null and snapshot_at is not null))
) strict;
create index share_grants_resource on "share_grants" (tenant_id, resource_uid, created_at, id);
create index share_grants_creator on "share_grants" (created_by, tenant_id, created_at, id);
create index share_grants_tenant on "share_grants" (tenant_id, created_at, id);
create index share_grants_authority on "share_grants" (authority, authority_id) where ended_at is null;
create index share_grants_sealed on "share_grants" (tenant_id, substr(sealed_token, 1, 8))
  where sealed_token is not null and ended_at is null and removed_at is null;
create index share_grants_removed on "share_grants" (tenant_id) where removed_at is not null;
create unique index share_grants_people on "share_grants" (tenant_id, resource_uid, subject, mode)
  where subject is not null and ended_at is null;
create index share_grants_given on "share_grants"
  (subject, tenant_id, resource_type, resource_created_at, resource_uid)
  where subject is not null and ended_at is null and removed_at is null;
create index share_grants_claimed on "share_grants" (subject, tenant_id) where address is not null;
create index share_grants_snapshot on "share_grants" (tenant_id, snapshot_id) where snapshot_id is not null;
create table "share_snapshots" (
  tenant_id text not null,
  id text not null,
  resource_uid text not null,
  revision text not null,
  title text,
  kept_until integer,
  content text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, resource_uid) references "share_resources" (tenant_id, uid) on delete cascade
) strict;
create index share_snapshots_resource on "share_snapshots" (tenant_id, resource_uid);
create table "share_views" (
  tenant_id text not null,
  id text not null,
  resource_uid text not null,
  link_id text,
  viewer_id text,
  visitor text,
  ip text,
  user_agent text,
  bot integer not null,
  counted integer not null,
  viewed_at integer not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, resource_uid) references "share_resources" (tenant_id, uid) on delete cascade,
  foreign key (tenant_id, link_id) references "share_grants" (tenant_id, id) on delete cascade
) strict;
create index share_views_link on "share_views" (tenant_id, link_id, viewed_at, id);
create index share_views_resource on "share_views" (tenant_id, resource_uid, viewed_at, id);
create index share_views_time on "share_views" (tenant_id, viewed_at);
create index share_views_viewer on "share_views" (viewer_id, tenant_id) where viewer_id is not null;
create table "share_view_days" (
  tenant_id text not null,
  resource_uid text not null,
  link_id text not null,
  day text not null,
  views integer not null,
  visitors integer not null,
  bots integer not null,
  primary key (tenant_id, resource_uid, link_id, day),
  foreign key (tenant_id, resource_uid) references "share_resources" (tenant_id, uid) on delete cascade
) strict, without rowid;
create table "share_requests" (
  tenant_id text not null,
  id text not null,
  resource_uid text not null,
  user_id text not null,
  email text,
  role text not null,
  message text,
  status text not null,
  created_at integer not null,
  answered_at integer,
  answered_by text,
  primary key (tenant_id, id),
  foreign key (tenant_id, resource_uid) references "share_resources" (tenant_id, uid) on delete cascade
) strict;
create unique index share_requests_open on "share_requests" (tenant_id, resource_uid, user_id) where status = 'open';
create index share_requests_resource on "share_requests"
  (tenant_id, resource_uid, (case when status = 'open' then 0 else 1 end), created_at desc, id desc);
create index share_requests_user on "share_requests" (user_id, tenant_id);
create table "share_outbox" (
  tenant_id text not null,
  id text not null,
  kind text not null,
  resource_uid text not null,
  grant_id text,
  request_id text,
  recipient text not null,
  address text,
  role text,
  sender text not null,
  message text,
  at integer not null,
  due_at integer not null,
  attempts integer not null default 0,
  lease text,
  leased_until integer,
  dead_at integer,
  primary key (tenant_id, id),
  foreign key (tenant_id, resource_uid) references "share_resources" (tenant_id, uid) on delete cascade
) strict;
create index share_outbox_due on "share_outbox" (tenant_id, due_at, at, id) where dead_at is null;
create index share_outbox_sender on "share_outbox" (tenant_id, sender, due_at) where dead_at is null;
create index share_outbox_recipient on "share_outbox" (recipient, tenant_id);
create index share_outbox_resource on "share_outbox" (tenant_id, resource_uid);
create index share_outbox_grant on "share_outbox" (tenant_id, grant_id) where grant_id is not null;
create table "share_counters" (
  tenant_id text not null references "share_tenants" (tenant_id),
  kind text not null,
  key text not null,
  since integer,
  count integer not null default 0,
  primary key (tenant_id, kind, key)
) strict, without rowid;
create table "share_audit" (
  tenant_id text not null references "share_tenants" (tenant_id),
  id text not null,
  resource_uid text,
  resource_type text,
  resource_id text,
  seq integer not null,
  action text not null,
  actor_id text,
  target_kind text,
  target_id text,
  before text,
  after text,
  at integer not null,
  primary key (tenant_id, id)
) strict;
create index share_audit_resource on "share_audit" (tenant_id, resource_uid, seq);
create index share_audit_tenant on "share_audit" (tenant_id, at, id);
create index share_audit_policy on "share_audit" (tenant_id, at, id) where action = 'policy.changed';
create index share_audit_actor on "share_audit" (tenant_id, actor_id, at);
insert into "share_migrations" ("set", number, name) values ('core', 1, 'links');
