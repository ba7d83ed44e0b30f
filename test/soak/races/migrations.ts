import { dirname, join } from 'node:path'
import type { Campaign, Trial } from '../campaign.ts'
import { type Ground, openGround } from '../places.ts'
import { RACING_PLACES } from './arena.ts'
import { overlap } from './attempt.ts'
import { type Address, racers } from './processes.ts'

/** Fewer where that is all that is asked: starting each of them is most of the work. */
const PROCESSES = 20

/** Where nothing was migrated yet: a new file, a new database, or a new schema in one that is there. */
async function freshAddress(ground: Ground, number: number): Promise<Address> {
  const { place, address, query } = ground
  if (place !== 'Postgres') return { place, address: join(dirname(address), `fresh-${number}.db`) }
  if (number % 2 === 1) return { place, address, schema: `fresh_${number}` }
  const url = new URL(address)
  url.pathname = `${url.pathname}_${number}`
  await query(`create database ${url.pathname.slice(1)}`)
  return { place, address: url.href }
}

async function drop({ query }: Ground, { address, schema, place }: Address): Promise<void> {
  if (place !== 'Postgres') return
  if (schema !== undefined) await query(`drop schema ${schema} cascade`)
  else await query(`drop database ${new URL(address).pathname.slice(1)} with (force)`)
}

async function run(trial: Trial): Promise<void> {
  const { size, random, count, violation, note } = trial
  const ground = await openGround(trial)
  let met = 0
  const processes = await racers(Math.min(PROCESSES, size))
  try {
    const alone = await freshAddress(ground, 2_000_000)
    const [told] = await processes[0]!.perform({ job: 'migrate', to: alone })
    const steps = told!.at(-1)!.value
    await drop(ground, alone)
    for (let number = random.below(2), tried = 0; tried < size; number++, tried += processes.length) {
      const to = await freshAddress(ground, number)
      const lanes = await Promise.all(processes.map((one) => one.perform({ job: 'migrate', to })))
      for (const { outcome, value } of lanes.flat(2)) {
        if (outcome !== 'ok') violation('a process that migrated with others failed', { outcome, value, to })
      }
      for (const recorded of lanes.map(([lane]) => lane!.at(-1)!.value)) {
        if (JSON.stringify(recorded) === JSON.stringify(steps)) continue
        violation('not every step was run once, and seen by all', { recorded, to })
      }
      const spans = lanes.map(([lane]) => lane![0]!)
      met += spans.filter((one) => spans.some((other) => other !== one && overlap(one, other))).length
      count(processes.length)
      await drop(ground, to)
    }
    if (met * 2 < size) violation('too few processes migrated at once', { met, size })
    note(`${met} met another process that migrated`)
  } finally {
    await ground.end()
  }
}

export const migrations: Campaign = {
  name: 'races to migrate',
  claim: 'twenty processes that migrate a new database at once all succeed, and each step runs once',
  unit: 'migrations',
  size: { short: 8, long: 1_000 },
  places: RACING_PLACES,
  controls: [
    {
      guard: 'the lock of whoever migrates, on Postgres',
      file: 'adapters/postgres/migrate.ts',
      find: "pg_advisory_xact_lock(hashtextextended('sharegrant', 0))",
      replace: '1',
      place: 'Postgres',
      size: 100,
    },
    {
      guard: 'the wait for others who switch a new file to write-ahead logging, on SQLite',
      file: 'adapters/sqlite/connection.ts',
      find: "if (tries === SWITCHES || !codeOf(error).startsWith('SQLITE_BUSY')) throw error",
      replace: 'throw error',
      place: 'SQLite on a file',
      size: 1_000,
    },
  ],
  run,
}
