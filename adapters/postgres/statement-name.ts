import { hash } from 'node:crypto'
import type { Compiled } from '../sql/query.ts'

const names = new WeakMap<object, string>()

/** Named by its text, so that stores with different prefixes can share a pool, and versions a connection. */
export function statementName<P, R>(compiled: Compiled<P, R>): string {
  let name = names.get(compiled)
  if (name === undefined) {
    name = `sharegrant ${compiled.name} ${hash('sha256', compiled.text, 'hex').slice(0, 12)}`
    names.set(compiled, name)
  }
  return name
}
