import type { LinkSituation, LinkViewFacts } from '../../src/store/index.ts'
import { BatchError, type Batcher, createBatcher } from '../sql/batch.ts'
import { createMigrationsTable, pending, recordMigration, statementsOf } from '../sql/migrate.ts'
import type { Naming } from '../sql/names.ts'
import { countsOf, findOpening, linkKey, situationOf } from '../sql/opening.ts'
import { Compiler, type Query, type Steps } from '../sql/query.ts'
import type { Scope } from '../sql/scope.ts'
import type { Engine } from '../sql/store.ts'
import { countViews, insertView, spendOne } from './append.ts'
import { concernsOneRow, SqliteConnection } from './connection.ts'
import type { SqliteDatabase } from './database.ts'
import { sqliteDialect } from './dialect.ts'
import { sqliteMigrations } from './migrations.ts'
import { sqliteWorkstations } from './workstations.ts'

const BATCH = 500

type Written = 'recorded' | 'moved'

/** Runs every step synchronously on one connection, so that nothing of the host's can come between. */
export class SqliteEngine implements Engine {
  readonly compiler: Compiler
  readonly #connection: SqliteConnection
  readonly #naming: Naming
  readonly #views: Batcher<LinkViewFacts, Written> | null

  constructor(database: SqliteDatabase, naming: Naming) {
    this.#naming = naming
    this.#connection = new SqliteConnection(database)
    this.compiler = new Compiler(sqliteDialect, naming.tables)
    // In memory there is no sync to share, and gathering would only cost.
    this.#views = database.memory
      ? null
      : createBatcher({ flush: (views) => this.#appendAll(views), limit: BATCH, gather: setImmediate })
  }

  async read<P, R>(_: Scope, query: Query<P, R>, args: P): Promise<R[]> {
    if (this.#connection.mustWait()) await this.#connection.turn()
    return this.#execute(query, args)
  }

  async first<P, R>(_: Scope, query: Query<P, R>, args: P): Promise<R | null> {
    if (this.#connection.mustWait()) await this.#connection.turn()
    return this.#connection.first(this.compiler.get(query), args)
  }

  async transaction<R>(steps: () => Steps<R>): Promise<R> {
    if (this.#connection.mustWait()) await this.#connection.turn()
    return this.#connection.atomic(() => {
      const running = steps()
      let step = running.next()
      while (!step.done) {
        // Nothing here guards tenants but the statements themselves.
        const rows = 'scope' in step.value ? [] : this.#execute(step.value.query, step.value.args as never)
        step = running.next(rows)
      }
      return step.value
    })
  }

  async findOpening(tokenHash: string): Promise<LinkSituation | null> {
    if (this.#connection.mustWait()) await this.#connection.turn()
    const row = this.#connection.first(this.compiler.get(findOpening), { tokenHash })
    return row === null ? null : situationOf(row)
  }

  async appendView(view: LinkViewFacts): Promise<Written> {
    if (this.#views !== null) {
      this.#connection.refuseIfClosed()
      return this.#views.add(view)
    }
    if (this.#connection.mustWait()) await this.#connection.turn()
    return this.#appendOne(view)
  }

  async spendView(view: LinkViewFacts): Promise<Written> {
    if (this.#connection.mustWait()) await this.#connection.turn()
    return this.#connection.atomic(() => {
      const { tenantId, linkId, viewedAt: at } = view
      if (this.#write(spendOne, { tenantId, linkId, at }) === 0) return 'moved'
      this.#write(insertView, view)
      return 'recorded'
    })
  }

  async migrate(module?: 'workstations'): Promise<void> {
    const all = module === undefined ? sqliteMigrations : [...sqliteMigrations, ...sqliteWorkstations]
    await this.#connection.turn()
    this.#connection.atomic(() => {
      this.#connection.script(createMigrationsTable(this.#naming))
      for (const migration of pending(all, this.#done())) {
        for (const statement of statementsOf(migration, this.#naming)) this.#connection.script(statement)
        this.#connection.script(recordMigration(migration, this.#naming))
      }
    })
  }

  async close(): Promise<void> {
    await this.#connection.close()
    await this.#views?.drained()
  }

  /** Openings that waited together, in one transaction. Where one of them is at fault, each by itself. */
  async #appendAll(views: LinkViewFacts[]): Promise<Array<Written | BatchError>> {
    await this.#connection.turn({ draining: true })
    try {
      return this.#connection.atomic(() => this.#append(views))
    } catch (error) {
      // A database that is locked or full stays so for the next one: trying them all would block for as many waits.
      if (views.length === 1 || !concernsOneRow(error)) return views.map(() => new BatchError(error))
      return views.map((view) => {
        try {
          return this.#appendOne(view)
        } catch (own) {
          return new BatchError(own)
        }
      })
    }
  }

  #appendOne(view: LinkViewFacts): Written {
    const { tenantId, linkId, viewedAt: at } = view
    return this.#connection.atomic(() => {
      if (this.#write(countViews, { tenantId, linkId, count: view.counted ? 1 : 0, at }) === 0) return 'moved'
      this.#write(insertView, view)
      return 'recorded'
    })
  }

  #append(views: readonly LinkViewFacts[]): Written[] {
    const open = new Set<string>()
    for (const [key, delta] of countsOf(views)) {
      if (this.#write(countViews, delta) > 0) open.add(key)
    }
    return views.map((view) => {
      if (!open.has(linkKey(view))) return 'moved'
      this.#write(insertView, view)
      return 'recorded'
    })
  }

  #execute<P, R>(query: Query<P, R>, args: P): R[] {
    return this.#connection.execute(this.compiler.get(query), args)
  }

  #write<P>(query: Query<P, Record<never, never>>, args: P): number {
    return this.#connection.write(this.compiler.get(query), args)
  }

  #done(): Array<{ set: string; number: number }> {
    const rows = this.#connection.rows(
      `select "set", cast(number as text) as number from ${this.#naming.quoted('migrations')}`,
    )
    return (rows as Array<{ set: string; number: string }>).map(({ set, number }) => ({
      set,
      number: Number(number),
    }))
  }
}
