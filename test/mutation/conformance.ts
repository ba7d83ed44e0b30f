import { conformanceCases } from 'sharegrant/conformance'
import { test } from 'vitest'
import { memoryHarness } from '../support/memory-harness.ts'

// The whole library on the fastest of its stores: what it decides is the same on all of them.
const harness = memoryHarness()
for (const { noun, name, run } of conformanceCases) test(`${noun}: ${name}`, () => run(harness))
