import type pg from 'pg'
import type { PostgresPool } from '../../../adapters/postgres/index.ts'
import { wrappedPool } from '../../support/wrapped-pool.ts'

/** Where a statement asks for one tenant's rows, and where it holds rows of two tables to one tenant. */
const OF_TENANT = /(?:\b\w+\.)?tenant_id = (\$\d+::text)/g
const OF_ONE_TENANT = /\b\w+\.tenant_id = (?:\w+\.tenant_id\b|\("\w+"\."tenant_id" \|\| ''\))/g

/** A statement without its tenant predicates. Its parameters stay, so that it takes the same values. */
export const withoutTenants = (text: string): string =>
  text.replace(OF_TENANT, '$1 is not null').replace(OF_ONE_TENANT, 'true')

/** A pool whose clients leave the tenant predicates out of all that the library asks. */
export const unfilteredPool = (pool: pg.Pool): PostgresPool =>
  wrappedPool(pool, (client) => ({
    query: (config) => client.query({ ...config, text: withoutTenants(config.text) }),
  }))
