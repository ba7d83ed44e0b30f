import { createHmac } from 'node:crypto'
import { createSharing } from 'sharegrant'
import { describe, expect, test } from 'vitest'
import { openCapturing } from '../support/capture.ts'
import { doc, outcomeOf, SECRET, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'
import { shown, useApp } from './app.ts'
import { ADA, useGround } from './ground.ts'

const PLACEHOLDERS =
  ':token {token} [token] <token> :key %3Atoken token undefined null NaN true 0 -1 * % _ . .. latest'
    .split(' ')
    .concat(['', ' ', '[object Object]', 'shr_', 'shr_:token', `shr_${':'.repeat(49)}`, '\u0000', '../links'])

// Asked for the snapshot ":key", as the route spells it, Grafana gave the first one that it had (CVE-2021-39226).
describe('a placeholder such as `:token` resolving', () => {
  const http = useApp()

  test('what stands in a token’s place and is none is looked up by nobody', async () => {
    const base = await openCapturing(STORES[0]!)
    const sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'ada' })
    await sharing.links.create(ADA, doc('d'), { visibility: 'public' })
    base.issued.length = 0
    for (const text of PLACEHOLDERS) {
      for (const call of [sharing.open, sharing.peek, sharing.resume] as const) {
        expect(await outcomeOf(() => call(text)), text).toBe('not_found')
      }
    }
    expect(base.issued).toEqual([])
    // Also where any text may be an older system's token.
    const permissive = sampleOn(base.store, { legacyTokens: /.*/s })
    for (const text of PLACEHOLDERS) expect(await outcomeOf(() => permissive.open(text))).toBe('not_found')
    for (const id of PLACEHOLDERS) {
      expect(['not_found', 'invalid_input']).toContain(await outcomeOf(() => sharing.links.get(ADA, id)))
      expect(['not_found', 'invalid_input']).toContain(await outcomeOf(() => sharing.links.revoke(ADA, id)))
    }
    await base.close()
  })

  test('over HTTP a route’s own spelling is an unknown token, and an unknown id', async () => {
    const { app } = http
    const rows = app.host.routes.filter(({ path }) => path.includes(':'))
    expect(rows.length).toBeGreaterThan(12)
    for (const { method, path } of rows) {
      const body = method === 'POST' ? {} : undefined
      const answer = await app.call(method, `/api${path}`, { as: 'ada', ...(body && { body }) })
      expect(answer.status, path).toBeGreaterThanOrEqual(400)
      expect(answer.status, path).toBeLessThan(500)
      if (!path.startsWith('/share')) continue
      const nobodys = `/api${path.replace(':token', 'x')}`
      const unknown = await app.call(method, nobodys, { as: 'ada', ...(body && { body }) })
      expect(shown(answer)).toEqual(shown(unknown))
    }
  })
})

// fast-jwt verified what was signed with nothing, where nothing was the key that it had found (CVE-2026-44351).
describe('an empty key accepted', () => {
  const ground = useGround()

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['an empty list', []],
    ['a list with an empty one', [SECRET, '']],
    ['one of 31 bytes', 'x'.repeat(31)],
    ['one that is no text', [SECRET, undefined as unknown as string]],
  ])('as the secret: %s', async (_, secret) => {
    const resources = { document: { roles: { viewer: ['view'] } } }
    const { store } = ground.base
    expect(await outcomeOf(async () => createSharing({ store, secret, resources }))).toBe('invalid_input')
  })

  test('under a pass: neither in place of a key that is unknown, nor of one that is known', async () => {
    const { sharing } = ground
    const { token } = await sharing.links.create(ADA, await ground.document(), { visibility: 'public' })
    const { pass } = await sharing.open(token)
    const [head, keyId, payload] = [pass.slice(0, 5), pass.slice(5, 13), pass.slice(13, -43)]
    for (const id of [keyId, 'AAAAAAAA', '________', '\0'.repeat(8)]) {
      for (const key of ['', '\0', 'undefined', 'null']) {
        const body = head + id + payload
        const forged = body + createHmac('sha256', key).update(body).digest('base64url')
        expect(await outcomeOf(() => sharing.resume(forged))).toBe('not_found')
      }
    }
    expect(await outcomeOf(() => sharing.resume(pass.slice(0, -43)))).toBe('not_found')
    expect(await outcomeOf(() => sharing.resume(pass))).toBe('ok')
  })

  test('as a link’s password, set or given', async () => {
    const { sharing } = ground
    const ref = await ground.document()
    const empty = { visibility: 'public', password: '' } as const
    expect(await outcomeOf(() => sharing.links.create(ADA, ref, empty))).toBe('invalid_input')
    const link = await sharing.links.create(ADA, ref, { visibility: 'public', password: 'right' })
    expect(await outcomeOf(() => sharing.links.update(ADA, link.id, { password: '' }))).toBe('invalid_input')
    expect(await outcomeOf(() => sharing.open(link.token, { password: '' }))).toBe('password_required')
    expect(await outcomeOf(() => sharing.open(link.token, { password: '\0' }))).toBe('password_incorrect')
  })
})

// A refresh token was taken for an access token: Spring
// (https://github.com/spring-attic/spring-security-oauth/issues/363), OFBiz
// (https://github.com/apache/ofbiz-framework/pull/1664).
describe('one kind of token in another’s place', () => {
  const ground = useGround()

  test('each kind opens what it is for, and nothing else', async () => {
    // Whatever has the form of any of them is looked up.
    const sharing = ground.otherwise({ legacyTokens: /[\w-]+/ })
    const ref = await ground.document()
    const { id, token } = await sharing.links.create(ADA, ref, { visibility: 'public' })
    await sharing.links.create(ADA, ref, { visibility: 'public' })
    const { pass, viewId } = await sharing.open(token)
    const { nextCursor } = await sharing.links.list(ADA, { resource: ref, limit: 1 })
    const [row] = await ground.base.query(`select * from share_grants where id = '${id}'`)
    // Another installation's pass, under the same secret and as long a prefix.
    const other = ground.otherwise({ tokenPrefix: 'abc' })
    const kinds = {
      token,
      pass,
      id,
      viewId,
      cursor: nextCursor!,
      hash: String(row!['token_hash']),
      sealed: String(row!['sealed_token']),
      uid: String(row!['resource_uid']),
    }
    const places: Array<[keyof typeof kinds, (text: string) => Promise<unknown>]> = [
      ['token', (text) => sharing.open(text)],
      ['token', (text) => sharing.peek(text)],
      ['pass', (text) => sharing.resume(text)],
      ['id', (text) => sharing.links.get(ADA, text)],
      ['cursor', (text) => sharing.links.list(ADA, { cursor: text })],
    ]
    for (const [place, call] of places) {
      for (const [kind, text] of Object.entries(kinds)) {
        const outcome = await outcomeOf(() => call(text))
        if (kind === place) expect(outcome).toBe('ok')
        else expect(['not_found', 'invalid_input'], `${kind} as ${place}`).toContain(outcome)
      }
    }
    expect(await outcomeOf(() => other.resume(pass))).toBe('not_found')
    expect(await outcomeOf(() => other.open(token))).toBe('not_found')
    expect(await outcomeOf(() => other.resume(`abcp_${pass.slice(5)}`))).toBe('not_found')
  })
})
