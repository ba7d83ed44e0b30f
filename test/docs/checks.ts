import { isSharingError } from 'sharegrant'
import { expect } from 'vitest'

/** What an example says of a value: an object needs only the fields that the example shows. */
export function shows(value: unknown, said: unknown): void {
  if (typeof said === 'object' && said !== null && !Array.isArray(said)) expect(value).toMatchObject(said)
  else expect(value).toEqual(said)
}

/** That a call is refused with the code that the example names. */
export async function refuses(call: () => Promise<unknown>, code: string): Promise<void> {
  const outcome = await call().then(
    () => 'no error',
    (error: unknown) => (isSharingError(error) ? error.code : error),
  )
  expect(outcome).toBe(code)
}
