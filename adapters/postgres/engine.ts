import { SharingError } from '../../src/errors.ts'
import type { LinkSituation, ViewFacts } from '../../src/store/index.ts'
import { BatchError, type Batcher, createBatcher } from '../sql/batch.ts'
import { Interleaved } from '../sql/interleaved.ts'
import { createMigrationsTable, pending, recordMigration, statementsOf } from '../sql/migrate.ts'
import type { Naming } from '../sql/names.ts'
import { countsOf, findOpening, findOpenings, situationOf } from '../sql/opening.ts'
import { Compiler, type Query, type Steps } from '../sql/query.ts'
import type { Engine } from '../sql/store.ts'
import { appendMany, appendOne, spendOne } from './append.ts'
import { postgresDialect } from './dialect.ts'
import { ConnectionFailure, isConnectionError, isDatabaseError, mayRetry, stateOf } from './errors.ts'
import { postgresMigrations } from './migrations.ts'
import type { PostgresClient, PostgresPool, PostgresQuery } from './pool.ts'
import { statementName } from './statement-name.ts'

const BATCH = 256
const TRIES = 5
const asText = { getTypeParser: () => (text: string) => text }

/** pg reports what the server said as such, and a broken connection as any error. */
async function send(
  on: { query: PostgresPool['query'] },
  config: PostgresQuery,
): Promise<{ rows: unknown[] }> {
  try {
    return await on.query(config)
  } catch (error) {
    throw stateOf(error) === null ? new ConnectionFailure('the connection failed', { cause: error }) : error
  }
}

/** A little longer each time, and never the same for two. */
const backOff = (tries: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** tries))

/** Runs steps in transactions of one client each, and what waits together in one statement. */
export class PostgresEngine implements Engine {
  readonly compiler: Compiler
  readonly #pool: PostgresPool
  readonly #naming: Naming
  readonly #openings: Batcher<string, LinkSituation | null>
  readonly #views: Batcher<ViewFacts, 'recorded' | 'moved'>
  #underWay = 0
  #closed = false
  #idle: Array<() => void> = []

  constructor(pool: PostgresPool, naming: Naming) {
    this.#pool = pool
    this.#naming = naming
    this.compiler = new Compiler(postgresDialect, naming.tables)
    this.#openings = createBatcher({ flush: (hashes) => this.#findAll(hashes), limit: BATCH })
    this.#views = createBatcher({ flush: (views) => this.#appendAll(views), limit: BATCH })
  }

  read<P, R>(query: Query<P, R>, args: P): Promise<R[]> {
    return this.#working(() => this.#execute(this.#pool, query, args))
  }

  transaction<R>(steps: () => Steps<R>): Promise<R> {
    return this.#working(async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#attempt((client) => this.#drive(client, steps()))
        } catch (error) {
          if (tries >= TRIES || !(error instanceof Interleaved || mayRetry(error)))
            throw this.#translate(error)
          await backOff(tries)
        }
      }
    })
  }

  findOpening(tokenHash: string): Promise<LinkSituation | null> {
    return this.#working(() => this.#openings.add(tokenHash))
  }

  appendView(view: ViewFacts): Promise<'recorded' | 'moved'> {
    return this.#working(() => this.#views.add(view))
  }

  spendView(view: ViewFacts): Promise<'recorded' | 'moved'> {
    return this.#working(async () => {
      const written = await this.#execute(this.#pool, spendOne, view)
      return written.length > 0 ? 'recorded' : 'moved'
    })
  }

  migrate(): Promise<void> {
    return this.#working(async () => {
      try {
        await this.#attempt((client) => this.#migrate(client))
      } catch (error) {
        throw this.#translate(error)
      }
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  async #migrate(client: PostgresClient): Promise<void> {
    // Concurrent `create table if not exists` fails; whoever comes second waits here and finds all done.
    await send(client, { text: "select pg_advisory_xact_lock(hashtextextended('sharegrant', 0))" })
    await this.#ensureSchema(client)
    await send(client, { text: createMigrationsTable(this.#naming) })
    for (const migration of pending(postgresMigrations, await this.#done(client))) {
      for (const statement of statementsOf(migration, this.#naming)) await send(client, { text: statement })
      await send(client, { text: recordMigration(migration, this.#naming) })
    }
  }

  /** Looked up first: `if not exists` asks for the right to create schemas even where one is there. */
  async #ensureSchema(client: PostgresClient): Promise<void> {
    const { rows } = await send(client, {
      text: 'select 1 from pg_namespace where nspname = $1',
      values: [this.#naming.schema],
    })
    if (rows.length === 0) await send(client, { text: `create schema "${this.#naming.schema}"` })
  }

  async #done(client: { query(config: PostgresQuery): Promise<{ rows: unknown[] }> }) {
    const { rows } = await send(client, {
      text: `select "set", number::text from ${this.#naming.quoted('migrations')}`,
      rowMode: 'array',
      types: asText,
    })
    return (rows as string[][]).map(([set, number]) => ({ set: set!, number: Number(number) }))
  }

  async #findAll(hashes: string[]): Promise<Array<LinkSituation | null>> {
    if (hashes.length === 1) {
      const [row] = await this.#execute(this.#pool, findOpening, { tokenHash: hashes[0]! })
      return [row ? situationOf(row) : null]
    }
    const rows = await this.#execute(this.#pool, findOpenings, { tokenHashes: [...new Set(hashes)] })
    const found = new Map(rows.map((row) => [row.name.key, situationOf(row)]))
    return hashes.map((hash) => found.get(hash) ?? null)
  }

  async #appendAll(views: ViewFacts[]): Promise<Array<'recorded' | 'moved' | BatchError>> {
    if (views.length === 1) return [await this.#appendAlone(views[0]!)]
    try {
      const links = [...countsOf(views).values()]
      const written = await this.#execute(this.#pool, appendMany, { links, views })
      const ids = new Set(written.map(({ view }) => view.id))
      return views.map(({ id }) => (ids.has(id) ? 'recorded' : 'moved'))
    } catch (error) {
      // After a lost connection nobody knows what was committed, and a second try might count it twice.
      if (stateOf(error) === null) throw error
      return Promise.all(views.map((view) => this.#appendAlone(view)))
    }
  }

  async #appendAlone(view: ViewFacts): Promise<'recorded' | 'moved' | BatchError> {
    try {
      return (await this.#execute(this.#pool, appendOne, view)).length > 0 ? 'recorded' : 'moved'
    } catch (error) {
      return new BatchError(error)
    }
  }

  async #attempt<R>(work: (client: PostgresClient) => Promise<R>): Promise<R> {
    const client = await this.#connect()
    let broken: Error | undefined
    try {
      await send(client, { text: 'begin isolation level read committed' })
      const result = await work(client)
      await send(client, { text: 'commit' })
      return result
    } catch (error) {
      broken = await this.#rollBack(client, error)
      throw error
    } finally {
      client.release(broken)
    }
  }

  async #connect(): Promise<PostgresClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw stateOf(error) === null ? new ConnectionFailure('no connection', { cause: error }) : error
    }
  }

  /** A connection that cannot roll back is not given back to the pool. */
  async #rollBack(client: PostgresClient, cause: unknown): Promise<Error | undefined> {
    if (isConnectionError(cause)) return cause as Error
    try {
      await client.query('rollback')
      return undefined
    } catch (error) {
      return error as Error
    }
  }

  async #drive<R>(client: PostgresClient, running: Steps<R>): Promise<R> {
    let step = running.next()
    while (!step.done)
      step = running.next(await this.#send(client, step.value.query, step.value.args as never))
    return step.value
  }

  async #execute<P, R>(on: { query: PostgresPool['query'] }, query: Query<P, R>, args: P): Promise<R[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#send(on, query, args)
      } catch (error) {
        // The server said that it did nothing: under the host's own default isolation that can happen to any statement.
        if (tries >= TRIES || !mayRetry(error)) throw this.#translate(error)
        await backOff(tries)
      }
    }
  }

  async #send<P, R>(on: { query: PostgresPool['query'] }, query: Query<P, R>, args: P): Promise<R[]> {
    const compiled = this.compiler.get(query)
    const { rows } = await send(on, {
      name: statementName(compiled),
      text: compiled.text,
      values: compiled.bind(args),
      rowMode: 'array',
      types: asText,
    })
    return (rows as unknown[][]).map((row) => compiled.decode(row))
  }

  async #working<R>(work: () => Promise<R>): Promise<R> {
    if (this.#closed) throw new SharingError('storage_unavailable', { details: 'sharing.close() was called' })
    this.#underWay++
    try {
      return await work()
    } finally {
      this.#underWay--
      if (this.#closed && this.#underWay === 0) for (const done of this.#idle) done()
    }
  }

  /** The only place that knows the driver's errors. What is not the driver's goes through unchanged. */
  #translate(error: unknown): unknown {
    if (!isDatabaseError(error) && !isConnectionError(error)) return error
    const state = stateOf(error)
    // 42P01 undefined table, 42703 undefined column, 3F000 unknown schema.
    const outdated = state === '42P01' || state === '42703' || state === '3F000'
    return new SharingError(outdated ? 'schema_outdated' : 'storage_unavailable', { cause: error })
  }
}
