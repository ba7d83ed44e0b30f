/** The five-character SQLSTATE of an error that the server reported, or null. */
export function stateOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null
  const { code, severity, cause } = error as { code?: unknown; severity?: unknown; cause?: unknown }
  if (typeof code === 'string' && code.length === 5 && typeof severity === 'string') return code
  return cause === undefined ? null : stateOf(cause)
}

export const isDatabaseError = (error: unknown): boolean => stateOf(error) !== null

/** Whether the step may simply run again: a serialization failure or a deadlock. */
export const mayRetry = (error: unknown): boolean => ['40001', '40P01'].includes(stateOf(error) ?? '')

/**
 * Whether the connection itself failed. pg reports this as plain errors, so whatever a query throws that the
 * server did not report counts as one.
 */
export function isConnectionError(error: unknown): boolean {
  if (error instanceof ConnectionFailure) return true
  const state = stateOf(error) ?? ''
  // Class 08: connection exception. 57P: the server shuts down or ended the session. 26000: a statement that was
  // prepared on it is gone, by the host's DEALLOCATE or by a pooler that keeps none, and pg prepares none twice.
  return state.startsWith('08') || state.startsWith('57P') || state === '26000'
}

/** What a query threw that the server did not report, or what leaves a connection in a state that nobody knows. */
export class ConnectionFailure extends Error {
  override readonly name = 'ConnectionFailure'
}
