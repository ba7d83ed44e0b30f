import { inspect } from 'node:util'
import type { Notification } from 'sharegrant'

export interface Told {
  status: number
  headers: Headers
  body: Record<string, unknown> & { id: string; token: string; pass: string; items: unknown[] }
  text: string
}

export interface Step {
  as?: string
  body?: unknown
  headers?: Record<string, string>
  /** The status and, for a refusal, its code. */
  expect: [status: number, code?: string]
  /** What the body has to contain. */
  with?: unknown
}

/** Makes calls over HTTP, prints each with its answer, and remembers what was not as expected. */
export class Teller {
  readonly codes: Set<string> = new Set()
  calls = 0
  surprises = 0
  readonly #url: string
  readonly #sessions: Map<string, string> = new Map()

  constructor(url: string) {
    this.#url = url
  }

  say(text: string): void {
    console.log(`\n── ${text}`)
  }

  /** Prints what somebody was sent. */
  mail(notification: Notification | undefined): void {
    console.log(`\nsent  ${wrapped(readable(notification)).trimStart()}`)
  }

  /** Signs a person in, to call `as` them from now on. */
  async signIn(name: string, email: string): Promise<void> {
    const { body } = await this.call('POST', '/sign-in', { body: { email }, expect: [200] })
    this.#sessions.set(name, String(body['session']))
  }

  async call(method: string, path: string, step: Step): Promise<Told> {
    const headers: Record<string, string> = { 'user-agent': 'Mozilla/5.0 (a person)', ...step.headers }
    if (step.as !== undefined) headers['authorization'] = `Bearer ${this.#sessions.get(step.as)}`
    if (step.body !== undefined) headers['content-type'] = 'application/json'
    const response = await fetch(this.#url + path, {
      method,
      headers,
      ...(step.body !== undefined && { body: JSON.stringify(step.body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
    const told: Told = {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : {},
      text,
    }
    this.#print(method, path, step, told, isJson)
    return told
  }

  #print(method: string, path: string, step: Step, told: Told, isJson: boolean): void {
    const who = step.as === undefined ? 'nobody' : step.as
    const sent = step.body === undefined ? '' : ` ${readable(step.body)}`
    console.log(`\n${method} ${shortened(path)}  (${who})${sent}`)
    const retryAfter = told.headers.get('retry-after')
    const answer = isJson ? readable(told.body) : told.text.slice(0, 60).replace(/\s+/g, ' ').trim()
    const more = retryAfter === null ? '' : `  Retry-After: ${retryAfter}`
    console.log(wrapped(`${told.status} ${answer}${more}`))

    const [status, code] = step.expect
    const given = typeof told.body['code'] === 'string' ? told.body['code'] : undefined
    if (given !== undefined) this.codes.add(given)
    this.calls++
    if (told.status === status && given === code && contains(isJson ? told.body : told.text, step.with))
      return
    this.surprises++
    console.log(`    ✗ expected ${readable({ status, code, with: step.with })}`)
  }
}

/** Whether everything that is expected is there; of a list, its first items; of a text, a part. */
export function contains(given: unknown, expected: unknown): boolean {
  if (expected === undefined) return true
  if (typeof expected === 'string' && typeof given === 'string') return given.includes(expected)
  if (typeof expected !== 'object' || expected === null) return Object.is(given, expected)
  if (typeof given !== 'object' || given === null) return false
  if (Array.isArray(expected) && expected.length === 0) return Array.isArray(given) && given.length === 0
  return Object.entries(expected).every(([key, value]) =>
    contains((given as Record<string, unknown>)[key], value),
  )
}

const readable = (value: unknown): string =>
  shortened(
    inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY, compact: true, maxArrayLength: 5 }),
  )

const WIDTH = 104

/** Long answers over several lines, broken between fields. */
function wrapped(text: string): string {
  const lines = ['']
  for (const part of text.split(/(?<=, )/)) {
    if (`${lines.at(-1)}${part}`.length > WIDTH && lines.at(-1) !== '') lines.push('  ')
    lines.push(`${lines.pop()}${part}`)
  }
  return lines.map((line) => `    ${line.trimEnd()}`).join('\n')
}

/** Nobody has to read 53 random characters. */
const shortened = (text: string): string =>
  text
    .replace(/\b(shr[paid]?_)[\w-]{30,}([\w-]{4})/g, '$1…$2')
    .replace(/'([\w-]{4})[\w-]{17}'/g, "'$1…'")
    .replace(/\/([\w-]{4})[\w-]{17}(?=\/|$)/g, '/$1…')
    .replace(/(session: '[\w-]{4})[\w-]+/g, '$1…')
