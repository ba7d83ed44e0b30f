import type pg from 'pg'
import type { PostgresPool } from '../../../adapters/postgres/index.ts'
import { strangers, WITHOUT_TENANT } from '../../support/border-calls.ts'
import { methodsOf } from '../../support/methods.ts'
import { outcomeOf, type Sample, sampleOn } from '../../support/sample.ts'
import type { Campaign, Trial } from '../campaign.ts'
import { type Ground, openGround } from '../places.ts'
import type { Random } from '../random.ts'
import { type Attempt, faultOf } from './attempt.ts'
import { bordersControls, unfilteredControls } from './controls.ts'
import { methodAttempts, type Setting } from './methods.ts'
import { routeAttempts } from './routes.ts'
import { furnish, type Names, ownerOf, refusedToOwners, rowsOf, SIDES } from './sides.ts'
import { unfilteredPool } from './unfiltered.ts'

const as = (pool: pg.Pool): PostgresPool => pool

/** Rounds on one database, since what is compared after each of them grows. */
const ROUNDS = 20

/** Makes attempts on one connection, so that each finds it as another tenant has just left it. */
const attempts =
  (through: (pool: pg.Pool) => PostgresPool) =>
  async (trial: Trial): Promise<void> => {
    let tried = 0
    for (let round = 0; tried < trial.size; round += ROUNDS) {
      let connection: pg.Pool | null = null
      const ground = await openGround(trial, {
        connections: 1,
        through(pool) {
          connection = pool
          return through(pool)
        },
      })
      try {
        const sharing = sampleOn(ground.store, { legacyTokens: /old-[\w.-]+/ })
        const refused = round === 0 ? await refusedToOwners(sharing) : []
        if (refused.length > 0) trial.violation('refused to its owner', refused)
        for (let at = round; at < round + ROUNDS && tried < trial.size; at++) {
          tried += await playRound({ trial, ground, sharing, round: at, connection })
        }
      } catch (error) {
        trial.violation('a tenant could not have something of its own', String(error))
        return
      } finally {
        await ground.end()
      }
    }
  }

const ASKING = /^requests\.create$|^POST .*\/requests$/

interface Round {
  trial: Trial
  ground: Ground
  sharing: Sample
  round: number
  connection: pg.Pool | null
}

/** Every method and every route once, in an order of chance, each by somebody else. */
async function playRound({ trial, ground, sharing, round, connection }: Round): Promise<number> {
  const random = trial.random.fork(round)
  const { mine, other } = random.pick(SIDES)
  const own = await furnish(sharing, mine, `${mine}-${round}`)
  const theirs = await furnish(sharing, other, `${other}-${round}`)
  const before = await rowsOf(ground, other)
  const by = (): Setting => {
    const actor = random.pick(strangers(mine, other))
    return { ground, sharing, actor, mine: own, theirs, round }
  }
  const methods = methodAttempts(by())
  const missing = methodsOf(sharing).filter(
    (method) => !WITHOUT_TENANT.includes(method) && !methods.some(({ name }) => name === method),
  )
  if (missing.length > 0) trial.violation('methods without an attempt', missing)
  // Where guests are let in they may ask, and that leaves a request: no border is in the way.
  const { allowGuests } = await sharing.policies.get(ownerOf(other))
  const attemptsOf = (setting: Setting): Attempt[] =>
    [...methodAttempts(setting), ...routeAttempts(setting)].filter(
      ({ name }) => !allowGuests || !ASKING.test(name),
    )
  const order = shuffled(attemptsOf(by()).length, random)
  for (const at of order) {
    const setting = by()
    const attempt = attemptsOf(setting)[at]!
    const use = await outcomeOf(() => useAs(sharing, theirs, random))
    if (use !== 'ok') trial.violation(`after round ${round} began, their owner was answered`, use)
    const fault = await faultOf(attempt, theirs)
    if (fault !== null) trial.violation(`${attempt.name} by ${JSON.stringify(setting.actor)}`, fault)
    trial.count()
    const left = ground.place === 'Postgres, guarded' ? await leftOn(connection!) : 0
    if (left !== 0) trial.violation(`${attempt.name} left rows to see on its connection`, left)
  }
  const after = await rowsOf(ground, other)
  if (after !== before) {
    const changed = after.split('\n').filter((row) => !before.includes(row))
    trial.violation(`rows of ${other} changed`, { round, changed })
  }
  return order.length
}

/** The owner on the other side uses the connection. */
async function useAs(sharing: Sample, { tenantId, ref, link }: Names, random: Random): Promise<void> {
  const owner = ownerOf(tenantId)
  const uses = [
    () => sharing.links.get(owner, link),
    () => sharing.can(owner, 'view', ref),
    () => sharing.views.list(owner, { link }),
    () => sharing.resources.get(ref),
    () => sharing.links.list(owner, { resource: ref }),
  ]
  await random.pick(uses)()
}

/** How many rows a statement finds that comes after a call, without a tenant. */
async function leftOn(connection: pg.Pool): Promise<number> {
  const { rows } = await connection.query(
    `select ((select count(*) from share_resources) + (select count(*) from share_grants)
       + (select count(*) from share_views))::int as seen`,
  )
  return rows[0].seen
}

function shuffled(length: number, random: Random): number[] {
  const order = Array.from({ length }, (_, at) => at)
  for (let at = length - 1; at > 0; at--) {
    const other = random.below(at + 1)
    ;[order[at], order[other]] = [order[other]!, order[at]!]
  }
  return order
}

export const borders: Campaign = {
  name: 'borders',
  claim: 'with another tenant’s ids every method and route answers as with unknown ones, and changes nothing',
  unit: 'calls',
  size: { short: 130, long: 50_000 },
  places: ['SQLite in memory', 'Postgres', 'Postgres, guarded'],
  controls: bordersControls,
  run: attempts(as),
}

export const bordersUnfiltered: Campaign = {
  name: 'unfiltered borders',
  claim: 'without the library’s own tenant predicates, row-level security alone holds the borders',
  unit: 'calls',
  size: { short: 130, long: 50_000 },
  places: ['Postgres, guarded'],
  controls: unfilteredControls,
  run: attempts(unfilteredPool),
}
