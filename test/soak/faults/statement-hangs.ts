import type { Campaign, Trial } from '../campaign.ts'
import { startProxy } from '../crashes/proxy.ts'
import { openSite } from '../crashes/site.ts'
import { postgresPatient, SOON_MS } from './patients.ts'
import { troubling, type Ward } from './ward.ts'

async function open(trial: Trial): Promise<Ward> {
  const site = await openSite(trial)
  const proxy = await startProxy(site.address)
  const patient = postgresPatient(site, { address: proxy.url })
  return {
    patient,
    troubles: [
      {
        name: 'statements arrive, and their answers do not',
        async begin() {
          proxy.judge = () => 'swallowed'
        },
        async end() {
          proxy.judge = () => 'passes'
        },
        expected: () => 'fails',
        soonMs: SOON_MS,
      },
      {
        name: 'nothing arrives until it is too late',
        begin: async () => proxy.stall(true),
        end: async () => proxy.stall(false),
        expected: () => 'fails',
        soonMs: SOON_MS,
      },
    ],
    async end() {
      await patient.end()
      await proxy.end()
      await site.end()
    },
  }
}

export const statementHangs: Campaign = {
  name: 'statement hangs',
  claim:
    'a statement that nobody answers is a clear error in bounded time, and its connection is not used again',
  unit: 'faults',
  size: { short: 1, long: 30 },
  places: ['Postgres'],
  controls: [
    {
      guard: 'the time limit of a statement',
      file: 'adapters/postgres/connections.ts',
      find: '{ ...query, query_timeout: this.#limit }',
      replace: 'query',
    },
  ],
  run: troubling(open),
}
