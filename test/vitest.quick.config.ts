import { configDefaults, mergeConfig } from 'vitest/config'
import { LONG } from './support/long.ts'
import all from './vitest.config.ts'

/** All tests but those that take longest. */
export default mergeConfig(all, { test: { exclude: [...configDefaults.exclude, ...LONG] } })
