import type { StoreKind, TestStore } from './stores.ts'

export interface Crowd {
  tenants: number
  /** A tenth of them of `acme`; each with one link, half of them revoked, one person,
   * one view and one audit event. */
  resources: number
}

/** Fills the tables behind the library's back, so that a plan that reads too much can be told from one that does not. */
export async function crowd(
  { query }: TestStore,
  dialect: StoreKind['dialect'],
  { tenants, resources }: Crowd,
): Promise<void> {
  const sqlite = dialect === 'sqlite'
  const numbers = (count: number): string =>
    sqlite
      ? `(with recursive s(i) as (select 1 union all select i + 1 from s where i < ${count}) select i from s) s`
      : `generate_series(1, ${count}) as s(i)`
  const at = sqlite ? '(1600000000000 + i * 1000)' : 'to_timestamp(1600000000 + i)'
  const no = sqlite ? '0' : 'false'
  const tenant = `case when i % 10 = 0 then 'acme' else 'crowd' || (1 + i % ${tenants}) end`
  const yes = sqlite ? '1' : 'true'
  await query(`insert into share_tenants (tenant_id) select 'crowd' || i from ${numbers(tenants)} where true
    on conflict do nothing`)
  await query("insert into share_tenants (tenant_id) values ('acme') on conflict do nothing")
  await query(`insert into share_resources (tenant_id, uid, type, id, owner_id, visibility, traits, parent_uid, created_at, updated_at)
    select ${tenant}, 'crowd' || i, 'document', 'crowd' || i, 'u' || (i % 50), 'account', '',
      case when i % 100 = 0 then 'crowd' || (i / 10) end, ${at}, ${at} from ${numbers(resources)} order by i`)
  await query(`insert into share_names (kind, key, tenant_id, target)
    select 'resource', 'document:crowd' || i, ${tenant}, 'crowd' || i from ${numbers(resources)}`)
  await query(`insert into share_grants (tenant_id, id, resource_uid, grantee, visibility, role, mode, created_by, authority,
      authority_id, created_at, updated_at, token_hash, ended_at)
    select ${tenant}, 'link' || i, 'crowd' || i, 'link', 'public', 'viewer', 'live', 'u' || (i % 50), 'owner',
      'u' || (i % 50), ${at}, ${at}, 'hash' || i, case when i % 2 = 0 then ${at} end from ${numbers(resources)}`)
  for (const kind of ['link', 'grant']) {
    await query(`insert into share_names (kind, key, tenant_id, target)
      select '${kind}', '${kind}' || i, ${tenant}, 'link' || i from ${numbers(resources)}`)
  }
  await query(`insert into share_views (tenant_id, id, resource_uid, link_id, viewer_id, visitor, bot, counted, viewed_at)
    select ${tenant}, 'view' || i, 'crowd' || i, 'link' || i, 'u' || (i % 50), 'v' || i, ${no}, ${yes}, ${at}
    from ${numbers(resources)}`)
  await query(`insert into share_snapshots (tenant_id, id, resource_uid, revision, content)
    select ${tenant}, 'snapshot' || i, 'crowd' || i, 'r', '1' from ${numbers(resources)}`)
  await query(`insert into share_counters (tenant_id, kind, key, since, count)
    select 'acme', 'invitations', 'u' || i, ${at}, 1 from ${numbers(resources)}`)
  await query(`insert into share_requests (tenant_id, id, resource_uid, user_id, role, status, created_at)
    select ${tenant}, 'request' || i, 'crowd' || i, 'a' || (i % 500), 'viewer', 'open', ${at} from ${numbers(resources)}`)
  await query(`insert into share_outbox (tenant_id, id, kind, resource_uid, recipient, sender, at, due_at)
    select ${tenant}, 'message' || i, 'removed', 'crowd' || i, 'user:a' || (i % 500), 'u' || (i % 50), ${at}, ${at}
    from ${numbers(resources)} where i % 10 <> 0`)
  await query(`insert into share_view_days (tenant_id, resource_uid, link_id, day, views, visitors, bots)
    select ${tenant}, 'crowd' || i, '', '2020-09-13', 1, 1, 0 from ${numbers(resources)}`)
  await query(`insert into share_audit (tenant_id, id, resource_uid, seq, action, actor_id, at)
    select ${tenant}, 'event' || i, 'crowd' || i, 1, 'link.created', 'u' || (i % 50), ${at} from ${numbers(resources)}`)
  await query(`insert into share_grants (tenant_id, id, resource_uid, grantee, subject, role, mode, created_by, created_at, updated_at,
      resource_type, resource_created_at)
    select ${tenant}, 'grant' || i, 'crowd' || i, 'user', 'user:u' || (i % 50), 'viewer', 'live', 'u' || (i % 50), ${at}, ${at},
      'document', ${at} from ${numbers(resources)}`)
}

/** So many views of one link that its resource cannot go in one step. */
export async function crowdOfViews(
  { query }: TestStore,
  dialect: StoreKind['dialect'],
  of: { tenantId: string; linkId: string },
  count: number,
): Promise<void> {
  const sqlite = dialect === 'sqlite'
  const numbers = sqlite
    ? `(with recursive s(i) as (select 1 union all select i + 1 from s where i < ${count}) select i from s)`
    : `(select i from generate_series(1, ${count}) as n(i))`
  await query(`insert into share_views (tenant_id, id, resource_uid, link_id, visitor, bot, counted, viewed_at)
    select g.tenant_id, 'many' || s.i, g.resource_uid, g.id, 'v', ${sqlite ? '0, 1' : 'false, true'}, g.created_at
    from share_grants g cross join ${numbers} s where g.tenant_id = '${of.tenantId}' and g.id = '${of.linkId}'`)
}
