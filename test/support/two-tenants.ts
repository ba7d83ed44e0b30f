import pg from 'pg'
import { type PostgresPool, postgresStore } from 'sharegrant/postgres'
import { createGuardedDatabase, type GuardedDatabase } from './row-security.ts'
import { doc, type Sample, sampleOn } from './sample.ts'
import { TABLES } from './tables.ts'

export const A = { userId: 'ann', tenantId: 'tenant-a', admin: 'tenant' } as const
export const B = { userId: 'bob', tenantId: 'tenant-b', admin: 'tenant' } as const

export const guarded = (pool: PostgresPool): Sample =>
  sampleOn(postgresStore({ pool, rowLevelSecurity: true }), { notify: async () => {} })

/** A database that guards the tenants, seen by the library's role and by one that no policy binds. */
export class TwoTenants {
  readonly database: GuardedDatabase
  readonly admin: pg.Pool
  readonly #pools: pg.Pool[] = []

  private constructor(database: GuardedDatabase) {
    this.database = database
    this.admin = this.pool({ max: 2 }, database.adminUrl)
  }

  static async create(): Promise<TwoTenants> {
    return new TwoTenants(await createGuardedDatabase())
  }

  /** A pool of the library's role, which ends with the database. */
  pool(options: pg.PoolConfig & { pipeline?: boolean } = {}, url: string = this.database.url): pg.Pool {
    const pool = new pg.Pool({ connectionString: url, ...options })
    // Dropping the database may end a connection that is still saying goodbye.
    pool.on('error', () => {})
    this.#pools.push(pool)
    return pool
  }

  /** Makes a document of each tenant, with a link that was opened, and rows in every table. */
  async furnish(sharing: Sample): Promise<{ a: string; b: string }> {
    const tokenOf = async (owner: typeof A | typeof B): Promise<string> => {
      const { tenantId, userId } = owner
      await sharing.resources.register(doc(tenantId), { tenantId, ownerId: userId, title: `of ${tenantId}` })
      const { token } = await sharing.links.create(owner, doc(tenantId), { visibility: 'public' })
      await sharing.collaborators.add(owner, doc(tenantId), { userId: 'somebody', role: 'viewer' })
      await sharing.collaborators.add(owner, doc(tenantId), {
        userId: 'past',
        role: 'viewer',
        mode: 'snapshot',
      })
      await sharing.open(token)
      await sharing.collaborators.add(owner, doc(tenantId), { email: 'guest@example.com', role: 'viewer' })
      await sharing.requests.create({ userId: 'asker', tenantId }, doc(tenantId), { role: 'viewer' })
      return token
    }
    const tokens = { a: await tokenOf(A), b: await tokenOf(B) }
    await this.admin.query(
      `insert into share_view_days select tenant_id, resource_uid, link_id, '2020-01-01', 1, 1, 0 from share_views`,
    )
    return tokens
  }

  /** All rows of all tenants. */
  async everything(): Promise<unknown> {
    const tables = await Promise.all(
      TABLES.map(async (table) => (await this.admin.query(`select * from share_${table}`)).rows),
    )
    return tables.map((rows) => rows.map((row) => JSON.stringify(row)).sort())
  }

  async end(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end()))
    await this.database.drop()
  }
}
