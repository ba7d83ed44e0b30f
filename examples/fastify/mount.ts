import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { errorResponse, type HttpRequest, notFoundResponse, type Route } from 'sharegrant/http'

export interface MountOptions {
  routes: readonly Route[]
  /** Told of what strangers are not. */
  onError: (error: unknown) => void
  /** How long a body may be, in bytes: 32 KiB unless set. */
  bodyLimit?: number | undefined
}

/** The table of routes as a Fastify plugin: `app.register(sharingPlugin, { prefix: '/api', routes, onError })`. */
export const sharingPlugin: FastifyPluginAsync<MountOptions> = async (
  app,
  { routes, onError, bodyLimit = 32 * 1024 },
) => {
  // Fastify's own parser refuses the empty body that a DELETE may come with.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (_request, body, done) => done(null, body))
  for (const { method, path, handle } of routes) {
    app.route({
      method,
      url: path,
      handler: async (request, reply) => send(reply, await handle(bridge(request, reply))),
    })
  }
  // Fastify's own answer repeats the URL, and with it the token.
  app.setNotFoundHandler((_request, reply) => send(reply, notFoundResponse()))
  app.setErrorHandler((error, _request, reply) => send(reply, errorResponse(error, { onError })))
}

function bridge(request: FastifyRequest, reply: FastifyReply): HttpRequest {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const { body } = request
  return {
    method: request.method,
    url: request.originalUrl,
    headers: request.headers,
    params: request.params as Record<string, unknown>,
    query: request.query as Record<string, unknown>,
    json: async () => (typeof body === 'string' ? (body === '' ? undefined : JSON.parse(body)) : body),
    signal: gone.signal,
    ip: request.ip,
  }
}

/** Sends a Web response by Fastify. */
export async function send(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  reply.code(answer.status).headers(Object.fromEntries(answer.headers))
  return reply.send(answer.body === null ? undefined : await answer.text())
}
