import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import base from '../vitest.config.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Tests of one function before those of the whole library: most mutants are killed in milliseconds. */
class UnitsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      moduleId.endsWith('conformance.ts') ? 2 : Number(moduleId.includes('/deciding/'))
    return files.toSorted((one, other) => rank(one) - rank(other) || (one.moduleId < other.moduleId ? -1 : 1))
  }
}

/** What is run against every mutant: only tests that need neither a server nor a file. */
export default defineConfig({
  root: at('../..'),
  resolve: base.resolve ?? {},
  test: {
    include: [
      'test/mutation/conformance.ts',
      'test/deciding/**/*.test.ts',
      'test/policy/**/*.test.ts',
      'test/tokens/{email-keys,keys,kinds,legacy-search,link-token-forms,ours,passwords,signed}.test.ts',
    ],
    setupFiles: [at('./same-seed.ts')],
    sequence: { sequencer: UnitsFirst },
    testTimeout: 30_000,
  },
})
