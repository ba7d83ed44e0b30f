import type pg from 'pg'
import type { Campaign, Trial } from '../campaign.ts'
import { openSite } from '../crashes/site.ts'
import { postgresPatient, SOON_MS } from './patients.ts'
import { troubling, type Ward } from './ward.ts'

const CLIENTS = 4

async function open(trial: Trial): Promise<Ward> {
  const site = await openSite(trial)
  const patient = postgresPatient(site, { clients: CLIENTS })
  let held: pg.PoolClient[] = []
  return {
    patient: {
      ...patient,
      // Each client that was waited for in vain came back: otherwise these could not all be had.
      async settled() {
        const all = await Promise.all(Array.from({ length: CLIENTS }, () => patient.pool.connect()))
        for (const client of all) client.release()
      },
    },
    troubles: [
      {
        name: 'the host keeps every client',
        async begin() {
          held = await Promise.all(Array.from({ length: CLIENTS }, () => patient.pool.connect()))
        },
        async end() {
          for (const client of held) client.release()
        },
        expected: () => 'fails',
        soonMs: SOON_MS,
      },
    ],
    async end() {
      await patient.end()
      await site.end()
    },
  }
}

export const poolExhausted: Campaign = {
  name: 'pool exhausted',
  claim: 'a pool that has no client left is a clear error in bounded time, and keeps none back afterwards',
  unit: 'faults',
  size: { short: 1, long: 30 },
  places: ['Postgres'],
  controls: [
    {
      guard: 'the time limit for a client of the pool',
      file: 'adapters/postgres/connections.ts',
      find: 'late = true',
      replace: 'if (timer !== undefined) return',
    },
  ],
  run: troubling(open),
}
