/** What is in the tables, alike for both databases: times in milliseconds, flags as booleans. */
export interface Dump {
  names: Array<{
    kind: string
    key: string
    tenantId: string
    target: string
    until: number | null
    imported: boolean
  }>
  tenants: Array<{ tenantId: string; maxLinkDays: number | null; rolledUntil: string }>
  resources: Array<{
    tenantId: string
    uid: string
    ref: string
    ownerId: string
    title: string | null
    visibility: string
    traits: string
    auditSeq: number
    createdAt: number
    updatedAt: number
    removed: boolean
  }>
  grants: Array<{
    tenantId: string
    id: string
    resourceUid: string
    name: string | null
    maxViews: number | null
    hasPassword: boolean
    authorityId: string
    updatedAt: number
    viewCount: number
    lastViewedAt: number | null
    tokenHash: string
    sealed: boolean
    ended: boolean
    endReason: string | null
    removed: boolean
  }>
  views: Array<{
    tenantId: string
    id: string
    resourceUid: string
    linkId: string
    viewerId: string | null
    counted: boolean
    bot: boolean
    viewedAt: number
  }>
  days: Array<{
    tenantId: string
    resourceUid: string
    linkId: string
    day: string
    views: number
    bots: number
  }>
  audit: Array<{
    tenantId: string
    resourceUid: string | null
    ref: string | null
    seq: number
    action: string
    targetId: string | null
    after: Record<string, unknown>
    at: number
  }>
}

type Row = Record<string, unknown>
type Read = (text: string) => Promise<Row[]>

const text = (value: unknown): string => String(value)
const maybe = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  value === null || value === undefined ? null : read(value)
const number = (value: unknown): number => (value instanceof Date ? value.getTime() : Number(value))
const flag = (value: unknown): boolean => value === true || value === 1

/** Reads all tables. Nothing may be writing meanwhile. */
export async function dumpOf(query: Read): Promise<Dump> {
  const all = async <T>(table: string, read: (row: Row) => T): Promise<T[]> =>
    (await query(`select * from share_${table}`)).map(read)
  return {
    names: await all('names', (row) => ({
      kind: text(row['kind']),
      key: text(row['key']),
      tenantId: text(row['tenant_id']),
      target: text(row['target']),
      until: maybe(row['until'], number),
      imported: flag(row['imported']),
    })),
    tenants: await all('tenants', (row) => ({
      tenantId: text(row['tenant_id']),
      maxLinkDays: maybe(row['max_link_days'], number),
      rolledUntil: text(row['rolled_until']),
    })),
    resources: await all('resources', (row) => ({
      tenantId: text(row['tenant_id']),
      uid: text(row['uid']),
      ref: `${text(row['type'])}:${text(row['id'])}`,
      ownerId: text(row['owner_id']),
      title: maybe(row['title'], text),
      visibility: text(row['visibility']),
      traits: text(row['traits']),
      auditSeq: number(row['audit_seq']),
      createdAt: number(row['created_at']),
      updatedAt: number(row['updated_at']),
      removed: row['removed_at'] !== null,
    })),
    grants: await all('grants', (row) => ({
      tenantId: text(row['tenant_id']),
      id: text(row['id']),
      resourceUid: text(row['resource_uid']),
      name: maybe(row['name'], text),
      maxViews: maybe(row['max_views'], number),
      hasPassword: row['password_hash'] !== null,
      authorityId: text(row['authority_id']),
      updatedAt: number(row['updated_at']),
      viewCount: number(row['view_count']),
      lastViewedAt: maybe(row['last_viewed_at'], number),
      tokenHash: text(row['token_hash']),
      sealed: row['sealed_token'] !== null,
      ended: row['ended_at'] !== null,
      endReason: maybe(row['end_reason'], text),
      removed: row['removed_at'] !== null,
    })),
    views: await all('views', (row) => ({
      tenantId: text(row['tenant_id']),
      id: text(row['id']),
      resourceUid: text(row['resource_uid']),
      linkId: text(row['link_id']),
      viewerId: maybe(row['viewer_id'], text),
      counted: flag(row['counted']),
      bot: flag(row['bot']),
      viewedAt: number(row['viewed_at']),
    })),
    days: await all('view_days', (row) => ({
      tenantId: text(row['tenant_id']),
      resourceUid: text(row['resource_uid']),
      linkId: text(row['link_id']),
      day: text(row['day']),
      views: number(row['views']),
      bots: number(row['bots']),
    })),
    audit: await all('audit', (row) => ({
      tenantId: text(row['tenant_id']),
      resourceUid: maybe(row['resource_uid'], text),
      ref: maybe(row['resource_id'], (id) => `${text(row['resource_type'])}:${text(id)}`),
      seq: number(row['seq']),
      action: text(row['action']),
      targetId: maybe(row['target_id'], text),
      after: maybe(row['after'], (json) => JSON.parse(text(json)) as Row) ?? {},
      at: number(row['at']),
    })),
  }
}
