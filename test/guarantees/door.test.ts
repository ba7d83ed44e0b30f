import { type LimiterFactory, SharingError } from 'sharegrant'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CapturingStore, openCapturing } from '../support/capture.ts'
import { doc, outcomeOf, type Sample, type SampleOptions, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' } as const
const LIMITS = { opensPerMinute: 3, passwordAttemptsPerMinute: 5 } as const

describe('at the door', () => {
  let base: CapturingStore
  let token: string
  let guarded: { id: string; token: string }

  beforeEach(async () => {
    base = await openCapturing(STORES[0]!)
    const sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner' })
    token = (await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })).token
    guarded = await sharing.links.create(OWNER, doc('d'), { visibility: 'public', password: 'right' })
  })
  afterEach(() => base.close())

  const withDoor = (options: SampleOptions = {}): Sample =>
    sampleOn(base.store, { limits: LIMITS, ...options })

  async function outcomes(sharing: Sample, ips: Array<string | undefined>): Promise<string[]> {
    const all: string[] = []
    for (const ip of ips) all.push(await outcomeOf(() => sharing.open(token, { ip })))
    return all
  }

  test('a visitor who opens too often is refused before anything is looked up', async () => {
    const sharing = withDoor()
    expect(await outcomes(sharing, Array(3).fill('192.0.2.1'))).toEqual(['ok', 'ok', 'ok'])
    base.issued.length = 0
    const error: unknown = await sharing.open(token, { ip: '192.0.2.1' }).catch((thrown: unknown) => thrown)
    expect(base.issued).toEqual([])
    expect(error).toBeInstanceOf(SharingError)
    expect(error).toMatchObject({ code: 'rate_limited', status: 429 })
    const { retryAfter } = error as SharingError
    expect(retryAfter).toBeGreaterThan(0)
    expect(retryAfter).toBeLessThanOrEqual(60)
    expect((error as SharingError).toJSON()).toMatchObject({ error: 'rate_limited', retryAfter })
    // Whether the token is anybody's is no longer told.
    const unknown = sampleOn(base.store, { tokenPrefix: 'shr' })
    await unknown.links.revoke(OWNER, guarded.id)
    expect(await outcomeOf(() => sharing.open(guarded.token, { ip: '192.0.2.1' }))).toBe('rate_limited')
    expect(base.issued.filter(({ text }) => /share_views/.test(text))).toEqual([])
  })

  test('what is no token costs nobody an opening', async () => {
    const sharing = withDoor()
    for (let count = 0; count < 9; count++) {
      expect(await outcomeOf(() => sharing.open('no token', { ip: '192.0.2.1' }))).toBe('not_found')
    }
    expect(await outcomes(sharing, ['192.0.2.1'])).toEqual(['ok'])
  })

  test.each([
    [
      'one subscriber’s IPv6 addresses',
      ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', '2001:DB8:1:2:ffff::', '2001:db8:1:2::9'],
    ],
    ['IPv4 in its spellings', ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:c000:207', '192.0.2.7']],
    ['an address with a zone', ['fe80::1%eth0', 'fe80::2%eth1', 'fe80::1', 'fe80::3%1']],
    ['forwarded junk', ['unknown', '1.2.3.4, 5.6.7.8', '[::1]:80', '1.2.3.4:567']],
    ['more forwarded junk', ['', '_hidden', 'x'.repeat(1024), '010.0.0.1']],
    ['junk with control characters', ['1.2.3.4\n', '\u0000', "'; drop table", '::1%\n']],
  ])('%s count as one visitor', async (_, ips) => {
    expect(await outcomes(withDoor(), ips)).toEqual(['ok', 'ok', 'ok', 'rate_limited'])
  })

  test('different visitors do not take each other’s turns, and without an address nobody is limited', async () => {
    const ips = ['2001:db8:1:2::1', '2001:db8:1:3::1', '192.0.2.1', '192.0.2.2']
    const sharing = withDoor()
    expect(await outcomes(sharing, [...ips, ...ips, ...ips])).toEqual(Array(12).fill('ok'))
    expect(await outcomes(sharing, Array(9).fill(undefined))).toEqual(Array(9).fill('ok'))
  })

  test('of 64 guesses at once five are checked, and the right one gives its turn back', async () => {
    let checked = 0
    const sharing = withDoor({
      limits: { ...LIMITS, opensPerMinute: false },
      passwords: { hash: async () => '', verify: async (password) => ++checked > 0 && password === 'right' },
    })
    const guess = (password: string, ip?: string) =>
      outcomeOf(() => sharing.open(guarded.token, { password, ip }))
    for (let count = 0; count < 12; count++) expect(await guess('right', '192.0.2.1')).toBe('ok')
    checked = 0
    const guesses = await Promise.all(
      Array.from({ length: 64 }, (_, index) => guess(`wrong ${index}`, '192.0.2.1')),
    )
    expect(checked).toBe(5)
    expect(guesses.filter((one) => one === 'password_incorrect')).toHaveLength(5)
    expect(guesses.filter((one) => one === 'rate_limited')).toHaveLength(59)
    expect(await guess('right', '192.0.2.1')).toBe('rate_limited')
    expect(await guess('right', '192.0.2.2')).toBe('ok')
    // Without an address, passwords are limited all the same.
    const nameless = await Promise.all(Array.from({ length: 9 }, () => guess('wrong')))
    expect(nameless.filter((one) => one === 'password_incorrect')).toHaveLength(5)
  })

  test('however many addresses guess, a link’s password is tried a hundred times a minute at most', async () => {
    const sharing = withDoor({ limits: { ...LIMITS, opensPerMinute: false } })
    const guesses = await Promise.all(
      Array.from({ length: 150 }, (_, index) =>
        outcomeOf(() => sharing.open(guarded.token, { password: 'wrong', ip: `2001:db8:${index}::1` })),
      ),
    )
    expect(guesses.filter((one) => one === 'password_incorrect')).toHaveLength(100)
  })

  test.each([
    ['an error', () => Promise.reject(new Error('ECONNREFUSED 10.0.0.5:6379'))],
    ['nothing', () => Promise.reject(null)],
    ['a word', () => Promise.reject('down')],
    ['an odd object', () => Promise.reject({ msBeforeNext: 'soon' })],
  ])('a limiter that fails with %s lets nobody in', async (_, consume) => {
    const limiter: LimiterFactory = () => ({ consume, reward: consume })
    const sharing = withDoor({ limiter })
    base.issued.length = 0
    const error: unknown = await sharing.open(token, { ip: '192.0.2.1' }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'storage_unavailable', status: 503 })
    expect(JSON.stringify(error) + String(error)).not.toMatch(/ECONN|10\.0\.0\.5/)
    expect(base.issued).toEqual([])
    expect(await outcomeOf(() => sharing.open(guarded.token, { password: 'right' }))).toBe(
      'storage_unavailable',
    )
    expect(base.issued.filter(({ text }) => /insert/.test(text))).toEqual([])
  })
})
