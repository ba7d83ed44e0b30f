import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { postgresStore } from '../../../adapters/postgres/index.ts'
import type { Store } from '../../../src/index.ts'
import type { Campaign, Trial } from '../campaign.ts'
import type { Random } from '../random.ts'
import { serves, wrongIn } from './inspect.ts'
import { Ledger } from './ledger.ts'
import { Life } from './life.ts'
import { liveOn } from './mix.ts'
import { type MortalServer, startMortalServer } from './server.ts'
import { survives, within } from './watch.ts'

/** How long a call may take to find out that the server is gone. */
const SOON_MS = 5000
/** After so many deaths the clients get a fresh database: what is checked each time grows with what was done. */
const DEATHS_PER_DATABASE = 20

interface Client {
  store: Store
  query(text: string): Promise<Array<Record<string, unknown>>>
  end(): Promise<void>
}

async function connect(url: string): Promise<Client> {
  const name = `server_${randomBytes(6).toString('hex')}`
  const host = new pg.Client({ connectionString: url })
  await host.connect()
  await host.query(`create database ${name}`)
  await host.end()
  const address = new URL(url)
  address.pathname = `/${name}`
  const pool = new pg.Pool({ connectionString: address.href, max: 6 })
  pool.on('error', () => {})
  const store = postgresStore({ pool })
  await store.migrate()
  return { store, query: async (text) => (await pool.query(text)).rows, end: () => pool.end() }
}

async function run({ size, random, count, violation }: Trial): Promise<void> {
  const server = await startMortalServer()
  try {
    await survives(violation, async () => {
      for (let done = 0; done < size; ) {
        const client = await connect(server.url)
        const ledger = new Ledger()
        for (let deaths = 0; deaths < DEATHS_PER_DATABASE && done < size; deaths++, done++) {
          for (const wrong of await death(server, client, ledger, `life${done}`, random.fork(done))) {
            violation(wrong)
          }
          count()
        }
        await client.end()
      }
    })
  } finally {
    await server.stop()
  }
}

/** One busy life, the server's death in the midst of it, and what is there when it is back. */
async function death(
  server: MortalServer,
  { store, query }: Client,
  ledger: Ledger,
  name: string,
  random: Random,
): Promise<string[]> {
  let alive = true
  const enough = ledger.answered + 5 + random.below(80)
  const reached = Promise.withResolvers<void>()
  const life = new Life({
    store,
    tenant: name,
    tell: (entry) => {
      ledger.take(name, entry)
      if (ledger.answered >= enough) reached.resolve()
    },
  })
  const living = liveOn(life, { random, atOnce: 2 + random.below(8), goesOn: () => alive })
  await reached.promise
  await new Promise((resolve) => setTimeout(resolve, random.below(6)))
  await server.kill()
  alive = false
  const wrong = await within(SOON_MS, 'what was under way when the server died', living)
  const [answered, failed] = [ledger.answered, ledger.failed]
  const inVain = Promise.all([
    life.register(),
    life.setPolicy(),
    life.maintain(),
    life.removeMember('nobody'),
  ])
  wrong.push(...(await within(SOON_MS, 'a call without a server', inVain)))
  if (ledger.answered !== answered || ledger.failed !== failed + 4) {
    wrong.push('a call without a server did not fail as storage_unavailable')
  }
  await server.start()
  wrong.push(...(await serves(store, `${name}-next`, ledger)))
  wrong.push(...(await wrongIn(query, ledger)))
  return wrong
}

export const serverKilled: Campaign = {
  name: 'server killed',
  claim:
    'what was acknowledged survives a kill -9 of the database server, and service goes on without a restart',
  unit: 'crash points',
  size: { short: 1, long: 100 },
  places: ['Postgres'],
  controls: [
    {
      guard: 'the server’s own durability',
      file: 'test/soak/crashes/server.ts',
      find: 'synchronous_commit=on',
      replace: 'synchronous_commit=off',
      size: 5,
    },
    {
      guard: 'the wait for a view to be written',
      file: 'adapters/postgres/engine.ts',
      find: '? this.#views.add(view)',
      replace: "? (this.#views.add(view).catch(() => {}), 'recorded')",
      size: 10,
    },
  ],
  run,
}
