import type { PostgresServer } from '../examples/demo/postgres.ts'
import { startPostgres } from '../test/support/postgres-server.ts'
import { type Place, type PlaceName, postgresPlace, sqlitePlace } from './places.ts'

/** Makes places, with a server where one is needed, and takes them away again whatever happens. */
export interface Premises {
  /** Does `work` on a place that is empty at first and gone afterwards. */
  on<R>(name: PlaceName, work: (place: Place) => Promise<R>): Promise<R>
  /** The same on two places of Postgres that differ in row-level security only. */
  onBoth<R>(work: (guarded: Place, plain: Place) => Promise<R>): Promise<R>
  close(): Promise<void>
}

export function createPremises(): Premises {
  const open = new Set<Place>()
  let server: Promise<PostgresServer> | null = null
  const postgres = async (guarded: boolean | null): Promise<Place> => {
    server ??= startPostgres()
    return postgresPlace((await server).url, guarded)
  }
  const closePlace = async (place: Place): Promise<void> => {
    if (open.delete(place)) await place.close()
  }
  const close = async (): Promise<void> => {
    for (const place of open) await closePlace(place)
    await (await server)?.stop()
    server = null
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void close().finally(() => process.exit(1)))
  }
  const using = async <R>(place: Place, work: (place: Place) => Promise<R>): Promise<R> => {
    open.add(place)
    try {
      return await work(place)
    } finally {
      await closePlace(place)
    }
  }
  return {
    on: async (name, work) => using(name === 'postgres' ? await postgres(null) : sqlitePlace(name), work),
    onBoth: async (work) =>
      using(await postgres(true), async (guarded) =>
        using(await postgres(false), (plain) => work(guarded, plain)),
      ),
    close,
  }
}
