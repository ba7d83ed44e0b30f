import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A Postgres server on which tests make databases of their own. */
    databaseUrl: string
  }
}

/** Starts one real Postgres for the whole run. Without one the run fails: nothing is skipped in silence. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres()
  project.provide('databaseUrl', server.url)
  return server.stop
}
