import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SQL_MUTANTS } from './sql/index.ts'
import { mutated } from './sql/mutant.ts'

const files = [...new Set(SQL_MUTANTS.map(({ file }) => file))]

test.each(files)('what mutants leave out of %s is where they look for it', (file) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  for (const mutant of SQL_MUTANTS.filter((one) => one.file === file)) {
    expect(mutated(text, mutant)).not.toBe(text)
  }
})

test('every mutant has a name of its own', () => {
  const names = SQL_MUTANTS.map(({ file, name }) => `${file} ${name}`)
  expect(new Set(names).size).toBe(names.length)
})
