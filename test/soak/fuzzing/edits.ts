const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))

/** What some software takes for something else, or for nothing: look-alikes, ignorable, wide, halves, and beyond. */
const STRANGE = [
  ...'\u0080\u0085\u00a0\u00ad\u00b2\u00df\u00e9\u0130\u0131\u0149\u017f\u01c5\u0300\u0338\u034f\u0430\u0435\u043e\u0440\u0441\u0661\u06f1\u0966',
  ...'\u115f\u1680\u180e\u1e9e\u200b\u200c\u200d\u200e\u2028\u2029\u202e\u2044\u2060\u212a\u212b\u2215\u2460\u24d0\u3000\u3164',
  ...'\ufb00\ufe0f\ufeff\uff10\uff21\uff3f\uff41\uff0d\uffa0\ufffd\uffff',
  '\ud800',
  '\udc00',
  '😀',
  '𝐀',
  '\u{e0041}',
  '\u{10ffff}',
]

export const CHARACTERS: readonly string[] = [...ASCII, ...STRANGE]

/** Every text that differs by one character: another one in its place, one more, one less. */
export function* edits(text: string): Generator<string> {
  for (let at = 0; at <= text.length; at++) {
    const [before, here, after] = [text.slice(0, at), text[at], text.slice(at + 1)]
    for (const character of CHARACTERS) {
      yield before + character + text.slice(at)
      if (here !== undefined && character !== here) yield before + character + after
    }
    if (here !== undefined) yield before + after
  }
}
