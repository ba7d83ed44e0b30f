import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { postgresStore } from '../../adapters/postgres/index.ts'
import { startPostgres } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A Postgres server on which tests make databases of their own. */
    databaseUrl: string
    /** A database with our tables, to be copied, and how a copy is made the quickest. */
    databaseMaking: { template: string; strategy: string }
  }
}

/** It is thrown away with the run, and no test takes its machine's power: those that kill a server have their own. */
const FORGETFUL = ['fsync=off', 'full_page_writes=off'].flatMap((setting) => ['-c', setting])

/** Starts one real Postgres for the whole run. Without one the run fails: nothing is skipped in silence. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Processes that tests start load the same sources: what Node made of them is kept.
  process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
    new URL('../../node_modules/.cache/node', import.meta.url),
  )
  const server = await startPostgres(FORGETFUL)
  project.provide('databaseUrl', server.url)
  const template = `sharegrant_template_${randomBytes(6).toString('hex')}`
  await migrated(server.url, template)
  // On a server that is not durable, files are copied quicker than logged. One that is given may be of any version.
  const strategy = process.env['TEST_DATABASE_URL'] ? '' : 'strategy file_copy'
  project.provide('databaseMaking', { template, strategy })
  return async () => {
    await ask(server.url, `drop database ${template}`)
    await server.stop()
  }
}

async function migrated(server: string, name: string): Promise<void> {
  await ask(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const pool = new pg.Pool({ connectionString: url.href })
  await postgresStore({ pool }).migrate()
  await pool.end()
}

async function ask(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(text).finally(() => client.end())
}
