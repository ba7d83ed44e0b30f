import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { typescriptBlocks } from './blocks.ts'
import { publicSymbols } from './exports.ts'
import { claims, createPrograms, programOf } from './program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const symbols = publicSymbols()
const programs = createPrograms()
afterAll(() => programs.remove())

/** The `@example` blocks of a source's docstrings, with the text of the comment but not its stars. */
function examplesOf(path: string) {
  const comments = readFileSync(root + path, 'utf8').match(/\/\*\*[\s\S]*?\*\//g) ?? []
  return comments
    .map((comment) => comment.replace(/^ *(\/\*\*|\*\/|\* ?)/gm, ''))
    .filter((text) => text.includes('@example'))
    .flatMap((text) => typescriptBlocks(text.slice(text.indexOf('@example'))))
    .map((block, index) => ({ ...block, name: `${path} ${index + 1}` }))
}

const examples = globSync(['src/**/*.ts', 'adapters/**/*.ts'], { cwd: root }).sort().flatMap(examplesOf)

describe('the examples in docstrings', () => {
  test('are found', () => {
    expect(examples.map(({ name }) => name)).toContain('src/sharing.ts 1')
    const written = globSync(['src/**/*.ts', 'adapters/**/*.ts'], { cwd: root })
      .map((path) => (readFileSync(root + path, 'utf8').match(/@example$/gm) ?? []).length)
      .reduce((all, count) => all + count, 0)
    expect(examples).toHaveLength(written)
  })

  test.each(examples.filter(({ runs }) => runs))('$name', async ({ name, code }) => {
    const { made, checked } = claims(code)
    expect(checked).toBe(made)
    const assert = vi.spyOn(console, 'assert').mockImplementation((holds) => expect(holds).toBeTruthy())
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    try {
      await programs.run(name.replace(/\W+/g, '-'), programOf(code))
    } finally {
      assert.mockRestore()
      log.mockRestore()
    }
  })
})

describe('what the package exports', () => {
  test('is found', () => {
    const names = symbols.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['createSharing', 'sqliteStore', 'LinksApi.create']))
  })

  test('carries a docstring', () => {
    const bare = symbols.filter(({ docstring }) => docstring === '')
    expect([...new Set(bare.map(({ file, name }) => `${file}: ${name}`))]).toEqual([])
  })
})
