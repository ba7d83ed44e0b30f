import type { z } from 'zod'
import type { Sharing } from '../api.ts'
import { isSharingError, SharingError } from '../errors.ts'
import type { Actor, Visitor } from '../model/actor.ts'
import { inHttpTerms, type RouteInput, readInput, type Understood } from './input.ts'
import { type HttpRequest, headerOf } from './request.ts'
import { answer, errorResponse } from './response.ts'

/** The methods that routes use. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One row of the table. Any framework mounts it: `app[method](path, …handle…)`. */
export interface Route {
  readonly method: HttpMethod
  /** With `:name` for what varies, as Express and Fastify write it. */
  readonly path: string
  readonly summary: string
  /** Whether it takes a signed-in person, or answers anyone. */
  readonly access: 'signed-in' | 'anyone'
  readonly input: RouteInput
  /** The status of success. */
  readonly status: number
  /** The body of success, as JSON has it; null for none. Checked in tests, not at run time. */
  readonly output: z.ZodType | null
  /** Never rejects: what goes wrong is an answer too. */
  handle(request: HttpRequest): Promise<Response>
}

/** What the host supplies to every route: who is asking, and where its errors go. */
export interface RoutesOptions {
  /** Who is asking, from the host's own authentication, never from a body. Null: nobody is signed in. */
  actor(request: HttpRequest): Actor | null | Promise<Actor | null>
  /**
   * The visitor's address; the request's own `ip` unless given. It is recorded with a view, and limits are counted
   * by it: without an address only passwords are limited.
   */
  ip?: ((request: HttpRequest) => string | undefined) | undefined
  /** Told of errors that nobody expected and of failures of the storage: strangers learn nothing of them. */
  onError?: ((error: unknown, request: HttpRequest) => void) | undefined
}

/** What a handler is given, checked. */
export interface Call<I extends RouteInput, A extends Actor | null, S = Sharing> {
  /** What the table is of: the host's sharing, or a module on top of it. */
  sharing: S
  actor: A
  input: Understood<I>
  request: HttpRequest
  /** What is known of whoever asks, without what they brought to a link. */
  visitor: Visitor
}

/** What a row says of itself. */
export interface Described<I extends RouteInput> {
  method: HttpMethod
  path: string
  summary: string
  input: I
  status: number
  output: z.ZodType | null
}

/** A row before it is bound to a host's sharing. */
export type RouteTemplate<S = Sharing> = (sharing: S, options: RoutesOptions) => Route

/** A row for signed-in people only. */
export function signedIn<const I extends RouteInput, S = Sharing>(
  row: Described<I> & { run(call: Call<I, Actor, S>): Promise<unknown> },
): RouteTemplate<S> {
  return bind(row, 'signed-in', (call) => {
    const { actor } = call
    if (actor === null) throw new SharingError('authentication_required', { message: 'Sign in first.' })
    return { ...call, actor }
  })
}

/** A row for anyone, signed in or not. */
export function anyone<const I extends RouteInput>(
  row: Described<I> & { run(call: Call<I, Actor | null>): Promise<unknown> },
): RouteTemplate {
  return bind(row, 'anyone', (call) => call)
}

type Admitted<A> = { actor: A; visitor: Visitor }

function bind<I extends RouteInput, A extends Actor | null, S>(
  { run, ...row }: Described<I> & { run(call: Call<I, A, S>): Promise<unknown> },
  access: Route['access'],
  admit: (given: Admitted<Actor | null>) => Admitted<A>,
): RouteTemplate<S> {
  return (sharing, options) => ({
    ...row,
    access,
    async handle(request) {
      let understood = false
      try {
        const admitted = admit(await visitorOf(request, options))
        const input = await readInput(row.input, request)
        // Whoever has hung up must not spend a view, nor learn that they did.
        if (request.signal?.aborted) return answer(499, null)
        understood = true
        const body = await run({ sharing, request, input, ...admitted })
        return answer(row.status, row.output === null ? null : body)
      } catch (error) {
        return errorResponse(toldOf(error, row.input, understood), {
          onError: () => options.onError?.(error, request),
        })
      }
    },
  })
}

/** Once a request was understood, what the host's own code throws is no fault of the client's, whatever status it carries. */
function toldOf(error: unknown, input: RouteInput, understood: boolean): unknown {
  if (isSharingError(error)) return inHttpTerms(error, input)
  return understood ? new Error('The host failed.', { cause: error }) : error
}

/** A failure of the host's own sign-in is no fault of the client's, whatever status it carries. */
async function identified(whoAsks: RoutesOptions['actor'], request: HttpRequest): Promise<Actor | null> {
  try {
    return await whoAsks(request)
  } catch (error) {
    if (isSharingError(error)) throw error
    throw new Error('The host could not say who asks.', { cause: error })
  }
}

async function visitorOf(
  request: HttpRequest,
  { actor: whoAsks, ip: addressOf = (asked) => asked.ip }: RoutesOptions,
): Promise<Admitted<Actor | null>> {
  const actor = await identified(whoAsks, request)
  const ip = addressOf(request)
  const userAgent = headerOf(request.headers, 'user-agent') ?? undefined
  return { actor, visitor: { actor, ip, userAgent } }
}
