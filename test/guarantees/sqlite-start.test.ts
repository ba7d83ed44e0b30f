import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { sqliteStore } from 'sharegrant/sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sharegrant-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Writes to a file that is not in write-ahead logging yet, and keeps its lock for so long. */
async function writing(file: string, milliseconds: number): Promise<Worker> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
    const database = require(workerData.driver)(workerData.file)
    database.exec('create table theirs (id integer); begin immediate; insert into theirs values (1)')
    parentPort.postMessage('writing')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData.milliseconds)
    database.exec('commit')
    database.close()`,
    {
      eval: true,
      workerData: { file, milliseconds, driver: createRequire(import.meta.url).resolve('better-sqlite3') },
    },
  )
  await once(worker, 'message')
  return worker
}

test('a new file that another process uses at the moment is waited for', async () => {
  const file = join(folder, 'shared.db')
  const worker = await writing(file, 300)
  const database = new Database(file)
  const store = sqliteStore({ database })
  expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
  await store.migrate()
  database.close()
  await worker.terminate()
})
