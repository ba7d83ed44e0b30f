import type Database from 'better-sqlite3'
import type pg from 'pg'
import type { PostgresPool } from '../../adapters/postgres/index.ts'
import type { SqliteDatabase } from '../../adapters/sqlite/index.ts'
import { wrappedPool } from './wrapped-pool.ts'

/** A statement as it reached the driver. */
export interface Issued {
  /** The library's own name of the statement, where the driver is told it (Postgres). */
  name: string | null
  text: string
  values: readonly unknown[]
}

/** The same database, which notes every statement when it is run, whichever of the driver's methods runs it. */
export function capturing(database: Database.Database, issued: Issued[]): SqliteDatabase {
  const note = (text: string, parameters: unknown[]): void =>
    void issued.push({ name: null, text, values: parameters.flat() })
  return watched(database, (method, parameters, result) => {
    if (method === 'exec') note(String(parameters[0]), [])
    if (method !== 'prepare') return result
    return watched(result as object, (running, values, rows) => {
      if (['run', 'all', 'get', 'iterate'].includes(running)) note(String(parameters[0]), values)
      return rows
    })
  }) as SqliteDatabase
}

/** An object as it is, of which each method tells that it was called, before it answers. */
function watched(
  target: object,
  called: (method: string, parameters: unknown[], result: unknown) => unknown,
): object {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...parameters: unknown[]) => called(String(name), parameters, value.apply(target, parameters))
    },
  })
}

/** Looks at a statement just before it runs, on a connection of which all that it does is taken back. */
export type Inspect = (
  issued: Issued,
  query: (text: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>,
) => Promise<void>

/** What opens and ends a transaction is not looked at: what stands between is. */
const ENDS = /^(begin|commit|rollback)\b/

export function capturingPool(pool: pg.Pool, issued: Issued[], inspect?: Inspect): PostgresPool {
  const look = async (one: Issued, client: pg.ClientBase, begin: string, back: string): Promise<void> => {
    await client.query(begin)
    try {
      await inspect?.(one, async (text, values) =>
        values === undefined ? (await client.query(text)).rows : (await client.query(text, [...values])).rows,
      )
    } finally {
      await client.query(back)
    }
  }
  return wrappedPool(pool, (client) => {
    let inTransaction = false
    return {
      // Looking takes statements of its own between those that would travel together.
      ...(inspect !== undefined && { pipeline: false }),
      async query(config) {
        const name = config.name?.split(' ')[1] ?? null
        const one = { name, text: config.text, values: config.values ?? [] }
        issued.push(one)
        if (ENDS.test(config.text)) inTransaction = config.text.startsWith('begin')
        else if (inspect !== undefined && name !== null && inTransaction) {
          await look(one, client, 'savepoint looking', 'rollback to savepoint looking')
        } else if (inspect !== undefined && name !== null) {
          await look(one, client, 'begin', 'rollback')
        }
        return client.query(config)
      },
    }
  })
}
