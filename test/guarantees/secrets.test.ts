import { readFile } from 'node:fs/promises'
import { inspect } from 'node:util'
import { scryptPasswords } from 'sharegrant'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openCapturing } from '../support/capture.ts'
import { dump } from '../support/dump.ts'
import { sampleOn } from '../support/sample.ts'
import { LEGACY, live, MEMBER, OWNER, type Secrets } from '../support/scenario.ts'
import { STORES } from '../support/stores.ts'

/** Every way in which text may stand in other bytes: as it is, in hex, and in base64 at any of its three offsets. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The first characters depend on what stands before, the last on what stands after.
    const core = whole.slice(Math.ceil((offset * 8) / 6), -1)
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [...new Set([secret, JSON.stringify(secret).slice(1, -1), bytes.toString('hex'), ...base64])]
}

function found(secrets: Secrets, haystack: Buffer): string[] {
  const lower = Buffer.from(haystack.toString('latin1').toLowerCase(), 'latin1')
  return [...secrets.tokens, ...secrets.passes, ...secrets.passwords].filter((secret) =>
    spellings(secret).some(
      (spelling) => haystack.includes(spelling) || lower.includes(spelling.toLowerCase()),
    ),
  )
}

const written = (value: unknown): Buffer =>
  Buffer.from(`${JSON.stringify(value)}\n${inspect(value, { depth: 9, showHidden: true, breakLength: 1e6 })}`)

afterEach(() => vi.restoreAllMocks())

describe.each(STORES)('$name: tokens, passwords and passes', (kind) => {
  test('are in no table, file, event, audit row, error or line on the console', async () => {
    const printed: unknown[] = []
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, method).mockImplementation((...parts) => void printed.push(parts))
    }
    const base = await openCapturing(kind)
    const events: unknown[] = []
    const errors: unknown[] = []
    const sharing = sampleOn(base.store, {
      // As hosts have it, since a cheap hash of the tests would prove nothing.
      passwords: scryptPasswords({ N: 1024, r: 8, p: 1 }),
      legacyTokens: LEGACY,
      onError: (error) => errors.push(error),
    })
    sharing.on('*', (event) => void events.push(event))
    const secrets = await live(sharing)
    for (const secret of [...secrets.tokens, ...secrets.passes, ...secrets.passwords]) {
      for (const call of [
        () =>
          sharing.open(secret, {
            password: secret,
            ip: secret,
            actor: { userId: 'stranger', tenantId: 'other' },
          }),
        () => sharing.peek(`${secret}x`),
        () => sharing.resume(secret),
        () => sharing.resume(`${secret}x`),
        () => sharing.refs.verify(secret, OWNER),
        () => sharing.refs.verify(`${secret}x`, null),
        () => sharing.refs.mint({ pass: secret }, secret),
        () => sharing.refresh({ pass: `${secret}x` }, [secret]),
        () => sharing.invitations.accept(MEMBER, secret),
        () => sharing.requests.create(MEMBER, secret, { role: 'viewer' }),
        () => sharing.links.get(OWNER, secret),
        () => sharing.links.revoke(MEMBER, secret),
      ]) {
        await call().catch((error: unknown) => errors.push(error))
      }
    }
    const tables = await dump(base, kind.dialect)
    const rows = written(tables)
    const files: Buffer[] = []
    if (kind.dialect === 'sqlite' && base.address !== null) {
      for (const end of ['', '-wal']) files.push(await readFile(base.address + end))
    }
    expect(Object.values(tables).flat().length).toBeGreaterThan(50)
    expect(events.length).toBeGreaterThan(10)
    expect(errors.length).toBeGreaterThan(20)
    expect(secrets.passes.length).toBeGreaterThan(8)

    expect(found(secrets, rows)).toEqual([])
    for (const file of files) expect(found(secrets, file)).toEqual([])
    expect(found(secrets, written(events))).toEqual([])
    expect(found(secrets, written(errors))).toEqual([])
    expect(found(secrets, written(printed))).toEqual([])
    await base.close()
  })
})

describe('the search finds a secret', () => {
  const secrets: Secrets = { tokens: ['shr_0123456789abcdef'], passes: [], passwords: ['pässword "1"'] }
  const [token = ''] = secrets.tokens
  test.each([
    ['as it is', `before ${token} after`],
    ['in JSON', JSON.stringify({ password: 'pässword "1"' })],
    ['in hex', Buffer.from(token).toString('hex').toUpperCase()],
    ['in base64', Buffer.from(token).toString('base64')],
    ['in base64url after other bytes', Buffer.from(`a${token}b`).toString('base64url')],
    ['in base64 after two other bytes', Buffer.from(`ab${token}cd`).toString('base64')],
  ])('%s', (_, text) => {
    expect(found(secrets, Buffer.from(text))).toHaveLength(1)
  })

  test('and nothing where there is none', () => {
    expect(found(secrets, Buffer.from('shr_0123456789abcdee'))).toEqual([])
  })
})
