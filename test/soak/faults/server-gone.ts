import type { Campaign, Trial } from '../campaign.ts'
import { startMortalServer } from '../crashes/server.ts'
import { openSite } from '../crashes/site.ts'
import { postgresPatient, SOON_MS } from './patients.ts'
import { troubling, type Ward } from './ward.ts'

async function open(trial: Trial): Promise<Ward> {
  const server = await startMortalServer()
  const site = await openSite({ ...trial, server: server.url })
  const patient = postgresPatient(site)
  return {
    patient,
    troubles: [
      {
        name: 'the server shuts down, and comes back',
        begin: server.shutDown,
        end: server.start,
        expected: () => 'fails',
        soonMs: SOON_MS,
      },
    ],
    async end() {
      await patient.end()
      await site.end()
      await server.stop()
    },
  }
}

export const serverGone: Campaign = {
  name: 'server gone',
  claim: 'a server that is gone gives nobody access, and serves the same host again when it is back',
  unit: 'faults',
  size: { short: 1, long: 30 },
  places: ['Postgres'],
  controls: [
    {
      guard: 'an ear for what a lost connection says',
      file: 'adapters/postgres/connections.ts',
      find: "client.on('error', ignore)",
      replace: '',
      size: 5,
    },
  ],
  run: troubling(open),
}
