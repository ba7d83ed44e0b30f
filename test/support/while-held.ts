import type pg from 'pg'
import type { TestStore } from './stores.ts'

/** Whether a call waits while somebody holds a row, who does something `before` letting go; and what it came to. */
export type WhileHeld = (
  held: readonly string[],
  call: () => Promise<unknown>,
  before?: readonly string[],
) => Promise<unknown[]>

/** The rows are of a Postgres database, held by a connection of their own. */
export const whileHeldIn =
  (base: TestStore, other: pg.Client): WhileHeld =>
  async (held, call, before = []) => {
    await other.query('begin')
    for (const text of held) await other.query(text)
    let result: { value: unknown } | null = null
    const running = call().then((value) => {
      result = { value }
    })
    let waits = false
    while (!waits && result === null) {
      const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      waits = (await base.query(waiting)).length > 0
    }
    for (const text of before) await other.query(text)
    await other.query('commit')
    await running
    return [waits ? 'waits' : 'goes on', result!.value]
  }
