import type { Actor } from '../../../src/index.ts'
import { REQUESTS } from '../support/requests.ts'
import { addressed, type Host, type KeptLink, OWNER, REF } from './host.ts'

/** What a call came to, and which secrets it is there to give. */
export interface Given {
  answer: unknown
  gives: readonly string[]
}

const nothing = async (call: Promise<unknown>): Promise<Given> => ({ answer: await call, gives: [] })

/** Something that was handed out, or what never was. */
const linkOf = ({ links, random }: Host): KeptLink =>
  links.length === 0 ? { id: 'unknown', token: 'unknown', password: null } : random.pick(links)
const passOf = ({ passes, random }: Host): string => (passes.length === 0 ? 'unknown' : random.pick(passes))
const invitationOf = ({ invitations, random }: Host): string =>
  invitations.length === 0 ? 'unknown' : random.pick(invitations)
const anybody = ({ random }: Host) => addressed(random.below(10))
const anySecret = ({ secrets, random }: Host): string =>
  random.pick(
    [...secrets].filter(({ kind }) => kind !== 'secret of the library').concat({ kind: 'token', text: 'x' }),
  ).text

async function made(
  host: Host,
  call: Promise<{ id: string; token: string }>,
  password: string | null,
): Promise<Given> {
  const answer = await call
  host.links.push({ id: answer.id, token: host.keep('token', answer.token), password })
  return { answer, gives: [answer.token] }
}

async function opened(host: Host, call: Promise<{ pass: string }>): Promise<Given> {
  const answer = await call
  host.passes.push(host.keep('pass', answer.pass))
  return { answer, gives: [answer.pass] }
}

/** A request by a route, with what is in its answer kept as the methods' is. */
async function asked(
  host: Host,
  row: string,
  given: { link?: KeptLink; body?: Record<string, unknown>; by?: Actor },
): Promise<Given> {
  const { link = linkOf(host), body, by = OWNER } = given
  const parts = REQUESTS[row]!({
    ...REF,
    link: link.id,
    token: link.token,
    pass: passOf(host),
    request: 'of nobody',
    invitation: invitationOf(host),
  })
  const answer = await host.routes.ask(row, body === undefined ? parts : { ...parts, body }, by, {
    ip: '192.0.2.1',
  })
  const { id, token, pass } = (answer.text.startsWith('{') ? JSON.parse(answer.text) : {}) as Record<
    string,
    unknown
  >
  if (typeof token === 'string') host.keep('token', token)
  if (typeof token === 'string' && typeof id === 'string') {
    host.links.push({ id, token, password: typeof body?.['password'] === 'string' ? body['password'] : null })
  }
  if (typeof pass === 'string') host.passes.push(host.keep('pass', pass))
  return { answer, gives: [token, pass].filter((one) => typeof one === 'string') }
}

const visitor = (host: Host, link: KeptLink) => ({
  ip: '192.0.2.1',
  userAgent: 'Mozilla/5.0',
  // Now and then another's, or what somebody mistyped: that is a secret as well.
  password: host.random.pick([
    link.password ?? undefined,
    link.password ?? undefined,
    host.fresh('password'),
    undefined,
  ]),
})

const settings = (host: Host) => ({
  maxViews: host.random.pick([undefined, 1, 3]),
  expiresAt: host.random.pick([undefined, undefined, new Date(host.clock.now + 10_000)]),
  // A name that the storage refuses, at times.
  name: host.random.pick([null, 'a name', 'refused']),
})

/** All that people, visitors and hosts do with links. */
const USES: ReadonlyArray<(host: Host) => Promise<Given>> = [
  (host) => {
    const password = host.random.pick([null, host.fresh('password')])
    const call = host.sharing.links.create(OWNER, REF, { visibility: 'public', password, ...settings(host) })
    return made(host, call, password)
  },
  (host) => {
    const token = host.fresh('token')
    return made(
      host,
      host.sharing.links.import(OWNER, REF, { visibility: 'public', token, ...settings(host) }),
      null,
    )
  },
  (host) => {
    const { id, password } = linkOf(host)
    return made(
      host,
      host.sharing.links.rotate(OWNER, id, { graceSeconds: host.random.pick([0, 60]) }),
      password,
    )
  },
  async (host) => {
    const answer = await host.sharing.links.reveal(OWNER, linkOf(host).id)
    return { answer, gives: [host.keep('token', answer)] }
  },
  async (host) => {
    const link = linkOf(host)
    const password = host.fresh('password')
    const answer = await host.sharing.links.update(OWNER, link.id, { password })
    link.password = password
    return { answer, gives: [] }
  },
  (host) => {
    const link = linkOf(host)
    return opened(host, host.sharing.open(link.token, visitor(host, link)))
  },
  (host) => {
    const link = linkOf(host)
    return opened(
      host,
      host.sharing.open(link.token, { ...visitor(host, link), pass: passOf(host), actor: OWNER }),
    )
  },
  async (host) => {
    // A password that is wrong, or was right once, is no news for a log either.
    const { id } = await host.sharing.links.create(OWNER, REF, {
      visibility: 'public',
      password: host.fresh('password'),
    })
    const token = host.keep('token', await host.sharing.links.reveal(OWNER, id))
    return opened(host, host.sharing.open(token, { password: host.fresh('password') }))
  },
  (host) => opened(host, host.sharing.resume(passOf(host))),
  async (host) => {
    const answer = await host.sharing.refresh({ pass: passOf(host) }, ['rows'])
    return {
      answer,
      gives: answer.flatMap((one) => (one.status === 'ok' ? [host.keep('token', one.token)] : [])),
    }
  },
  async (host) => {
    const token = host.keep('token', await host.sharing.refs.mint({ actor: OWNER, resource: REF }, 'rows'))
    await host.sharing.refs.verify(token, OWNER)
    return { answer: token, gives: [token] }
  },
  (host) => nothing(host.sharing.peek(linkOf(host).token)),
  (host) => nothing(host.sharing.links.revoke(OWNER, linkOf(host).id)),
  (host) => nothing(host.sharing.links.remove(OWNER, linkOf(host).id)),
  (host) =>
    asked(host, 'POST /resources/:type/:id/links', {
      body: { visibility: 'public', password: host.fresh('password') },
    }),
  (host) => asked(host, 'POST /links/:id/rotate', {}),
  (host) => asked(host, 'POST /links/:id/reveal', {}),
  (host) => asked(host, 'PATCH /links/:id', { body: { password: host.fresh('password') } }),
  (host) => asked(host, 'GET /share/:token', {}),
  (host) => {
    const link = linkOf(host)
    return asked(host, 'POST /share/:token', {
      link,
      body: { password: visitor(host, link).password ?? 'none' },
    })
  },
  (host) => asked(host, 'GET /share/:token/preview', {}),
  (host) => asked(host, 'POST /share/resume', {}),
  (host) => asked(host, 'POST /share/attach', {}),
  (host) => asked(host, 'POST /refs/refresh', {}),
  (host) => asked(host, 'POST /share/:token/requests', { by: anybody(host) }),
  (host) => asked(host, 'POST /invitations/accept', { by: anybody(host) }),
  (host) => {
    const { email } = anybody(host)
    return asked(host, 'POST /resources/:type/:id/collaborators', { body: { email, role: 'viewer' } })
  },
  // What is due goes out, and with it the tokens of invitations.
  (host) => nothing(host.sharing.maintain()),
  (host) => nothing(host.sharing.invitations.accept(anybody(host), invitationOf(host))),
  (host) =>
    opened(
      host,
      host.sharing.attach(anybody(host), REF, { pass: passOf(host), ...visitor(host, linkOf(host)) }),
    ),
  (host) => nothing(host.sharing.requests.create(anybody(host), linkOf(host).token, { role: 'viewer' })),
  async (host) => {
    const { sharing, random } = host
    const named = await sharing.collaborators.list(OWNER, REF)
    return nothing(
      named.length === 0 ? Promise.resolve() : sharing.collaborators.remove(OWNER, random.pick(named).id),
    )
  },
]

/** What is read meanwhile, by methods and by routes. */
const READS: typeof USES = [
  ({ sharing }) => nothing(sharing.links.list(OWNER, { includeInactive: true, limit: 100 })),
  (host) => nothing(host.sharing.links.get(OWNER, linkOf(host).id)),
  ({ sharing }) => nothing(sharing.views.list(OWNER, { resource: REF })),
  ({ sharing }) => nothing(sharing.views.stats(OWNER, { resource: REF })),
  ({ sharing }) => nothing(sharing.audit.list(OWNER, { limit: 100 })),
  ({ sharing }) => nothing(sharing.audit.accessAt(OWNER, REF, new Date())),
  ({ sharing }) => nothing(sharing.access(OWNER, REF)),
  ({ sharing }) => nothing(sharing.explain(OWNER, 'share', REF)),
  ({ sharing }) => nothing(sharing.list(OWNER)),
  (host) => asked(host, 'GET /links', {}),
  (host) => asked(host, 'GET /links/:id', {}),
  (host) => asked(host, 'GET /links/:id/views', {}),
  (host) => asked(host, 'GET /resources/:type/:id/audit', {}),
]

/** Secrets where none belongs: what is said of that is said without them. */
const MISTAKES: ReadonlyArray<(host: Host, secret: string) => Promise<unknown>> = [
  ({ sharing }, secret) => sharing.links.get(OWNER, secret),
  ({ sharing }, secret) => sharing.links.revoke(OWNER, secret),
  ({ sharing }, secret) => sharing.open(secret, { password: secret, ip: secret }),
  ({ sharing }, secret) => sharing.open(`${secret}x`),
  ({ sharing }, secret) => sharing.resume(secret),
  ({ sharing }, secret) => sharing.resume(`${secret}x`),
  ({ sharing }, secret) => sharing.peek(secret),
  ({ sharing }, secret) => sharing.refs.verify(secret, OWNER),
  ({ sharing }, secret) => sharing.refs.mint({ pass: `${secret}x` }, secret),
  ({ sharing }, pass) => sharing.refresh({ pass, visitor: { actor: addressed(1) } }, [pass]),
  ({ sharing }, secret) => sharing.invitations.accept(addressed(1), secret),
  ({ sharing }, secret) => sharing.invitations.accept(OWNER, `${secret}x`),
  ({ sharing }, pass) => sharing.attach(addressed(1), REF, { pass }),
  ({ sharing }, secret) => sharing.requests.create(OWNER, secret, { role: 'viewer' }),
  ({ sharing }, secret) => sharing.requests.approve(OWNER, secret),
  ({ sharing }, email) => sharing.collaborators.add(OWNER, REF, { email, role: 'viewer' }),
  ({ sharing }, secret) => sharing.can(OWNER, secret as 'view', REF),
  ({ sharing }, secret) => sharing.can(OWNER, 'view', { type: secret as 'document', id: 'd1' }),
  ({ sharing }, secret) => sharing.resources.get({ type: 'document', id: secret }),
  ({ sharing }, id) => sharing.resources.setVisibility(OWNER, { type: 'document', id }, 'public'),
  ({ sharing }, secret) => sharing.links.list(OWNER, { cursor: secret }),
  ({ sharing }, secret) => sharing.list(OWNER, { type: secret as 'document' }),
  ({ sharing }, secret) => sharing.policies.set(OWNER, { allowedEmailDomains: [secret] }),
  ({ sharing }, secret) => sharing.audit.accessAt(OWNER, REF, secret),
  ({ sharing }, secret) =>
    sharing.links.create(OWNER, REF, { visibility: 'public', emails: [secret], expiresAt: secret }),
  ({ sharing }, secret) =>
    sharing.links.create(OWNER, REF, { visibility: 'public', role: secret as 'viewer' }),
  ({ sharing }, secret) =>
    sharing.links.create(OWNER, REF, { visibility: 'public', password: secret.padEnd(1100, '.') }),
  ({ sharing }, secret) => sharing.links.create(OWNER, REF, { visibility: secret as 'public' }),
  ({ sharing }, token) => sharing.links.import(OWNER, REF, { visibility: 'public', token: `${token}x` }),
  (host, secret) => host.routes.ask('GET /links/:id', { params: { id: secret } }, OWNER),
  (host, secret) => host.routes.ask('GET /links', { query: { limit: secret } }, OWNER),
  (host, secret) => host.routes.ask('POST /share/resume', { body: { pass: [secret] } }, OWNER),
  (host, secret) => host.routes.ask('POST /share/attach', { body: { pass: `${secret}x` } }, OWNER),
  (host, secret) => host.routes.ask('POST /invitations/accept', { body: { token: secret } }, OWNER),
  (host, id) => host.routes.ask('POST /requests/:id/deny', { params: { id } }, OWNER),
]

/** One call of chance. */
export function callOf(host: Host): Promise<Given> {
  const { random, clock, sharing } = host
  clock.now += random.pick([1, 10, 1000])
  const chance = random.below(100)
  if (chance < 55) return random.pick(USES)(host)
  if (chance < 75) return random.pick(READS)(host)
  if (chance < 95) return nothing(random.pick(MISTAKES)(host, anySecret(host)))
  if (chance < 98) return nothing(sharing.maintain())
  host.restart()
  return nothing(host.sharing.maintain())
}
