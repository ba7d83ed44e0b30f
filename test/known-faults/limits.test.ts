import { describe, expect, test } from 'vitest'
import { makeLink } from '../http/app.ts'
import { outcomeOf } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'
import { useApp } from './app.ts'
import { ADA, CLEO, tally, useGround } from './ground.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

// A note of cryptgeon's that could be read once was read by several who came at once
// (https://github.com/cupcakearmy/cryptgeon/issues/165); so was a secret of Hemmelig's (HemmeligOrg/Hemmelig.app#348).
describe('single use raced', () => {
  describe.each(STORES)('on $name', (kind) => {
    const ground = useGround(kind)

    test.each([
      ['once', { maxViews: 1 }],
      ['once, under a password', { maxViews: 1, password: 'right' }],
      ['five times', { maxViews: 5 }],
    ])('what opens %s opens no more often, from two processes at once', async (_, limits) => {
      const { sharing } = ground
      const ref = await ground.document()
      const link = await sharing.links.create(ADA, ref, { visibility: 'public', ...limits })
      const sides = [sharing, ground.elsewhere()]
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          outcomeOf(() => sides[index % 2]!.open(link.token, { password: 'right' })),
        ),
      )
      const { maxViews } = limits
      expect(tally(outcomes)).toEqual({ ok: maxViews, exhausted: 12 - maxViews })
      expect((await sharing.views.list(ADA, { link: link.id })).items).toHaveLength(maxViews)
      expect((await sharing.links.get(ADA, link.id)).viewCount).toBe(maxViews)
    })
  })
})

// A link of ownCloud's that was over went on opening until its owner looked at it
// (https://github.com/owncloud/core/issues/4649).
describe('an expiry stored and never read', () => {
  const http = useApp()

  describe.each(STORES)('on $name', (kind) => {
    const ground = useGround(kind)

    test('a link is over at its moment, for whoever looks, and its passes with it', async () => {
      const { sharing, clock } = ground
      const ref = await ground.document()
      const end = new Date(clock.now.getTime() + HOUR)
      const made = [
        await sharing.links.create(ADA, ref, { visibility: 'public', expiresAt: end }),
        await sharing.links.create(ADA, ref, { visibility: 'public', expiresAt: end.toISOString() }),
      ]
      clock.pass(HOUR - 1)
      const passes: string[] = []
      for (const { token } of made) {
        const { pass, passExpiresAt } = await sharing.open(token)
        expect(passExpiresAt).toEqual(end)
        passes.push(pass)
      }
      clock.pass(1)
      for (const [index, { id, token }] of made.entries()) {
        expect(await outcomeOf(() => sharing.open(token))).toBe('expired')
        expect(await outcomeOf(() => sharing.peek(token))).toBe('expired')
        expect(await outcomeOf(() => sharing.resume(passes[index]!))).toBe('not_found')
        expect((await sharing.links.get(ADA, id)).status).toBe('expired')
      }
      expect((await sharing.links.list(ADA, { resource: ref })).items).toEqual([])
      expect((await sharing.access(ADA, ref)).filter(({ via }) => via === 'link')).toEqual([])
    })

    test('neither a moment that has passed, nor one before which it begins, is taken', async () => {
      const { sharing, clock } = ground
      const ref = await ground.document()
      const link = await sharing.links.create(ADA, ref, { visibility: 'public' })
      for (const expiresAt of [clock.now, new Date(clock.now.getTime() - DAY), '2013-08-29T00:00:00Z']) {
        const settings = { visibility: 'public', expiresAt } as const
        expect(await outcomeOf(() => sharing.links.create(ADA, ref, settings))).toBe('invalid_input')
        expect(await outcomeOf(() => sharing.links.update(ADA, link.id, { expiresAt }))).toBe('invalid_input')
      }
      const later = new Date(clock.now.getTime() + HOUR)
      const early = await sharing.links.create(ADA, ref, { visibility: 'public', notBefore: later })
      expect(await outcomeOf(() => sharing.open(early.token))).toBe('not_found')
      clock.pass(HOUR)
      await sharing.open(early.token)
    })

    test('the account’s days count for links that have no expiry, and a grace is over when it is', async () => {
      const { sharing, clock } = ground
      const ref = await ground.document()
      const link = await sharing.links.create(ADA, ref, { visibility: 'public' })
      const { token } = await sharing.links.rotate(ADA, link.id, { graceSeconds: 60 })
      const { pass } = await sharing.open(link.token)
      clock.pass(60_000)
      expect(await outcomeOf(() => sharing.open(link.token))).toBe('not_found')
      expect(await outcomeOf(() => sharing.resume(pass))).toBe('not_found')
      await sharing.open(token)
      await sharing.policies.set(CLEO, { maxLinkDays: 1 })
      clock.pass(DAY)
      expect(await outcomeOf(() => sharing.open(token))).toBe('expired')
    })
  })

  test('over HTTP it is gone by every route', async () => {
    const { app } = http
    const { token } = await makeLink(app, { expiresAt: '2030-01-01T13:00:00+00:00' })
    const { body } = await app.call('GET', `/api/share/${token}`)
    app.clock.now = new Date('2030-01-01T13:00:00Z')
    for (const [method, path] of [
      ['GET', `/share/${token}`],
      ['GET', `/share/${token}/preview`],
      ['POST', `/share/${token}`],
    ] as const) {
      const answer = await app.call(method, `/api${path}`, method === 'POST' ? { body: {} } : {})
      expect([answer.status, answer.body.code]).toEqual([410, 'expired'])
    }
    const headers = { 'share-pass': body.pass }
    expect((await app.call('GET', '/documents/readme/content', { headers })).status).toBe(404)
  })
})
