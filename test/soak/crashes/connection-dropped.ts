import pg from 'pg'
import { postgresStore } from '../../../adapters/postgres/index.ts'
import type { Campaign, Trial } from '../campaign.ts'
import type { Random } from '../random.ts'
import { wrongIn } from './inspect.ts'
import { Ledger } from './ledger.ts'
import { Life } from './life.ts'
import { type Fate, type Passing, startProxy, type TcpProxy } from './proxy.ts'
import { SCENES } from './scenes.ts'
import { openSite, type Site } from './site.ts'
import { survives, within } from './watch.ts'

const SOON_MS = 5000
const CUTS_PER_SITE = 40
const FATES: readonly Fate[] = ['lost', 'on its way', 'unanswered']
/** Thousands of rows each time would say no more. */
const CHOSEN = Object.keys(SCENES).filter((scene) => scene !== 'removed views purged')
/** Which of a scene's statements: the first ones more often, since few scenes have many. */
const WITHIN = [2, 6, 24]

async function run(trial: Trial): Promise<void> {
  const { size, random, count, violation } = trial
  await survives(violation, async () => {
    for (let tries = 0, cut = 0; cut < size && tries < size * 20; ) {
      const site = await openSite(trial)
      const proxy = await startProxy(site.address)
      const pool = new pg.Pool({ connectionString: proxy.url, application_name: 'cut off', max: 4 })
      pool.on('error', () => {})
      const store = postgresStore({ pool })
      const ledger = new Ledger()
      for (let here = 0; here < CUTS_PER_SITE && cut < size; tries++) {
        const tenant = `life${tries}`
        const life = new Life({ store, tenant, tell: (entry) => ledger.take(tenant, entry) })
        const alive = (): number => pool.totalCount
        const { hit, wrong } = await drop(life, { proxy, site, ledger, alive, random: random.fork(tries) })
        for (const one of wrong) violation(one, hit)
        if (hit === null) continue
        here++
        cut++
        count()
      }
      await pool.end()
      await proxy.end()
      await site.end()
    }
  })
}

interface Line {
  proxy: TcpProxy
  site: Site
  ledger: Ledger
  /** How many connections the host believes to have. */
  alive(): number
  random: Random
}

/** Plays one scene, cuts its connection at one of its statements, and holds what was told against what is there. */
async function drop(
  life: Life,
  { proxy, site, ledger, alive, random }: Line,
): Promise<{ hit: { scene: string; fate: Fate; text: string } | null; wrong: string[] }> {
  const scene = random.pick(CHOSEN)
  const fate = random.pick(FATES)
  const decisiveOnly = random.below(2) === 0
  let left = random.below(random.pick(WITHIN))
  let hit: Passing | null = null
  const wrong: string[] = []
  try {
    const act = await SCENES[scene]!({ life, query: async () => {} })
    proxy.judge = (passing) => {
      if (hit !== null || (decisiveOnly && !passing.decisive) || left-- > 0) return 'passes'
      hit = passing
      return fate
    }
    wrong.push(...(await within(SOON_MS, scene, act())))
  } catch (error) {
    wrong.push(`no service after a lost connection: ${String(error)}`)
  }
  proxy.judge = () => 'passes'
  await site.settled('cut off', alive())
  wrong.push(...(await site.visit(({ query }) => wrongIn(query, ledger))))
  return { hit: hit && { scene, fate, text: (hit as Passing).text.slice(0, 60) }, wrong }
}

export const connectionDropped: Campaign = {
  name: 'connection dropped',
  claim:
    'a call whose connection is lost, around COMMIT too, is done once or not at all, and never answered in vain',
  unit: 'cuts',
  size: { short: 12, long: 1000 },
  places: ['Postgres'],
  controls: [
    {
      guard: 'no second try after a lost connection',
      file: 'adapters/postgres/errors.ts',
      find: "['40001', '40P01'].includes(stateOf(error) ?? '')",
      replace: "['40001', '40P01'].includes(stateOf(error) ?? '40001')",
      size: 400,
    },
    {
      guard: 'the error of a view whose connection was lost',
      file: 'adapters/postgres/engine.ts',
      find: 'return new BatchError(error)',
      replace: "return 'recorded'",
      size: 200,
    },
    {
      guard: 'the answer to COMMIT, waited for',
      file: 'adapters/postgres/connections.ts',
      find: 'await this.send(client, COMMIT)',
      replace: 'this.send(client, COMMIT).catch(() => {})',
      size: 100,
    },
    {
      guard: 'an ear for what a lost connection says',
      file: 'adapters/postgres/connections.ts',
      find: "client.on('error', ignore)",
      replace: '',
    },
  ],
  run,
}
