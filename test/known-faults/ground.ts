import Database from 'better-sqlite3'
import pg from 'pg'
import type { RegisterInput } from 'sharegrant'
import { postgresStore } from 'sharegrant/postgres'
import { sqliteStore } from 'sharegrant/sqlite'
import { afterAll, beforeAll } from 'vitest'
import { doc, type Sample, type SampleOptions, sampleOn } from '../support/sample.ts'
import { STORES, type StoreKind, type TestStore } from '../support/stores.ts'

/** An owner, a colleague, their account's admin, a stranger of another account, and the operator of the system. */
export const ADA = { userId: 'ada', tenantId: 'acme', email: 'ada@acme.example' } as const
export const BO = { userId: 'bo', tenantId: 'acme', email: 'bo@acme.example' } as const
export const CLEO = { userId: 'cleo', tenantId: 'acme', admin: 'tenant' } as const
export const EVE = { userId: 'eve', tenantId: 'globex', email: 'eve@globex.example' } as const
export const ROOT = { userId: 'root', tenantId: 'house', admin: 'system' } as const

export type Ref = ReturnType<typeof doc>

/** One migrated store for a file's cases, each of which makes documents of its own. */
export interface Ground {
  readonly sharing: Sample
  readonly base: TestStore
  /** What the library's clock says. */
  readonly clock: { now: Date; pass(milliseconds: number): void }
  /** The library as another process has it: on a connection of its own where the data is within its reach. */
  elsewhere(): Sample
  /** The library on the same store, set up otherwise. */
  otherwise(options: SampleOptions): Sample
  /** A document that nobody has used yet; ada's of acme unless said otherwise. */
  document(options?: Partial<RegisterInput>): Promise<Ref>
}

export const LEGACY = /old-[\w-]{4,}/

export function useGround(kind: StoreKind = STORES[0]!): Ground {
  let base: TestStore
  let sharing: Sample
  let documents = 0
  const closing: Array<() => unknown> = []
  const clock = {
    now: new Date('2030-01-01T12:00:00Z'),
    pass(milliseconds: number) {
      clock.now = new Date(clock.now.getTime() + milliseconds)
    },
  }
  const on = (store: TestStore['store'], options: SampleOptions = {}): Sample =>
    sampleOn(store, { clock: () => clock.now, legacyTokens: LEGACY, ...options })
  beforeAll(async () => {
    base = await kind.open()
    sharing = on(base.store)
  })
  afterAll(async () => {
    for (const close of closing) await close()
    await base.close()
  })
  return {
    clock,
    get sharing() {
      return sharing
    },
    get base() {
      return base
    },
    otherwise: (options) => on(base.store, options),
    elsewhere() {
      if (base.address === null) return on(base.store)
      if (kind.dialect === 'sqlite') {
        const database = new Database(base.address)
        closing.push(() => database.close())
        return on(sqliteStore({ database }))
      }
      const pool = new pg.Pool({ connectionString: base.address, max: 5 })
      pool.on('error', () => {})
      closing.push(() => pool.end())
      return on(postgresStore({ pool }))
    },
    async document(options = {}) {
      const ref = doc(`d${++documents}`)
      await sharing.resources.register(ref, {
        tenantId: 'acme',
        ownerId: 'ada',
        title: `Title ${documents}`,
        ...options,
      })
      return ref
    },
  }
}

/** What calls came to that begin at once, counted. */
export function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}
