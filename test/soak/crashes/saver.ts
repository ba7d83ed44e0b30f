/** A host's process that saves one checkpoint, and is killed at a statement of it unless it is only to count them. */
import { writeSync } from 'node:fs'
import Database from 'better-sqlite3'
import pg from 'pg'
import { postgresStore } from '../../../adapters/postgres/index.ts'
import { sqliteStore } from '../../../adapters/sqlite/index.ts'
import type { Store } from '../../../src/index.ts'
import type { Place } from '../campaign.ts'
import { contentOf, EDITOR, stationsOn } from './saving.ts'
import { type Side, Trap, trapPool, trappedDatabase } from './trap.ts'

export interface SaveOrder {
  place: Place
  address: string
  /** What its connections are called. */
  life: string
  editId: string
  number: number
  at: { statement: number; side: Side } | null
}

export type Saved = { is: 'saved'; statements: number }

function openStore({ place, address, life }: SaveOrder, trap: Trap): Store {
  if (place !== 'Postgres') return sqliteStore({ database: trappedDatabase(new Database(address), trap) })
  const pool = new pg.Pool({ connectionString: address, application_name: life, max: 1 })
  trapPool(pool, trap)
  return postgresStore({ pool })
}

async function save(order: SaveOrder): Promise<void> {
  const trap = new Trap()
  const stations = stationsOn(openStore(order, trap))
  // Connected, and with its statements prepared: what is counted is the save by itself.
  await stations.edits.heartbeat(EDITOR, order.editId)
  trap.set(order.at)
  await stations.checkpoints.save(EDITOR, order.editId, contentOf(order.number))
  const told: Saved = { is: 'saved', statements: trap.count }
  writeSync(1, `${JSON.stringify(told)}\n`)
}

process.on('message', (order: SaveOrder) => {
  save(order).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(1))
process.send!('ready')
