import { LONGEST_LEGACY, legacyForm } from './link-token.ts'

/** In what is no longer than that, a token is found in the midst of other letters too. */
const WORD = 128

/**
 * Ways to cut a text, the coarsest first: into what stands between quotation marks, between white space and the marks
 * around addresses, between the marks inside of addresses, and between letters and digits.
 */
const CUTS = [
  /[^"]+/g,
  /[^\s"'`<>()[\]{}\\]+/g,
  /[^\s"'`<>()[\]{}\\/?#&=,;|%]+/g,
  /[\w~+-]+/g,
  /[0-9A-Za-z]+/g,
]

/** What stands around a token and is hardly of it: it ends a sentence, or a path. */
const AROUND = /^[^0-9A-Za-z]+|[^0-9A-Za-z]+$/g

/**
 * Whether a text, or a JSON text, has something of an older system's form in it. The pattern is the host's own, and may
 * take a time that grows with the square of what it is tried on: it is never tried on more than a token's length, and on
 * no character more than a few times. A long token has to stand by itself, within an address or not.
 */
export function createLegacySearch(legacy: RegExp): (text: string) => boolean {
  const whole = legacyForm(legacy)
  const part = new RegExp(unanchored(legacy.source), whole.flags)
  const isOne = (text: string): boolean => text.length <= LONGEST_LEGACY && whole.test(text)
  const isIn = (text: string, cut: number): boolean => {
    for (const [run] of text.matchAll(CUTS[cut]!)) {
      if (run.length <= WORD) {
        if (part.test(run)) return true
        continue
      }
      if (isOne(run)) return true
      // Otherwise too long to be one even without what stands around it.
      if (run.length <= 2 * LONGEST_LEGACY && isOne(run.replace(AROUND, ''))) return true
      if (cut + 1 < CUTS.length && isIn(run, cut + 1)) return true
    }
    return false
  }
  return (text) => {
    const once = unescaped(text)
    // JSON is a text in JSON, too.
    const twice = unescaped(once)
    return [...new Set([text, once, twice, decoded(twice)])].some((reading) => isIn(reading, 0))
  }
}

/** A pattern that finds in a text what it would only match as the whole of one. */
const unanchored = (source: string): string =>
  source.replace(/\\.|\[(?:\\.|[^\]\\])*\]|[\^$]/gs, (part) => (part === '^' || part === '$' ? '' : part))

const ESCAPED: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** As it reads without the escapes of JSON. */
const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, one: string) =>
    code === undefined ? (ESCAPED[one] ?? one) : String.fromCharCode(Number.parseInt(code, 16)),
  )

/** As it reads where an address writes what is not in its own alphabet. */
const decoded = (text: string): string =>
  text.replace(/%([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
