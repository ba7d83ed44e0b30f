import type { Kysely, RawBuilder } from 'kysely'
import type { Kind } from './columns.ts'

/**
 * What differs between the databases, by name. A query never asks which database it is for: it uses one of
 * these.
 */
export interface Dialect {
  /** Compiles; it is never connected. */
  readonly kysely: Kysely<unknown>
  /** A parameter's place in the text, with the type that the database cannot infer. */
  parameter(value: unknown, kind: Kind): RawBuilder<unknown>
  /** A column as it is read, in the form that `decode` takes. */
  read(column: RawBuilder<unknown>, kind: Kind): RawBuilder<unknown>
  encode(kind: Kind, value: unknown): unknown
  /** How a value of a kind is read, or null where it is read as it comes. */
  decoder(kind: Kind): ((raw: unknown) => unknown) | null
  /** A list parameter: `column` is one of the texts in it. */
  oneOf(column: RawBuilder<unknown>, list: RawBuilder<unknown>): RawBuilder<boolean>
  encodeList(values: readonly string[]): unknown
  /** A table of rows out of one parameter: what `encodeRows` made. */
  rows(
    parameter: RawBuilder<unknown>,
    columns: ReadonlyArray<readonly [string, Kind]>,
    alias: string,
  ): RawBuilder<unknown>
  encodeRows(
    columns: ReadonlyArray<readonly [string, Kind]>,
    rows: ReadonlyArray<Record<string, unknown>>,
  ): unknown
  /** All rows of a subquery as one text: a JSON list of lists of these values, or null for none on some databases. */
  listOf(values: RawBuilder<unknown>): RawBuilder<unknown>
  /**
   * A tenant's id as this table's row has it, to find a row of the next by. Where the planner may take any other
   * table's instead, it may find that row by its tenant alone, among all that the tenant has.
   */
  tenantOf(table: 'n' | 'g' | 'r'): RawBuilder<unknown>
  /**
   * For each row `s` of a list, the rows of a table that a condition on `x` picks, which may end in an order and a
   * limit: what stands behind `from`, with the picked rows as `f`, to which a condition can be added with `and`.
   */
  newestOfEach(
    list: RawBuilder<unknown>,
    table: RawBuilder<unknown>,
    condition: RawBuilder<unknown>,
  ): RawBuilder<unknown>
  /**
   * Joins with the one row of a table that a condition finds, row by row: where a planner takes what comes before
   * for many rows, it would read the whole table instead.
   */
  lookUp(
    join: 'cross' | 'left',
    table: RawBuilder<unknown>,
    alias: string,
    condition: RawBuilder<unknown>,
  ): RawBuilder<unknown>
  /** What ends a recursion after so many rows, where it would not end when no more of it is read. */
  endOfRecursion(rows: number): RawBuilder<unknown>
  /** Joins in the written order. */
  readonly join: RawBuilder<unknown>
  /** Whether text contains another, byte by byte. */
  contains(text: RawBuilder<unknown>, part: RawBuilder<unknown>): RawBuilder<boolean>
  /** Locks the rows of a select's table until the transaction ends. */
  lock(strength: 'share' | 'update', of: string): RawBuilder<unknown>
  /**
   * Waits for a lock by name in the order of asking, until the transaction ends. Row locks alone let newcomers
   * that share pass whoever waits to change the whole.
   */
  queue(strength: 'share' | 'update', name: RawBuilder<unknown>): RawBuilder<unknown>
  /** The UTC day of a moment, such as `2030-01-31`. */
  day(column: RawBuilder<unknown>): RawBuilder<string>
  /** A host's column, or a value of ours, as another SQL type. */
  cast(value: RawBuilder<unknown>, type: string): RawBuilder<unknown>
  /** A moment as a value in a text that the host runs. */
  moment(at: Date): RawBuilder<unknown>
  /** Whether a table is there. */
  there(table: RawBuilder<unknown>): RawBuilder<boolean>
  /** The larger of two, nulls aside. */
  greatest(a: RawBuilder<unknown>, b: RawBuilder<unknown>): RawBuilder<unknown>
}
