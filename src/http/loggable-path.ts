const HIDDEN = '[hidden]'

/** What stands after `share` and is no token. */
const WORDS = ['resume', 'attach']

/** Our tokens and passes: a prefix, `_`, and a long run of base62 or base64url. */
const SECRET = /[a-z][a-z0-9]{1,16}_[\w-]{32,}/gi

/**
 * A URL as a request log may keep it: its path without the token after `share`, and without anything that looks
 * like a token or a pass; no query.
 *
 * @example
 * ```ts
 * import { loggablePath } from 'sharegrant/http'
 *
 * console.assert(loggablePath('/api/share/shr_abc/preview?x=1') === '/api/share/[hidden]/preview')
 * ```
 */
export function loggablePath(url: string): string {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')
  let afterShare = false
  return path
    .split('/')
    .map((segment) => {
      if (segment === '') return segment
      // Routers decode and some ignore case: what they take for `share` is `share` here.
      const text = decoded(segment)
      const hide = afterShare && !WORDS.includes(text)
      afterShare = text.toLowerCase() === 'share'
      if (hide) return HIDDEN
      return text.search(SECRET) === -1 ? segment : HIDDEN
    })
    .join('/')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
