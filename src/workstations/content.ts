import { invalidInput } from '../model/input.ts'

const DEPTH = 200

/**
 * A content as JSON of so many bytes at most, which gives back the same. What JSON would drop or change without a word
 * is refused.
 */
export function jsonText(content: unknown, bytes: number): string {
  const tooLong = `must be at most ${bytes} bytes of JSON`
  let text: string
  try {
    // Each value is a byte at least: one that is in many places is not walked through for ever.
    refuseOther(content, 'content', 0, { left: bytes, tooLong })
    text = JSON.stringify(content)
  } catch (error) {
    if (error instanceof NotJson) throw invalidInput([{ path: error.path, message: error.message }])
    throw invalidInput([{ path: 'content', message: 'could not be read' }], 'invalid_input', error)
  }
  if (Buffer.byteLength(text) > bytes) throw invalidInput([{ path: 'content', message: tooLong }])
  return text
}

class NotJson extends Error {
  readonly path: string
  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}

interface Room {
  left: number
  tooLong: string
}

function refuseOther(value: unknown, path: string, depth: number, room: Room): void {
  if (--room.left < 0) throw new NotJson('content', room.tooLong)
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return
  if (Object.is(value, -0)) throw new NotJson(path, 'must not be -0, which JSON makes 0')
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value !== 'object')
    throw new NotJson(path, 'must be JSON: null, text, finite numbers, arrays, objects')
  if (depth >= DEPTH) throw new NotJson('content', `must not be nested deeper than ${DEPTH}`)
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    throw new NotJson(path, 'must not have a function toJSON, which would give something else in its place')
  }
  refuseNotPlain(value, path)
  for (const key of Reflect.ownKeys(value)) {
    if (Array.isArray(value) && key === 'length') continue
    const below = `${path}.${String(key).slice(0, 64)}`
    refuseOther(partOf(value, key, below), below, depth + 1, room)
  }
}

function refuseNotPlain(value: object, path: string): void {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (!Object.hasOwn(value, index)) throw new NotJson(`${path}.${index}`, 'must not be left out')
    }
  } else if (prototype !== Object.prototype && prototype !== null) {
    throw new NotJson(path, 'must be a plain object, no instance of a class such as Date or Map')
  }
}

/** What JSON writes of a key: nothing of symbols, of what is not enumerable, of an array's keys that are no places. */
function partOf(value: object, key: string | symbol, path: string): unknown {
  const { enumerable, value: part, get } = Object.getOwnPropertyDescriptor(value, key)!
  const place = !Array.isArray(value) || /^\d+$/.test(String(key))
  if (typeof key === 'symbol' || !enumerable || !place) {
    throw new NotJson(
      path,
      'would be left out of JSON: keys must be enumerable text, those of an array its places',
    )
  }
  if (get !== undefined) throw new NotJson(path, 'must be a value, no getter')
  return part
}
