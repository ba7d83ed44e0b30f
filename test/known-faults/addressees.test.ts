import { describe, expect, test } from 'vitest'
import { makeLink } from '../http/app.ts'
import { openCapturing } from '../support/capture.ts'
import { doc, outcomeOf, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'
import { shown, useApp } from './app.ts'
import { ADA, BO, CLEO, EVE, useGround } from './ground.ts'

// An invitation to one address was taken by whoever had the mail and was signed in with another: Gitea
// (https://github.com/go-gitea/gitea/pull/24491), Sentry (https://github.com/getsentry/sentry/issues/19592).
describe('an invitation taken by an unverified or other address', () => {
  const ground = useGround()
  const NOT_BO = [
    undefined,
    '',
    'bo',
    'bo@acme.example.evil.example',
    'bo@evil-acme.example',
    'bo@sub.acme.example',
    'bo@example',
    'bo+x@acme.example',
    'b.o@acme.example',
    'ｂo@acme.example',
    'bo@acme.example@evil.example',
    '"bo@acme.example"@evil.example',
    'bo@acme.example, eve@globex.example',
    'Bo <bo@acme.example>',
  ]
  const NOT_ACME = NOT_BO.filter((email) => !email?.endsWith('@acme.example'))

  test.each([
    ['an address', { emails: ['bo@acme.example'] }, NOT_BO],
    ['a domain', { domains: ['acme.example'] }, NOT_ACME],
  ])('a link to %s opens for that one, verified, and for no likeness of it', async (_, whom, others) => {
    const { sharing } = ground
    const ref = await ground.document()
    const { token } = await sharing.links.create(ADA, ref, { visibility: 'public', ...whom })
    const { pass } = await sharing.open(token, { actor: { ...EVE, email: ' BO@Acme.Example ' } })
    expect(await outcomeOf(() => sharing.open(token))).toBe('authentication_required')
    for (const email of others) {
      const actor = { ...EVE, email }
      expect(await outcomeOf(() => sharing.open(token, { actor })), email).toBe('forbidden')
      expect(await outcomeOf(() => sharing.resume(pass, { actor })), email).toBe('forbidden')
    }
    // Who was let in is no other person for having the same address.
    expect(await outcomeOf(() => sharing.resume(pass, { actor: BO }))).toBe('forbidden')
    expect((await sharing.peek(token)).title).toBeNull()
  })

  test('the account’s domains are asked for too, of whoever must sign in', async () => {
    const { sharing } = ground
    const { token } = await sharing.links.create(ADA, await ground.document(), { visibility: 'account' })
    await sharing.policies.set(CLEO, { allowedEmailDomains: ['acme.example'] })
    await sharing.open(token, { actor: BO })
    for (const email of NOT_ACME) {
      expect(await outcomeOf(() => sharing.open(token, { actor: { ...BO, email } })), email).toBe('forbidden')
    }
  })
})

// Onetime Secret's invitations told whether an address had an account
// (https://github.com/onetimesecret/onetimesecret/issues/3856).
describe('pending addresses told apart', () => {
  const http = useApp()
  const WHOM = [
    { emails: ['ben@acme.example'] },
    { emails: ['nobody-knows@acme.example'] },
    { emails: ['emil@globex.example', 'x@y.example'] },
    { domains: ['acme.example'] },
    { domains: ['nowhere.example'] },
  ]

  test('nobody who holds the link learns to whom it is addressed, or whether they exist', async () => {
    const { app } = http
    const answers: unknown[] = []
    for (const whom of WHOM) {
      const { token } = await makeLink(app, whom)
      const asked: unknown[] = []
      for (const as of [undefined, 'dora', 'finn'] as const) {
        const who = as === undefined ? {} : { as }
        asked.push(shown(await app.call('GET', `/api/share/${token}`, who)))
        asked.push(shown(await app.call('POST', `/api/share/${token}`, { ...who, body: {} })))
        asked.push(shown(await app.call('GET', `/api/share/${token}/preview`, who)))
      }
      answers.push(asked)
    }
    for (const asked of answers) expect(asked).toEqual(answers[0])
  })

  test('whoever addresses a link gets one answer, by the same statements, for all addresses', async () => {
    const base = await openCapturing(STORES[0]!)
    const sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'ada' })
    const seen: unknown[] = []
    for (const emails of [['bo@acme.example'], ['nobody@acme.example'], ['eve@globex.example']]) {
      base.issued.length = 0
      const made = await sharing.links.create(ADA, doc('d'), { visibility: 'public', emails })
      seen.push([Object.keys(made), made.status, base.issued.map(({ text }) => text)])
      // Somebody of this address comes by, and the next one is told apart no more than before.
      await sharing.open(made.token, { actor: { ...BO, email: emails[0] } })
    }
    for (const one of seen) expect(one).toEqual(seen[0])
    await base.close()
  })
})
