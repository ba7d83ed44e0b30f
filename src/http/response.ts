import { isSharingError, SharingError } from '../errors.ts'

/** On every answer: what is shared belongs in no cache, no search engine, and no other site's logs. */
export const PRIVACY_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
  'x-content-type-options': 'nosniff',
})

/** A body in JSON, or none for null. */
export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  if (body === null) return new Response(null, { status, headers: { ...PRIVACY_HEADERS, ...headers } })
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...PRIVACY_HEADERS, ...headers },
  })
}

/** Where errors go that strangers are told nothing of. */
export interface ErrorResponseOptions {
  /** Told of what strangers are not: errors that nobody expected, and failures of the storage. */
  onError?: ((error: unknown) => void) | undefined
}

/**
 * The answer to something thrown, by the library or by a framework: `toJSON()` with its status and `Retry-After`.
 * What a framework says of a bad request becomes `invalid_input`, of an unknown path `not_found`; of anything
 * else no word is told but "internal_error".
 *
 * @example
 * ```ts
 * import { SharingError } from 'sharegrant'
 * import { errorResponse } from 'sharegrant/http'
 *
 * const response = errorResponse(new SharingError('rate_limited', { retryAfter: 7 }))
 * console.assert(response.status === 429 && response.headers.get('retry-after') === '7')
 * ```
 */
export function errorResponse(error: unknown, { onError }: ErrorResponseOptions = {}): Response {
  const known = isSharingError(error) ? error : fromFramework(error)
  if (known === null || known.status >= 500) report(error, onError)
  if (known === null) {
    const code = 'internal_error'
    return answer(500, { error: code, message: 'Something went wrong.', code })
  }
  const { retryAfter } = known
  return answer(
    known.status,
    known.toJSON(),
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  )
}

/** The answer to a path that no route has. It does not repeat the URL, which may hold a token. */
export function notFoundResponse(): Response {
  return errorResponse(new SharingError('not_found'))
}

/** Frameworks mark what is the client's fault with a status; their texts quote the URL or the body. */
function fromFramework(error: unknown): SharingError | null {
  const { status, statusCode } = (typeof error === 'object' && error !== null ? error : {}) as {
    status?: unknown
    statusCode?: unknown
  }
  const given = typeof statusCode === 'number' ? statusCode : status
  if (typeof given !== 'number' || given < 400 || given > 499) return null
  if (given === 404) return new SharingError('not_found')
  const message =
    given === 413
      ? 'The body is too large.'
      : given === 415
        ? 'The body must be JSON, sent as application/json.'
        : undefined
  return new SharingError('invalid_input', message === undefined ? {} : { message })
}

function report(error: unknown, onError: ErrorResponseOptions['onError']): void {
  try {
    onError?.(error)
  } catch {
    // A log that fails must not keep the answer back.
  }
}
