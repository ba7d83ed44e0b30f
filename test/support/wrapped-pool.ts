import type pg from 'pg'
import type { PostgresClient, PostgresPool } from '../../adapters/postgres/index.ts'

/** A pool whose clients are what is made of them. What is left out stays as it is. */
export const wrappedPool = (
  pool: pg.Pool,
  wrap: (client: pg.PoolClient) => Partial<PostgresClient>,
): PostgresPool => ({
  connect: (answer) =>
    pool.connect((error, client) => {
      if (client === undefined) return answer(error, undefined)
      answer(undefined, {
        pipeline: (client as { pipeline?: boolean }).pipeline === true,
        processID: (client as { processID?: number | null }).processID ?? null,
        query: (config) => client.query(config),
        release: (broken) => client.release(broken),
        on: (event, listener) => client.on(event, listener),
        removeListener: (event, listener) => client.removeListener(event, listener),
        ...wrap(client),
      })
    }),
})
