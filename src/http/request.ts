/** Headers as Node has them (a record of lower-case names) or as the Web has them. */
export type HttpHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * What a route needs of a request. Frameworks have all of it at hand; a Web `Request` is not needed, since
 * making one costs far more than answering.
 */
export interface HttpRequest {
  method: string
  /** As it was asked for: the whole URL, or its path and query. */
  url: string
  headers: HttpHeaders
  /** The decoded values of what is `:named` in the route's path. */
  params: Readonly<Record<string, unknown>>
  query: Readonly<Record<string, unknown>>
  /** The parsed body; undefined where none came. It rejects what is no JSON, or too large. */
  json(): Promise<unknown>
  /** Aborted when the client has gone: nothing is spent for it any more. */
  signal?: AbortSignal | undefined
  /** The visitor's address as the framework's proxy settings tell it. */
  ip?: string | undefined
}

/** One header's value, or null. */
export function headerOf(headers: HttpHeaders, name: string): string | null {
  if (hasGetter(headers)) return headers.get(name)
  const value = headers[name]
  return typeof value === 'string' ? value : (value?.[0] ?? null)
}

function hasGetter(headers: HttpHeaders): headers is { get(name: string): string | null } {
  return typeof headers['get'] === 'function'
}

/**
 * Whether nobody is reading the answer yet: a HEAD, or a page that a browser loads ahead. Opening a link for it
 * would spend a view that no person has had.
 */
export function isAhead({ method, headers }: HttpRequest): boolean {
  if (method.toUpperCase() === 'HEAD') return true
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) =>
    /prefetch|prerender|preview/i.test(headerOf(headers, name) ?? ''),
  )
}
