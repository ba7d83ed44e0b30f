/** What is used of pg's `Pool`, so that any of its versions fits. */
export interface PostgresPool {
  connect(answer: (error: Error | undefined, client: PostgresClient | undefined) => void): void
}

/** What is used of pg's `PoolClient`. */
export interface PostgresClient {
  /** Whether statements are sent without waiting for the answers of those before. */
  readonly pipeline?: boolean
  /** The server's process that serves it. */
  readonly processID?: number | null
  query(config: PostgresQuery): Promise<{ rows: unknown[] }>
  release(error?: Error | boolean): void
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

/** What a client is asked: a named statement, its values, and rows as the server's own text. */
export interface PostgresQuery {
  name?: string
  text: string
  values?: unknown[]
  rowMode?: 'array'
  types?: { getTypeParser(oid: number, format?: unknown): (text: string) => unknown }
  /** Milliseconds after which the answer is given up, and the connection with it. */
  query_timeout?: number
}
