import { sql } from 'kysely'
import { z } from 'zod'
import { parse } from '../../src/model/input.ts'
import type { TableName, Tables } from './query.ts'

const NAMES: readonly TableName[] = [
  'names',
  'tenants',
  'resources',
  'grants',
  'snapshots',
  'views',
  'view_days',
  'counters',
  'requests',
  'outbox',
  'audit',
  'migrations',
  'workstations',
  'fences',
  'edits',
  'checkpoints',
]

/** 40 characters leave room for our own names within Postgres's 63. */
const identifier = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,39}$/, 'must be lower-case letters, digits and "_", at most 40')

const namesSchema = z.object({ tablePrefix: identifier.optional(), schema: identifier.optional() })

/** Where the tables are. Every name is qualified: nothing is guessed from a search path. */
export interface Naming {
  prefix: string
  schema: string | null
  tables: Tables
  /** A table's name as SQL text. */
  quoted(name: string): string
}

export function namingOf(
  options: { tablePrefix?: string | undefined; schema?: string | undefined },
  defaultSchema: string | null,
): Naming {
  const { tablePrefix: prefix = 'share_', schema = defaultSchema } = parse(
    namesSchema,
    { tablePrefix: options.tablePrefix, schema: options.schema },
    'store',
  )
  const table = (name: string) => (schema === null ? sql.id(prefix + name) : sql.id(schema, prefix + name))
  return {
    prefix,
    schema,
    tables: Object.fromEntries(NAMES.map((name) => [name, table(name)])) as Tables,
    quoted: (name) => (schema === null ? `"${prefix}${name}"` : `"${schema}"."${prefix}${name}"`),
  }
}
