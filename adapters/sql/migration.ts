/** A step of the schema. `statements` get the tables' names, quoted, by `{names}`, `{grants}` and so on; `{prefix}` is bare. */
export interface Migration {
  set: 'core' | 'row_level_security' | 'workstations' | 'workstations_row_level_security'
  number: number
  name: string
  statements: readonly string[]
}

const PLACES = /\{(\w+)\}/g

/** Puts names into a migration's places: tables by their quoted, qualified names, and what stands in `names` bare. */
export function fillNames(
  statement: string,
  table: (name: string) => string,
  names: Record<string, string>,
): string {
  return statement.replace(PLACES, (_, place: string) => names[place] ?? table(place))
}
