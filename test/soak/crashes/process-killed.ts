import type { Campaign, Trial } from '../campaign.ts'
import type { Random } from '../random.ts'
import { migratesOn, serves, wrongIn } from './inspect.ts'
import { Ledger } from './ledger.ts'
import { openSite, type Site } from './site.ts'
import type { Side } from './trap.ts'
import { MIGRATION, type Order, Victims } from './victims.ts'
import { withoutTransaction } from './without-transaction.ts'

/** Two cores are kept busy while one waits for a disk. */
const LANES = 3
/** After so many deaths a site is given up: what is checked each time grows with what was done there. */
const DEATHS_PER_SITE = 25
/** One death in eight comes at a random moment of a busy life, the others at a known statement. */
const ONE_IN = 8
/** How often a statement is tried that was not reached: openings do not always wait together alike. */
const TRIES = 3

interface Point {
  scene: string
  at: { statement: number; side: Side }
  tries: number
}

/** Plays every scene once to its end, and lists all the statements at which a process can die. */
async function pointsOf(trial: Trial, victims: Victims): Promise<Point[]> {
  const site = await openSite(trial)
  const sides: Side[] = trial.place === 'Postgres' ? ['before', 'sent', 'after'] : ['before', 'after']
  const points: Point[] = []
  const victim = await victims.take({ needed: trial.size })
  const { place } = trial
  const { address } = site
  await victim.perform({ place, address, life: 'rehearsal', order: 'rehearse' }, (line) => {
    if (line.is !== 'survived') return
    for (let statement = 1; statement <= line.statements; statement++) {
      for (const side of sides) points.push({ scene: line.scene, at: { statement, side }, tries: 0 })
    }
  })
  await site.end()
  return points
}

/** In another order for each seed, so that a short form does not always try the same ones. */
function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items]
  return items.map(() => left.splice(random.below(left.length), 1)[0]!)
}

async function run(trial: Trial): Promise<void> {
  const { size, random, violation, count, place } = trial
  const victims = new Victims(Math.min(LANES, size))
  try {
    const points = shuffled(await pointsOf(trial, victims), random.fork('points'))
    let begun = 0
    let died = 0
    let dying = 0
    const goesOn = (): boolean => died + dying < size && begun < size * 2 + 100
    const lane = async (): Promise<void> => {
      while (goesOn()) {
        const site = await openSite(trial)
        const ledger = new Ledger()
        for (let deaths = 0; deaths < DEATHS_PER_SITE && goesOn(); deaths++) {
          dying++
          const number = begun++
          const own = random.fork(number)
          const life = `life${number}`
          const point = number % ONE_IN === 0 ? undefined : points.pop()
          const order: Order = {
            place,
            address: site.address,
            life,
            ...(point === undefined
              ? { order: 'live', seed: own.below(2 ** 31) }
              : { order: 'play', scene: point.scene, at: point.at }),
          }
          const victim = await victims.take({ needed: size - died - dying })
          const survived = await die(victim, order, own, ledger)
          await site.settled(life)
          for (const wrong of await inspect(site, ledger, order))
            violation(wrong, point ?? 'at a random moment')
          dying--
          if (!survived) {
            died++
            count()
          } else if (point !== undefined && ++point.tries < TRIES) points.unshift(point)
        }
        await site.end()
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
  } finally {
    await victims.end()
  }
}

/** Lets a process do what it is ordered to until it is dead. Whether it came to the end of it instead. */
async function die(
  victim: Awaited<ReturnType<Victims['take']>>,
  order: Order,
  random: Random,
  ledger: Ledger,
): Promise<boolean> {
  let survived = false
  let lines = 0
  const last = 1 + random.below(150)
  const delay = random.below(4)
  await victim.perform(order, (line) => {
    if (line.is === 'survived') survived = true
    else ledger.take(order.life, line)
    if (order.order === 'live' && ++lines === last) setTimeout(() => victim.kill(), delay)
  })
  return survived
}

const inspect = (site: Site, ledger: Ledger, order: Order): Promise<string[]> =>
  site.visit(async ({ store, query, damages }) => [
    ...(await damages()),
    ...(await wrongIn(query, ledger)),
    ...(order.order === 'play' && order.scene === MIGRATION
      ? await migratesOn(store(`${order.life}_`))
      : await serves(store(), `${order.life}-next`, ledger)),
  ])

export const processKilled: Campaign = {
  name: 'process killed',
  claim:
    'what was acknowledged survives a kill -9 of the host, at any statement, and nothing is half written',
  unit: 'crash points',
  size: { short: 2, long: 600 },
  places: ['SQLite on a file', 'Postgres'],
  controls: [
    withoutTransaction(60),
    {
      guard: 'one transaction around a view and its count (SQLite)',
      file: 'adapters/sqlite/engine.ts',
      find: `    for (const [key, delta] of countsOf(views)) {
      if (this.#write(countViews, delta) > 0) open.add(key)
    }
`,
      replace: `    for (const [key, delta] of countsOf(views)) {
      if (this.#write(countViews, delta) > 0) open.add(key)
    }
    this.#connection.script('commit; begin immediate')
`,
      size: 300,
    },
    {
      guard: 'the wait for a view to be written (SQLite)',
      file: 'adapters/sqlite/engine.ts',
      find: 'return this.#views.add(view)',
      replace: `this.#views.add(view).catch(() => {})
      return 'recorded'`,
      size: 60,
    },
    {
      guard: 'one transaction around a change (Postgres)',
      file: 'adapters/postgres/connections.ts',
      find: `    await this.send(client, BEGIN)
    try {`,
      replace: '    try {',
      place: 'Postgres',
      size: 60,
    },
    {
      guard: 'the wait for a view to be written (Postgres)',
      file: 'adapters/postgres/engine.ts',
      find: '? this.#views.add(view)',
      replace: "? (this.#views.add(view).catch(() => {}), 'recorded')",
      place: 'Postgres',
      size: 60,
    },
    {
      guard: 'the wait for a view of a known link to be written (Postgres)',
      file: 'adapters/postgres/engine.ts',
      find: ': this.#rememberedViews.add({ ...view, ...remembered }),',
      replace: ": (this.#rememberedViews.add({ ...view, ...remembered }).catch(() => {}), 'recorded'),",
      place: 'Postgres',
      size: 100,
    },
  ],
  run,
}
