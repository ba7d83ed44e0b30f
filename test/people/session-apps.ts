import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Database from 'better-sqlite3'
import express from 'express'
import { fastify } from 'fastify'
import { createRoutes, errorResponse, type Route } from 'sharegrant/http'
import { sqliteStore } from 'sharegrant/sqlite'
import { send, sharingRouter } from '../../examples/express/mount.ts'
import { send as sendByFastify, sharingPlugin } from '../../examples/fastify/mount.ts'
import { openSessions, PEOPLE, type Sessions, type TableAction } from './session-table.ts'

/** A host's application over HTTP, with the sessions of the table. */
export interface SessionApp {
  /** The status, and the code of a refusal. */
  ask(name: string, method: string, path: string, body?: unknown): Promise<{ status: number; code?: string }>
  close(): Promise<void>
}

const actorOf = (name: unknown) => PEOPLE.find((person) => person.name === name)?.actor ?? null
const ignore = { onError: () => {} }

type Started = { port: number; stop(): Promise<unknown> }
type Host = { sharing: Sessions; routes: readonly Route[] }

/** What a host has of its own beside the table: a route that asks whether it may go on. */
const authorize = ({ sharing }: Host, name: unknown, { action, id }: Record<string, string>) =>
  sharing.authorize(actorOf(name), action as TableAction, { type: 'session', id: id! })

async function byExpress(host: Host): Promise<Started> {
  const app = express()
  app.use('/api', sharingRouter(host.routes, ignore))
  app.get('/may/:action/:id', async (request, response) => {
    await authorize(host, request.get('test-user'), request.params)
    response.status(204).end()
  })
  const refuse: express.ErrorRequestHandler = (error, _request, response, _next) =>
    send(response, errorResponse(error, ignore))
  app.use(refuse)
  const server = await new Promise<Server>((resolve) => {
    const starting: Server = app.listen(0, '127.0.0.1', () => resolve(starting))
  })
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

async function byFastify(host: Host): Promise<Started> {
  const app = fastify({ forceCloseConnections: true })
  app.setErrorHandler((error, _request, reply) => sendByFastify(reply, errorResponse(error, ignore)))
  await app.register(sharingPlugin, { prefix: '/api', routes: host.routes, ...ignore })
  app.get('/may/:action/:id', async (request, reply) => {
    await authorize(host, request.headers['test-user'], request.params as Record<string, string>)
    return reply.code(204).send()
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: (app.server.address() as AddressInfo).port, stop: () => app.close() }
}

export const FRAMEWORKS = { Express: byExpress, Fastify: byFastify }

export async function openApp(framework: keyof typeof FRAMEWORKS): Promise<SessionApp> {
  const database = new Database(':memory:')
  const sharing = await openSessions(sqliteStore({ database }))
  const routes = createRoutes(sharing, {
    actor: ({ headers }) => actorOf((headers as Record<string, string>)['test-user']),
  })
  const { port, stop } = await FRAMEWORKS[framework]({ sharing, routes })
  return {
    async ask(name, method, path, body) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { 'test-user': name, ...(body !== undefined && { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
      })
      const text = await answer.text()
      const { code } = text === '' ? {} : (JSON.parse(text) as { code?: string })
      return { status: answer.status, ...(code !== undefined && { code }) }
    },
    async close() {
      await stop()
      await sharing.close()
      database.close()
    },
  }
}
