import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sqliteStore } from 'sharegrant/sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' } as const

let database: InstanceType<typeof Database>
let folder: string
let sharing: Sample
let link: { id: string; token: string }

const views = () => database.prepare('select * from share_views').all().length

async function furnish(where: 'in memory' | 'on a file'): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'sharegrant-'))
  database = new Database(where === 'in memory' ? ':memory:' : join(folder, 'host.db'))
  sharing = sampleOn(sqliteStore({ database }))
  await sharing.migrate()
  await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
  link = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
}
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true })
})

describe.each(['in memory', 'on a file'] as const)('SQLite %s', (where) => {
  beforeEach(() => furnish(where))

  test.each(['commit', 'rollback'])(
    'calls wait for the %s of the host’s transaction, and are not part of it',
    async (end) => {
      const { pass } = await sharing.open(link.token)
      database.exec('begin')
      const settled: string[] = []
      const calls = [
        sharing.open(link.token),
        sharing.resume(pass),
        sharing.can(OWNER, 'view', doc('d')),
        sharing.links.create(OWNER, doc('d'), { visibility: 'public' }),
        sharing.links.list(OWNER),
      ].map((call) => call.then(() => settled.push('ok')))
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(settled).toEqual([])
      database.exec(end)
      await Promise.all(calls)
      expect(views()).toBe(2)
      expect((await sharing.links.list(OWNER)).items).toHaveLength(2)
    },
  )
})

test('under a host’s transaction that never ends calls fail closed, and leave nothing behind', async () => {
  // Once, since it takes as long as the library's patience lasts.
  await furnish('on a file')
  const { pass } = await sharing.open(link.token)
  database.exec('begin')
  const outcomes = await Promise.all(
    [
      () => sharing.open(link.token),
      () => sharing.resume(pass),
      () => sharing.peek(link.token),
      () => sharing.can(OWNER, 'view', doc('d')),
      () => sharing.links.create(OWNER, doc('d'), { visibility: 'public' }),
      () => sharing.links.revoke(OWNER, link.id),
      () => sharing.maintain(),
      () => sharing.migrate(),
    ].map(outcomeOf),
  )
  expect(new Set(outcomes)).toEqual(new Set(['storage_unavailable']))
  expect(database.inTransaction).toBe(true)
  database.exec('rollback')
  expect(views()).toBe(1)
  expect((await sharing.links.get(OWNER, link.id)).viewCount).toBe(1)
  expect((await sharing.open(link.token)).resource.id).toBe('d')
})
