import type { InputIssue } from './input.ts'

/** Deeper than any document, and far from what a parser's stack holds. */
const DEEPEST = 500

/** What JSON has no form for, or too much of it: where, and why. */
export class NotJson extends Error {
  override readonly name = 'NotJson'
  readonly issue: InputIssue
  constructor(path: ReadonlyArray<string | number>, message: string) {
    const at = path.join('.').slice(0, 300)
    super(`${at} ${message}`)
    this.issue = { path: at, message }
  }
}

/** What is asked of a value beside that JSON has a form for it. */
export interface JsonRules {
  mostBytes: number | false
  /** What is said of more than that. */
  tooLarge: string
  /** Whether -0 is an error: JSON has it, and what writes JSON makes it 0. Otherwise it is 0. */
  exact: boolean
}

/**
 * The text of a value, or {@link NotJson}. What JSON would leave out or change in silence is refused, but for a
 * property that is undefined, and a `Date`, which becomes its ISO text.
 */
export function jsonText(value: unknown, path: string, { mostBytes, tooLarge, exact }: JsonRules): string {
  let left = mostBytes === false ? Number.POSITIVE_INFINITY : mostBytes
  const spend = (bytes: number): void => {
    left -= bytes
    if (left < 0) throw new NotJson([path], tooLarge)
  }
  // Where the walk is: one path, since a copy for each value would cost as much as all that is above it.
  const at: Array<string | number> = [path]
  const below = (key: string | number, one: unknown): unknown => {
    at.push(key)
    const copy = plain(one)
    at.pop()
    return copy
  }
  /** A copy in which everything was looked at once: a getter may answer otherwise the second time. */
  const plain = (value: unknown, asked = false): unknown => {
    if (at.length > DEEPEST)
      throw new NotJson(at.slice(0, 5), `is nested deeper than ${DEEPEST}, or in itself`)
    spend(1)
    if (typeof value === 'string') {
      spend(value.length)
      return value
    }
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'number') {
      if (exact && Object.is(value, -0)) throw new NotJson(at, 'is -0, which JSON would make 0')
      if (Number.isFinite(value)) return value
      throw new NotJson(at, 'must be a finite number: JSON has no other')
    }
    if (typeof value !== 'object') throw new NotJson(at, `is ${named(value)}, which JSON has no form for`)
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Blob) {
      throw new NotJson(at, 'is binary: give a reference to it')
    }
    if (Array.isArray(value)) return Array.from(value, (one, index) => below(index, one))
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function' && !asked) {
      const text: unknown = toJSON.call(value, String(at.at(-1)))
      if (isDate(value) && text === null) throw new NotJson(at, 'is an invalid Date')
      return plain(text, true)
    }
    if (!isPlain(value)) throw new NotJson(at, `is ${madeBy(value)}, which JSON has no form for`)
    const copy: Record<string, unknown> = Object.create(null)
    for (const key of Object.keys(value)) {
      const one = (value as Record<string, unknown>)[key]
      if (one === undefined) continue
      spend(key.length)
      copy[key] = below(key, one)
    }
    return copy
  }
  const text = JSON.stringify(plain(value))
  if (mostBytes !== false && Buffer.byteLength(text) > mostBytes) throw new NotJson([path], tooLarge)
  return text
}

const named = (value: unknown): string => (value === undefined ? 'undefined' : `a ${typeof value}`)

const isDate = (value: object): boolean => Object.prototype.toString.call(value) === '[object Date]'

/** Whether an object is nothing but its properties: made by no class, in whichever realm. */
function isPlain(value: object): boolean {
  const above: unknown = Object.getPrototypeOf(value)
  if (above === null) return true
  return Object.getPrototypeOf(above) === null && Object.hasOwn(above as object, 'isPrototypeOf')
}

function madeBy(value: object): string {
  const { constructor: maker } = value as { constructor?: unknown }
  return typeof maker === 'function' && maker.name !== '' ? `a ${maker.name}` : 'no plain object'
}
