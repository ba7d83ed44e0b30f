import { mergeConfig } from 'vitest/config'
import { LONG } from './support/long.ts'
import all from './vitest.config.ts'

/** The tests that take longest. */
export default mergeConfig({ ...all, test: { ...all.test, include: [] } }, { test: { include: LONG } })
