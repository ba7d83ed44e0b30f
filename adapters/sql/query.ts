import { type RawBuilder, sql } from 'kysely'
import { type Columns, type Kind, snake } from './columns.ts'
import type { Dialect } from './dialect.ts'
import type { Scope } from './scope.ts'

/** A table's name without its prefix. */
export type TableName =
  | 'names'
  | 'tenants'
  | 'resources'
  | 'grants'
  | 'snapshots'
  | 'views'
  | 'view_days'
  | 'counters'
  | 'requests'
  | 'outbox'
  | 'audit'
  | 'migrations'
  | 'workstations'
  | 'fences'
  | 'edits'
  | 'checkpoints'

export type Tables = Record<TableName, RawBuilder<unknown>>

/** What the text of a query is built with. */
export interface Builder<P> {
  d: Dialect
  t: Tables
  /** The place of a parameter, by name. */
  p: (name: keyof P & string, kind?: Kind) => RawBuilder<unknown>
  /** The place of a parameter that is a list of texts. */
  list: (name: keyof P & string) => RawBuilder<unknown>
  /** Rows out of one parameter, as a table with these columns. */
  rows: <T>(name: keyof P & string, columns: Columns<T>, alias: string) => RawBuilder<unknown>
  /** The columns of all groups, in the order in which a row is decoded. */
  columns: RawBuilder<unknown>
}

/** The alias of a group's table; empty for what a write returns, where SQLite knows no aliases. */
export type Groups<R> = { [K in keyof R]: readonly [alias: string, columns: Columns<NonNullable<R[K]>>] }

/** A statement: its name, its text for any dialect, and how its rows are read. */
export interface Query<P, R> {
  /** Unique. A list of documented exceptions and the host's monitoring know the statement by it. */
  readonly name: string
  readonly sql: (builder: Builder<P>) => RawBuilder<unknown>
  readonly groups: ReadonlyArray<readonly [group: string, alias: string, columns: Array<[string, Kind]>]>
  readonly make: Make<R> | undefined
}

/** Makes a row of its values, in the order of the groups and their columns. */
export type Make<R> = (values: readonly unknown[]) => R

/**
 * A query whose rows have one object per group of columns: `{ link: …, resource: … }`. What is read on every opening
 * brings its own way to make them: a literal takes a tenth of the time that it takes to fill objects column by column.
 */
export function query<P, R = Record<never, never>>(
  name: string,
  build: (builder: Builder<P>) => RawBuilder<unknown>,
  groups?: Groups<NoInfer<R>>,
  make?: Make<R>,
): Query<P, R> {
  return {
    name,
    sql: build,
    make,
    groups: Object.entries((groups ?? {}) as Record<string, readonly [string, Record<string, Kind>]>).map(
      ([group, [alias, columns]]) => [group, alias, Object.entries(columns)] as const,
    ),
  }
}

/** A query as one database runs it. */
export interface Compiled<P = never, R = unknown> {
  readonly name: string
  readonly text: string
  readonly returnsRows: boolean
  bind(args: P): unknown[]
  /** Makes a row, using up what it is given. */
  decode(row: unknown[]): R
}

type Encode = (d: Dialect, value: unknown) => unknown

class Parameter {
  readonly name: string
  /** Null where a value goes as it comes. */
  readonly encode: Encode | null
  constructor(name: string, encode: Encode | null) {
    this.name = name
    this.encode = encode
  }
}

const one = (kind: Kind): Encode | null =>
  kind === 'text' || kind === 'int' ? null : (d, value) => (value === null ? null : d.encode(kind, value))
const texts: Encode = (d, value) => d.encodeList(value as readonly string[])

/** The columns of a group as pairs of fact and kind. */
export const fieldsOf = <T>(columns: Columns<T>): Array<[string, Kind]> =>
  Object.entries(columns) as Array<[string, Kind]>

/** A group's column names, for the list of an insert. */
export const columnList = <T>(columns: Columns<T>): RawBuilder<unknown> =>
  sql.join(fieldsOf(columns).map(([name]) => sql.id(snake(name))))

/** Compiles each query once for one store's dialect, schema and prefix. */
export class Compiler {
  readonly dialect: Dialect
  readonly tables: Tables
  readonly #compiled = new Map<Query<never, unknown>, Compiled>()

  constructor(dialect: Dialect, tables: Tables) {
    this.dialect = dialect
    this.tables = tables
  }

  get<P, R>(definition: Query<P, R>): Compiled<P, R> {
    const key = definition as Query<never, unknown>
    let compiled = this.#compiled.get(key)
    if (compiled === undefined) {
      compiled = compile(definition, this.dialect, this.tables) as Compiled
      this.#compiled.set(key, compiled)
    }
    return compiled as Compiled<P, R>
  }
}

function compile<P, R>(definition: Query<P, R>, d: Dialect, t: Tables): Compiled<P, R> {
  const columns = definition.groups.flatMap(([, alias, fields]) =>
    fields.map(([name, kind]) =>
      d.read(sql.ref(alias === '' ? snake(name) : `${alias}.${snake(name)}`), kind),
    ),
  )
  const { sql: text, parameters } = definition
    .sql({
      d,
      t,
      p: (name, kind = 'text') => d.parameter(new Parameter(name, one(kind)), kind),
      list: (name) => sql`${new Parameter(name, texts)}`,
      rows: (name, columns, alias) => {
        const fields = fieldsOf(columns)
        const encode: Encode = (_, value) => d.encodeRows(fields, value as Array<Record<string, unknown>>)
        return d.rows(sql`${new Parameter(name, encode)}`, fields, alias)
      },
      columns: sql.join(columns),
    })
    .compile(d.kysely)
  const order = parameters as readonly Parameter[]
  if (!order.every((parameter) => parameter instanceof Parameter)) {
    throw new Error(`${definition.name}: every value of a query is a named parameter`)
  }
  const bind = (args: P): unknown[] => {
    const values = new Array<unknown>(order.length)
    for (let index = 0; index < order.length; index++) {
      const { name, encode } = order[index]!
      const value = args[name as keyof P]
      // Stored as NULL, an omitted expiry would turn into "never".
      if (value === undefined) throw new Error(`${definition.name}: ${name} is undefined`)
      values[index] = encode === null ? value : encode(d, value)
    }
    return values
  }
  const returnsRows = columns.length > 0
  return {
    name: definition.name,
    text: text.replace(/\s+/g, ' ').trim(),
    returnsRows,
    bind,
    decode: decoder<R>(definition, d),
  }
}

function decoder<R>({ groups, make }: Query<never, R>, d: Dialect): (row: unknown[]) => R {
  const decoders = groups
    .flatMap(([, , fields]) => fields)
    .map(([, kind], index) => ({ index, decode: d.decoder(kind) }))
    .filter((one): one is { index: number; decode: (raw: unknown) => unknown } => one.decode !== null)
  const build = make ?? (inGroups(groups) as Make<R>)
  return (row) => {
    for (const { index, decode } of decoders) {
      if (row[index] !== null) row[index] = decode(row[index])
    }
    return build(row)
  }
}

const inGroups = (groups: Query<never, unknown>['groups']): Make<unknown> => {
  const plan = groups.map(([group, , fields]) => ({ group, names: fields.map(([name]) => name) }))
  return (values) => {
    const result: Record<string, unknown> = {}
    let index = 0
    for (const { group, names } of plan) {
      const facts: Record<string, unknown> = {}
      for (const name of names) facts[name] = values[index++]
      result[group] = facts
    }
    return result
  }
}

/** One statement of a step, with its arguments. `rows` runs it for each, in one round trip where the database can. */
export interface Statement {
  readonly query: Query<never, unknown>
  readonly args: unknown
}

/**
 * A step written once for both databases: it yields statements and is given their rows. SQLite drives it
 * synchronously, so that nothing of the host's comes between; Postgres asynchronously in one transaction.
 */
export type Steps<R> = Generator<Statement | { readonly scope: Scope }, R, unknown[]>

/** Says whose rows the statements that follow may touch. */
export function* enter(scope: Scope): Steps<void> {
  yield { scope }
}

export function* run<P, R>(definition: Query<P, R>, args: P): Steps<R[]> {
  return (yield { query: definition as Query<never, unknown>, args }) as R[]
}

/** The first row, or null. */
export function* first<P, R>(definition: Query<P, R>, args: P): Steps<R | null> {
  return (yield* run(definition, args))[0] ?? null
}
