import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))

const IMPORT = /^import (type )?(.+) from ('.+')$/
const SHOWS = /^(\s*)(\S.*?)\s+\/\/ → (.+)$/
const REFUSES = /^(\s*)(\S.*?)\s+\/\/ throws (\w+)$/

/** Code in parts, each after the first in a scope of its own, with what its comments claim turned into checks. */
export function programOf(...parts: string[]): string {
  const imports = new Set<string>(["import { refuses, shows } from '../../test/docs/checks.ts'"])
  const bodies = parts.map((part) =>
    part
      .split('\n')
      .filter((line) => {
        for (const one of importsOf(line)) imports.add(one)
        return !IMPORT.test(line)
      })
      .map(checked)
      .join('\n'),
  )
  const [first, ...others] = bodies
  const scopes = others.map((body) => `{\n${body}\n}`)
  return [...imports, first, ...scopes, 'void [refuses, shows]', 'export {}'].join('\n')
}

/** One import per name, so that two blocks may both have it. */
function importsOf(line: string): string[] {
  const [, type = '', clause, from] = IMPORT.exec(line) ?? []
  if (clause === undefined) return []
  const named = /\{(.*)\}/.exec(clause)?.[1] ?? ''
  const whole = clause.replace(/,?\s*\{.*\}/, '').trim()
  const names = named.split(',').map((name) => name.trim())
  return [
    ...(whole === '' ? [] : [`import ${type}${whole} from ${from}`]),
    ...names.filter((name) => name !== '').map((name) => `import ${type}{ ${name} } from ${from}`),
  ]
}

function checked(line: string): string {
  const shown = SHOWS.exec(line)
  if (shown) return `${shown[1]}shows(${shown[2]}, ${shown[3]})`
  const refused = REFUSES.exec(line)
  return refused ? `${refused[1]}await refuses(async () => ${refused[2]}, '${refused[3]}')` : line
}

/** How many claims a text makes that {@link programOf} has to turn into checks. */
export function claims(code: string): { made: number; checked: number } {
  const lines = code.split('\n')
  return {
    made: lines.filter((line) => /\/\/ (→|throws )/.test(line)).length,
    checked: lines.filter((line) => checked(line) !== line && !/^\s*(const|let|return) /.test(line)).length,
  }
}

export interface Programs {
  /** Runs a module, and fails as it fails. */
  run(name: string, code: string): Promise<void>
  /** What the compiler says of modules: nothing, where all is well. */
  typeErrors(modules: Record<string, string>): Promise<string>
  remove(): void
}

/** A folder for modules that import the package by its name: inside the tree, and ignored by git. */
export function createPrograms(): Programs {
  mkdirSync(join(root, 'coverage'), { recursive: true })
  const folder = mkdtempSync(join(root, 'coverage/docs-'))
  const write = (name: string, code: string): string => {
    const path = join(folder, `${name}.ts`)
    writeFileSync(path, code)
    return path
  }
  return {
    async run(name, code) {
      await import(write(name, code))
    },
    async typeErrors(modules) {
      for (const [name, code] of Object.entries(modules)) write(name, code)
      const project = join(folder, 'tsconfig.json')
      writeFileSync(
        project,
        JSON.stringify({ extends: '../../test/tsconfig.json', include: ['*.ts'], exclude: [] }),
      )
      const compiler = join(root, 'node_modules/@typescript/native/bin/tsc')
      try {
        await promisify(execFile)(process.execPath, [compiler, '--pretty', 'false', '-p', project])
        return ''
      } catch (error) {
        return (error as { stdout?: string }).stdout || String(error)
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
