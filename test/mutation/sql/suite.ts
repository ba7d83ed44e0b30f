import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mutant } from './mutant.ts'

/** A mutant that never comes to an end is noticed by that. */
const LONGEST_MS = 10 * 60_000
const QUICK_LONGEST_MS = 2 * 60_000

/** Some of the tests: files and a pattern of names; or what runs without a test runner, which takes longer to start than it does. */
export type Part = 'quick' | { readonly files: readonly string[]; readonly names: string }

const guarantees = (names: string, ...files: string[]): Part => ({
  files: files.map((file) => `test/guarantees/${file}.test.ts`),
  names,
})
const agreement = (names: string): Part => ({ files: ['test/people/agreement.test.ts'], names })
const conformance = (names: string): Part => ({ files: ['test/conformance.test.ts'], names })

/** Tests by one connection, of which none fails by chance. */
const IN_MEMORY: readonly [string, string] = ['SQLite in memory', 'SQLite (?:in memory|with|without)']
const SQLITE: readonly Part[] = [
  'quick',
  guarantees(IN_MEMORY[0], 'removed', 'forgotten', 'maintained', 'requests-gone', 'deliveries'),
  agreement(IN_MEMORY[0]),
  guarantees(
    IN_MEMORY[1],
    ...['statements', 'tenant-borders', 'storage-failing', 'host-transaction', 'plans'],
    ...['told-alike', 'hidden-counts', 'filter-columns', 'same-uids', 'workstations'],
  ),
]
const SQLITE_FILE: readonly Part[] = [
  conformance('SQLite on a file'),
  guarantees('SQLite', 'group-commit', 'storage-failing', 'closing'),
  guarantees('SQLite', 'processes'),
]
const POSTGRES: readonly Part[] = [
  conformance('Postgres'),
  guarantees(
    'Postgres',
    'written-together',
    'maintained',
    'requests-gone',
    'deliveries',
    'removed',
    ...['waiting', 'waiting-edits', 'overtaken'],
  ),
  guarantees('Postgres', 'told-alike', 'hidden-counts', 'filter-columns', 'same-uids', 'workstations'),
  agreement('Postgres'),
  guarantees('Postgres', 'twins', 'statements', 'tenant-borders', 'storage-failing'),
  guarantees('Postgres', 'plans', 'any-plan', 'group-commit', 'closing', 'lock-order'),
  guarantees('Postgres', 'processes'),
]
const ROW_SECURITY: readonly Part[] = [
  guarantees('', 'row-security-rows'),
  guarantees('', 'row-security-refusals'),
  guarantees('', 'row-security-connections'),
  guarantees('row-level security', 'workstations'),
  { files: ['test/conformance-guarded.test.ts'], names: '' },
]
/** What keeps the tenants apart where the database does it. */
const GUARDING = ['row-security', 'engine', 'migrate'].map((name) => `adapters/postgres/${name}.ts`)

/** On a machine that is busy, a test that is slow has not failed, and one of several processes may have failed by chance. */
const PATIENCE = '180000'
const againFor = ({ names }: { names: string }): string => (IN_MEMORY.includes(names) ? '0' : '2')

/** What needs several to come together to be seen, which one connection in memory never does. */
const RACED = /lock|alone|at a time|meanwhile/
const RACES: readonly Part[] = [
  guarantees('Postgres', 'waiting', 'waiting-edits', 'overtaken', 'removed'),
  conformance('Postgres .*(?:at once|meanwhile|one after the other|alone|while|of its moment)'),
  guarantees('Postgres', 'processes'),
]

/** Whose rows a step may touch, which only a database that guards them makes anything of. */
const SCOPED = /in every tenant|in the tenant where/
const GUARDED: Part = { files: ['test/conformance-guarded.test.ts'], names: 'edit|workstation' }

/** The tests that a mutant has to fail, those first that are quickest and see most. */
export function partsFor({ file, name }: Pick<Mutant, 'file' | 'name'>): readonly Part[] {
  if (GUARDING.includes(file)) return [...ROW_SECURITY, ...POSTGRES]
  if (file.startsWith('adapters/sqlite/')) return [...SQLITE, ...SQLITE_FILE]
  if (file.startsWith('adapters/postgres/')) return POSTGRES
  return [
    ...SQLITE.slice(0, 1),
    ...(RACED.test(name) ? RACES : []),
    ...(SCOPED.test(name) ? [GUARDED] : []),
    ...SQLITE.slice(1),
    ...POSTGRES,
  ]
}

export interface Failure {
  test: string
  message: string
}

interface Report {
  numPassedTests: number
  testResults: Array<{
    name: string
    message: string
    status: string
    assertionResults: Array<{ status: string; fullName: string; failureMessages: string[] }>
  }>
}

/** Runs a part in a copy of the sources until its first failure; null where all passed. */
export async function firstFailure(folder: string, part: Part, server: string): Promise<Failure | null> {
  if (part === 'quick') {
    const { code, said } = await execute(folder, server, QUICK_LONGEST_MS, [
      join(folder, 'test/mutation/sql/quick.ts'),
    ])
    const failure = /^\{"test":.*\}$/m.exec(said)?.[0]
    if (failure !== undefined) return JSON.parse(failure) as Failure
    return code === 0 ? null : { test: 'SQLite in memory', message: said }
  }
  const output = join(folder, 'report.json')
  const { code, said } = await execute(folder, server, LONGEST_MS, [
    join(folder, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--config', 'test/vitest.config.ts', '--bail', '1', '--testNamePattern', part.names],
    ...['--testTimeout', PATIENCE, '--hookTimeout', PATIENCE, '--reporter', 'json', '--outputFile', output],
    ...['--retry', againFor(part)],
    ...part.files,
  ])
  const text = await readFile(output, 'utf8').catch(() => null)
  await rm(output, { force: true })
  if (text === null) return { test: 'the tests did not run', message: said }
  const report = JSON.parse(text) as Report
  for (const { name, status, message, assertionResults } of report.testResults) {
    const failed = assertionResults.find((one) => one.status === 'failed')
    if (failed) return { test: failed.fullName, message: failed.failureMessages.join('\n') }
    if (status === 'failed' && message !== '') return { test: name, message }
  }
  if (code !== 0) return { test: 'beside the tests', message: said }
  if (report.numPassedTests === 0) throw new Error(`no test is named ${part.names}: ${part.files.join(', ')}`)
  return null
}

async function execute(
  folder: string,
  server: string,
  timeout: number,
  command: readonly string[],
): Promise<{ code: number | null; said: string }> {
  const env = { ...process.env, TEST_DATABASE_URL: server }
  const child = spawn(process.execPath, command, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said }
}
