import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { type App, makeLink } from '../http/app.ts'
import { CASES, type Names, peopleOf, send } from '../http/cases.ts'
import { useApp } from './app.ts'

// The tokens of invitations were in the logs of ComparIA (https://github.com/betagouv/ComparIA/pull/697), the hashes of
// links' passwords in the answers of ownCloud (https://github.com/owncloud/core/pull/34691).
describe('a secret in a URL, answer or log', () => {
  const http = useApp()
  const password = 'open sesame'

  test('a token is told where it is made or revealed, a pass where a link opens, their hashes nowhere', async () => {
    const { app } = http
    const { id, token } = await makeLink(app, { password })
    const { body } = await app.call('POST', `/api/share/${token}`, { body: { password } })
    const people = await peopleOf(app, 'ada', 'readme')
    const names: Names = { document: 'readme', linkId: id, token, pass: body.pass, ...people }
    const kept = [password, sha256(token), people.invitation, ...(await storedOf(app, id))]
    const told = () => new Set<string>()
    const tells = { token: told(), pass: told(), attached: told(), kept: told() }
    for (const row of Object.keys(CASES).filter((one) => !/^(DELETE|PUT|PATCH)|rotate|transfer/.test(one))) {
      for (const who of [{ as: 'ada' }, { as: 'cleo' }, {}] as const) {
        const { text, headers } = await send(app, row, names, who)
        const all = text + JSON.stringify([...headers])
        if (all.includes(token)) tells.token.add(row)
        if (all.includes('shrp_')) tells.pass.add(row)
        if (all.includes('shra_')) tells.attached.add(row)
        if (kept.some((secret) => all.includes(secret))) tells.kept.add(row)
        // A stranger is told neither of whoever made the link nor of whose it is.
        if (row.includes(' /share/')) expect(all).not.toMatch(/"ada"|acme|viewCount/)
      }
    }
    expect([...tells.token]).toEqual(['POST /links/:id/reveal'])
    expect([...tells.pass]).toEqual(['POST /share/resume'])
    expect([...tells.attached]).toEqual(['POST /share/attach'])
    expect([...tells.kept]).toEqual([])
    const logged = app.lines.join('\n')
    for (const secret of [token, body.pass, ...kept]) expect(logged).not.toContain(secret)
  })

  test('no address takes a secret but that of a link, and no page that it leads to is told of it', async () => {
    const { app } = http
    for (const { path, input } of app.host.routes) {
      const shape = (input.query as { shape?: object } | undefined)?.shape ?? {}
      const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!).concat(Object.keys(shape))
      const secrets = named.filter((name) => /token|pass|secret|key/.test(name))
      expect(secrets, path).toEqual(path.startsWith('/share/:token') ? ['token'] : [])
    }
    const { token } = await makeLink(app)
    for (const path of [`/api/share/${token}`, `/api/share/${token}x`, `/api/nothing/${token}`]) {
      const { text, headers } = await app.call('GET', path)
      expect([headers.get('referrer-policy'), headers.get('cache-control')]).toEqual([
        'no-referrer',
        'no-store',
      ])
      for (const name of ['location', 'link', 'set-cookie', 'refresh']) expect(headers.has(name)).toBe(false)
      expect(text).not.toContain(token)
    }
    expect(app.lines.join('\n')).not.toContain(token.slice(4, 30))
  })

  test('an error says nothing of what it was asked with', async () => {
    const { app } = http
    const { token } = await makeLink(app, { password })
    for (const [method, path, body] of [
      ['POST', `/share/${token}`, { password: `${password}!` }],
      ['POST', `/share/${token}`, { password, pass: 7 }],
      ['POST', `/share/${token}`, { [password]: password }],
      ['POST', '/share/resume', { pass: `${token}.${password}` }],
      ['POST', '/resources/document/readme/links', { visibility: 'public', password: [password] }],
    ] as const) {
      const { status, text } = await app.call(method, `/api${path}`, { as: 'ada', body })
      expect(status).toBeGreaterThanOrEqual(400)
      expect(text).not.toContain(token)
      if (!(password in body)) expect(text).not.toContain(password)
    }
  })
})

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** What the database has in place of a link's token and password. */
async function storedOf({ host }: App, id: string): Promise<string[]> {
  const { rows } = await sql<Record<string, string>>`
    select password_hash, token_hash, sealed_token from share_grants where id = ${id}`.execute(
    host.database.queries,
  )
  expect(rows).toHaveLength(1)
  return Object.values(rows[0]!)
}
