/**
 * Takes out each guard in turn, in a copy of the sources, and demands that the case of its fault fails there:
 * `npm run known-faults:controls`.
 *
 *   --only TEXT,TEXT   those whose fault, guard or file contains one of these
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Copy, copySources, replaceOnce } from '../soak/without.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { casesByFault } from './cases.ts'
import { CONTROLS, type Control } from './controls/index.ts'

const { values: options } = parseArgs({ options: { only: { type: 'string', default: '' } } })

interface Report {
  numPassedTests: number
  testResults: Array<{
    message: string
    assertionResults: Array<{ status: string; fullName: string; failureMessages: string[] }>
  }>
}

/** Runs the cases in a copy, all of them or one fault's. */
async function runCases(copy: Copy, server: string, file = '', fault = ''): Promise<Report> {
  const output = join(copy.folder, 'report.json')
  const vitest = join(copy.folder, 'node_modules/vitest/vitest.mjs')
  const child = spawn(
    process.execPath,
    [
      ...[vitest, 'run', '--config', 'test/vitest.config.ts', `test/known-faults/${file}`],
      ...['--reporter=json', `--outputFile=${output}`],
      ...(fault === '' ? [] : ['--testNamePattern', `^${fault.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')}`]),
    ],
    { cwd: copy.folder, env: { ...process.env, TEST_DATABASE_URL: server }, stdio: 'ignore' },
  )
  await once(child, 'close')
  return JSON.parse(await readFile(output, 'utf8'))
}

/** Which test failed first, and how; null if none did. A file that does not even load shows nothing. */
function firstFailure({ testResults, numPassedTests }: Report): string | null {
  const broken = testResults.find(({ assertionResults }) => assertionResults.length === 0)
  if (broken !== undefined || testResults.length === 0) {
    throw new Error(`the cases did not run: ${broken?.message ?? 'there are none'}`)
  }
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed')
  if (failed !== undefined) return `${failed.fullName}: ${failed.failureMessages[0]?.split('\n')[0]}`
  if (numPassedTests === 0) throw new Error('no case was run')
  return null
}

async function sees(copy: Copy, server: string, control: Control, file: string): Promise<string | null> {
  const what = `${control.guard}, in ${control.file}`
  const restore = await copy.alter(control.file, (text) =>
    replaceOnce(text, control.find, control.replace, what),
  )
  try {
    return firstFailure(await runCases(copy, server, file, control.fault))
  } finally {
    await restore()
  }
}

const words = options.only.split(',')
const chosen = CONTROLS.filter(({ fault, guard, file }) =>
  words.some((word) => `${fault} ${guard} ${file}`.includes(word)),
)
const cases = await casesByFault()
const server = await startPostgres()
const copy = await copySources()
let seen = 0
try {
  // Only where all of them pass as it is does a failure without a guard show anything.
  const failure = firstFailure(await runCases(copy, server.url))
  if (failure !== null) throw new Error(`with every guard in its place: ${failure}`)
  for (const control of chosen) {
    const failure = await sees(copy, server.url, control, cases.get(control.fault)!)
    if (failure !== null) seen++
    console.log(`${failure === null ? 'MISSED' : 'seen  '} ${control.fault}, without: ${control.guard}`)
    if (failure !== null) console.log(`         ${failure.slice(0, 200)}`)
  }
} finally {
  await copy.remove()
  await server.stop()
}
console.log(`${seen} of ${chosen.length} absent guards were seen`)
process.exitCode = chosen.length > 0 && seen === chosen.length ? 0 : 1
