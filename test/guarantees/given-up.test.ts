import { createServer, type Socket } from 'node:net'
import pg from 'pg'
import { postgresStore } from 'sharegrant/postgres'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { createDatabase } from '../support/stores.ts'

const LIMIT = 400
const OWNER = { userId: 'owner', tenantId: 'acme' }

let database: Awaited<ReturnType<typeof createDatabase>>
let pool: pg.Pool
let admin: pg.Pool
let sharing: Sample

beforeEach(async () => {
  database = await createDatabase('migrated')
  pool = new pg.Pool({ connectionString: database.url, max: 4 })
  pool.on('error', () => {})
  admin = new pg.Pool({ connectionString: database.url, max: 2 })
  sharing = sampleOn(postgresStore({ pool, timeoutMs: LIMIT }))
  await sharing.migrate()
})
afterEach(async () => {
  await pool.end()
  await admin.end()
  await database.drop()
})

/** Another keeps the row of a tenant's link while `work` goes on. */
async function whileLocked(tenantId: string, work: () => Promise<void>): Promise<void> {
  const other = await admin.connect()
  await other.query('begin')
  await other.query('select 1 from share_grants where tenant_id = $1 for update', [tenantId])
  try {
    await work()
  } finally {
    await other.query('rollback')
    other.release()
  }
}

/** Waits until no session of ours waits for a lock. */
async function nobodyWaits(): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { rows } = await admin.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    if (rows.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('a statement that was given up still waits on the server')
}

async function linkOf(
  tenantId: string,
  maxViews: number | null = null,
): Promise<{ id: string; token: string }> {
  const actor = { ...OWNER, tenantId }
  await sharing.resources.register(doc(`of ${tenantId}`), { tenantId, ownerId: OWNER.userId })
  return sharing.links.create(actor, doc(`of ${tenantId}`), { visibility: 'public', maxViews })
}

test('a statement that was given up is ended on the server too, and spends nothing afterwards', async () => {
  const { id, token } = await linkOf('acme', 1)
  await whileLocked('acme', async () => {
    expect(await outcomeOf(() => sharing.open(token))).toBe('storage_unavailable')
    const { rows } = await admin.query("select 1 from share_grants where tenant_id = 'acme'")
    expect(rows).toHaveLength(1)
    // Our own statements are gone while the lock is still held.
    await nobodyWaits()
  })
  expect(await sharing.links.get(OWNER, id)).toMatchObject({ viewCount: 0 })
  expect(await outcomeOf(() => sharing.open(token))).toBe('ok')
})

test('a tenant whose rows are locked keeps none of another’s', async () => {
  const [locked, free] = [await linkOf('locked'), await linkOf('free')]
  for (const { token } of [locked, free]) await sharing.open(token)
  await whileLocked('locked', async () => {
    const first = sharing.open(free.token)
    const together = [locked, free, locked].map(({ token }) => outcomeOf(() => sharing.open(token)))
    await first
    await Promise.all(together)
    await nobodyWaits()
    const actor = { ...OWNER, tenantId: 'free' }
    expect(await outcomeOf(() => sharing.open(free.token))).toBe('ok')
    expect(await outcomeOf(() => sharing.links.revoke(actor, free.id))).toBe('ok')
  })
})

test('what comes alone passes what hangs, without another call to push it', async () => {
  const [locked, free] = [await linkOf('locked'), await linkOf('free')]
  for (const { token } of [locked, free]) await sharing.open(token)
  await whileLocked('locked', async () => {
    const hanging = outcomeOf(() => sharing.open(locked.token))
    await new Promise((resolve) => setTimeout(resolve, 20))
    let done = false
    hanging.then(() => {
      done = true
    })
    await sharing.open(free.token)
    expect(done).toBe(false)
    expect(await hanging).toBe('storage_unavailable')
  })
})

test('what a host does to an answer changes nothing of what is remembered', async () => {
  await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
  const expiresAt = new Date(Date.now() + 1500)
  const { token } = await sharing.links.create(OWNER, doc('d'), { visibility: 'public', expiresAt })
  for (let times = 0; times < 3; times++) {
    const { link, passExpiresAt } = await sharing.open(token)
    expect(link!.expiresAt).toEqual(expiresAt)
    link!.expiresAt!.setUTCFullYear(2200)
    passExpiresAt.setUTCFullYear(2200)
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, expiresAt.getTime() - Date.now() + 10)))
  expect(await outcomeOf(() => sharing.open(token))).toBe('expired')
})

test('a server that goes down as it says that it is ready ends no process', async () => {
  const message = (type: string, body: Buffer): Buffer => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length + 4)
    return Buffer.concat([Buffer.from(type), length, body])
  }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      const goodbye = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'
      socket.write(
        Buffer.concat([
          message('R', Buffer.alloc(4)),
          message('Z', Buffer.from('I')),
          message('E', Buffer.from(goodbye)),
        ]),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const dying = new pg.Pool({ host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd' })
  dying.on('error', () => {})
  const lost = sampleOn(postgresStore({ pool: dying, timeoutMs: LIMIT }))
  expect(await outcomeOf(() => lost.can(OWNER, 'view', doc('d')))).toBe('storage_unavailable')
  for (const socket of sockets) socket.destroy()
  await dying.end()
  await new Promise((resolve) => server.close(resolve))
})
