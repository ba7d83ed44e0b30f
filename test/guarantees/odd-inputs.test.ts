import { isSharingError, type SharingError, scryptPasswords } from 'sharegrant'
import { beforeEach, describe, expect, test } from 'vitest'
import { doc, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' } as const
const LONE = 'pass\ud800'

async function refusal(call: () => unknown): Promise<SharingError> {
  try {
    await call()
  } catch (error) {
    if (isSharingError(error)) return error
    throw error
  }
  throw new Error('not refused')
}
const failing = (): never => {
  throw new TypeError('thrown by what was given')
}
const revoked = (): never => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy as never
}

describe('what is no input at all is refused by the name of its field', () => {
  let base: TestStore
  let sharing: Sample
  beforeEach(async () => {
    base = await STORES[0]!.open()
    sharing = sampleOn(base.store, {
      passwords: scryptPasswords({ N: 16, r: 1, p: 1 }),
      legacyTokens: /old-[\s\S]+/,
    })
    await sharing.resources.register(doc('d1'), { tenantId: 'acme', ownerId: 'owner' })
    return () => base.close()
  })

  const calls: Array<[path: string, call: (sharing: Sample) => unknown]> = [
    [
      'actor',
      (one) => one.can(Object.defineProperty({}, 'userId', { get: failing }) as never, 'view', doc('d1')),
    ],
    ['actor', (one) => one.links.list(new Proxy({}, { get: failing }) as never)],
    ['resource', (one) => one.resources.get(revoked())],
    ['options', (one) => one.links.rotate(OWNER, 'x', { graceSeconds: revoked() })],
    ['action', (one) => one.can(OWNER, Symbol('view') as never, doc('d1'))],
    ['options', (one) => one.filter(OWNER, 'view', 'document', undefined as never)],
    ['options.column', (one) => one.filter(OWNER, 'view', 'document', {} as never)],
    ['type', (one) => one.filter(OWNER, 'view', Symbol('document') as never, { column: 'id' })],
    ['name', (one) => one.on(true as never, () => {})],
    ['listener', (one) => one.on('*', 'no function' as never)],
    // Hashed, one half of a pair is as good as another.
    [
      'options.password',
      (one) => one.links.create(OWNER, doc('d1'), { visibility: 'public', password: LONE }),
    ],
    [
      'options.token',
      (one) => one.links.import(OWNER, doc('d1'), { visibility: 'public', token: `old-${LONE}` }),
    ],
  ]
  test.each(calls)('%s (%#)', async (path, call) => {
    const error = await refusal(() => call(sharing))
    expect(error.code).toBe('invalid_input')
    expect(error.public['issues']).toEqual([expect.objectContaining({ path })])
  })

  test('and what stands in the wrong place is not repeated: it may be a secret', async () => {
    const token = 'shr_something-that-nobody-else-may-know'
    for (const call of [
      () => sharing.can(OWNER, token as 'view', doc('d1')),
      () => sharing.resources.get({ type: token as 'document', id: 'd1' }),
      () => sharing.policies.set(OWNER, { allowedEmailDomains: [token] }),
      () => sharing.links.create(OWNER, doc('d1'), { visibility: 'public', role: token as 'viewer' }),
    ]) {
      const error = await refusal(call)
      expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain(token)
    }
  })

  test('and no megabyte is given back', async () => {
    const long = 'x'.repeat(1_000_000)
    for (const call of [
      () => sharing.can(OWNER, long as never, doc('d1')),
      () => sharing.maintain({ [long]: 1 } as never),
      () => sharing.policies.set(OWNER, { allowedEmailDomains: [`${long}.example`] }),
    ]) {
      expect(JSON.stringify(await refusal(call)).length).toBeLessThan(1000)
    }
  })
})
