import type { Control } from '../campaign.ts'

/** What every campaign that kills in the middle of a change has to see, in so many crash points. */
export const withoutTransaction = (size: number): Control => ({
  guard: 'one transaction around a change (SQLite)',
  file: 'adapters/sqlite/connection.ts',
  find: `    this.#driver(() => this.#begin.run())
    try {
      const result = work()
      this.#driver(() => this.#commit.run())
`,
  replace: `    try {
      const result = work()
`,
  size,
})
