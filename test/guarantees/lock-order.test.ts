import { createHash } from 'node:crypto'
import pg from 'pg'
import { postgresStore } from 'sharegrant/postgres'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { crowd } from '../support/crowd.ts'
import { doc, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'
import { wrappedPool } from '../support/wrapped-pool.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' }
const DAY_S = 24 * 60 * 60
/** As the planner does it among many links: by the tokens, in the order of their hashes. */
const PLAN = '-c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off'

let base: TestStore
let host: Sample
let pools: pg.Pool[]
let refusals: string[]

beforeEach(async () => {
  base = await STORES.find(({ dialect }) => dialect === 'postgres')!.open()
  // Among few rows the planner goes through all of them, in an order that is the same for everyone.
  await crowd(base, 'postgres', { tenants: 20, resources: 500 })
  await base.query('analyze')
  host = sampleOn(base.store)
  await host.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
  pools = []
  refusals = []
})
afterEach(async () => {
  for (const pool of pools) await pool.end()
  await base.close()
})

/** Another process's library. What the server refuses is noted: the store tries again, and nobody hears of it. */
function aProcess(): Sample {
  const pool = new pg.Pool({ connectionString: base.address!, max: 2, options: PLAN })
  pools.push(pool)
  const noting = wrappedPool(pool, (client) => ({
    query: (config) =>
      client.query(config).catch((error: { code?: string }) => {
        refusals.push(String(error.code))
        throw error
      }),
  }))
  return sampleOn(postgresStore({ pool: noting }))
}

/** Whoever has changed a link's row goes on to the next a while later. */
async function slowLinks(): Promise<void> {
  await base.query(`create function dawdle() returns trigger language plpgsql as
    $$ begin perform pg_sleep(0.1); return new; end $$`)
  await base.query(
    'create trigger dawdle before update on share_grants for each row execute function dawdle()',
  )
}

const create = () => host.links.create(OWNER, doc('d'), { visibility: 'public' })
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

interface Pair {
  lower: string
  higher: string
}

/** Further tokens of two links, by the links' ids; the hash of the lower link's comes first, or last. */
async function tokensOf(ids: readonly string[], lowerFirst: boolean): Promise<Pair> {
  const [lower, higher] = [...ids].sort() as [string, string]
  const anew = async (id: string) => (await host.links.rotate(OWNER, id, { graceSeconds: DAY_S })).token
  for (;;) {
    const pair = { lower: await anew(lower), higher: await anew(higher) }
    if (hashOf(pair.lower) < hashOf(pair.higher) === lowerFirst) return pair
  }
}

test.each([
  { how: 'by tokens in another order', remembered: true },
  { how: 'for the first time', remembered: false },
])(
  'Postgres: two processes of which one opens the same links $how never wait for each other in a circle',
  async ({ remembered }) => {
    const ids = [(await create()).id, (await create()).id]
    const openTogether = async (sharing: Sample, { lower, higher }: Pair, other: string): Promise<void> => {
      // What is asked for while another opening is under way goes into one batch.
      await Promise.all([other, higher, lower].map((token) => sharing.open(token)))
    }
    const [reversed, inOrder] = [await tokensOf(ids, false), await tokensOf(ids, true)]
    const others = [(await create()).token, (await create()).token] as const
    const process = aProcess()
    await openTogether(process, reversed, others[0])
    let another = aProcess()
    if (remembered) await openTogether(another, inOrder, others[1])
    await slowLinks()
    for (let round = 0; round < 2; round++) {
      if (!remembered) another = aProcess()
      await Promise.all([
        openTogether(process, reversed, others[0]),
        openTogether(another, inOrder, others[1]),
      ])
    }
    expect(refusals).toEqual([])
    const [row] = await base.query('select sum(view_count) as counted from share_grants where id = any($1)', [
      ids,
    ])
    expect(Number(row!['counted'])).toBe(remembered ? 12 : 10)
  },
)
