import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused, refusedField } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR, START } from './world.ts'

const { ann, bob, ada, eve, zoe, root } = ACTORS
const ref = documentRef()

export const linkCreation: ConformanceCase[] = casesOf('links.create', {
  'the owner makes a link, and the answer is all that is known of it': async ({ document, link }) => {
    await document()
    const { token, id, ...made } = await link({ name: 'for the board' })
    assert.match(token, /^shr_[0-9A-Za-z]{49}$/)
    assert.ok(id.length > 0)
    assert.deepEqual(made, {
      resource: ref,
      tenantId: 'acme',
      name: 'for the board',
      visibility: 'public',
      role: 'viewer',
      mode: 'live',
      snapshot: null,
      createdBy: 'ann',
      createdAt: START,
      updatedAt: START,
      expiresAt: null,
      notBefore: null,
      maxViews: null,
      hasPassword: false,
      emails: null,
      domains: null,
      viewCount: 0,
      lastViewedAt: null,
      isActive: true,
      status: 'active',
    })
  },
  'every setting is kept as it was given': async ({ document, link, sharing }) => {
    await document()
    const expiresAt = new Date(START.getTime() + DAY + 123)
    const made = await link({
      name: 'Ünïcode ☂',
      role: 'commenter',
      expiresAt: expiresAt.toISOString(),
      notBefore: new Date(START.getTime() + HOUR),
      maxViews: 7,
      password: 'open sesame',
      emails: [' Zoe@Acme.Example ', 'zoe@acme.example'],
      domains: ['BÜCHER.example'],
    })
    const { token: _, ...kept } = made
    assert.deepEqual(await sharing.links.get(ann, made.id), kept)
    assert.deepEqual(kept.expiresAt, expiresAt)
    assert.deepEqual(kept.emails, ['zoe@acme.example'])
    assert.deepEqual(kept.domains, ['xn--bcher-kva.example'])
    assert.deepEqual([kept.hasPassword, kept.maxViews, kept.status], [true, 7, 'scheduled'])
  },
  'a resource has many links, each with a token of its own': async ({ document, link }) => {
    await document()
    const made = []
    for (let count = 0; count < 12; count++) made.push(await link())
    assert.equal(new Set(made.map(({ token }) => token)).size, 12)
    assert.equal(new Set(made.map(({ id }) => id)).size, 12)
  },
  'a system admin makes links anywhere, in the tenant of the resource': async ({ document, sharing }) => {
    await document()
    const made = await sharing.links.create(root, ref, { visibility: 'account' })
    assert.deepEqual([made.tenantId, made.createdBy], ['acme', 'root'])
    assert.equal((await sharing.open(made.token, { actor: bob })).role, 'viewer')
  },
  'whoever may not view the resource gets what an unknown one gives': async ({ document, sharing }) => {
    await document()
    for (const actor of [bob, ada, eve, zoe, { ...ann, tenantId: 'rival' }]) {
      const hidden = await refused('not_found', sharing.links.create(actor, ref, { visibility: 'public' }))
      const unknown = await refused(
        'not_found',
        sharing.links.create(actor, documentRef('none'), { visibility: 'public' }),
      )
      assert.equal(JSON.stringify(hidden), JSON.stringify(unknown))
    }
  },
  'whoever may view the resource, but not share it, is told so': async ({ document, sharing }) => {
    await document('d1', { visibility: 'account' })
    await refused('forbidden', sharing.links.create(bob, ref, { visibility: 'public' }))
    await refused('forbidden', sharing.links.create(ada, ref, { visibility: 'public' }))
    await refused('not_found', sharing.links.create(eve, ref, { visibility: 'public' }))
    await sharing.resources.setVisibility(ann, ref, 'public')
    await refused('forbidden', sharing.links.create(eve, ref, { visibility: 'public' }))
    await refused('forbidden', sharing.resources.transfer(eve, ref, 'eve', { keep: null }))
    await refused('forbidden', sharing.resources.setVisibility(eve, ref, 'private'))
  },
  'a person without an account shares with everyone, but has no account to share within': async ({
    document,
    sharing,
  }) => {
    await document('own', { tenantId: null, ownerId: 'zoe' })
    const made = await sharing.links.create(zoe, documentRef('own'), { visibility: 'public' })
    assert.equal(made.tenantId, null)
    assert.equal((await sharing.open(made.token)).role, 'viewer')
    await refused(
      'account_required',
      sharing.links.create(zoe, documentRef('own'), { visibility: 'account' }),
    )
  },
  'a link carries a role that links of the type may carry, and no other': async ({ document, link }) => {
    await document()
    assert.equal((await link({ role: 'commenter' })).role, 'commenter')
    for (const role of ['editor', 'owner', 'nobody']) {
      const error = await refused('invalid_role', link({ role: role as 'editor' }))
      assert.deepEqual(error.public, { roles: ['viewer', 'commenter'] })
    }
  },
  'a rule against publishing refuses public links and no others': async ({ document, link }) => {
    await document('d1', { traits: ['remote'] })
    await refused('publish_forbidden', link())
    assert.equal((await link({ visibility: 'account' })).visibility, 'account')
  },
  'the end lies in the future, and the beginning before the end': async ({ document, link, clock }) => {
    await document()
    const now = clock.now.getTime()
    await refusedField('options.expiresAt', link({ expiresAt: new Date(now - 1) }))
    await refusedField('options.expiresAt', link({ expiresAt: clock.now }))
    assert.equal((await link({ expiresAt: new Date(now + 1) })).isActive, true)
    const expiresAt = new Date(now + HOUR)
    await refusedField('options.notBefore', link({ expiresAt, notBefore: expiresAt }))
    await link({ expiresAt, notBefore: new Date(now + HOUR - 1) })
  },
  'input that does not fit is refused, and the field is named': async ({ document, link, sharing }) => {
    await document()
    await refusedField('options.maxViews', link({ maxViews: 0 }))
    await refusedField('options.maxViews', link({ maxViews: 1.5 }))
    await refusedField('options.expiresAt', link({ expiresAt: 'tomorrow' }))
    await refusedField('options.expiresAt', link({ expiresAt: new Date(Number.NaN) }))
    await refusedField('options.name', link({ name: 'two\nlines' }))
    await refusedField('options.name', link({ name: 'x'.repeat(201) }))
    await refusedField('options.password', link({ password: '' }))
    await refused('invalid_email', link({ emails: ['not an address'] }))
    await refusedField('options.emails', link({ emails: [] }))
    await refusedField('options.domains.0', link({ domains: ['localhost'] }))
    await refusedField('options.mode', link({ mode: 'snapshot' }))
    await refusedField('options.tenantId', link({ tenantId: 'rival' } as object))
    await refusedField(
      'actor.userId',
      sharing.links.create({ ...ann, userId: '~ann' }, ref, { visibility: 'public' }),
    )
    await refusedField(
      'resource.type',
      sharing.links.create(ann, { type: 'boat' as 'folder', id: 'd1' }, { visibility: 'public' }),
    )
    assert.deepEqual((await sharing.links.list(ann, { resource: ref })).items, [])
  },
  'a refused creation leaves no link and no audit': async ({ document, link, sharing }) => {
    await document()
    await refused('invalid_role', link({ role: 'editor' }))
    await refused('not_found', sharing.links.create(eve, ref, { visibility: 'public' }))
    assert.deepEqual((await sharing.links.list(ann, { includeInactive: true })).items, [])
    const { items } = await sharing.audit.list(ann, { resource: ref })
    assert.deepEqual(
      items.map(({ action }) => action),
      ['resource.registered'],
    )
  },
})
