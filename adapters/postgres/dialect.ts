import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely'
import { type Kind, snake } from '../sql/columns.ts'
import type { Dialect } from '../sql/dialect.ts'
import { readTraits, writeTraits } from '../sql/traits.ts'

const kysely = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

const TYPES: Record<Kind, string> = {
  text: 'text',
  int: 'bigint',
  bool: 'boolean',
  time: 'timestamptz',
  json: 'text',
  traits: 'text',
}
const typeOf = (kind: Kind) => sql.raw(TYPES[kind])

const encode: Dialect['encode'] = (kind, value) => {
  switch (kind) {
    case 'time':
      return (value as Date).toISOString()
    case 'json':
      return JSON.stringify(value)
    case 'traits':
      return writeTraits(value as readonly string[])
    default:
      return value
  }
}

const decoders: Partial<Record<Kind, (raw: unknown) => unknown>> = {
  time: (raw) => new Date(Math.round(Number(raw))),
  int: Number,
  bool: (raw) => raw === 't',
  json: (raw) => JSON.parse(raw as string),
  traits: (raw) => readTraits(raw as string),
}

/** Every value arrives as the server's text, whatever type parsers the host has set for its own queries. */
/** The seed of our locks by name, so that they are not those that a host takes by hashing the same names. */
const OURS = 7_268_117

export const postgresDialect: Dialect = {
  kysely,
  parameter: (value, kind) => sql`${value}::${typeOf(kind)}`,
  // As a number, a moment depends on no session's DateStyle or TimeZone.
  read: (column, kind) => (kind === 'time' ? sql`date_part('epoch', ${column}) * 1000` : column),
  encode,
  decoder: (kind) => decoders[kind] ?? null,
  oneOf: (column, list) => sql<boolean>`${column} = any(${list}::text[])`,
  encodeList: (values) => [...values],
  rows: (parameter, columns, alias) => {
    const fields = columns.map(([name, kind]) => sql`${sql.id(snake(name))} ${typeOf(kind)}`)
    return sql`json_to_recordset(${parameter}::json) as ${sql.id(alias)}(${sql.join(fields)})`
  },
  encodeRows: (columns, rows) =>
    JSON.stringify(
      rows.map((row) =>
        Object.fromEntries(
          columns.map(([name, kind]) => [snake(name), row[name] === null ? null : encode(kind, row[name])]),
        ),
      ),
    ),
  listOf: (values) => sql`json_agg(json_build_array(${values}))`,
  // An expression is equal to no column, as far as the planner knows.
  tenantOf: (table) => sql`(${sql.ref(`${table}.tenant_id`)} || '')`,
  newestOfEach: (list, table, condition) =>
    sql`${list} cross join lateral (select x.* from ${table} x where ${condition}) f where true`,
  lookUp: (join, table, alias, condition) => {
    const found = sql`lateral (select ${sql.ref(alias)}.* from ${table} ${sql.ref(alias)} where ${condition} offset 0)`
    return join === 'left'
      ? sql`left join ${found} ${sql.ref(alias)} on true`
      : sql`cross join ${found} ${sql.ref(alias)}`
  },
  endOfRecursion: () => sql``,
  join: sql`cross join`,
  contains: (text, part) => sql<boolean>`strpos(${text}, ${part}) > 0`,
  // FOR UPDATE would make the foreign keys of views that are being written wait.
  lock: (strength, of) =>
    sql`${sql.raw(strength === 'share' ? 'for share' : 'for no key update')} of ${sql.ref(of)}`,
  queue: (strength, name) =>
    sql`and pg_advisory_xact_lock${sql.raw(strength === 'share' ? '_shared' : '')}(hashtextextended(${name}, ${sql.lit(OURS)})) is not null`,
  day: (column) => sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD')`,
  cast: (value, type) => sql`cast(${value} as ${sql.raw(type)})`,
  moment: (at) => sql`${at.toISOString()}::timestamptz`,
  // Asks the catalog: whoever may use a table need not be allowed to read the list of migrations.
  there: (table) => sql<boolean>`to_regclass(${sql.lit(table.compile(kysely).sql)}) is not null`,
  greatest: (a, b) => sql`greatest(${a}, ${b})`,
}
