import { inspect } from 'node:util'

/** Everything that left the library, but for what was asked for: to be searched when all secrets are known. */
export class Heard {
  readonly #texts = new Map<string, string[]>()

  /** Notes what came from somewhere, without what it may give. */
  note(where: string, value: unknown, given: readonly string[] = []): void {
    let text =
      typeof value === 'string' ? value : `${json(value)}\n${inspect(value, { depth: 9, showHidden: true })}`
    if (value instanceof Error) text += `\n${value.stack}\n${value.message}`
    for (const one of given) text = text.replaceAll(one, '…')
    this.#texts.set(where, [...(this.#texts.get(where) ?? []), text])
  }

  *all(): Iterable<[where: string, bytes: Buffer]> {
    for (const [where, texts] of this.#texts) yield [where, Buffer.from(texts.join('\n'))]
  }
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

/** Hears what the process writes while something runs, and lets it through. */
export async function listening<T>(heard: (text: string) => void, work: () => Promise<T>): Promise<T> {
  const streams = [process.stdout, process.stderr] as const
  const written = streams.map((stream) => stream.write)
  const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
  const printed = methods.map((method) => console[method])
  for (const [at, stream] of streams.entries()) {
    stream.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
      heard(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1'))
      return written[at]!.call(stream, chunk, ...rest)
    }) as typeof stream.write
  }
  for (const [at, method] of methods.entries()) {
    console[method] = (...parts: unknown[]) => {
      heard(parts.map((part) => (typeof part === 'string' ? part : inspect(part, { depth: 9 }))).join(' '))
      printed[at]!(...parts)
    }
  }
  try {
    return await work()
  } finally {
    for (const [at, stream] of streams.entries()) stream.write = written[at]!
    for (const [at, method] of methods.entries()) console[method] = printed[at]!
  }
}
