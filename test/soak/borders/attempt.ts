import { isSharingError } from '../../../src/index.ts'
import type { Names } from './sides.ts'

/** A call with what belongs to another tenant, and what it must come to. */
export interface Attempt {
  name: string
  /** Unknown: as with an id that nobody has. Refused: `forbidden`. Without: nothing of the other's is in it. */
  must: 'be as unknown' | 'be refused' | 'be a conflict' | 'be without the other’s'
  call(): Promise<unknown>
  /** The same with what nobody has. */
  unknown?(): Promise<unknown>
}

/** What somebody gets to see of a call: each byte of it. */
export async function answerOf(call: () => Promise<unknown>): Promise<string> {
  try {
    return `ok ${JSON.stringify(await call())}`
  } catch (error) {
    if (!isSharingError(error)) return `failed ${String(error)}`
    const { code, status, message, retryAfter } = error
    return `${code} ${JSON.stringify([status, message, retryAfter, error])}`
  }
}

/** Two failures look alike, but show nothing. A parent is the one id that input names, and is refused as input. */
const FAILURES = /^(failed|storage_unavailable|schema_outdated|invalid_input(?!.*options\.parent)) /

/** What is wrong with an attempt's answer, or null. */
export async function faultOf({ must, call, unknown }: Attempt, theirs: Names): Promise<string | null> {
  const answer = await answerOf(call)
  if (FAILURES.test(answer)) return `failed: ${answer}`
  if (must === 'be as unknown') {
    const expected = await answerOf(unknown!)
    return answer === expected ? null : `${answer} instead of ${expected}`
  }
  if (must === 'be refused') return /^forbidden |^ok \[403,/.test(answer) ? null : answer
  if (must === 'be a conflict') return answer.startsWith('conflict ') ? null : answer
  const found = [theirs.ref.id, theirs.link].find((one) => answer.includes(one))
  return found === undefined ? null : `${found} in ${answer}`
}
