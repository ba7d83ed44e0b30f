import type { z } from 'zod'
import { SharingError } from '../errors.ts'
import { type InputIssue, invalidInput, parse } from '../model/input.ts'
import { type HttpRequest, headerOf } from './request.ts'

/** What a route reads, each part with its schema. A part without one is not read. */
export interface RouteInput {
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
}

/** The parts of an input, as their schemas understood them. */
export type Understood<I extends RouteInput> = {
  [Part in keyof I]: I[Part] extends z.ZodType ? z.output<I[Part]> : undefined
}

/** Reads and checks every part of a request that a route asks for. */
export async function readInput<I extends RouteInput>(
  input: I,
  request: HttpRequest,
): Promise<Understood<I>> {
  const read: Record<string, unknown> = {}
  if (input.params) read['params'] = parse(input.params, { ...request.params }, 'params')
  if (input.query) read['query'] = parse(input.query, { ...request.query }, 'query')
  if (input.body) read['body'] = parse(input.body, await bodyOf(request), 'body')
  return read as Understood<I>
}

async function bodyOf(request: HttpRequest): Promise<unknown> {
  const type = headerOf(request.headers, 'content-type')
  // Another site can post text, or bytes of no type, without asking first, but not JSON.
  if (type === null ? carriesBody(request) : !/^application\/json\s*(;|$)/i.test(type)) throw notJson()
  try {
    const body = (await request.json()) ?? undefined
    // HTTP/2 needs no length: what came all the same is refused here.
    if (type === null && body !== undefined) throw notJson()
    // Where nothing has to be said, nothing need be sent.
    return body ?? {}
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new SharingError('invalid_input', { message: 'The body is not valid JSON.', cause: error })
    }
    throw error
  }
}

const carriesBody = ({ headers }: HttpRequest): boolean =>
  headerOf(headers, 'transfer-encoding') !== null || !/^0*$/.test(headerOf(headers, 'content-length') ?? '')

const notJson = (): SharingError =>
  new SharingError('invalid_input', { message: 'The body must be JSON, sent as application/json.' })

/**
 * The library names fields as its own methods have them: over HTTP they are a part of the request. Bad input that
 * a client did not send, such as an actor, is the host's mistake and no business of the client's.
 */
export function inHttpTerms(error: SharingError, input: RouteInput): SharingError | Error {
  const { code } = error
  const issues = error.public['issues']
  if ((code !== 'invalid_input' && code !== 'invalid_email') || !Array.isArray(issues)) return error
  const named = (issues as InputIssue[]).map(({ path, message }) => ({
    path: httpPath(path, input),
    message,
  }))
  if (named.some(({ path }) => path === null)) {
    return new Error(`The host passed bad input: ${error.message}`, { cause: error })
  }
  return invalidInput(named as InputIssue[], code)
}

function httpPath(path: string, input: RouteInput): string | null {
  if (/^(actor|visitor|access)\b/.test(path)) return null
  const rest = path.replace(/^(options|policy|changes)\.?/, '')
  const ofResource = /^resource\.(type|id)$/.exec(rest)
  if (ofResource && input.params) return `params.${ofResource[1]}`
  if (path === 'id') return 'params.id'
  // What a host's snapshot holds is in no part of the request.
  if (/^(params|query|body|snapshot)\b/.test(path)) return path
  return [input.body ? 'body' : 'query', rest].filter((part) => part !== '').join('.')
}
