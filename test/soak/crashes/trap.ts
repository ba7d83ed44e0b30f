import type Database from 'better-sqlite3'
import type pg from 'pg'
import type { SqliteDatabase, SqliteStatement } from '../../../adapters/sqlite/database.ts'

/** Where a process dies: before its driver is given the statement, once it is on its way, or when it is answered. */
export type Side = 'before' | 'sent' | 'after'

/** Counts the statements that a driver is given, and ends the process at one of them. */
export class Trap {
  count = 0
  #at: { statement: number; side: Side } | null = null

  /** Counts from one again. */
  set(at: { statement: number; side: Side } | null): void {
    this.count = 0
    this.#at = at
  }

  next(): number {
    return ++this.count
  }

  reach(statement: number, side: Side): void {
    if (this.#at?.statement === statement && this.#at.side === side) process.kill(process.pid, 'SIGKILL')
  }
}

/** A SQLite database whose every statement goes by the trap. */
export function trappedDatabase(database: Database.Database, trap: Trap): SqliteDatabase {
  const around = <R>(run: () => R): R => {
    const statement = trap.next()
    trap.reach(statement, 'before')
    const result = run()
    trap.reach(statement, 'after')
    return result
  }
  const trapped = (statement: Database.Statement): SqliteStatement => ({
    run: (...values) => around(() => statement.run(...values)),
    all: (...values) => around(() => statement.all(...values)),
    raw: (toggle) => statement.raw(toggle),
    safeIntegers: (toggle) => statement.safeIntegers(toggle),
  })
  return {
    memory: database.memory,
    get inTransaction() {
      return database.inTransaction
    },
    prepare: (text) => trapped(database.prepare(text)),
    exec: (text) => around(() => database.exec(text)),
    pragma: (text) => database.pragma(text),
  }
}

/** Makes every statement of a pool's clients go by the trap. */
export function trapPool(pool: pg.Pool, trap: Trap): void {
  pool.on('connect', (client) => {
    const query = client.query as (...given: unknown[]) => unknown
    const trapped = (...given: unknown[]): unknown => {
      const statement = trap.next()
      trap.reach(statement, 'before')
      const callback = given.at(-1)
      if (typeof callback === 'function') {
        given[given.length - 1] = (...answer: unknown[]) => {
          trap.reach(statement, 'after')
          callback(...answer)
        }
      }
      const answer = query.apply(client, given)
      // By then the driver has written it to the socket.
      setImmediate(() => trap.reach(statement, 'sent'))
      if (!(answer instanceof Promise)) return answer
      return answer.finally(() => trap.reach(statement, 'after'))
    }
    client.query = trapped as typeof client.query
  })
}
