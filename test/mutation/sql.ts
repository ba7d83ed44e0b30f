/**
 * Leaves out each guard of the statements in turn, in a copy of the sources, and demands that a test fails:
 * `npm run mutants:sql`.
 *
 *   --only TEXT,TEXT   those whose file and name contain one of these
 *   --numbers N,N      those with these numbers
 *   --from N           from the N-th on
 *   --quick            with the quickest tests only: what survives those is not judged
 *   --list             says what there is, and tries nothing
 */
import { parseArgs } from 'node:util'
import { type Copy, copySources } from '../soak/without.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { SQL_MUTANTS } from './sql/index.ts'
import { type Mutant, mutated } from './sql/mutant.ts'
import { type Failure, firstFailure, type Part, partsFor } from './sql/suite.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    numbers: { type: 'string' },
    from: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})

type Verdict = 'killed' | 'SURVIVED' | 'INVALID' | 'equivalent' | 'NOT EQUIVALENT' | 'unjudged'
const EXPECTED: readonly Verdict[] = ['killed', 'equivalent']

/** What fails because the statement is none any more says nothing about the guard. */
const NO_STATEMENT =
  /syntax error|no such column|column \S+ does not exist|could not determine data type|is undefined|SyntaxError/

const chosen = SQL_MUTANTS.map((mutant, index) => ({ ...mutant, number: index + 1 })).filter(
  ({ name, file, number }) =>
    number >= Number(options.from) &&
    (options.numbers?.split(',').includes(String(number)) ?? true) &&
    options.only.split(',').some((word) => `${file} ${name}`.includes(word)),
)

/** Parts that passed where every guard is in its place. Only then does their failure show anything. */
const sound = new Set<Part>()

async function judge(whole: Copy, copy: Copy, mutant: Mutant, server: string): Promise<[Verdict, string]> {
  const restore = await copy.alter(mutant.file, (text) => mutated(text, mutant))
  try {
    for (const part of partsFor(mutant).slice(0, options.quick ? 1 : undefined)) {
      if (!sound.has(part)) {
        const failure = await firstFailure(whole.folder, part, server)
        if (failure !== null) throw new Error(`without a mutant ${failure.test} fails: ${failure.message}`)
        sound.add(part)
      }
      const failure = await firstFailure(copy.folder, part, server)
      if (failure !== null) return verdictOn(mutant, failure)
    }
    if (mutant.equivalent !== undefined) return ['equivalent', mutant.equivalent]
    return [options.quick ? 'unjudged' : 'SURVIVED', '']
  } finally {
    await restore()
  }
}

function verdictOn({ equivalent }: Mutant, { test, message }: Failure): [Verdict, string] {
  if (NO_STATEMENT.test(message)) return ['INVALID', `${test}: ${message}`]
  return [equivalent === undefined ? 'killed' : 'NOT EQUIVALENT', test]
}

async function run(): Promise<boolean> {
  const server = await startPostgres()
  const [whole, copy] = [await copySources(), await copySources()]
  const counts = new Map<Verdict, number>()
  const unexpected: string[] = []
  try {
    for (const mutant of chosen) {
      const begun = performance.now()
      const [verdict, why] = await judge(whole, copy, mutant, server.url)
      const line = `${mutant.number} ${verdict} ${mutant.file} ${mutant.name}: ${why}`
      console.log(`${line} (${((performance.now() - begun) / 1000).toFixed(0)} s)`)
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
      if (!EXPECTED.includes(verdict)) unexpected.push(line)
    }
  } finally {
    await whole.remove()
    await copy.remove()
    await server.stop()
  }
  console.log([...counts].map(([verdict, count]) => `${count} of ${chosen.length} ${verdict}`).join(', '))
  for (const line of unexpected) console.log(`  ${line}`)
  return chosen.length > 0 && unexpected.length === 0
}

if (options.list) {
  for (const { number, file, name } of chosen) console.log(`${number} ${file} ${name}`)
} else {
  process.exitCode = (await run()) ? 0 : 1
}
