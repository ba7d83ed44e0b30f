import { describe, expect, test } from 'vitest'
import { createInvitationTokens } from '../../src/tokens/invitation.ts'
import { createKeyRing } from '../../src/tokens/keys.ts'
import { makeLink } from '../http/app.ts'
import { openCapturing } from '../support/capture.ts'
import { doc, outcomeOf, SECRET, sampleOn } from '../support/sample.ts'
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

  /** The token that the mail about a grant carries. */
  const tokenOf = (id: string): string =>
    createInvitationTokens(createKeyRing(SECRET), 'shr').mint({ tenantId: 'acme', id })

  test('an invitation is taken by its verified address only, once, and is that person’s from then on', async () => {
    const { sharing } = ground
    const ref = await ground.document()
    const dan = { userId: 'dan', tenantId: 'acme' }
    const { id } = await sharing.collaborators.add(ADA, ref, { email: 'bo@acme.example', role: 'editor' })
    for (const email of NOT_BO) {
      const other = { ...dan, email }
      expect(await outcomeOf(() => sharing.invitations.accept(other, tokenOf(id))), email).toBe(
        'email_mismatch',
      )
      expect(await sharing.invitations.claim(other), email).toEqual([])
      expect(await outcomeOf(() => sharing.attach(other, ref)), email).toBe('not_found')
      expect(await sharing.can(other, 'view', ref), email).toBe(false)
    }
    await sharing.invitations.accept({ ...BO, email: ' BO@Acme.Example ' }, tokenOf(id))
    // The address is somebody else’s by now.
    const heir = { ...dan, email: BO.email }
    expect(await outcomeOf(() => sharing.invitations.accept(heir, tokenOf(id)))).toBe('not_found')
    expect(await sharing.invitations.claim(heir)).toEqual([])
    expect(await sharing.can(heir, 'view', ref)).toBe(false)
    expect(await sharing.can({ ...BO, email: undefined }, 'edit', ref)).toBe(true)
  })

  test('from outside the account it is taken only where guests are let in', async () => {
    const { sharing } = ground
    const ref = await ground.document()
    const { id } = await sharing.collaborators.add(ADA, ref, { email: EVE.email, role: 'viewer' })
    expect(await outcomeOf(() => sharing.invitations.accept(EVE, tokenOf(id)))).toBe('forbidden')
    expect(await sharing.invitations.claim(EVE)).toEqual([])
    expect(await sharing.can(EVE, 'view', ref)).toBe(false)
    expect((await sharing.collaborators.list(ADA, ref)).map(({ status }) => status)).toEqual(['invited'])
    await sharing.policies.set(CLEO, { allowGuests: true })
    await sharing.invitations.accept(EVE, tokenOf(id))
    expect(await sharing.can(EVE, 'view', ref)).toBe(true)
    await sharing.policies.set(CLEO, { allowGuests: false })
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

  test('whoever invites gets one answer, by the same statements, for all addresses', async () => {
    const base = await openCapturing(STORES[0]!)
    let now = new Date('2030-01-01T12:00:00Z')
    const sharing = sampleOn(base.store, { clock: () => now, notify: async () => {} })
    for (const id of ['d', 'e']) {
      await sharing.resources.register(doc(id), { tenantId: 'acme', ownerId: 'ada' })
    }
    const add = (id: string, email: string) =>
      sharing.collaborators.add(ADA, doc(id), { email, role: 'viewer' })
    await add('e', 'elsewhere@acme.example')
    await add('d', 'lapsed@acme.example')
    now = new Date('2030-03-01T12:00:00Z')
    await add('d', 'pending@acme.example')
    const seen: unknown[] = []
    for (const who of ['nobody', 'bo', 'elsewhere', 'pending', 'lapsed']) {
      base.issued.length = 0
      const { grantee, status, ...made } = await add('d', `${who}@acme.example`)
      const texts = base.issued.map(({ text }) => text)
      seen.push([Object.keys(made), Object.keys(grantee), status, texts])
    }
    for (const one of seen) expect(one).toEqual(seen[0])
    await base.close()
  })

  test('whoever is named beside them learns of no address, and a wrong one is told masked', async () => {
    const base = await openCapturing(STORES[0]!)
    const sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'ada' })
    await sharing.collaborators.add(ADA, doc('d'), { userId: 'bo', role: 'viewer' })
    const invitation = { email: 'secret.name@acme.example', role: 'viewer' } as const
    const { id } = await sharing.collaborators.add(ADA, doc('d'), invitation)
    const shownToBo = async () => JSON.stringify(await sharing.collaborators.list(BO, doc('d')))
    expect(await shownToBo()).not.toMatch(/secret/)
    const token = createInvitationTokens(createKeyRing(SECRET), 'shr').mint({ tenantId: 'acme', id })
    const refused: unknown = await sharing.invitations.accept(BO, token).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'email_mismatch', public: { hint: 's…@acme.example' } })
    await sharing.invitations.accept({ userId: 'cy', tenantId: 'acme', email: invitation.email }, token)
    expect(await shownToBo()).toMatch(/"cy"/)
    expect(await shownToBo()).not.toMatch(/secret/)
    await base.close()
  })

  test('whoever asks for access is answered alike, by the same statements, whatever there is', async () => {
    const base = await openCapturing(STORES[0]!)
    const sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'ada' })
    await sharing.resources.register(doc('theirs'), { tenantId: 'globex', ownerId: 'eve' })
    const ask = async (id: string) => {
      base.issued.length = 0
      const answer = await sharing.requests.create(BO, doc(id), { role: 'viewer' })
      return [answer, base.issued.map(({ text }) => text)]
    }
    await ask('unknown')
    const unknown = await ask('unknown')
    for (const id of ['d', 'd', 'theirs']) expect(await ask(id), id).toEqual(unknown)
    expect(await sharing.requests.list(ADA, doc('d'))).toHaveLength(1)
    await base.close()
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
