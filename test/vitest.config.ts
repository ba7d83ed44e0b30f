import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './support/longest-first.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: at('..'),
  resolve: {
    // The longest first: an alias also takes what begins with it.
    alias: [
      { find: /^sharegrant\/sqlite$/, replacement: at('../adapters/sqlite/index.ts') },
      { find: /^sharegrant\/postgres$/, replacement: at('../adapters/postgres/index.ts') },
      { find: /^sharegrant\/http$/, replacement: at('../src/http/index.ts') },
      { find: /^sharegrant\/workstations$/, replacement: at('../src/workstations/index.ts') },
      { find: /^sharegrant\/conformance$/, replacement: at('../src/conformance/index.ts') },
      { find: /^sharegrant$/, replacement: at('../src/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: [at('./support/global-setup.ts')],
    // More than two cores need: much of the time is spent waiting for Postgres and for other processes.
    maxWorkers: 6,
    sequence: { sequencer: LongestFirst },
    // Files share a process: each loads the library, the drivers and vitest but once.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
