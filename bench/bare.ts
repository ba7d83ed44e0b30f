import { hash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { nanoid } from 'nanoid'
import type pg from 'pg'
import { visitor } from './prepare.ts'

const LINK_COLUMNS =
  'g.id, g.tenant_id, g.resource_uid, g.name, g.visibility, g.role, g.mode, g.authority, g.authority_id, g.created_at, g.expires_at, g.not_before, g.max_views, g.view_count, g.password_hash, g.password_version, g.audience, g.ended_at, r.uid, r.type, r.owner_id, r.title, r.traits, t.allow_public_shares, t.max_link_days, t.allowed_email_domains, n.until'
const joined = (entry: string): string =>
  `from share_names n cross join share_grants g cross join share_resources r cross join share_tenants t where n.kind = 'link' and n.key = ${entry} and g.tenant_id = n.tenant_id and g.id = n.target and r.tenant_id = g.tenant_id and r.uid = g.resource_uid and t.tenant_id = n.tenant_id`
const VIEW_COLUMNS =
  'tenant_id, id, resource_uid, link_id, viewer_id, visitor, ip, user_agent, bot, counted, viewed_at'

/** The statements that do the least imaginable: the same rows read, the view inserted, the link counted. */
export function bareSqlite(database: InstanceType<typeof Database>) {
  const read = database.prepare(`select ${LINK_COLUMNS} ${joined('+?')}`).raw(true)
  const insert = database.prepare(
    `insert into share_views (${VIEW_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, 0, 1, ?)`,
  )
  const count = database.prepare(
    'update share_grants set view_count = view_count + 1, last_viewed_at = ? where tenant_id = ? and id = ?',
  )
  const resource = database
    .prepare(
      "select r.*, t.* from share_names n cross join share_resources r cross join share_tenants t where n.kind = 'resource' and n.key = +? and r.tenant_id = n.tenant_id and r.uid = n.target and t.tenant_id = n.tenant_id",
    )
    .raw(true)
  return {
    read: (token: string) => read.get(hash('sha256', token, 'base64url')) as unknown[],
    resource: (id: string) => resource.get(`document:${id}`),
    open: database.transaction((token: string) => {
      const row = read.get(hash('sha256', token, 'base64url')) as string[]
      const now = Date.now()
      insert.run(row[1], nanoid(), row[2], row[0], null, 'v', visitor.ip, visitor.userAgent, now)
      count.run(now, row[1], row[0])
    }).immediate,
  }
}

/** The same on Postgres, each opening in one statement. */
export function barePostgres(pool: pg.Pool) {
  const open = {
    name: 'bare-open',
    text: `with l as (select ${LINK_COLUMNS} ${joined('$1')}),
      c as (update share_grants g set view_count = g.view_count + 1, last_viewed_at = $2 from l where g.tenant_id = l.tenant_id and g.id = l.id),
      i as (insert into share_views (${VIEW_COLUMNS}) select l.tenant_id, $3, l.resource_uid, l.id, null, 'v', $4, $5, false, true, $2 from l)
      select * from l`,
  }
  const capped = {
    name: 'bare-capped',
    text: `with l as (select ${LINK_COLUMNS} ${joined('$1')}),
      c as (update share_grants g set view_count = g.view_count + 1, last_viewed_at = $2 from l where g.tenant_id = l.tenant_id and g.id = l.id and g.view_count < g.max_views returning g.id),
      i as (insert into share_views (${VIEW_COLUMNS}) select l.tenant_id, $3, l.resource_uid, l.id, null, 'v', $4, $5, false, true, $2 from l join c on c.id = l.id)
      select * from l`,
  }
  const values = (token: string) => [
    hash('sha256', token, 'base64url'),
    new Date(),
    nanoid(),
    visitor.ip,
    visitor.userAgent,
  ]
  return {
    open: (token: string) => pool.query({ ...open, values: values(token) }),
    capped: (token: string) => pool.query({ ...capped, values: values(token) }),
    read: (token: string) =>
      pool.query({
        name: 'bare-read',
        text: `select ${LINK_COLUMNS} ${joined('$1')}`,
        values: [hash('sha256', token, 'base64url')],
      }),
    resource: (id: string) =>
      pool.query({
        name: 'bare-resource',
        text: "select r.*, t.* from share_names n cross join share_resources r cross join share_tenants t where n.kind = 'resource' and n.key = $1 and r.tenant_id = n.tenant_id and r.uid = n.target and t.tenant_id = n.tenant_id",
        values: [`document:${id}`],
      }),
  }
}
