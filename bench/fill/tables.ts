import { closeSync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Place, PostgresPlace, Row, SqlitePlace } from '../places.ts'

export type Run = (text: string) => Promise<Row[]>

/** What both databases say, each in its own words. */
export interface Words {
  /** A table `s` with one column `i`, from the first number up to and without the last. */
  numbers(first: number, last: number): string
  /** A number as text of nine digits, so that texts come in the order of their numbers. */
  pad(number: string): string
  /** A moment, from a number of milliseconds. */
  time(milliseconds: string): string
  /** A condition as a flag. */
  flag(condition: string): string
}

export const WORDS: Readonly<Record<Place['dialect'], Words>> = {
  sqlite: {
    numbers: (first, last) =>
      `(with recursive s(i) as (select ${first} union all select i + 1 from s where i < ${last - 1}) select i from s) s`,
    pad: (number) => `printf('%09d', ${number})`,
    time: (milliseconds) => `(${milliseconds})`,
    flag: (condition) => `(${condition})`,
  },
  postgres: {
    numbers: (first, last) => `generate_series(${first}::bigint, ${last - 1}) as s(i)`,
    pad: (number) => `lpad((${number})::text, 9, '0')`,
    time: (milliseconds) => `to_timestamp((${milliseconds}) / 1000.0)`,
    flag: (condition) => `(${condition})`,
  },
}

/**
 * Fills the library's tables behind its back, by millions of rows: without secondary indexes, which are made
 * again afterwards, without foreign keys and without waiting for the disk. Afterwards all is as it was before.
 */
export const fillTables = (place: Place, fill: (run: Run) => Promise<void>): Promise<void> =>
  place.dialect === 'sqlite' ? fillSqlite(place, fill) : fillPostgres(place, fill)

async function fillSqlite(place: SqlitePlace, fill: (run: Run) => Promise<void>): Promise<void> {
  const run: Run = (text) => place.query('library', text)
  const database = place.database('library')
  const file = place.folder !== null
  database.pragma('foreign_keys = off')
  database.pragma('synchronous = off')
  if (file) database.pragma('journal_mode = off')
  const indexes = await run(
    "select name, sql from sqlite_master where type = 'index' and sql is not null and name like 'share\\_%' escape '\\'",
  )
  for (const { name } of indexes) await run(`drop index ${String(name)}`)
  await fill(run)
  for (const { sql } of indexes) await run(String(sql))
  if (file) database.pragma('journal_mode = wal')
  database.pragma('synchronous = full')
  database.pragma('foreign_keys = on')
}

async function fillPostgres(place: PostgresPlace, fill: (run: Run) => Promise<void>): Promise<void> {
  const client = await place.pool.connect()
  const run: Run = async (text) => (await client.query(text)).rows as Row[]
  try {
    await run("set session_replication_role = 'replica'")
    await run('set synchronous_commit = off')
    await run("set maintenance_work_mem = '1GB'")
    const indexes = await run(
      `select i.indexname, i.indexdef from pg_indexes i
        where i.schemaname = 'public' and i.tablename like 'share\\_%'
          and not exists (select 1 from pg_constraint c where c.conname = i.indexname)`,
    )
    for (const { indexname } of indexes) await run(`drop index ${String(indexname)}`)
    await fill(run)
    for (const { indexdef } of indexes) await run(String(indexdef))
  } finally {
    // Its settings must not be anybody else's.
    client.release(true)
  }
}

/** Lets a database see how much it holds and finish what it still writes, which it would do while it is measured. */
export async function settle(place: Place): Promise<void> {
  if (place.dialect === 'postgres') {
    const tables = await place.query(
      'library',
      "select tablename from pg_tables where tablename like 'share\\_%'",
    )
    await place.query('library', `vacuum (analyze) ${tables.map(({ tablename }) => tablename).join(', ')}`)
    await place.query('library', 'checkpoint')
    return
  }
  if (place.folder === null) return
  const handle = openSync(join(place.folder, 'library.db'), 'r+')
  fsyncSync(handle)
  closeSync(handle)
}
