/** A table of ours as a statement names it. */
export interface TableUse {
  table: string
  /** The name by which the statement's columns say which table they are of; null where it has none. */
  alias: string | null
  verb: 'reads' | 'inserts into'
}

const KEYWORDS = new Set([
  'where',
  'set',
  'cross',
  'left',
  'join',
  'on',
  'order',
  'limit',
  'select',
  'using',
  'returning',
])
const TABLE = /\b(from|join|update|into)\s+(?:"\w+"\.)?"share_(\w+)"(?:\s+(?:as\s+)?"?(\w+)"?)?/gi

export function tablesIn(text: string): TableUse[] {
  return [...text.matchAll(TABLE)].map(([, before = '', table = '', next]) => ({
    table,
    alias: next === undefined || KEYWORDS.has(next.toLowerCase()) ? null : next,
    verb: before.toLowerCase() === 'into' ? 'inserts into' : 'reads',
  }))
}

/**
 * The tables of which a statement could read or write rows of any tenant: those whose `tenant_id` is neither
 * given nor that of a row whose tenant is. A row of `names` that is asked for by its whole key gives the tenant.
 */
export function unbounded(text: string): TableUse[] {
  const plain = text.replaceAll('"', '')
  const uses = tablesIn(text).filter(({ table }) => table !== 'migrations')
  const aliases = new Set(uses.flatMap(({ alias }) => (alias === null ? [] : [alias])))
  const bound = boundAliases(plain, aliases)
  const bareComparisons = plain.match(/(?<![.\w])tenant_id\s*=\s*[+]?[$?]/g)?.length ?? 0
  let bareUses = 0
  return uses.filter(({ alias, verb }) => {
    if (verb === 'inserts into') return !/\binto\s+\S+(?:\s+as\s+\w+)?\s*\([^)]*\btenant_id\b/i.test(plain)
    return alias === null ? ++bareUses > bareComparisons : !bound.has(alias)
  })
}

function boundAliases(plain: string, aliases: ReadonlySet<string>): Set<string> {
  const bound = new Set<string>()
  const pairs: Array<readonly [string, string]> = []
  for (const [, one = '', given, other] of plain.matchAll(
    /\b(\w+)\.tenant_id\s*=\s*(?:\+?([$?])|\(?(\w+)\.tenant_id\b)/g,
  )) {
    if (given !== undefined) bound.add(one)
    else if (other !== undefined) pairs.push([one, other])
  }
  for (const alias of aliases) {
    const whole = [`\\b${alias}\\.kind\\s*=`, `\\b${alias}\\.key\\s*(?:=|in\\b)`]
    if (whole.every((part) => new RegExp(part).test(plain))) bound.add(alias)
  }
  // What is no table of ours came with the call, or out of a part of the statement that is looked at as well.
  for (const alias of pairs.flat()) if (!aliases.has(alias)) bound.add(alias)
  for (let size = -1; size !== bound.size; ) {
    size = bound.size
    for (const [one, other] of pairs) {
      if (bound.has(one)) bound.add(other)
      if (bound.has(other)) bound.add(one)
    }
  }
  return bound
}
