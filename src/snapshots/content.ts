import { invalidInput } from '../model/input.ts'
import { jsonText, NotJson } from '../model/json.ts'

/** The text of a snapshot's content, or `invalid_input`. */
export function contentText(content: unknown, mostBytes: number | false, path: string): string {
  const tooLarge = `is more than ${mostBytes} bytes of JSON (limits.snapshotBytes): give a reference to what is large`
  try {
    return jsonText(content, path, { mostBytes, tooLarge, exact: true })
  } catch (error) {
    if (error instanceof NotJson) throw invalidInput([error.issue])
    throw error
  }
}
