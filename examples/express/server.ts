import type { Server } from 'node:http'
import express, { type ErrorRequestHandler, type Request } from 'express'
import { errorResponse, loggablePath, notFoundResponse, openApi, PRIVACY_HEADERS } from 'sharegrant/http'
import { addOrder, readFileOf } from '../app/canvases.ts'
import { listDocuments, readDocument, writeDocument } from '../app/documents.ts'
import type { Host } from '../app/host.ts'
import { actorOf, signIn } from '../app/sign-in.ts'
import { send, sharingRouter } from './mount.ts'

/** The host's application under Express, on a free port unless one is given. */
export async function startExpress(host: Host, port = 0): Promise<{ url: string; stop(): Promise<void> }> {
  const { sharing, routes, sales, bodyLimit, log } = host
  const { queries } = host.database
  const onError = (error: unknown) => log(`error: ${error instanceof Error ? error.message : 'unknown'}`)
  const app = express().disable('x-powered-by')
  app.use((request, response, next) => {
    response.once('finish', () =>
      log(`${request.method} ${loggablePath(request.originalUrl)} ${response.statusCode}`),
    )
    next()
  })
  app.use(express.json({ limit: bodyLimit }))
  app.use('/api', sharingRouter(routes, { onError, bodyLimit }))
  app.get('/openapi.json', (_request, response) => void response.json(openApi(routes, { server: '/api' })))

  const whoAsks = (request: Request) => actorOf(queries, request.headers.authorization)
  app.post('/sign-in', async (request, response) => {
    response.json(await signIn(queries, request.body))
  })
  app.get('/documents', async (request, response) => {
    response.json(await listDocuments(queries, sharing, await whoAsks(request)))
  })
  app.get('/documents/:id/content', async (request, response) => {
    const visitor = { actor: await whoAsks(request), ip: request.ip }
    const text = await readDocument(queries, sharing, request.params.id, visitor, request.get('share-pass'))
    response.set(PRIVACY_HEADERS).type('text/markdown').send(text)
  })
  app.put('/documents/:id/content', async (request, response) => {
    const { id } = request.params
    const write = { id, fence: request.get('edit-fence'), actor: await whoAsks(request) }
    await writeDocument(queries, sharing, host.workstations, write, request.body)
    response.status(204).end()
  })
  app.post('/canvases/:id/orders', async (request, response) => {
    const actor = await whoAsks(request)
    response.json(await addOrder(queries, sales, sharing, request.params.id, actor, request.body))
  })
  app.get('/files/:token', async (request, response) => {
    const svg = await readFileOf(queries, sharing, request.params.token, await whoAsks(request))
    response.set(PRIVACY_HEADERS).type('image/svg+xml').send(svg)
  })
  app.use((_request, response) => send(response, notFoundResponse()))
  const refuse: ErrorRequestHandler = (error, _request, response, _next) =>
    send(response, errorResponse(error, { onError }))
  app.use(refuse)

  const server = await new Promise<Server>((resolve, reject) => {
    const starting: Server = app.listen(port, '127.0.0.1', (error) =>
      error ? reject(error) : resolve(starting),
    )
  })
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
