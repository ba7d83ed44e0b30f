/** Finds our tokens where none belongs: in what a host hands on to somebody. */
export interface OurTokens {
  /** Whether a text has a token of ours in it, of any kind, beside those that are `allowed`. */
  in(text: string, allowed?: (token: string) => boolean): boolean
}

/** A link's token, or a signed text of any kind: by its form, so that one of a secret not known here counts too. */
export function createOurTokens(prefix: string): OurTokens {
  const form = new RegExp(`${prefix}(?:_[0-9A-Za-z]{49}|[a-z]_[\\w-]{51,})`, 'g')
  return {
    in(text, allowed = () => false) {
      for (const [token] of text.matchAll(form)) if (!allowed(token)) return true
      return false
    },
  }
}
