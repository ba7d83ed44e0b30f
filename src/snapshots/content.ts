import { type InputIssue, invalidInput } from '../model/input.ts'

/** Deeper than any document, and far from what a parser's stack holds. */
const DEEPEST = 500

class NotJson extends Error {
  readonly issue: InputIssue
  constructor(path: readonly string[], message: string) {
    super(message)
    this.issue = { path: path.join('.').slice(0, 300), message }
  }
}

/**
 * The text of a content, or `invalid_input`. What JSON would leave out or change in silence is refused, but for a
 * property that is undefined, and a `Date`, which becomes its ISO text.
 */
export function contentText(content: unknown, mostBytes: number | false, path: string): string {
  let left = mostBytes === false ? Number.POSITIVE_INFINITY : mostBytes
  const spend = (bytes: number): void => {
    left -= bytes
    if (left < 0) throw tooLarge(path, mostBytes)
  }
  /** A copy in which everything was looked at once: a getter may answer otherwise the second time. */
  const plain = (value: unknown, at: readonly string[], asked = false): unknown => {
    if (at.length > DEEPEST)
      throw new NotJson(at.slice(0, 5), `is nested deeper than ${DEEPEST}, or in itself`)
    spend(1)
    if (typeof value === 'string') {
      spend(value.length)
      return value
    }
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'number') {
      if (Object.is(value, -0)) throw new NotJson(at, 'is -0, which JSON would make 0')
      if (Number.isFinite(value)) return value
      throw new NotJson(at, 'must be a finite number: JSON has no other')
    }
    if (typeof value !== 'object') throw new NotJson(at, `is ${named(value)}, which JSON has no form for`)
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof Blob) {
      throw new NotJson(at, 'is binary: give a reference to it')
    }
    if (Array.isArray(value)) return Array.from(value, (one, index) => plain(one, [...at, String(index)]))
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function' && !asked) {
      const text: unknown = toJSON.call(value, at.at(-1) ?? '')
      if (isDate(value) && text === null) throw new NotJson(at, 'is an invalid Date')
      return plain(text, at, true)
    }
    if (!isPlain(value)) throw new NotJson(at, `is ${madeBy(value)}, which JSON has no form for`)
    const copy: Record<string, unknown> = Object.create(null)
    for (const key of Object.keys(value)) {
      const one = (value as Record<string, unknown>)[key]
      if (one === undefined) continue
      spend(key.length)
      copy[key] = plain(one, [...at, key])
    }
    return copy
  }
  let text: string
  try {
    text = JSON.stringify(plain(content, [path]))
  } catch (error) {
    if (error instanceof NotJson) throw invalidInput([error.issue])
    throw error
  }
  if (mostBytes !== false && Buffer.byteLength(text) > mostBytes)
    throw invalidInput([tooLarge(path, mostBytes).issue])
  return text
}

const tooLarge = (path: string, most: number | false): NotJson =>
  new NotJson(
    [path],
    `is more than ${most} bytes of JSON (limits.snapshotBytes): give a reference to what is large`,
  )

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
