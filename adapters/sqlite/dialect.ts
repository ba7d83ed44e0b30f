import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import { type Kind, snake } from '../sql/columns.ts'
import type { Dialect } from '../sql/dialect.ts'
import { readTraits, writeTraits } from '../sql/traits.ts'

const kysely = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

const encode: Dialect['encode'] = (kind, value) => {
  switch (kind) {
    case 'time':
      return (value as Date).getTime()
    case 'bool':
      return value ? 1 : 0
    case 'json':
      return JSON.stringify(value)
    case 'traits':
      return writeTraits(value as readonly string[])
    default:
      return value
  }
}

const decoders: Partial<Record<Kind, (raw: unknown) => unknown>> = {
  time: (raw) => new Date(raw as number),
  bool: (raw) => raw === 1,
  json: (raw) => JSON.parse(raw as string),
  traits: (raw) => readTraits(raw as string),
}

/** Times are integers of milliseconds, booleans 0 or 1. */
export const sqliteDialect: Dialect = {
  kysely,
  // With a bare `?` in a condition, SQLite plans a join anew whenever another value is bound, at ten times the cost of
  // running it, and may enter it elsewhere.
  parameter: (value) => sql`+${value}`,
  read: (column) => column,
  encode,
  decoder: (kind) => decoders[kind] ?? null,
  oneOf: (column, list) => sql<boolean>`${column} in (select value from json_each(${list}))`,
  encodeList: (values) => JSON.stringify(values),
  rows: (parameter, columns, alias) => {
    const fields = columns.map(
      ([name]) => sql`value ->> ${sql.lit(`$.${snake(name)}`)} as ${sql.id(snake(name))}`,
    )
    return sql`(select ${sql.join(fields)} from json_each(${parameter})) as ${sql.id(alias)}`
  },
  encodeRows: (columns, rows) =>
    JSON.stringify(
      rows.map((row) =>
        Object.fromEntries(
          columns.map(([name, kind]) => [snake(name), row[name] === null ? null : encode(kind, row[name])]),
        ),
      ),
    ),
  listOf: (values) => sql`json_group_array(json_array(${values}))`,
  // The joins are made in the written order, each by all that is known of its row.
  tenantOf: (table) => sql.ref(`${table}.tenant_id`),
  newestOfEach: (list, table, condition) =>
    sql`${list} cross join ${table} f not indexed where f.rowid in (select x.rowid from ${table} x where ${condition})`,
  lookUp: (join, table, alias, condition) =>
    sql`${sql.raw(join)} join ${table} ${sql.ref(alias)} on ${condition}`,
  endOfRecursion: (rows) => sql`limit ${sql.lit(rows)}`,
  join: sql`cross join`,
  contains: (text, part) => sql<boolean>`instr(${text}, ${part}) > 0`,
  // BEGIN IMMEDIATE locks the whole database.
  lock: () => sql``,
  queue: () => sql``,
  day: (column) => sql<string>`strftime('%Y-%m-%d', ${column} / 1000, 'unixepoch')`,
  cast: (value, type) => sql`cast(${value} as ${sql.raw(type)})`,
  moment: (at) => sql`${at.getTime()}`,
  there: (table) =>
    sql<boolean>`exists (select 1 from sqlite_master m where m.type = 'table'
      and m.name = ${sql.lit(table.compile(kysely).sql.slice(1, -1))})`,
  greatest: (a, b) => sql`max(coalesce(${a}, ${b}), ${b})`,
}
