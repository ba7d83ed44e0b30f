import { readFile } from 'node:fs/promises'
import Database from 'better-sqlite3'
import pg from 'pg'
import { postgresSchema, postgresStore } from 'sharegrant/postgres'
import { sqliteSchema, sqliteStore } from 'sharegrant/sqlite'
import { expect, test } from 'vitest'
import { createDatabase } from '../support/stores.ts'

const kept = (file: string) => readFile(new URL(file, import.meta.url), 'utf8')

test('the schema of SQLite is the one in sqlite.sql', async () => {
  expect(sqliteSchema()).toBe(await kept('./sqlite.sql'))
})

test('the schema of Postgres is the one in postgres.sql', async () => {
  expect(postgresSchema()).toBe(await kept('./postgres.sql'))
})

test('a host that runs the script itself gets what migrate() makes on SQLite', async () => {
  const ours = new Database(':memory:')
  await sqliteStore({ database: ours }).migrate()
  const theirs = new Database(':memory:')
  theirs.exec(sqliteSchema())
  const dump = (database: typeof ours) =>
    database
      .prepare('select type, name, sql from sqlite_master where name not like ? order by name')
      .all('sqlite_%')
  const spaceless = (rows: unknown[]) => JSON.stringify(rows).replace(/(\\n|\s)+/g, '')
  expect(spaceless(dump(theirs))).toBe(spaceless(dump(ours)))
  await sqliteStore({ database: theirs }).migrate()
})

test('a host that runs the script itself gets what migrate() makes on Postgres', async () => {
  const database = await createDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 2 })
  try {
    await postgresStore({ pool, schema: 'ours' }).migrate()
    await pool.query('create schema theirs')
    await pool.query(postgresSchema({ schema: 'theirs' }))
    const columns = async (schema: string) =>
      (
        await pool.query(
          'select table_name, column_name, data_type, is_nullable, collation_name from information_schema.columns where table_schema = $1 order by 1, 2',
          [schema],
        )
      ).rows
    const indexes = async (schema: string) =>
      (
        await pool.query('select indexname, indexdef from pg_indexes where schemaname = $1 order by 1', [
          schema,
        ])
      ).rows.map(({ indexname, indexdef }) => [indexname, indexdef.replaceAll(`${schema}.`, '')])
    expect(await columns('theirs')).toEqual(await columns('ours'))
    expect(await indexes('theirs')).toEqual(await indexes('ours'))
    expect(await columns('ours')).not.toHaveLength(0)
    await postgresStore({ pool, schema: 'theirs' }).migrate()
  } finally {
    await pool.end()
    await database.drop()
  }
})
