import { stat } from 'node:fs/promises'
import pg from 'pg'
import type { Campaign, Trial } from '../campaign.ts'
import { startMortalServer } from '../crashes/server.ts'
import { openSite } from '../crashes/site.ts'
import { postgresPatient, SOON_MS, sqlitePatient } from './patients.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'
import { isRead, type Trouble } from './trouble.ts'
import { troubling, type Ward } from './ward.ts'

/** What is written may still find room somewhere; reading goes on. */
const full: Pick<Trouble, 'expected' | 'soonMs' | 'fills'> = {
  expected: (call) => (isRead(call) ? 'answered' : 'either'),
  soonMs: SOON_MS,
  fills: true,
}

const filled = (disk: SmallDisk): Trouble => ({
  name: 'the disk is full',
  begin: disk.fill,
  end: disk.clear,
  ...full,
})

async function openSqlite(trial: Trial): Promise<Ward> {
  const disk = await mountSmallDisk(32)
  const site = await openSite(trial, disk === null ? {} : { folder: disk.folder })
  const patient = sqlitePatient(site)
  const { database } = patient
  const limited: Trouble = {
    name: 'the database has as many pages as it may',
    async begin() {
      database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`)
    },
    end: async () => void database.pragma('max_page_count = 1073741823'),
    ...full,
  }
  return {
    patient,
    troubles: disk === null ? [limited] : [limited, filled(disk)],
    async end() {
      await patient.end()
      await site.end()
      await disk?.end()
    },
  }
}

/** A server of its own: while its disk is full, no checkpoint of it succeeds, whoever asks for one. */
async function openPostgres(trial: Trial): Promise<Ward> {
  const server = await startMortalServer()
  const host = new pg.Client({ connectionString: server.url })
  await host.connect()
  const disk = await diskOf(host)
  const site = await openSite({ ...trial, server: server.url }, disk === null ? {} : { tablespace: SMALL })
  const patient = postgresPatient(site)
  return {
    patient,
    troubles: [disk === null ? pretended(site.address) : filled(disk)],
    async end() {
      await patient.end()
      await site.end()
      await host.end()
      await server.stop()
      await disk?.end()
    },
  }
}

const SMALL = 'small'

/** A disk for the server, if we may mount one. An empty database takes 8 megabytes. */
async function diskOf(host: pg.Client): Promise<SmallDisk | null> {
  const { rows } = await host.query('show data_directory')
  const disk = await mountSmallDisk(32, await stat(String(rows[0]?.data_directory)))
  if (disk !== null) await host.query(`create tablespace ${SMALL} location '${disk.folder}'`)
  return disk
}

/** Where no disk can be had: triggers that say what the server says when it has none left. */
function pretended(address: string): Trouble {
  const tables = ['names', 'resources', 'grants', 'views', 'audit'].map((name) => `share_${name}`)
  const each = async (statement: (table: string) => string, first: string): Promise<void> => {
    const client = new pg.Client({ connectionString: address })
    await client.connect()
    try {
      // One by one: who holds the lock of one table and waits for another's would block a busy host for good.
      for (const text of [first, ...tables.map(statement)]) await client.query(text)
    } finally {
      await client.end()
    }
  }
  return {
    name: 'triggers say that the disk is full',
    begin: () =>
      each(
        (table) => `create trigger full_disk before insert on ${table} execute function full_disk()`,
        `create or replace function full_disk() returns trigger language plpgsql
          as 'begin raise sqlstate ''53100''; end'`,
      ),
    end: () => each((table) => `drop trigger full_disk on ${table}`, 'select 1'),
    ...full,
  }
}

export const diskFull: Campaign = {
  name: 'disk full',
  claim: 'a full disk is a clear error, grants no access, and loses nothing that was acknowledged',
  unit: 'faults',
  size: { short: 1, long: 30 },
  places: ['SQLite on a file', 'Postgres'],
  controls: [
    {
      guard: 'the roll-back of what failed (SQLite)',
      file: 'adapters/sqlite/connection.ts',
      find: "if (this.#database.inTransaction) this.#driver(() => this.#database.exec('rollback'))",
      replace: "if (this.#database.inTransaction) this.#driver(() => this.#database.exec('commit'))",
      size: 6,
    },
    {
      guard: 'the error of a view that was not written (SQLite)',
      file: 'adapters/sqlite/engine.ts',
      find: 'return views.map(() => new BatchError(error))',
      replace: "return views.map(() => 'recorded' as const)",
    },
    {
      guard: 'the error of a view that was not written (Postgres)',
      file: 'adapters/postgres/engine.ts',
      find: 'return new BatchError(error)',
      replace: "return 'recorded'",
      place: 'Postgres',
    },
  ],
  run: troubling((trial) => (trial.place === 'Postgres' ? openPostgres(trial) : openSqlite(trial))),
}
