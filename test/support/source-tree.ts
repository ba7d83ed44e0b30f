import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface ImportOf {
  /** A package's name, or a path from the repository's root. */
  target: string
  relative: boolean
  typesOnly: boolean
}

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  path: string
  lines: number
  tree: ts.SourceFile
  imports: ImportOf[]
}

/** The TypeScript files below a folder of the repository; none if there is no such folder. */
export function sourcesBelow(folder: string): SourceFile[] {
  return filesBelow(join(root, folder))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(path))
}

function filesBelow(folder: string): string[] {
  let entries: ReturnType<typeof readEntries>
  try {
    entries = readEntries(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path)
    return [path]
  })
}

const readEntries = (folder: string) => readdirSync(folder, { withFileTypes: true })

function read(path: string): SourceFile {
  const text = readFileSync(path, 'utf8')
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  return {
    path: relative(root, path).split('\\').join('/'),
    lines: text.split('\n').length - 1,
    tree,
    imports: importsOf(path, tree),
  }
}

/** Every import there is: statements, re-exports, `import('…')` as a type and as a call. */
function importsOf(path: string, tree: ts.SourceFile): ImportOf[] {
  const found: ImportOf[] = []
  const add = (specifier: ts.Node | undefined, typesOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    const isRelative = specifier.text.startsWith('.')
    const target = isRelative
      ? posix.normalize(
          relative(root, resolve(dirname(path), specifier.text))
            .split('\\')
            .join('/'),
        )
      : packageOf(specifier.text)
    found.push({ target, relative: isRelative, typesOnly })
  }
  visit(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsTypesOnly(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false)
  })
  return found
}

function importsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false
  if (clause.isTypeOnly) return true
  const { namedBindings: named } = clause
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly)
}

const packageOf = (specifier: string): string =>
  specifier.startsWith('node:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')

export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node)
  ts.forEachChild(node, (child) => visit(child, look))
}
