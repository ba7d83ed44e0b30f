/**
 * The contract on SQLite in memory, with a twin of every row in another tenant: what most mutants fail, without a
 * test runner.
 */
import { conformanceCases, workstationCases } from '../../../src/conformance/index.ts'
import { memoryHarness } from '../../support/memory-harness.ts'
import { EVERYWHERE } from '../../support/twins.ts'

const alone = memoryHarness()
const withTwins = memoryHarness({ twins: true })

for (const { noun, name, run } of [...conformanceCases, ...workstationCases]) {
  const title = `${noun}: ${name}`
  try {
    await run(EVERYWHERE.includes(title) ? alone : withTwins)
  } catch (error) {
    const { message, details, cause } = error as Error & { details?: unknown }
    console.log(JSON.stringify({ test: title, message: `${message} ${String(details)} ${String(cause)}` }))
    process.exit(1)
  }
}
