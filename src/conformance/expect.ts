import assert from 'node:assert/strict'
import { type ErrorCode, isSharingError, type SharingError } from '../errors.ts'

/** That a call is refused with this code, and nothing else goes wrong. */
export async function refused(code: ErrorCode, call: Promise<unknown>): Promise<SharingError> {
  const result = await settled(call)
  if (result.ok) assert.fail(`expected ${code}, and it succeeded with ${JSON.stringify(result.value)}`)
  const { error } = result
  if (!isSharingError(error)) throw error
  assert.equal(error.code, code, `expected ${code}, got ${error.code}: ${error.message}`)
  return error
}

/** That input is refused, and the field is named. */
export async function refusedField(path: string, call: Promise<unknown>): Promise<void> {
  const { public: shown } = await refused('invalid_input', call)
  const issues = shown['issues'] as Array<{ path: string }>
  assert.ok(
    issues.some((issue) => issue.path === path),
    `expected an issue at ${path}, got ${issues.map((issue) => issue.path).join(', ')}`,
  )
}

/** What a call came to, as one word: `ok`, or its error's code. What is no error of ours is thrown on. */
export async function outcomeOf(call: Promise<unknown>): Promise<'ok' | ErrorCode> {
  const result = await settled(call)
  if (result.ok) return 'ok'
  if (!isSharingError(result.error)) throw result.error
  return result.error.code
}

/** How often each outcome came, of calls that began at once. */
export async function tally(calls: ReadonlyArray<Promise<unknown>>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const outcome of await Promise.all(calls.map(outcomeOf))) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

/** Calls that begin at once. */
export const atOnce = <T>(times: number, call: (index: number) => T): T[] =>
  Array.from({ length: times }, (_, index) => call(index))

async function settled(
  call: Promise<unknown>,
): Promise<{ ok: true; value: unknown } | { ok: false; error: unknown }> {
  try {
    return { ok: true, value: await call }
  } catch (error) {
    return { ok: false, error }
  }
}

/** Every page of a list, one after the other. */
export async function allPages<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const all: T[] = []
  let cursor: string | undefined
  for (;;) {
    const { items, nextCursor } = await page(cursor)
    all.push(...items)
    if (nextCursor === null) return all
    cursor = nextCursor
  }
}
