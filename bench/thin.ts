import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { nanoid } from 'nanoid'
import pg from 'pg'
import { createSharing, type Sharing } from 'sharegrant'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { startPostgres } from '../test/support/postgres-server.ts'
import { type Contender, compare, inFlight } from './measure.ts'

const LINKS = 1000
const secret = 'a secret of the bench that is long enough'
const resources = { document: { roles: { viewer: ['view'], editor: ['view', 'edit'] } } } as const
const owner = { userId: 'u1', tenantId: 't1' }
const visitor = { ip: '203.0.113.7', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' }

interface Bench {
  name: string
  sharing: Sharing<typeof resources>
  tokens: string[]
  capped: string[]
  pass: string
}

async function prepare(name: string, store: Parameters<typeof createSharing>[0]['store']): Promise<Bench> {
  const sharing = createSharing({
    store,
    secret,
    resources,
    limits: { opensPerMinute: false, passwordAttemptsPerMinute: false },
  })
  await sharing.migrate()
  const tokens: string[] = []
  const capped: string[] = []
  for (let index = 0; index < LINKS; index++) {
    const ref = { type: 'document' as const, id: `d${index}` }
    await sharing.resources.register(ref, { tenantId: 't1', ownerId: 'u1', title: `Document ${index}` })
    tokens.push((await sharing.links.create(owner, ref, { visibility: 'public' })).token)
    capped.push(
      (await sharing.links.create(owner, ref, { visibility: 'public', maxViews: 1_000_000_000 })).token,
    )
  }
  const { pass } = await sharing.open(tokens[0]!, visitor)
  return { name, sharing, tokens, capped, pass }
}

const LINK_COLUMNS =
  'g.id, g.tenant_id, g.resource_uid, g.name, g.visibility, g.role, g.mode, g.authority, g.authority_id, g.created_at, g.expires_at, g.not_before, g.max_views, g.view_count, g.password_hash, g.password_version, g.audience, g.ended_at, r.uid, r.type, r.owner_id, r.title, r.traits, t.allow_public_shares, t.max_link_days, t.allowed_email_domains, n.until'
const joined = (entry: string): string =>
  `from share_names n cross join share_grants g cross join share_resources r cross join share_tenants t where n.kind = 'link' and n.key = ${entry} and g.tenant_id = n.tenant_id and g.id = n.target and r.tenant_id = g.tenant_id and r.uid = g.resource_uid and t.tenant_id = n.tenant_id`
const VIEW_COLUMNS =
  'tenant_id, id, resource_uid, link_id, viewer_id, visitor, ip, user_agent, bot, counted, viewed_at'

function bareSqlite(database: InstanceType<typeof Database>) {
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

function barePostgres(pool: pg.Pool) {
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

const key = createSecretKey(randomBytes(32))
/** The hashing that a signed pass costs at the least. */
const signature = (text: string) => createHmac('sha256', key).update(text).digest('base64url')

const lines: string[] = []
async function line(operation: string, contenders: [Contender, Contender], times: number): Promise<void> {
  const result = await compare(contenders, times)
  const [ours, bare] = contenders.map(({ name }) => result.get(name)!)
  const text = `| ${operation} | ${ours!.toFixed(1)} µs | ${bare!.toFixed(1)} µs | ${(ours! / bare!).toFixed(2)}× |`
  lines.push(text)
  console.log(text)
}

const alone = (name: string, work: (index: number) => unknown): Contender => ({
  name,
  run: async (times) => {
    for (let index = 0; index < times; index++) await work(index)
  },
})
const wide = (name: string, work: (index: number) => Promise<unknown>, width = 64): Contender => ({
  name,
  run: (times) => inFlight(times, width, work),
})

async function sqlite(bench: Bench, database: InstanceType<typeof Database>, times: number): Promise<void> {
  const { sharing, tokens, name, pass } = bench
  const bare = bareSqlite(database)
  const at = (index: number) => tokens[index % LINKS]!
  const ref = (index: number) => ({ type: 'document' as const, id: `d${index % LINKS}` })
  await line(
    `${name}: open, alone`,
    [alone('ours', (i) => sharing.open(at(i), visitor)), alone('bare', (i) => bare.open(at(i)))],
    times,
  )
  await line(
    `${name}: open, 64 in flight`,
    [wide('ours', (i) => sharing.open(at(i), visitor)), alone('bare', (i) => bare.open(at(i)))],
    times,
  )
  await line(
    `${name}: open, one hot link, 64 in flight`,
    [wide('ours', () => sharing.open(tokens[0]!, visitor)), alone('bare', () => bare.open(tokens[0]!))],
    times,
  )
  await line(
    `${name}: capped open`,
    [
      alone('ours', (i) => sharing.open(bench.capped[i % LINKS]!, visitor)),
      alone('bare', (i) => bare.open(bench.capped[i % LINKS]!)),
    ],
    times,
  )
  await line(
    `${name}: resume`,
    [
      alone('ours', () => sharing.resume(pass, visitor)),
      alone('bare', () => {
        signature(pass)
        return bare.read(tokens[0]!)
      }),
    ],
    5000,
  )
  await line(
    `${name}: peek`,
    [alone('ours', (i) => sharing.peek(at(i))), alone('bare', (i) => bare.read(at(i)))],
    5000,
  )
  await line(
    `${name}: can`,
    [
      alone('ours', (i) => sharing.can(owner, 'edit', ref(i))),
      alone('bare', (i) => bare.resource(`d${i % LINKS}`)),
    ],
    5000,
  )
}

console.log('| operation | sharegrant | bare statements | ratio |\n|---|---|---|---|')
const memory = new Database(':memory:')
await sqlite(await prepare('SQLite in memory', sqliteStore({ database: memory })), memory, 3000)

const folder = mkdtempSync(join(tmpdir(), 'sharegrant-bench-'))
const file = new Database(join(folder, 'bench.db'))
await sqlite(await prepare('SQLite file, FULL', sqliteStore({ database: file })), file, 1000)
rmSync(folder, { recursive: true })

if (process.argv[2] === 'sqlite') process.exit()
const server = await startPostgres()
const pool = new pg.Pool({ connectionString: server.url, max: 16 })
const bench = await prepare('Postgres', postgresStore({ pool }))
await pool.query('vacuum analyze')
const bare = barePostgres(pool)
const { sharing, tokens, pass } = bench
const at = (index: number) => tokens[index % LINKS]!
await line(
  'Postgres: open, alone',
  [alone('ours', (i) => sharing.open(at(i), visitor)), alone('bare', (i) => bare.open(at(i)))],
  500,
)
await line(
  'Postgres: open, 64 in flight',
  [wide('ours', (i) => sharing.open(at(i), visitor)), wide('bare', (i) => bare.open(at(i)))],
  3000,
)
await line(
  'Postgres: open, one hot link, 64 in flight',
  [wide('ours', () => sharing.open(tokens[0]!, visitor)), wide('bare', () => bare.open(tokens[0]!))],
  3000,
)
await line(
  'Postgres: capped open, 64 in flight',
  [
    wide('ours', (i) => sharing.open(bench.capped[i % LINKS]!, visitor)),
    wide('bare', (i) => bare.capped(bench.capped[i % LINKS]!)),
  ],
  3000,
)
await line(
  'Postgres: resume',
  [alone('ours', () => sharing.resume(pass, visitor)), alone('bare', () => bare.read(tokens[0]!))],
  1000,
)
await line(
  'Postgres: can',
  [
    alone('ours', (i) => sharing.can(owner, 'edit', { type: 'document', id: `d${i % LINKS}` })),
    alone('bare', (i) => bare.resource(`d${i % LINKS}`)),
  ],
  1000,
)
await pool.end()
await server.stop()
