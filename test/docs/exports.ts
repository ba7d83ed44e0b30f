import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The sources of the package's entry points, those that are there. */
export const ENTRY_POINTS: readonly string[] = [
  'src/index.ts',
  'adapters/sqlite/index.ts',
  'adapters/postgres/index.ts',
  'src/http/index.ts',
  'src/workstations/index.ts',
  'src/conformance/index.ts',
].filter((path) => existsSync(root + path))

/** Where each method is a promise of its own. Elsewhere a method's interface speaks for it. */
const CONTRACTS = [
  'src/api.ts',
  'src/store/store.ts',
  'src/store/workstations.ts',
  'src/workstations/create.ts',
]

/** A symbol that users of the package see: an export, or a method of the API or of the store's contract. */
export interface PublicSymbol {
  /** Where it is reached from. */
  entry: string
  name: string
  /** Where it is written. */
  file: string
  docstring: string
}

/** Everything that the entry points export, with the methods of the contracts among it. */
export function publicSymbols(): PublicSymbol[] {
  const program = ts.createProgram(
    ENTRY_POINTS.map((path) => root + path),
    {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      allowImportingTsExtensions: true,
      noEmit: true,
    },
  )
  const checker = program.getTypeChecker()
  const symbols: PublicSymbol[] = []
  for (const entry of ENTRY_POINTS) {
    const source = program.getSourceFile(root + entry)!
    for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(source)!)) {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported
      symbols.push(described(entry, exported.name, symbol))
      for (const member of methodsOf(symbol)) {
        const method = described(entry, `${exported.name}.${member.name}`, member)
        if (CONTRACTS.includes(method.file)) symbols.push(method)
      }
    }
  }
  return symbols

  function described(entry: string, name: string, symbol: ts.Symbol): PublicSymbol {
    const file = symbol.declarations?.[0]?.getSourceFile().fileName.slice(root.length) ?? ''
    const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker))
    const tags = symbol
      .getJsDocTags(checker)
      .map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`)
    return { entry, name, file, docstring: [comment, ...tags].join('\n').trim() }
  }
}

function methodsOf(symbol: ts.Symbol): ts.Symbol[] {
  if ((symbol.flags & ts.SymbolFlags.Interface) === 0) return []
  const members = [...(symbol.members?.values() ?? [])]
  return members.filter((member) => (member.flags & ts.SymbolFlags.Method) !== 0)
}
