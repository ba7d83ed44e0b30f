import assert from 'node:assert/strict'
import type { PolicyInput } from '../model/tenant-policy.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce, outcomeOf, refused, refusedField } from './expect.ts'
import { ACTORS, DAY, documentRef, type LinkOptions } from './world.ts'

const { ann, bob, ada, eve, ed, zoe, root } = ACTORS
const ref = documentRef()

const OPEN_POLICY = {
  allowPublicShares: true,
  maxLinkDays: null,
  requireExpiry: false,
  requirePassword: false,
  allowedEmailDomains: null,
  allowGuests: false,
}

export const policies: ConformanceCase[] = casesOf('policies', {
  'a new account allows public shares and no guests, and demands nothing': async ({ sharing }) => {
    for (const actor of [ann, ada, zoe, eve]) assert.deepEqual(await sharing.policies.get(actor), OPEN_POLICY)
  },
  'what is given is set, and holds for this account alone': async ({ sharing }) => {
    const set = await sharing.policies.set(ada, {
      maxLinkDays: 7,
      allowedEmailDomains: ['ACME.example', 'acme.example'],
    })
    assert.deepEqual(set, { ...OPEN_POLICY, maxLinkDays: 7, allowedEmailDomains: ['acme.example'] })
    assert.deepEqual(await sharing.policies.get(bob), set)
    assert.deepEqual(await sharing.policies.get(eve), OPEN_POLICY)
    const rest = { allowPublicShares: false, requireExpiry: true, requirePassword: true, allowGuests: true }
    assert.deepEqual(await sharing.policies.set(ada, rest), { ...set, ...rest })
    assert.deepEqual(await sharing.policies.set(ada, { maxLinkDays: null, requireExpiry: undefined }), {
      ...set,
      ...rest,
      maxLinkDays: null,
    })
  },
  'by its admin; a person without an account is their own': async ({ sharing }) => {
    for (const actor of [ann, bob, eve])
      await refused('forbidden', sharing.policies.set(actor, { allowGuests: true }))
    await sharing.policies.set(ed, { allowGuests: true })
    assert.equal((await sharing.policies.get(ann)).allowGuests, false)
    await sharing.policies.set(zoe, { requirePassword: true })
    assert.equal((await sharing.policies.get(zoe)).requirePassword, true)
    await sharing.policies.set({ ...root, tenantId: 'acme' }, { maxLinkDays: 3 })
    assert.equal((await sharing.policies.get(ann)).maxLinkDays, 3)
    await refusedField('policy.maxLinkDays', sharing.policies.set(ada, { maxLinkDays: 0 }))
    await refusedField(
      'policy.allowedEmailDomains.0',
      sharing.policies.set(ada, { allowedEmailDomains: ['localhost'] }),
    )
    await refusedField('policy.colour', sharing.policies.set(ada, { colour: 'red' } as PolicyInput))
  },
  'each demand is made of a creation, and says which it is': async ({ document, link, sharing, clock }) => {
    await document()
    const after = (days: number, more = 0): Date => new Date(clock.now.getTime() + days * DAY + more)
    const demands: Array<[PolicyInput, Partial<LinkOptions>, Partial<LinkOptions>]> = [
      [{ requireExpiry: true }, {}, { expiresAt: after(900) }],
      [{ requireExpiry: false, requirePassword: true }, {}, { password: 'pw' }],
      [{ requirePassword: false, maxLinkDays: 7 }, { expiresAt: after(7, 1) }, { expiresAt: after(7) }],
      [
        { maxLinkDays: null, allowedEmailDomains: ['acme.example'] },
        { emails: ['x@rival.example'] },
        { emails: ['x@acme.example'] },
      ],
      [{}, { domains: ['acme.example', 'sub.acme.example'] }, { domains: ['acme.example'] }],
    ]
    for (const [policy, wrong, right] of demands) {
      await sharing.policies.set(ada, policy)
      const error = await refused('policy_violation', link(wrong))
      assert.ok(Object.keys(OPEN_POLICY).includes(String(error.public['policy'])))
      await link(right)
    }
    await link()
  },
  'a link without an end of its own ends by maxLinkDays': async ({ document, link, sharing, clock }) => {
    await document()
    await sharing.policies.set(ada, { maxLinkDays: 7 })
    const { expiresAt } = await link()
    assert.deepEqual(expiresAt, new Date(clock.now.getTime() + 7 * DAY))
  },
  'what is only demanded of makers closes nothing that exists': async ({ document, link, sharing }) => {
    await document()
    const { token } = await link()
    await sharing.policies.set(ada, { requireExpiry: true, requirePassword: true })
    await sharing.open(token)
  },
  'public shares switched off: at creation, at visibility, at registration': async (world) => {
    const { sharing } = world
    await world.document()
    await sharing.policies.set(ada, { allowPublicShares: false })
    await refused('public_shares_disabled', world.link())
    await world.link({ visibility: 'account' })
    await refused('public_shares_disabled', sharing.resources.setVisibility(ann, ref, 'public'))
    await refused('public_shares_disabled', world.document('d2', { visibility: 'public' }))
    assert.equal(await sharing.resources.get(documentRef('d2')), null)
    await sharing.resources.setVisibility(ann, ref, 'account')
    await world.document('far', { tenantId: 'rival', ownerId: 'eve', visibility: 'public' })
  },
  'switching public shares off closes what exists, and on opens it again': async (world) => {
    const { sharing } = world
    await world.document('d1', { visibility: 'public' })
    const open = await world.link()
    const account = await world.link({ visibility: 'account' })
    await sharing.policies.set(ada, { allowPublicShares: false })
    await refused('public_shares_disabled', sharing.open(open.token))
    await refused('public_shares_disabled', sharing.open(open.token, { actor: ann }))
    await sharing.open(account.token, { actor: bob })
    assert.deepEqual(
      [
        await sharing.can(null, 'view', ref),
        await sharing.can(eve, 'view', ref),
        await sharing.can(bob, 'view', ref),
      ],
      [false, false, true],
    )
    assert.equal((await sharing.links.get(ann, open.id)).status, 'active')
    await sharing.policies.set(ada, { allowPublicShares: true })
    await sharing.open(open.token)
    assert.equal(await sharing.can(null, 'view', ref), true)
  },
  'a creation that races the switch opens nothing': async (world) => {
    const { sharing } = world
    await world.document()
    const elsewhere = await world.elsewhere()
    const made = atOnce(10, () => world.link())
    const off = elsewhere.policies.set(ada, { allowPublicShares: false })
    const later = atOnce(10, () => world.link())
    const outcomes = await Promise.all([...made, ...later].map(outcomeOf))
    await off
    for (const outcome of outcomes) assert.ok(outcome === 'ok' || outcome === 'public_shares_disabled')
    await refused('public_shares_disabled', world.link())
    for (const link of await Promise.allSettled([...made, ...later])) {
      if (link.status === 'fulfilled') await refused('public_shares_disabled', sharing.open(link.value.token))
    }
  },
  'settings made at once are all kept': async (world) => {
    const elsewhere = await world.elsewhere()
    await Promise.all([
      world.sharing.policies.set(ada, { maxLinkDays: 7 }),
      elsewhere.policies.set(ada, { requirePassword: true }),
      world.sharing.policies.set(ada, { requireExpiry: true }),
      elsewhere.policies.set(ada, { allowGuests: true }),
    ])
    assert.deepEqual(await world.sharing.policies.get(ann), {
      ...OPEN_POLICY,
      maxLinkDays: 7,
      requirePassword: true,
      requireExpiry: true,
      allowGuests: true,
    })
  },
})
