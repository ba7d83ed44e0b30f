import { fastify } from 'fastify'
import { errorResponse, loggablePath, notFoundResponse, openApi, PRIVACY_HEADERS } from 'sharegrant/http'
import { addOrder, readFileOf } from '../app/canvases.ts'
import { listDocuments, readDocument, writeDocument } from '../app/documents.ts'
import type { Host } from '../app/host.ts'
import { actorOf, signIn } from '../app/sign-in.ts'
import { send, sharingPlugin } from './mount.ts'

/** The host's application under Fastify, on a free port unless one is given. */
export async function startFastify(host: Host, port = 0): Promise<{ url: string; stop(): Promise<void> }> {
  const { sharing, routes, sales, bodyLimit, log } = host
  const { queries } = host.database
  const onError = (error: unknown) => log(`error: ${error instanceof Error ? error.message : 'unknown'}`)
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    // Ids of a host have up to 255 characters, each of up to twelve when it is encoded; tokens up to 4096.
    routerOptions: { maxParamLength: 4096 },
    // A URL that cannot be decoded gets here before any route, and Fastify's own answer repeats it.
    frameworkErrors: (error, request, reply) => {
      log(`${request.method} ${loggablePath(request.originalUrl)} ${error.statusCode ?? 500}`)
      return send(reply, errorResponse(error, { onError }))
    },
  })
  app.addHook('onResponse', async (request, reply) => {
    log(`${request.method} ${loggablePath(request.originalUrl)} ${reply.statusCode}`)
  })
  app.setNotFoundHandler((_request, reply) => send(reply, notFoundResponse()))
  app.setErrorHandler((error, _request, reply) => send(reply, errorResponse(error, { onError })))
  await app.register(sharingPlugin, { prefix: '/api', routes, onError, bodyLimit })
  app.get('/openapi.json', async () => openApi(routes, { server: '/api' }))

  app.post('/sign-in', async (request) => signIn(queries, request.body))
  app.get('/documents', async (request) =>
    listDocuments(queries, sharing, await actorOf(queries, request.headers.authorization)),
  )
  app.get<{ Params: { id: string } }>('/documents/:id/content', async (request, reply) => {
    const visitor = { actor: await actorOf(queries, request.headers.authorization), ip: request.ip }
    const pass = request.headers['share-pass']
    const given = typeof pass === 'string' ? pass : undefined
    const text = await readDocument(queries, sharing, request.params.id, visitor, given)
    return reply.headers(PRIVACY_HEADERS).type('text/markdown').send(text)
  })
  app.put<{ Params: { id: string } }>('/documents/:id/content', async (request, reply) => {
    const actor = await actorOf(queries, request.headers.authorization)
    const given = request.headers['edit-fence']
    const write = { id: request.params.id, fence: typeof given === 'string' ? given : undefined, actor }
    await writeDocument(queries, sharing, host.workstations, write, request.body)
    return reply.code(204).send()
  })
  app.post<{ Params: { id: string } }>('/canvases/:id/orders', async (request) => {
    const actor = await actorOf(queries, request.headers.authorization)
    return addOrder(queries, sales, sharing, request.params.id, actor, request.body)
  })
  app.get<{ Params: { token: string } }>('/files/:token', async (request, reply) => {
    const actor = await actorOf(queries, request.headers.authorization)
    const svg = await readFileOf(queries, sharing, request.params.token, actor)
    return reply.headers(PRIVACY_HEADERS).type('image/svg+xml').send(svg)
  })
  const url = await app.listen({ port, host: '127.0.0.1' })
  return { url, stop: () => app.close() }
}
