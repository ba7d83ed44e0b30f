import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express'
import { errorResponse, type HttpRequest, notFoundResponse, type Route } from 'sharegrant/http'

export interface MountOptions {
  /** Told of what strangers are not. */
  onError: (error: unknown) => void
  /** How long a body may be, in bytes: 32 KiB unless set. */
  bodyLimit?: number | undefined
}

/** The table of routes as an Express router: `app.use('/api', sharingRouter(routes, { onError }))`. */
export function sharingRouter(
  routes: readonly Route[],
  { onError, bodyLimit = 32 * 1024 }: MountOptions,
): Router {
  // As exact about paths as the table is.
  const router = express.Router({ caseSensitive: true, strict: true })
  // A host's parser that ran before has left `request.body`, and this one lets the request pass.
  router.use(express.json({ limit: bodyLimit }))
  for (const route of routes) {
    const method = route.method.toLowerCase() as Lowercase<Route['method']>
    router[method](route.path, async (request, response) => {
      await send(response, await route.handle(bridge(request, response)))
    })
  }
  // Express's own pages repeat the URL, and with it the token.
  router.use(async (_request, response) => {
    await send(response, notFoundResponse())
  })
  const refuse: ErrorRequestHandler = (error, _request, response, _next) =>
    send(response, errorResponse(error, { onError }))
  router.use(refuse)
  return router
}

function bridge(request: Request, response: Response): HttpRequest {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return {
    method: request.method,
    url: request.originalUrl,
    headers: request.headers,
    params: request.params,
    query: request.query,
    json: async () => request.body,
    signal: gone.signal,
    ip: request.ip,
  }
}

/** Sends a Web response by Express. */
export async function send(response: Response, answer: globalThis.Response): Promise<void> {
  response.status(answer.status)
  answer.headers.forEach((value, name) => {
    response.setHeader(name, value)
  })
  response.end(answer.body === null ? undefined : await answer.text())
}
