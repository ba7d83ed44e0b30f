/** What nobody but its bearer may have, and what it is in the words of a report. */
export interface Secret {
  kind: 'token' | 'pass' | 'invitation' | 'password' | 'secret of the library'
  text: string
}

/** The part that chance made: whoever keeps a token cut short keeps it all the same. */
function core({ kind, text }: Secret): string {
  if (kind === 'token') return text.slice(-36, -8)
  return kind === 'pass' || kind === 'invitation' ? text.slice(-30) : text
}

/** Every way in which text may stand in other bytes: as it is, escaped, in hex, in base64 at any of its three offsets. */
function spellings(text: string): Buffer[] {
  const bytes = Buffer.from(text)
  const hex = bytes.toString('hex')
  const base64 = [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The first characters depend on what stands before, the last on what stands after.
    const sure = whole.slice(Math.ceil((offset * 8) / 6), -1)
    return [sure, sure.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const texts = [
    text,
    text.toLowerCase(),
    text.toUpperCase(),
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    hex,
    hex.toUpperCase(),
    ...base64,
  ]
  return [...[...new Set(texts)].map((one) => Buffer.from(one)), Buffer.from(text, 'utf16le')]
}

interface Needle {
  secret: Secret
  bytes: Buffer
  /** Where its most telling four bytes begin. */
  middle: number
}

const slot = (key: number): number => (Math.imul(key, 0x9e3779b1) >>> 12) & 0xfffff

/** Finds any of many secrets in one pass, since write-ahead logs are long and secrets many. */
export class Search {
  readonly #needles = new Map<number, Needle[]>()
  readonly #slots = new Uint8Array(0x100000)

  constructor(secrets: Iterable<Secret>) {
    for (const secret of secrets) {
      for (const bytes of spellings(core(secret))) {
        const middle = bytes.length >> 1
        const key = bytes.readUInt32LE(Math.min(middle, bytes.length - 4))
        const needle = { secret, bytes, middle: Math.min(middle, bytes.length - 4) }
        this.#needles.set(key, [...(this.#needles.get(key) ?? []), needle])
        this.#slots[slot(key)] = 1
      }
    }
  }

  in(haystack: Buffer): Secret[] {
    const found = new Set<Secret>()
    if (haystack.length < 4) return []
    let key = haystack.readUInt32LE(0)
    for (let at = 0; ; at++) {
      if (this.#slots[slot(key)] === 1) {
        for (const { secret, bytes, middle } of this.#needles.get(key >>> 0) ?? []) {
          const from = at - middle
          if (from >= 0 && bytes.equals(haystack.subarray(from, from + bytes.length))) found.add(secret)
        }
      }
      if (at + 4 >= haystack.length) return [...found]
      key = (key >>> 8) | (haystack[at + 4]! << 24)
    }
  }
}
