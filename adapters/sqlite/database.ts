/** What is used of better-sqlite3's `Database`, so that any of its versions fits. */
export interface SqliteDatabase {
  readonly memory: boolean
  readonly inTransaction: boolean
  prepare(text: string): SqliteStatement
  exec(text: string): unknown
  pragma(text: string): unknown
}

/** What is used of better-sqlite3's `Statement`. */
export interface SqliteStatement {
  run(...parameters: unknown[]): { changes: number }
  all(...parameters: unknown[]): unknown[]
  raw(toggle?: boolean): unknown
  safeIntegers(toggle?: boolean): unknown
}
