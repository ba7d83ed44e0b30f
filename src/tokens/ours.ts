import { createLegacySearch } from './legacy-search.ts'

/** Finds our tokens where none belongs: in what a host hands on to somebody. */
export interface OurTokens {
  /** Whether a text has a token of ours in it, of any kind, beside those that are `allowed`. */
  in(text: string, allowed?: (token: string) => boolean): boolean
}

/**
 * A link's token, or a signed text of any kind: by its form, so that one of a secret not known here counts too. So does
 * what has the form of an older system's tokens, which open links as well.
 */
export function createOurTokens(prefix: string, legacy?: RegExp): OurTokens {
  const form = new RegExp(`${prefix}(?:_[0-9A-Za-z]{49}|[a-z]_[\\w-]{51,})`, 'g')
  const older = legacy && createLegacySearch(legacy)
  return {
    in(text, allowed = () => false) {
      for (const [token] of text.matchAll(form)) if (!allowed(token)) return true
      return older?.(text.replace(form, ' ')) ?? false
    },
  }
}
