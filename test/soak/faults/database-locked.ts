import Database from 'better-sqlite3'
import pg from 'pg'
import type { Campaign, Trial } from '../campaign.ts'
import { openSite } from '../crashes/site.ts'
import { postgresPatient, SOON_MS, sqlitePatient } from './patients.ts'
import { isChange, isRead, type Trouble } from './trouble.ts'
import { troubling, type Ward } from './ward.ts'

/** How long the host lets SQLite wait for a lock. */
const BUSY_MS = 100

async function openSqlite(trial: Trial): Promise<Ward> {
  const site = await openSite(trial)
  const patient = sqlitePatient(site, { timeout: BUSY_MS })
  const other = new Database(site.address)
  return {
    patient,
    troubles: [
      {
        name: 'another connection keeps the right to write',
        begin: async () => void other.exec('begin immediate'),
        end: async () => void other.exec('rollback'),
        expected: (call) => (isRead(call) ? 'answered' : 'fails'),
        // A few waits on a busy machine, and less than 32 openings would wait one after the other.
        soonMs: BUSY_MS * 20,
        inTurn: true,
      },
    ],
    async end() {
      await patient.end()
      other.close()
      await site.end()
    },
  }
}

async function openPostgres(trial: Trial): Promise<Ward> {
  const site = await openSite(trial)
  // As many as there are calls: what need not wait for the lock need not wait for a client either.
  const patient = postgresPatient(site, { clients: 30 })
  const other = new pg.Client({ connectionString: site.address })
  await other.connect()
  const holding = (name: string, statement: string, expected: Trouble['expected']): Trouble => ({
    name,
    async begin() {
      await other.query('begin')
      await other.query(statement)
    },
    end: async () => void (await other.query('rollback')),
    expected,
    soonMs: SOON_MS,
  })
  return {
    patient,
    troubles: [
      holding(
        'another session keeps the links',
        'lock table share_grants in access exclusive mode',
        (call) => {
          // Rights are read off the same table as links.
          return call === 'register' || call === 'policy' ? 'either' : 'fails'
        },
      ),
      holding('another session keeps the accounts', 'select * from share_tenants for update', (call) =>
        isChange(call) ? 'fails' : 'answered',
      ),
    ],
    async end() {
      await other.end()
      await patient.end()
      await site.end()
    },
  }
}

export const databaseLocked: Campaign = {
  name: 'database locked',
  claim: 'a lock that another keeps for long is a clear error in bounded time, and nothing is lost by it',
  unit: 'faults',
  size: { short: 1, long: 30 },
  places: ['SQLite on a file', 'Postgres'],
  controls: [
    {
      guard: 'one wait for all that wait together (SQLite)',
      file: 'adapters/sqlite/engine.ts',
      find: 'views.length === 1 || !concernsOneRow(error)',
      replace: 'views.length === 1',
    },
    {
      guard: 'the time limit of a statement (Postgres)',
      file: 'adapters/postgres/connections.ts',
      find: '{ ...query, query_timeout: this.#limit }',
      replace: 'query',
      place: 'Postgres',
    },
  ],
  run: troubling((trial) => (trial.place === 'Postgres' ? openPostgres(trial) : openSqlite(trial))),
}
