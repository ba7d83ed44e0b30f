/** What a statement that finds rows comes to, however it is spelt. */
export interface Reading {
  /** As `grants.role`, sorted. */
  columns: string[]
  /** By what rows are found and joined, as `grants.id = names.target`, sorted. */
  conditions: string[]
}

/** The part of these statements that goes to a table of ours and those joined with it, wherever it stands in them. */
export function readingFrom(table: string, texts: readonly string[]): Reading {
  // What is only worked out where something lies above is no part of what is read for all.
  for (const text of texts
    .map(plain)
    .map((one) => one.replace(/ then \( with recursive .* end from /, ' end from '))) {
    const at = text.indexOf(` from share_${table} `)
    if (at < 0) continue
    const tables = new Map(
      [...text.matchAll(/share_(\w+) (?:as )?(\w)\b/g)].map(([, name, alias]) => [alias, name]),
    )
    // What a statement makes up for itself, under an alias of its own, is no column of ours.
    const named = (part: string): string =>
      part.replace(/\b(\w)\.(\w+)/g, (_, alias: string, column: string) =>
        tables.has(alias) ? `${tables.get(alias)}.${column}` : '',
      )
    const select = text.lastIndexOf('select ', at)
    const columns = select < 0 ? [] : (named(text.slice(select, at)).match(/\b\w+\.\w+/g) ?? [])
    const [where = ''] = afterOwn(' where ', upToClosing(text.slice(at))).split(' union ')
    return { columns: columns.sort(), conditions: where.split(' and ').map(named).map(sides).sort() }
  }
  throw new Error(`no statement reads ${table}`)
}

/** A statement without the selects that stand among its columns, and those by themselves. */
export function apart(text: string): { outer: string; inner: string[] } {
  const inner: string[] = []
  let outer = ''
  for (let at = 0; at < text.length; ) {
    const found = /^\((?=\s*(?:select|with) )/.test(text.slice(at)) ? upToClosing(text.slice(at + 1)) : null
    if (found === null) outer += text[at++]
    else {
      inner.push(found.trim())
      at += found.length + 2
    }
  }
  return { outer, inner }
}

/** The columns that these statements give a new row of a table. */
export function insertedInto(table: string, texts: readonly string[]): string[] {
  const [, columns = ''] = firstOf(new RegExp(`insert into share_${table}(?: as \\w+)? \\(([^)]*)\\)`), texts)
  return columns.split(', ').sort()
}

/** The columns of a table that these statements change. */
export function updatedIn(table: string, texts: readonly string[]): string[] {
  const [, set = ''] = firstOf(
    new RegExp(`update share_${table}(?: (?:as )?\\w)? set (.*?) (?:from|where) `),
    texts,
  )
  return [...set.matchAll(/(?:^|, )(\w+) = /g)].map(([, column = '']) => column).sort()
}

function firstOf(form: RegExp, texts: readonly string[]): RegExpMatchArray {
  const found = texts.map((text) => plain(text).match(form)).find((match) => match !== null)
  if (found === undefined) throw new Error(`no statement is of the form ${form}`)
  return found
}

/** Without quotes, schema, casts, names given to columns and what keeps a planner to its order; every parameter alike. */
const plain = (text: string): string =>
  text
    .replace(/"public"\.|"/g, '')
    .replace(/\+?(?:\$\d+|\?)(?:::\w+)?/g, '?')
    .replace(/\((\w+\.\w+) \|\| ''\)/g, '$1')
    .replace(/ as of_\w+/g, '')
    .replace(/\s+/g, ' ')

/** Up to the bracket that closes what the text stands in. */
function upToClosing(text: string): string {
  let depth = 0
  for (const [index, symbol] of [...text].entries()) {
    if (symbol === '(') depth++
    if (symbol === ')' && --depth < 0) return text.slice(0, index)
  }
  return text
}

/** What comes after a word that stands in no brackets. */
function afterOwn(word: string, text: string): string {
  let depth = 0
  for (const [index, symbol] of [...text].entries()) {
    if (symbol === '(') depth++
    if (symbol === ')') depth--
    if (depth === 0 && text.startsWith(word, index)) return text.slice(index + word.length)
  }
  return ''
}

/** `a = b` and `b = a` alike. */
const sides = (condition: string): string => condition.trim().split(' = ').sort().join(' = ')
