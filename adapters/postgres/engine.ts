import { isSharingError, SharingError } from '../../src/errors.ts'
import type { LinkSituation, LinkViewFacts, Remembered } from '../../src/store/index.ts'
import { BatchError, type Batcher, createBatcher } from '../sql/batch.ts'
import { Interleaved } from '../sql/interleaved.ts'
import type { Naming } from '../sql/names.ts'
import { countsOf } from '../sql/opening.ts'
import { Compiler, type Query, type Steps } from '../sql/query.ts'
import type { Scope } from '../sql/scope.ts'
import type { Engine } from '../sql/store.ts'
import {
  appendMany,
  appendManyRemembered,
  appendOne,
  appendRemembered,
  type RememberedView,
  spendOne,
  type WrittenView,
} from './append.ts'
import { byTenant, inOneStatement, rememberedCounts } from './batches.ts'
import { Connections } from './connections.ts'
import { postgresDialect } from './dialect.ts'
import { isConnectionError, isDatabaseError, mayRetry, stateOf } from './errors.ts'
import { migrate } from './migrate.ts'
import { findManyVersioned, findTenants, findVersioned, versionedSituationOf } from './opening.ts'
import type { PostgresClient, PostgresPool, PostgresQuery } from './pool.ts'
import { entering, guardQuery, refuseUnboundRole, refuseUnguardedTables } from './row-security.ts'
import { statementName } from './statement-name.ts'

const BATCH = 256
/** A statement that takes this long is waiting for something: those who come later go past it. */
const OVERTAKE = { afterMs: 100, width: 4 }
const TRIES = 5
/** Each time somebody else's step was done meanwhile: the wait is for one's turn, not for a fault to end. */
const INTERLEAVINGS = 20
const asText = { getTypeParser: () => (text: string) => text }

type Written = 'recorded' | 'moved'

/** One statement with its arguments. */
interface Call<R> {
  query: Query<never, R>
  args: unknown
}

/** What is wrong with the host's database role is the host's to read, and no answer to whoever opens a link. */
function told(error: unknown): never {
  if (!isSharingError(error) || error.code !== 'invalid_input') throw error
  throw new SharingError('storage_unavailable', { details: error.message, cause: error })
}

/** Ids are one within their tenant. */
const viewKey = ({ tenantId, id }: Pick<LinkViewFacts, 'tenantId' | 'id'>): string => `${tenantId}\n${id}`

const call = <P, R>(query: Query<P, R>, args: P): Call<R> => ({ query: query as Query<never, R>, args })

/** A little longer each time, and never the same for two. */
const backOff = (tries: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** Math.min(tries, TRIES)))

/** Runs steps in transactions of one client each, and what waits together in one statement. */
export class PostgresEngine implements Engine {
  readonly compiler: Compiler
  readonly #connections: Connections
  readonly #naming: Naming
  /** Whether the database guards the tenants by itself, so that it has to be told of each. */
  readonly #guarded: boolean
  readonly #openings: Batcher<string, LinkSituation | null>
  readonly #views: Batcher<LinkViewFacts, Written>
  readonly #rememberedViews: Batcher<RememberedView, Written>
  #guard: Promise<void> | null = null
  #underWay = 0
  #closed = false
  #idle: Array<() => void> = []

  constructor(pool: PostgresPool, naming: Naming, options: { timeoutMs: number; rowLevelSecurity: boolean }) {
    this.#connections = new Connections(pool, options.timeoutMs)
    this.#naming = naming
    this.#guarded = options.rowLevelSecurity
    this.compiler = new Compiler(postgresDialect, naming.tables)
    const batcher = <I, R>(flush: (items: I[]) => Promise<Array<R | BatchError>>): Batcher<I, R> =>
      createBatcher({ flush, limit: BATCH, overtake: OVERTAKE })
    this.#openings = batcher((hashes) => this.#findAll(hashes))
    this.#views = batcher((views) => this.#appendAll(views))
    this.#rememberedViews = batcher((views) => this.#appendAllRemembered(views))
  }

  read<P, R>(scope: Scope, query: Query<P, R>, args: P): Promise<R[]> {
    return this.#serving(() => this.#run(scope, call(query, args)))
  }

  async first<P, R>(scope: Scope, query: Query<P, R>, args: P): Promise<R | null> {
    return (await this.read(scope, query, args))[0] ?? null
  }

  transaction<R>(steps: () => Steps<R>): Promise<R> {
    return this.#serving(() =>
      this.#trying(() => this.#connections.transaction((client) => this.#drive(client, steps()))),
    )
  }

  findOpening(tokenHash: string): Promise<LinkSituation | null> {
    return this.#serving(() => this.#openings.add(tokenHash))
  }

  appendView(view: LinkViewFacts, remembered?: Remembered): Promise<Written> {
    return this.#serving(() =>
      remembered === undefined
        ? this.#views.add(view)
        : this.#rememberedViews.add({ ...view, ...remembered }),
    )
  }

  spendView(view: LinkViewFacts): Promise<Written> {
    return this.#serving(() => this.#append(call(spendOne, view), view))
  }

  migrate(module?: 'workstations'): Promise<void> {
    const send = (client: PostgresClient) => (query: PostgresQuery) => this.#connections.send(client, query)
    return this.#working(async () => {
      await this.#trying(() =>
        this.#connections.transaction(async (client) => {
          if (this.#guarded) refuseUnboundRole((await send(client)(guardQuery(this.#naming))).rows)
          await migrate(send(client), this.#naming, { guarded: this.#guarded, module })
        }),
      )
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  async #findAll(tokenHashes: string[]): Promise<Array<LinkSituation | null>> {
    if (tokenHashes.length === 1) {
      const [tokenHash] = tokenHashes as [string]
      const [row] = await this.#run({ kind: 'link', key: tokenHash }, call(findVersioned, { tokenHash }))
      return [row ? versionedSituationOf(row) : null]
    }
    const rows = await this.#findMany([...new Set(tokenHashes)])
    const found = new Map(rows.map((row) => [row.seen.key, versionedSituationOf(row)]))
    return tokenHashes.map((hash) => found.get(hash) ?? null)
  }

  async #findMany(tokenHashes: string[]) {
    if (!this.#guarded) return this.#run('everywhere', call(findManyVersioned, { tokenHashes }))
    const names = await this.#run(null, call(findTenants, { tokenHashes }))
    const tenants = byTenant(names.map(({ name }) => name))
    const calls = [...tenants].map(([tenantId, of]) => ({
      scope: { tenantId },
      ...call(findManyVersioned, { tokenHashes: of.map(({ key }) => key) }),
    }))
    return (await this.#runAll(calls)).flat()
  }

  #appendAll(views: LinkViewFacts[]): Promise<Array<Written | BatchError>> {
    return this.#appendTogether(
      views,
      (view) => call(appendOne, view),
      (some) => call(appendMany, { links: [...countsOf(some).values()], views: some }),
    )
  }

  async #appendAllRemembered(views: RememberedView[]): Promise<Array<Written | BatchError>> {
    const { together, apart } = inOneStatement(views)
    const alone = (view: RememberedView) => call(appendRemembered, view)
    const written = await this.#appendTogether(together, alone, (some) => {
      const links = rememberedCounts(some)
      return call(appendManyRemembered, {
        links,
        views: some,
        tokenHashes: links.map(({ tokenHash }) => tokenHash),
      })
    })
    const others = await Promise.all(apart.map((view) => this.#appendAlone(alone(view), view)))
    const all = [...written, ...others]
    const outcomes = new Map([...together, ...apart].map((view, at) => [view, all[at]!]))
    return views.map((view) => outcomes.get(view)!)
  }

  /** Writes views by one statement a tenant and one commit. Where one of them is at fault, each by itself. */
  async #appendTogether<V extends LinkViewFacts>(
    views: V[],
    one: (view: V) => Call<WrittenView>,
    many: (views: V[]) => Call<WrittenView>,
  ): Promise<Array<Written | BatchError>> {
    if (views.length === 1) return [await this.#appendAlone(one(views[0]!), views[0]!)]
    try {
      const groups = this.#guarded ? byTenant(views) : new Map([['', views]])
      const calls = [...groups].map(([tenantId, some]) => ({ scope: { tenantId }, ...many(some) }))
      const written = new Set((await this.#runAll(calls)).flat().map(({ view }) => viewKey(view)))
      return views.map((view) => (written.has(viewKey(view)) ? 'recorded' : 'moved'))
    } catch (error) {
      // After a lost connection nobody knows what was committed.
      if (isConnectionError((error as Error).cause)) throw error
      return Promise.all(views.map((view) => this.#appendAlone(one(view), view)))
    }
  }

  async #appendAlone(append: Call<unknown>, view: LinkViewFacts): Promise<Written | BatchError> {
    try {
      return await this.#append(append, view)
    } catch (error) {
      return new BatchError(error)
    }
  }

  async #append(append: Call<unknown>, { tenantId }: LinkViewFacts): Promise<Written> {
    return (await this.#run({ tenantId }, append)).length > 0 ? 'recorded' : 'moved'
  }

  async #drive<R>(client: PostgresClient, running: Steps<R>): Promise<R> {
    let step = running.next()
    while (!step.done) step = running.next(await this.#perform(client, step.value))
    return step.value
  }

  async #perform(client: PostgresClient, step: { scope: Scope } | Call<unknown>): Promise<unknown[]> {
    if (!('scope' in step)) return this.#send(client, step)
    return this.#guarded ? this.#send(client, entering(step.scope)) : []
  }

  /** One statement, committed by itself. A scope of null: it touches nothing that is guarded. */
  async #run<R>(scope: Scope | null, one: Call<R>): Promise<R[]> {
    if (this.#guarded && scope !== null) return (await this.#runAll([{ scope, ...one }]))[0]!
    return this.#trying(() => this.#connections.use((client) => this.#send(client, one)))
  }

  /** Statements in their scopes, committed together. Without a guard there is only one at a time. */
  async #runAll<R>(calls: ReadonlyArray<Call<R> & { scope: Scope }>): Promise<R[][]> {
    if (!this.#guarded) return Promise.all(calls.map((one) => this.#run(null, one)))
    const queries = calls.flatMap(({ scope, ...one }) => [
      this.#configOf(entering(scope)),
      this.#configOf(one),
    ])
    const answers = await this.#trying(() => this.#connections.together(queries))
    return calls.map(({ query }, at) => this.#decoded(query, answers[at * 2 + 1]!.rows))
  }

  /** The server said that it did nothing: under the host's own default isolation that can happen to any statement. */
  async #trying<R>(work: () => Promise<R>): Promise<R> {
    for (let tries = 1; ; tries++) {
      try {
        return await work()
      } catch (error) {
        const most = error instanceof Interleaved ? INTERLEAVINGS : mayRetry(error) ? TRIES : 0
        if (tries >= most) throw this.#translate(error)
        await backOff(tries)
      }
    }
  }

  async #send<R>(client: PostgresClient, one: Call<R>): Promise<R[]> {
    const { rows } = await this.#connections.send(client, this.#configOf(one))
    return this.#decoded(one.query, rows)
  }

  #configOf({ query, args }: Call<unknown>): PostgresQuery {
    const compiled = this.compiler.get(query)
    return {
      name: statementName(compiled),
      text: compiled.text,
      values: compiled.bind(args as never),
      rowMode: 'array',
      types: asText,
    }
  }

  #decoded<R>(query: Query<never, R>, rows: unknown[]): R[] {
    const compiled = this.compiler.get(query)
    return compiled.returnsRows ? (rows as unknown[][]).map((row) => compiled.decode(row)) : []
  }

  /** Looked at once. What was refused is looked at again: the host may have mended it. */
  #guardHolds(): Promise<void> {
    this.#guard ??= this.#trying(() =>
      this.#connections.use(async (client) => {
        const { rows } = await this.#connections.send(client, guardQuery(this.#naming))
        refuseUnboundRole(rows)
        refuseUnguardedTables(rows)
      }),
    ).catch((error: unknown) => {
      this.#guard = null
      throw error
    })
    return this.#guard
  }

  /**
   * Nothing is asked of the database before its guard has been seen to hold. Nor is a connection held meanwhile:
   * those who held all of them would wait for each other.
   */
  #serving<R>(work: () => Promise<R>): Promise<R> {
    if (!this.#guarded) return this.#working(work)
    return this.#working(async () => {
      await this.#guardHolds().catch(told)
      return work()
    })
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

  /** The only place that knows the driver's errors. What is not the storage's goes through unchanged. */
  #translate(error: unknown): unknown {
    if (error instanceof Interleaved) return new SharingError('storage_unavailable', { cause: error })
    if (!isDatabaseError(error) && !isConnectionError(error)) return error
    const state = stateOf(error)
    // 42P01 undefined table, 42703 undefined column, 3F000 unknown schema.
    const outdated = state === '42P01' || state === '42703' || state === '3F000'
    return new SharingError(outdated ? 'schema_outdated' : 'storage_unavailable', { cause: error })
  }
}
