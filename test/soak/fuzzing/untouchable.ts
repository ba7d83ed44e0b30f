import type { Store } from '../../../src/index.ts'

/** A store that nobody may ask. */
export const untouchable = (asked: () => void): Store =>
  new Proxy({} as Store, {
    get: (_, verb) => () => {
      asked()
      return Promise.reject(new Error(`${String(verb)} was asked`))
    },
  })
