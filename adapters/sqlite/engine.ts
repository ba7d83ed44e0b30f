import { SharingError } from '../../src/errors.ts'
import type { LinkSituation, ViewFacts } from '../../src/store/index.ts'
import { BatchError, type Batcher, createBatcher } from '../sql/batch.ts'
import { createMigrationsTable, pending, statementsOf } from '../sql/migrate.ts'
import type { Naming } from '../sql/names.ts'
import { countsOf, findOpening, linkKey, situationOf } from '../sql/opening.ts'
import { type Compiled, Compiler, type Query, type Steps } from '../sql/query.ts'
import type { Engine } from '../sql/store.ts'
import { countViews, insertView, spendOne } from './append.ts'
import type { SqliteDatabase, SqliteStatement } from './database.ts'
import { sqliteDialect } from './dialect.ts'
import { sqliteMigrations } from './migrations.ts'

/** How long calls wait while a transaction of the host's is open on a shared connection. */
const PATIENCE_MS = 5000
const BATCH = 500

/** Runs every step synchronously on one connection, so that nothing of the host's can come between. */
export class SqliteEngine implements Engine {
  readonly compiler: Compiler
  readonly #database: SqliteDatabase
  readonly #naming: Naming
  readonly #statements = new Map<object, SqliteStatement>()
  readonly #views: Batcher<ViewFacts, 'recorded' | 'moved'> | null
  readonly #begin: SqliteStatement
  readonly #commit: SqliteStatement
  #closed = false

  constructor(database: SqliteDatabase, naming: Naming) {
    this.#database = database
    this.#naming = naming
    this.compiler = new Compiler(sqliteDialect, naming.tables)
    // With NORMAL a committed revocation can vanish with the power.
    database.pragma('foreign_keys = on')
    if (!database.memory) {
      database.pragma('journal_mode = wal')
      database.pragma('synchronous = full')
    }
    // Deferred transactions that read and then write fail under load instead of waiting.
    this.#begin = database.prepare('begin immediate')
    this.#commit = database.prepare('commit')
    // In memory there is no sync to share, and gathering would only cost.
    this.#views = database.memory
      ? null
      : createBatcher({ flush: (views) => this.#appendAll(views), limit: BATCH, gather: setImmediate })
  }

  async read<P, R>(query: Query<P, R>, args: P): Promise<R[]> {
    if (this.#mustWait()) await this.#turn()
    return this.#execute(query, args)
  }

  async transaction<R>(steps: () => Steps<R>): Promise<R> {
    if (this.#mustWait()) await this.#turn()
    return this.#atomic(() => {
      const running = steps()
      let step = running.next()
      while (!step.done) step = running.next(this.#execute(step.value.query, step.value.args as never))
      return step.value
    })
  }

  async findOpening(tokenHash: string): Promise<LinkSituation | null> {
    if (this.#mustWait()) await this.#turn()
    const [row] = this.#execute(findOpening, { tokenHash })
    return row ? situationOf(row) : null
  }

  async appendView(view: ViewFacts): Promise<'recorded' | 'moved'> {
    if (this.#views !== null) {
      if (this.#closed) throw closed()
      return this.#views.add(view)
    }
    if (this.#mustWait()) await this.#turn()
    return this.#atomic(() => this.#append([view])[0]!)
  }

  async spendView(view: ViewFacts): Promise<'recorded' | 'moved'> {
    if (this.#mustWait()) await this.#turn()
    return this.#atomic(() => {
      const { tenantId, linkId, viewedAt: at } = view
      if (this.#write(spendOne, { tenantId, linkId, at }) === 0) return 'moved'
      this.#write(insertView, view)
      return 'recorded'
    })
  }

  async migrate(): Promise<void> {
    await this.#turn()
    this.#guard(() =>
      this.#atomic(() => {
        this.#database.exec(createMigrationsTable(this.#naming))
        for (const migration of pending(sqliteMigrations, this.#done())) {
          for (const statement of statementsOf(migration, this.#naming)) this.#database.exec(statement)
          this.#database
            .prepare(
              `insert into ${this.#naming.quoted('migrations')} ("set", number, name) values (?, ?, ?)`,
            )
            .run(migration.set, migration.number, migration.name)
        }
      }),
    )
    this.#statements.clear()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#views?.drained()
  }

  /** Openings that waited together, in one transaction; one by one if that fails, so that each fails for itself. */
  async #appendAll(views: ViewFacts[]): Promise<Array<'recorded' | 'moved' | BatchError>> {
    await this.#turn({ draining: true })
    try {
      return this.#atomic(() => this.#append(views))
    } catch (error) {
      if (views.length === 1) return [new BatchError(error)]
      return views.map((view) => {
        try {
          return this.#atomic(() => this.#append([view])[0]!)
        } catch (own) {
          return new BatchError(own)
        }
      })
    }
  }

  #append(views: readonly ViewFacts[]): Array<'recorded' | 'moved'> {
    if (views.length === 1) {
      const view = views[0]!
      const { tenantId, linkId, viewedAt: at } = view
      if (this.#write(countViews, { tenantId, linkId, count: view.counted ? 1 : 0, at }) === 0)
        return ['moved']
      this.#write(insertView, view)
      return ['recorded']
    }
    const links = countsOf(views)
    const open = new Set<string>()
    for (const [key, delta] of links) {
      if (this.#write(countViews, delta) > 0) open.add(key)
    }
    return views.map((view) => {
      if (!open.has(linkKey(view))) return 'moved'
      this.#write(insertView, view)
      return 'recorded'
    })
  }

  #atomic<R>(work: () => R): R {
    this.#guard(() => this.#begin.run())
    try {
      const result = work()
      this.#guard(() => this.#commit.run())
      return result
    } catch (error) {
      // SQLite has rolled back by itself where it could not go on.
      if (this.#database.inTransaction) this.#guard(() => this.#database.exec('rollback'))
      throw error
    }
  }

  #execute<P, R>(query: Query<P, R>, args: P): R[] {
    const compiled = this.compiler.get(query)
    try {
      const statement = this.#prepared(compiled)
      if (!compiled.returnsRows) {
        statement.run(compiled.bind(args))
        return []
      }
      const rows = statement.all(compiled.bind(args)) as unknown[][]
      return rows.map((row) => compiled.decode(row))
    } catch (error) {
      throw this.#translate(error)
    }
  }

  /** Runs a write, and says how many rows it changed: `returning` would cost more. */
  #write<P>(query: Query<P, Record<never, never>>, args: P): number {
    const compiled = this.compiler.get(query)
    try {
      return this.#prepared(compiled).run(compiled.bind(args)).changes
    } catch (error) {
      throw this.#translate(error)
    }
  }

  #prepared<P, R>(compiled: Compiled<P, R>): SqliteStatement {
    const known = this.#statements.get(compiled)
    if (known !== undefined) return known
    const statement = this.#database.prepare(compiled.text)
    if (compiled.returnsRows) statement.raw(true)
    this.#statements.set(compiled, statement)
    return statement
  }

  #guard<R>(work: () => R): R {
    try {
      return work()
    } catch (error) {
      throw this.#translate(error)
    }
  }

  /** The only place that knows the driver's errors. What is not the driver's goes through unchanged. */
  #translate(error: unknown): unknown {
    if (!(error instanceof Error) || error.name !== 'SqliteError') return error
    if ((error as { code?: string }).code === 'SQLITE_ERROR' && this.#isOutdated()) {
      return new SharingError('schema_outdated', { cause: error })
    }
    return new SharingError('storage_unavailable', { cause: error })
  }

  #isOutdated(): boolean {
    try {
      return pending(sqliteMigrations, this.#done()).length > 0
    } catch {
      return true
    }
  }

  #done(): Array<{ set: string; number: number }> {
    return this.#database
      .prepare(`select "set", number from ${this.#naming.quoted('migrations')}`)
      .all([]) as Array<{ set: string; number: number }>
  }

  #mustWait(): boolean {
    return this.#closed || this.#database.inTransaction
  }

  /** Joining a transaction of the host's would acknowledge what its rollback takes away, so its end is awaited. */
  async #turn(options: { draining?: boolean } = {}): Promise<void> {
    if (this.#closed && !options.draining) throw closed()
    const start = performance.now()
    while (this.#database.inTransaction) {
      if (performance.now() - start > PATIENCE_MS) {
        throw new SharingError('storage_unavailable', {
          details:
            'A transaction of the host’s has been open on this SQLite connection for too long. Give sharegrant a connection of its own to the same file.',
        })
      }
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
}

const closed = (): SharingError =>
  new SharingError('storage_unavailable', { details: 'sharing.close() was called' })
