import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { postgresStore } from '../../../adapters/postgres/index.ts'
import { sqliteStore } from '../../../adapters/sqlite/index.ts'
import type { Store } from '../../../src/index.ts'
import type { Trial } from '../campaign.ts'

/** Stores of one visit, all of them closed at its end as a host's are. */
function stores(make: (tablePrefix?: string) => Store): { store: Visit['store']; close(): Promise<void> } {
  const made: Store[] = []
  return {
    store(tablePrefix) {
      const store = make(tablePrefix)
      made.push(store)
      return store
    },
    close: async () => void (await Promise.all(made.map((store) => store.close()))),
  }
}

/** A database that outlives its hosts. */
export interface Site {
  address: string
  /** Visits it once whoever used it last is gone, as the first to open it. */
  visit<R>(look: (visit: Visit) => Promise<R>): Promise<R>
  /** Resolves when the server has noticed who is gone under this name, and finished what it was sent by them. */
  settled(application: string, alive?: number): Promise<void>
  end(): Promise<void>
}

export interface Visit {
  store(tablePrefix?: string): Store
  query(text: string): Promise<Array<Record<string, unknown>>>
  /** What the database itself says is broken. */
  damages(): Promise<string[]>
}

/** Where a site is kept, if not where everything else is. */
export interface Ground {
  folder?: string
  tablespace?: string
}

export function openSite(
  { place, server }: Pick<Trial, 'place' | 'server'>,
  { folder = tmpdir(), tablespace }: Ground = {},
): Promise<Site> {
  return place === 'Postgres' ? openPostgres(server, tablespace) : openSqlite(folder)
}

async function openSqlite(within: string): Promise<Site> {
  const folder = await mkdtemp(join(within, 'sharegrant-site-'))
  const address = join(folder, 'site.db')
  const site: Site = {
    address,
    async visit(look) {
      const database = new Database(address)
      const { store, close } = stores((tablePrefix) => sqliteStore({ database, tablePrefix }))
      try {
        return await look({
          store,
          query: async (text) => database.prepare(text).all() as Array<Record<string, unknown>>,
          damages: async () => [
            ...(database.pragma('integrity_check') as Array<{ integrity_check: string }>).flatMap(
              ({ integrity_check: said }) => (said === 'ok' ? [] : [said]),
            ),
            ...(database.pragma('foreign_key_check') as unknown[]).map((row) => JSON.stringify(row)),
          ],
        })
      } finally {
        await close()
        database.close()
      }
    },
    settled: async () => {},
    end: () => rm(folder, { recursive: true, force: true }),
  }
  await site.visit(({ store }) => store().migrate())
  return site
}

async function openPostgres(server: string, tablespace: string | undefined): Promise<Site> {
  const name = `site_${randomBytes(6).toString('hex')}`
  const host = new pg.Pool({ connectionString: server, max: 1 })
  await host.query(`create database ${name}${tablespace === undefined ? '' : ` tablespace ${tablespace}`}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const pool = new pg.Pool({ connectionString: url.href, max: 5 })
  for (const one of [host, pool]) one.on('error', () => {})
  const site: Site = {
    address: url.href,
    async visit(look) {
      const { store, close } = stores((tablePrefix) => postgresStore({ pool, tablePrefix }))
      try {
        return await look({
          store,
          query: async (text) => (await pool.query(text)).rows,
          damages: async () => [],
        })
      } finally {
        await close()
      }
    },
    async settled(application, alive = 0) {
      const found = async (): Promise<number> => {
        const text = 'select 1 from pg_stat_activity where application_name = $1'
        return (await pool.query(text, [application])).rows.length
      }
      while ((await found()) > alive) await new Promise((resolve) => setTimeout(resolve, 2))
    },
    async end() {
      await pool.end()
      await host.query(`drop database ${name} with (force)`)
      await host.end()
    },
  }
  await site.visit(({ store }) => store().migrate())
  return site
}
