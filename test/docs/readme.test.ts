import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { catchMails, type MailCatcher } from '../support/mail-catcher.ts'
import { createDatabase } from '../support/stores.ts'
import { type Block, typescriptBlocks } from './blocks.ts'
import { claims, createPrograms, programOf } from './program.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const [first, ...others] = typescriptBlocks(readme)
const programs = createPrograms()

let database: Awaited<ReturnType<typeof createDatabase>>
let catcher: MailCatcher
beforeAll(async () => {
  catcher = await catchMails()
  vi.stubEnv('SMTP_URL', catcher.url)
  database = await createDatabase()
  vi.stubEnv('DATABASE_URL', database.url)
  vi.stubEnv('SHARING_SECRET', 'a secret of the environment, long enough')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  programs.remove()
  await database.drop()
  await catcher.close()
})

/** What an excerpt leaves to the reader's application, and what is asked of it here. */
const applications: Record<string, { before?: string; after?: string }> = {
  'Setting up': {
    after: `
await createSharing({ store, secret: 'x'.repeat(32), resources: { document: { roles: { viewer: ['view'] } } } }).migrate()
shows((await pool.query('select count(*)::int as count from public.share_grants')).rows, [{ count: 0 }])
await pool.end()`,
  },
  Notifications: {
    before: `
import type { Directory, Notification } from 'sharegrant'
const users: Directory = { findUserByEmail: async () => null, describeUsers: async () => [] }
const letterOf = ({ message }: Notification) => ({ subject: 'A document', text: message ?? '' })`,
  },
  'Limits at the door': {
    after: `
for (let turn = 0; turn < 60; turn++) await sharing.open(link.token, { ip: '203.0.113.9' })
await refuses(() => sharing.open(link.token, { ip: '203.0.113.9' }), 'rate_limited')
await pool.end()`,
  },
  'Live data': {
    before: `
import express from 'express'
import type { Actor } from 'sharegrant'
const app = express()
declare const actorOf: (request: express.Request) => Promise<Actor | null>
declare const fileOf: (id: string, ref: string, revision: string | null) => Promise<string>`,
  },
  'Writing an adapter': {
    before: `
import { type ConformanceStore } from 'sharegrant/conformance'
declare const openFreshStoreOfMine: () => Promise<ConformanceStore>`,
  },
  HTTP: {
    before: `
import type { AddressInfo } from 'node:net'
const actorOf = (headers: object) => ('test-user' in headers ? { userId: 'ada', tenantId: 'acme' } : null)
`,
    after: `
const server = app.listen(0)
await new Promise((resolve) => server.once('listening', resolve))
const ask = async (method: string, path: string, body?: string) => {
  const { port } = server.address() as AddressInfo
  const headers = { 'content-type': 'application/json', 'test-user': 'ada' }
  const answer = await fetch(\`http://localhost:\${port}\${path}\`, { method, headers, body: body ?? null })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) as Record<string, unknown> }
}
const made = await ask('POST', '/api/resources/document/doc-1/links', '{"visibility":"public","maxViews":5}')
shows(made.status, 201)
const path = \`/api/share/\${made.body!['token']}\`
shows(await ask('GET', path), { status: 200, body: { kind: 'preview' } })
shows(await ask('POST', path), { status: 200, body: { kind: 'opened', resource: { title: 'Our plan' } } })
shows(await ask('POST', path, '{'), { status: 400, body: { error: 'invalid_input' } })
shows(await ask('DELETE', \`/api/links/\${made.body!['id']}\`), { status: 204, body: null })
shows(await ask('GET', path), { status: 404, body: { error: 'not_found' } })
shows(await ask('GET', '/openapi.json'), { status: 200, body: { openapi: '3.1.0' } })
server.close()`,
  },
  'A route': {
    before: `
import type { AddressInfo } from 'node:net'
const actorOf = async (request: { get(name: string): string | undefined }) =>
  request.get('test-user') === undefined ? null : { userId: request.get('test-user')!, tenantId: 'acme' }
const textOf = async (id: string) => \`the text of \${id}\``,
    after: `
const server = app.listen(0)
const get = async (id: string, headers: Record<string, string>) => {
  const { port } = server.address() as AddressInfo
  const answer = await fetch(\`http://localhost:\${port}/documents/\${id}\`, { headers })
  return [answer.status, answer.ok ? await answer.text() : (await answer.json() as { error: string }).error]
}
await new Promise((resolve) => server.once('listening', resolve))
await sharing.resources.register({ type: 'document', id: 'doc-2' }, { tenantId: 'acme', ownerId: 'ada' })
shows(await get('doc-1', { 'share-pass': opened.pass }), [200, 'the text of doc-1'])
shows(await get('doc-2', { 'share-pass': opened.pass }), [404, 'not_found'])
shows(await get('doc-1', {}), [404, 'not_found'])
shows(await get('doc-1', { 'test-user': 'ada' }), [200, 'the text of doc-1'])
shows(await get('doc-1', { 'share-pass': 'x' }), [404, 'not_found'])
server.close()`,
  },
}

const programFor = ({ section, code, runs }: Block): string => {
  const { before = '', after = '' } = applications[section] ?? {}
  return programOf(first!.code + before, code + (runs ? after : ''))
}

describe('the first lines of the README', () => {
  test('are twenty-five at most, from install to an opened link', () => {
    const install = /```sh\n([\s\S]*?)\n```/.exec(readme)?.[1] ?? ''
    expect(install).toMatch(/^npm install sharegrant better-sqlite3$/)
    expect(`${install}\n${first!.code}`.split('\n').length).toBeLessThanOrEqual(25)
  })

  test('open a link', async () => {
    const printed = await printedBy(() => programs.run('first', programOf(first!.code)))
    expect(printed).toEqual([
      [expect.stringMatching(/^https:\/\/example\.com\/share\/shr_[0-9A-Za-z]{49}$/)],
      ['Our plan', ['view']],
      [1],
    ])
  })
})

describe('the other examples of the README', () => {
  test('make no claim that goes unchecked', () => {
    for (const { line, code } of others) {
      const { made, checked } = claims(code)
      expect(checked, `the block on line ${line}`).toBe(made)
    }
  })

  test('have the types that they pretend to', async () => {
    const modules = others.map((block) => [`line-${block.line}`, programFor(block)])
    expect(await programs.typeErrors(Object.fromEntries(modules))).toBe('')
  })

  test.each(others.filter(({ runs }) => runs))('$section (line $line)', async (block) => {
    await printedBy(() => programs.run(`line-${block.line}`, programFor(block)))
  })
})

/** What is printed meanwhile: examples print, tests do not. */
async function printedBy(work: () => Promise<void>): Promise<unknown[][]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  try {
    await work()
    return log.mock.calls
  } finally {
    log.mockRestore()
  }
}
