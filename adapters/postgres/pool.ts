/** What is used of pg's `Pool`, so that any of its versions fits. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
  query(config: PostgresQuery): Promise<{ rows: unknown[] }>
}

export interface PostgresClient {
  query(config: PostgresQuery | string): Promise<{ rows: unknown[] }>
  release(error?: Error | boolean): void
}

export interface PostgresQuery {
  name?: string
  text: string
  values?: unknown[]
  rowMode?: 'array'
  types?: { getTypeParser(oid: number, format?: unknown): (text: string) => unknown }
}
