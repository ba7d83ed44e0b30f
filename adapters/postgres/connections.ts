import { ConnectionFailure, isConnectionError, stateOf } from './errors.ts'
import type { PostgresClient, PostgresPool, PostgresQuery } from './pool.ts'

const ignore = (): void => {}

/** The connections of the host's pool. What is asked of them is bounded in time, and each is given back. */
export class Connections {
  readonly #pool: PostgresPool
  readonly #limit: number

  constructor(pool: PostgresPool, limit: number) {
    this.#pool = pool
    this.#limit = limit
  }

  /** Lends a connection to some work, and ends on the server what was waited for in vain. */
  async use<R>(work: (client: PostgresClient) => Promise<R>): Promise<R> {
    let processId: number | null | undefined
    try {
      return await this.#lend((client) => {
        processId = client.processID
        return work(client)
      })
    } catch (error) {
      if (gaveUp(error) && typeof processId === 'number') this.#end(processId).catch(ignore)
      throw error
    }
  }

  /** Gives a connection back afterwards. One that is broken does not go back into the pool. */
  async #lend<R>(work: (client: PostgresClient) => Promise<R>): Promise<R> {
    const client = await this.#connect()
    let broken: Error | undefined
    try {
      return await work(client)
    } catch (error) {
      if (isConnectionError(error)) broken = error as Error
      throw error
    } finally {
      client.removeListener('error', ignore)
      client.release(broken)
    }
  }

  /**
   * A statement that waits for a lock would go on waiting, with all that it has locked itself, and be done after all
   * when nobody expects it any more.
   */
  async #end(processId: number): Promise<void> {
    await this.#lend((client) => this.send(client, { ...TERMINATE, values: [processId] }))
  }

  /** Runs work in a transaction, all of it or nothing. */
  transaction<R>(work: (client: PostgresClient) => Promise<R>): Promise<R> {
    return this.use((client) => this.#inTransaction(client, () => work(client)))
  }

  /**
   * Several statements in one transaction. They travel together where the pool's clients are made with
   * `pipeline: true`; else each waits for the one before.
   */
  together(queries: readonly PostgresQuery[]): Promise<Array<{ rows: unknown[] }>> {
    return this.use(async (client) => {
      if (client.pipeline !== true) {
        return this.#inTransaction(client, async () => {
          const answers: Array<{ rows: unknown[] }> = []
          for (const query of queries) answers.push(await this.send(client, query))
          return answers
        })
      }
      const all = [BEGIN, ...queries, COMMIT].map((query) => this.send(client, query))
      const settled = await Promise.allSettled(all)
      if (settled.at(-1)!.status === 'rejected') {
        throw unended(settled.find((one) => one.status === 'rejected')!.reason)
      }
      // What follows a failed statement fails for that reason only, and COMMIT then rolls back.
      return (await Promise.all(all)).slice(1, -1)
    })
  }

  /** pg reports what the server said as such; a broken connection is an error without a state. */
  async send(client: PostgresClient, query: PostgresQuery): Promise<{ rows: unknown[] }> {
    try {
      return await client.query({ ...query, query_timeout: this.#limit })
    } catch (error) {
      throw stateOf(error) === null ? new ConnectionFailure('the connection failed', { cause: error }) : error
    }
  }

  async #inTransaction<R>(client: PostgresClient, work: () => Promise<R>): Promise<R> {
    await this.send(client, BEGIN)
    try {
      const result = await work()
      await this.send(client, COMMIT)
      return result
    } catch (error) {
      if (!isConnectionError(error)) await this.#rollBack(client)
      throw error
    }
  }

  async #rollBack(client: PostgresClient): Promise<void> {
    try {
      await this.send(client, ROLLBACK)
    } catch (error) {
      throw unended(error)
    }
  }

  /** Waits for a connection for as long as a statement may take: a pool may be used up for good. */
  #connect(): Promise<PostgresClient> {
    return new Promise((resolve, reject) => {
      let late = false
      const timer = setTimeout(() => {
        late = true
        reject(new ConnectionFailure(`the pool gave no connection within ${this.#limit} ms`))
      }, this.#limit)
      this.#pool.connect((error, client) => {
        clearTimeout(timer)
        if (client === undefined) {
          reject(stateOf(error) === null ? new ConnectionFailure('no connection', { cause: error }) : error)
        } else if (late) {
          client.release()
        } else {
          // pg tells the query of a lost connection, and then the client: unheard, that would end the host's process.
          // In the same turn, since a server that goes down may say so in the packet that says it is ready.
          client.on('error', ignore)
          resolve(client)
        }
      })
    })
  }
}

/**
 * Whether an answer was waited for in vain. What was lost has ended by itself, and its number may be that of another
 * session of a server that was started again.
 */
const gaveUp = (error: unknown): boolean =>
  error instanceof Error && (error.message === 'Query read timeout' || gaveUp(error.cause))

/** Whether the transaction is over is not known: its connection must not be used again. */
const unended = (error: unknown): ConnectionFailure =>
  new ConnectionFailure('the transaction was not ended', { cause: error })

/** Named, so that they are parsed once per connection. */
const BEGIN: PostgresQuery = { name: 'sharegrant begin', text: 'begin isolation level read committed' }
const COMMIT: PostgresQuery = { name: 'sharegrant commit', text: 'commit' }
const ROLLBACK: PostgresQuery = { name: 'sharegrant rollback', text: 'rollback' }
const TERMINATE: PostgresQuery = {
  name: 'sharegrant end',
  text: `select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
    where pid = $1::int and usename = current_user and datname = current_database() and state <> 'idle'`,
}
