/** What is used of pg's `Pool`, so that any of its versions fits. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
  query(config: PostgresQuery): Promise<{ rows: unknown[] }>
}

/** What is used of pg's `PoolClient`. */
export interface PostgresClient {
  query(config: PostgresQuery | string): Promise<{ rows: unknown[] }>
  release(error?: Error | boolean): void
}

/** What a client is asked: a named statement, its values, and rows as the server's own text. */
export interface PostgresQuery {
  name?: string
  text: string
  values?: unknown[]
  rowMode?: 'array'
  types?: { getTypeParser(oid: number, format?: unknown): (text: string) => unknown }
}
