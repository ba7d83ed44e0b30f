import { invalidInput } from '../model/input.ts'

const DEPTH = 200

/** A content as JSON, which gives back the same. What JSON would drop or change without a word is refused. */
export function jsonText(content: unknown): string {
  try {
    refuseOther(content, 'content', 0)
    return JSON.stringify(content)
  } catch (error) {
    if (error instanceof NotJson) throw invalidInput([{ path: error.path, message: error.message }])
    throw invalidInput([{ path: 'content', message: 'could not be read' }], 'invalid_input', error)
  }
}

class NotJson extends Error {
  readonly path: string
  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}

function refuseOther(value: unknown, path: string, depth: number): void {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value !== 'object')
    throw new NotJson(path, 'must be JSON: null, text, finite numbers, arrays, objects')
  if (depth >= DEPTH) throw new NotJson('content', `must not be nested deeper than ${DEPTH}`)
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++)
      refuseOther(value[index], `${path}.${index}`, depth + 1)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) {
    throw new NotJson(path, 'must be a plain object')
  }
  for (const [key, part] of Object.entries(value)) refuseOther(part, `${path}.${key.slice(0, 64)}`, depth + 1)
}
