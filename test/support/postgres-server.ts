import { type PostgresServer, startPostgres as startOurs } from '../../examples/demo/postgres.ts'

/** The server that TEST_DATABASE_URL names, or a real one of our own. */
export async function startPostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  const given = process.env['TEST_DATABASE_URL']
  return given ? { url: given, stop: async () => {} } : startOurs(flags)
}

export type { PostgresServer }
