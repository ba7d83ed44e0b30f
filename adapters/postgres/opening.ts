import { type RawBuilder, sql } from 'kysely'
import type { LinkSituation } from '../../src/store/index.ts'
import { snake } from '../sql/columns.ts'
import type { Dialect } from '../sql/dialect.ts'
import {
  authorityKeys,
  makeOpening,
  OPENING_VALUES,
  type OpeningRow,
  openingGroups,
  openingKeys,
  openingTables,
  situationOf,
} from '../sql/opening.ts'
import { type Builder, type Groups, type Query, query, type Tables } from '../sql/query.ts'

interface VersionedRow extends OpeningRow {
  seen: { key: string; version: string }
}

/**
 * All that an opening is judged by, `view_count` aside, as one text: exact, and nothing that a change could
 * forget to raise.
 */
export const versionOf = ({ d, t }: { d: Dialect; t: Tables }): RawBuilder<string> => {
  const { authority, ...found } = openingGroups
  const judged = (groups: object): RawBuilder<unknown> =>
    sql.join(
      (Object.values(groups) as Array<typeof authority>).flatMap(([alias, columns]) =>
        Object.entries(columns)
          .filter(([name]) => name !== 'viewCount')
          .map(([name, kind]) => d.read(sql.ref(`${alias}.${snake(name)}`), kind)),
      ),
    )
  // An update's own table is joined to nothing but by a subquery.
  const right = sql`(select row(${judged({ authority })}) from ${t.grants} a where ${authorityKeys})`
  return sql<string>`row(${judged(found)}, ${right})::text`
}

const versionedGroups: Groups<VersionedRow> = {
  ...openingGroups,
  seen: ['s', { key: 'text', version: 'text' }],
}

const versioned = <P>(
  name: string,
  entry: (builder: Builder<P>) => RawBuilder<unknown>,
): Query<P, VersionedRow> =>
  query<P, VersionedRow>(
    name,
    (builder) => sql`
      select ${builder.columns} from ${openingTables(builder)}
      cross join lateral (select n.key as key, ${versionOf(builder)} as version) s
      where ${entry(builder)} and ${openingKeys(builder)}`,
    versionedGroups,
    (values) => ({
      ...makeOpening(values),
      seen: { key: values[OPENING_VALUES] as string, version: values[OPENING_VALUES + 1] as string },
    }),
  )

export const findVersioned: Query<{ tokenHash: string }, VersionedRow> = versioned(
  'opening.find_versioned',
  ({ p }) => sql`n.key = ${p('tokenHash')}`,
)

/** The same for all that wait at the moment. For one alone it costs more than twice as much. */
export const findManyVersioned: Query<{ tokenHashes: readonly string[] }, VersionedRow> = versioned(
  'opening.find_many_versioned',
  ({ d, list }) => d.oneOf(sql`n.key`, list('tokenHashes')),
)

/** Whose each token is, so that a guarded table is asked tenant by tenant. */
export const findTenants: Query<
  { tokenHashes: readonly string[] },
  { name: { key: string; tenantId: string } }
> = query(
  'opening.find_tenants',
  ({ t, d, list, columns }) =>
    sql`select ${columns} from ${t.names} n where n.kind = 'link' and ${d.oneOf(sql`n.key`, list('tokenHashes'))}`,
  { name: ['n', { key: 'text', tenantId: 'text' }] },
)

export function versionedSituationOf(row: VersionedRow): LinkSituation {
  return { ...situationOf(row), version: row.seen.version }
}
