import { type Actor, createSharing, type Hooks, type Notification, scryptPasswords } from 'sharegrant'
import { createRoutes, type Route } from 'sharegrant/http'
import { expect } from 'vitest'
import { createHost, definitionsOf, type Host, type HostOptions } from '../../examples/app/host.ts'
import { actorOf as whoAsks } from '../../examples/app/sign-in.ts'
import { startExpress } from '../../examples/express/server.ts'
import { startFastify } from '../../examples/fastify/server.ts'
import { errorSchema } from '../../src/http/schema/error.ts'
import { createDatabase } from '../support/stores.ts'

export type Person = 'ada' | 'ben' | 'cleo' | 'dora' | 'emil' | 'finn'

const ACCOUNTS: Readonly<Record<Person, string | null>> = {
  ada: 'acme',
  ben: 'acme',
  cleo: 'acme',
  dora: 'globex',
  emil: 'globex',
  finn: null,
}

/** A person without their verified address and their office. */
export const actorOf = (person: Person): Actor => ({ userId: person, tenantId: ACCOUNTS[person] })

export const addressOf = (person: Person): string => `${person}@${ACCOUNTS[person] ?? 'home'}.example`

export const SECRET = 'at least 32 bytes that nobody else knows'

export interface Answer {
  status: number
  headers: Headers
  text: string
  body: AnswerBody
}

/** Whatever JSON came, with the fields that tests read; what it must be, the table's schemas say. */
export interface AnswerBody {
  readonly [field: string]: unknown
  readonly id: string
  readonly token: string
  readonly pass: string
  readonly code: string
  readonly items: ReadonlyArray<Record<string, unknown> & { id: string; action: string }>
  readonly nextCursor: string
}

export interface CallOptions {
  as?: Person
  body?: unknown
  headers?: Record<string, string>
}

/** The example's host application, listening on a socket. */
export interface App {
  url: string
  host: Host
  /** Every line that was logged. */
  lines: string[]
  /** What the host was to send, as far as it was delivered. */
  mails: Notification[]
  /** What the library's clock says. */
  clock: { now: Date }
  /** One request over the socket; what comes back from the table is held against the table's schemas. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  close(): Promise<void>
}

export interface StartOptions extends Partial<HostOptions> {
  migrate?: boolean
  /** What the host does for its canvases, in place of what the example does. */
  canvases?: Required<Hooks>
}

export interface Stack {
  name: string
  start(options?: StartOptions): Promise<App>
}

const FRAMEWORKS = { Express: startExpress, Fastify: startFastify }

/** Each framework and each database once: neither knows which of the others it stands on. The same tests run on both. */
export const STACKS: readonly Stack[] = (
  [
    ['Express', 'SQLite'],
    ['Fastify', 'Postgres'],
  ] as const
).map(([framework, database]) => ({
  name: `${framework} on ${database}`,
  start: (options = {}) => start(FRAMEWORKS[framework], database, options),
}))

async function start(
  listen: typeof startExpress,
  kind: 'SQLite' | 'Postgres',
  { migrate = true, canvases, ...options }: StartOptions,
): Promise<App> {
  const database = kind === 'Postgres' ? await createDatabase(migrate ? 'migrated' : 'empty') : null
  const lines: string[] = []
  const mails: Notification[] = []
  const clock = { now: new Date('2030-01-01T12:00:00Z') }
  const host = await createHost({
    postgresUrl: database?.url,
    secret: SECRET,
    log: (line) => void lines.push(line),
    notify: async (notification) => void mails.push(notification),
    clock: () => clock.now,
    // Cheap: what is slow about passwords is tested elsewhere.
    passwords: scryptPasswords({ N: 1024, r: 8, p: 1 }),
    limits: { opensPerMinute: false, passwordAttemptsPerMinute: false, requestsPerHour: false },
    ...options,
  })
  if (canvases !== undefined) exchangeHooks(host, canvases)
  if (migrate) {
    await host.sharing.migrate()
    await host.shareDocuments()
  }
  const { url, stop } = await listen(host)
  const sessions = new Map<Person, string>()

  const sessionOf = async (person: Person): Promise<string> => {
    const known = sessions.get(person)
    if (known !== undefined) return known
    const answer = await request('POST', '/sign-in', { body: { email: addressOf(person) } })
    const session = String(answer.body['session'])
    sessions.set(person, session)
    return session
  }
  const request = async (method: string, path: string, options: CallOptions): Promise<Answer> => {
    const headers: Record<string, string> = { ...options.headers }
    if (options.as !== undefined) headers['authorization'] = `Bearer ${await sessionOf(options.as)}`
    const sent = typeof options.body === 'string' ? options.body : JSON.stringify(options.body)
    if (sent !== undefined) headers['content-type'] ??= 'application/json'
    // An empty type stands for none: `fetch` adds one to text, but not to bytes.
    const untyped = headers['content-type'] === ''
    if (untyped) delete headers['content-type']
    const body = sent === undefined || !untyped ? sent : new Blob([sent])
    const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : {},
    }
  }
  let closed = false
  return {
    url,
    host,
    lines,
    mails,
    clock,
    async call(method, path, options = {}) {
      const answer = await request(method, path, options)
      if (path.startsWith('/api/')) checkAnswer(host.routes, method, path.slice('/api'.length), answer)
      return answer
    },
    async close() {
      if (closed) return
      closed = true
      await stop()
      await host.close().catch(() => {})
      await database?.drop()
    },
  }
}

/** The same host on the same store, with other hooks. */
function exchangeHooks(host: Host, hooks: Required<Hooks>): void {
  const { queries, store } = host.database
  const { canvas, ...others } = definitionsOf(queries, host.sales)
  const onError = (error: unknown) => host.log(`error: ${String(error)}`)
  const sharing = createSharing({
    store,
    secret: SECRET,
    resources: { ...others, canvas: { ...canvas, ...hooks } },
    limits: { opensPerMinute: false },
    onError,
  })
  const actor = ({ headers }: Parameters<Parameters<typeof createRoutes>[1]['actor']>[0]) =>
    whoAsks(queries, (headers as Record<string, string | undefined>)['authorization'])
  Object.assign(host, { sharing, routes: createRoutes(sharing, { actor, onError }) })
}

export const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`

/** Holds an answer against what the table says of it: its schema, its status, and the headers of all answers. */
function checkAnswer(routes: readonly Route[], method: string, path: string, answer: Answer): void {
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  expect(answer.headers.get('x-robots-tag')).toBe('noindex')
  if (method === 'HEAD') return
  if (answer.status >= 400) {
    const body = errorSchema.parse(answer.body) as { error: string; code: string }
    expect(body.error).toBe(body.code)
    return
  }
  const pathname = path.replace(/\?.*$/, '')
  const route = routes.find((row) => row.method === method && patternOf(row.path).test(pathname))
  expect(route, `${method} ${path} is answered by no route`).toBeDefined()
  expect(answer.status).toBe(route!.status)
  if (route!.output === null) expect(answer.text).toBe('')
  else route!.output.parse(answer.body)
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`)

/** Makes a link to a document and gives its answer's body. */
export async function makeLink(
  app: App,
  settings: Record<string, unknown> = {},
  { as = 'ada', document = 'readme' }: { as?: Person; document?: string } = {},
): Promise<AnswerBody> {
  const answer = await app.call('POST', `/api/resources/document/${document}/links`, {
    as,
    body: { visibility: 'public', ...settings },
  })
  expect(answer.status, answer.text).toBe(201)
  return answer.body
}

/** How often a link was opened, as its maker sees it. */
export async function viewsOf(app: App, linkId: string, as: Person = 'ada'): Promise<number> {
  const { body } = await app.call('GET', `/api/links/${linkId}/views`, { as })
  return body.items.length
}
