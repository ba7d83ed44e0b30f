import pg from 'pg'
import { postgresStore } from 'sharegrant/postgres'
import { afterAll, beforeAll, describe } from 'vitest'
import { emptied, inPostgres, suite } from './support/conformance.ts'
import { createGuardedDatabase, type GuardedDatabase } from './support/row-security.ts'

describe('on a server that guards the tenants', () => {
  let database: GuardedDatabase
  let pool: pg.Pool
  let admin: pg.Pool
  beforeAll(async () => {
    database = await createGuardedDatabase()
    pool = new pg.Pool({ connectionString: database.url, max: 12, pipeline: true } as pg.PoolConfig)
    admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
    await postgresStore({ pool, rowLevelSecurity: true }).workstations?.migrate()
  })
  afterAll(async () => {
    await pool.end()
    await admin.end()
    await database.drop()
  })

  suite('Postgres with row-level security', {
    async open() {
      await admin.query(emptied)
      return {
        store: postgresStore({ pool, rowLevelSecurity: true }),
        // A host sets the tenant in its own transaction; here its query is bound by nothing.
        idsWhere: inPostgres(admin),
        another: async () => postgresStore({ pool, rowLevelSecurity: true }),
        close: async () => {},
      }
    },
  })
})
