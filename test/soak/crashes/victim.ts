/** A host's process that is going to be killed. It is given one order, and writes down what it is told. */
import { writeSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import Database from 'better-sqlite3'
import pg from 'pg'
import { postgresStore } from '../../../adapters/postgres/index.ts'
import { sqliteStore } from '../../../adapters/sqlite/index.ts'
import type { Store } from '../../../src/index.ts'
import { createRandom } from '../random.ts'
import { Life } from './life.ts'
import { liveOn } from './mix.ts'
import { SCENES, type Stage } from './scenes.ts'
import { Trap, trapPool, trappedDatabase } from './trap.ts'
import { type Line, MIGRATION, type Order } from './victims.ts'

interface Opened {
  trap: Trap
  store(tablePrefix?: string): Store
  query: Stage['query']
}

function openSqlite({ address }: Order): Opened {
  const trap = new Trap()
  const database = new Database(address)
  const trapped = trappedDatabase(database, trap)
  return {
    trap,
    store: (tablePrefix) => sqliteStore({ database: trapped, tablePrefix }),
    query: async (text) => database.exec(text),
  }
}

function openPostgres({ address, life }: Order): Opened {
  const trap = new Trap()
  const pool = new pg.Pool({ connectionString: address, application_name: life, max: 5 })
  trapPool(pool, trap)
  return {
    trap,
    store: (tablePrefix) => postgresStore({ pool, tablePrefix }),
    query: (text) => pool.query(text),
  }
}

const tell = (line: Line): void => void writeSync(1, `${JSON.stringify(line)}\n`)

async function perform(order: Order): Promise<void> {
  const { trap, store, query } = order.place === 'Postgres' ? openPostgres(order) : openSqlite(order)
  const usual = store()
  const play = async (scene: string, tenant: string, at: Parameters<Trap['set']>[0]): Promise<void> => {
    const life = new Life({ store: usual, tenant, tell })
    const act =
      scene === MIGRATION ? () => store(`${tenant}_`).migrate() : await SCENES[scene]!({ life, query })
    trap.set(at)
    await act()
    tell({ is: 'survived', scene, statements: trap.count })
  }
  switch (order.order) {
    case 'live':
      await liveOn(new Life({ store: usual, tenant: order.life, tell }), {
        random: createRandom(order.seed),
        atOnce: 1 + (order.seed % 6),
        goesOn: () => true,
      })
      break
    case 'play':
      await play(order.scene, order.life, order.at)
      break
    case 'rehearse':
      for (const [index, scene] of [MIGRATION, ...Object.keys(SCENES)].entries()) {
        await play(scene, `${order.life}${index}`, null)
      }
  }
}

process.on('message', (order: Order) => {
  perform(order).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(1))
// What was compiled is kept for those that start later: a process that is killed keeps nothing.
flushCompileCache()
process.send!('ready')
