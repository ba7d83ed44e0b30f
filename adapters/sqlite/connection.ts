import { SharingError } from '../../src/errors.ts'
import type { Compiled } from '../sql/query.ts'
import type { SqliteDatabase, SqliteStatement } from './database.ts'

/** How long calls wait while a transaction of the host's is open on a shared connection. */
const PATIENCE_MS = 5000
/** How often the switch to write-ahead logging is tried: for about as long. */
const SWITCHES = 200

/**
 * One connection, perhaps the host's own. Statements are prepared once; all that the driver throws is
 * translated here and nowhere else.
 */
export class SqliteConnection {
  readonly #database: SqliteDatabase
  readonly #statements = new Map<object, SqliteStatement>()
  readonly #begin: SqliteStatement
  readonly #commit: SqliteStatement
  #waiting = 0
  #closed = false

  constructor(database: SqliteDatabase) {
    this.#database = database
    if (database.inTransaction) {
      throw new SharingError('invalid_input', {
        message:
          'database: make the store before a transaction is open, since foreign keys cannot be switched on in one',
      })
    }
    this.#driver(() => {
      database.pragma('foreign_keys = on')
      if (database.memory) return
      switchToWal(database)
      // With NORMAL a committed revocation can vanish with the power.
      database.pragma('synchronous = full')
    })
    // Deferred transactions that read and then write fail under load instead of waiting.
    this.#begin = this.#driver(() => database.prepare('begin immediate'))
    this.#commit = this.#driver(() => database.prepare('commit'))
  }

  /** Whether a call has to go through {@link turn} first. */
  mustWait(): boolean {
    return this.#closed || this.#database.inTransaction
  }

  /** Joining a transaction of the host's would acknowledge what its rollback takes away, so its end is awaited. */
  async turn(options: { draining?: boolean } = {}): Promise<void> {
    if (this.#closed && !options.draining) throw closed()
    const start = performance.now()
    this.#waiting++
    try {
      while (this.#database.inTransaction) {
        if (performance.now() - start > PATIENCE_MS) throw hostIsBusy()
        await pause()
      }
    } finally {
      this.#waiting--
    }
  }

  /** Refuses what comes later, and waits for what is waiting for its turn. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#waiting > 0) await pause()
  }

  refuseIfClosed(): void {
    if (this.#closed) throw closed()
  }

  execute<P, R>(compiled: Compiled<P, R>, args: P): R[] {
    const values = compiled.bind(args)
    if (!compiled.returnsRows) {
      this.#driver(() => this.#prepared(compiled).run(values))
      return []
    }
    const rows = this.#driver(() => this.#prepared(compiled).all(values)) as unknown[][]
    return rows.map((row) => compiled.decode(row))
  }

  /** The first row, or null: what most reads ask for. */
  first<P, R>(compiled: Compiled<P, R>, args: P): R | null {
    const values = compiled.bind(args)
    const rows = this.#driver(() => this.#prepared(compiled).all(values)) as unknown[][]
    return rows.length === 0 ? null : compiled.decode(rows[0]!)
  }

  /** Runs a write, and says how many rows it changed: `returning` would cost more. */
  write<P>(compiled: Compiled<P, Record<never, never>>, args: P): number {
    const values = compiled.bind(args)
    return this.#driver(() => this.#prepared(compiled).run(values)).changes
  }

  /** All of it or nothing, in one turn of the event loop. */
  atomic<R>(work: () => R): R {
    this.#driver(() => this.#begin.run())
    try {
      const result = work()
      this.#driver(() => this.#commit.run())
      return result
    } catch (error) {
      // SQLite has rolled back by itself where it could not go on.
      if (this.#database.inTransaction) this.#driver(() => this.#database.exec('rollback'))
      throw error
    }
  }

  /** A script, outside of the prepared statements. */
  script(text: string): void {
    this.#driver(() => this.#database.exec(text))
  }

  rows(text: string): unknown[] {
    return this.#driver(() => this.#database.prepare(text).all())
  }

  #prepared<P, R>(compiled: Compiled<P, R>): SqliteStatement {
    const known = this.#statements.get(compiled)
    if (known !== undefined) return known
    const statement = this.#database.prepare(compiled.text)
    if (compiled.returnsRows) {
      statement.raw(true)
      // A host that reads bigints by default would turn our flags and times into them.
      statement.safeIntegers(false)
    }
    this.#statements.set(compiled, statement)
    return statement
  }

  /** Calls the driver. It reports a closed or busy connection as a plain TypeError, so whatever it throws counts. */
  #driver<R>(call: () => R): R {
    try {
      return call()
    } catch (error) {
      // Our statements are fixed: what SQLite cannot make sense of is a table or a column that is not there.
      const outdated = codeOf(error) === 'SQLITE_ERROR'
      throw new SharingError(outdated ? 'schema_outdated' : 'storage_unavailable', { cause: error })
    }
  }
}

/**
 * Several processes that start on a new file are in each other's way, and SQLite does not wait for a lock here, however
 * long its time-out is.
 */
function switchToWal(database: SqliteDatabase): void {
  for (let tries = 1; ; tries++) {
    try {
      database.pragma('journal_mode = wal')
      return
    } catch (error) {
      if (tries === SWITCHES || !codeOf(error).startsWith('SQLITE_BUSY')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 40)
    }
  }
}

/** Whether an error is about the values of one row, so that others may still be written. */
export function concernsOneRow(error: unknown): boolean {
  const code = codeOf((error as { cause?: unknown } | null)?.cause)
  return ['SQLITE_CONSTRAINT', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG'].some((one) => code.startsWith(one))
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

const closed = (): SharingError =>
  new SharingError('storage_unavailable', { details: 'sharing.close() was called' })

const hostIsBusy = (): SharingError =>
  new SharingError('storage_unavailable', {
    details:
      'A transaction of the host’s has been open on this SQLite connection for too long. Give sharegrant a connection of its own to the same file.',
  })
