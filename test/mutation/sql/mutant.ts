/** A guard of a statement or of what runs it, and the sources without it. */
export interface Mutant {
  /** What is left out, and of which statement. */
  readonly name: string
  readonly file: string
  /** Text that only this definition has: the definition goes on to the next empty line. */
  readonly within: string
  /**
   * Found exactly once in the definition. `:name` stands for the parameter of that name, `#{` for the beginning of
   * any other place in a template; white space is any.
   */
  readonly find: string
  readonly replace: string
  /** Why no test can see it, for what is there only for speed or as a second lock on the same door. */
  readonly equivalent?: string
}

/** What is left out of a definition, by what it is; a pair where something else comes in its place. */
type Guards = Readonly<Record<string, string | readonly [find: string, replace: string, equivalent?: string]>>

/** The mutants of a file: for each definition, by text that only it has, what is left out of it. */
export const mutantsOf = (file: string, definitions: Readonly<Record<string, Guards>>): Mutant[] =>
  Object.entries(definitions).flatMap(([within, guards]) =>
    Object.entries(guards).map(([guard, change]) => {
      const [find, replace, equivalent] = typeof change === 'string' ? [change, ''] : change
      return {
        name: `${within.replaceAll(/['`]/g, '')}: ${guard}`,
        file,
        within,
        find,
        replace,
        ...(equivalent === undefined ? {} : { equivalent }),
      }
    }),
  )

/** A file's text with the mutant in it. */
export function mutated(text: string, { name, file, within, find, replace }: Mutant): string {
  const begin = text.indexOf(template(within))
  if (begin < 0 || text.includes(template(within), begin + 1)) {
    throw new Error(`${file}, ${name}: "${within}" is not there exactly once`)
  }
  const end = text.indexOf('\n\n', begin)
  const definition = text.slice(begin, end < 0 ? text.length : end)
  const found = [...definition.matchAll(patternOf(find))]
  const [first] = found
  if (first === undefined || found.length > 1) {
    throw new Error(`${file}, ${name}: "${find}" is there ${found.length} times`)
  }
  const at = begin + first.index
  return text.slice(0, at) + template(replace) + text.slice(at + first[0].length)
}

const template = (text: string): string => text.replaceAll('#{', '$' + '{')

const patternOf = (find: string): RegExp =>
  new RegExp(
    template(find)
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/\s+/g, '\\s+')
      .replace(/:([a-z]\w*)/gi, "\\$\\{(?:b\\.)?p\\('$1'(?:, '\\w+')?\\)\\}"),
    'g',
  )
