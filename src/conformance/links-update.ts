import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused, refusedField } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR } from './world.ts'

const { ann, bob, ada, eve, ed, root } = ACTORS
const ref = documentRef()

export const linkUpdates: ConformanceCase[] = casesOf('links.update', {
  'what is given changes, what is left out stays': async ({ document, link, sharing, clock }) => {
    await document()
    const { token: _, ...made } = await link({ name: 'a', maxViews: 5, emails: ['x@acme.example'] })
    clock.pass(HOUR)
    const changed = await sharing.links.update(ann, made.id, { name: 'b', role: 'commenter' })
    assert.deepEqual(changed, { ...made, name: 'b', role: 'commenter', updatedAt: clock.now })
    assert.deepEqual(await sharing.links.get(ann, made.id), changed)
  },
  'null takes a setting away, undefined leaves it': async ({ document, link, sharing, clock }) => {
    await document()
    const expiresAt = new Date(clock.now.getTime() + DAY)
    const notBefore = new Date(clock.now.getTime() + HOUR)
    const set = {
      name: 'n',
      expiresAt,
      notBefore,
      maxViews: 3,
      password: 'pw',
      emails: ['x@acme.example'],
      domains: ['acme.example'],
    }
    const { id } = await link(set)
    const left = await sharing.links.update(ann, id, {
      name: undefined,
      expiresAt: undefined,
      maxViews: undefined,
      password: undefined,
      emails: undefined,
    })
    assert.deepEqual([left.name, left.expiresAt, left.maxViews, left.hasPassword], ['n', expiresAt, 3, true])
    const cleared = await sharing.links.update(ann, id, {
      name: null,
      expiresAt: null,
      notBefore: null,
      maxViews: null,
      password: null,
      emails: null,
      domains: null,
    })
    const { name, maxViews, hasPassword, emails, domains } = cleared
    assert.deepEqual([name, cleared.expiresAt, cleared.notBefore], [null, null, null])
    assert.deepEqual([maxViews, hasPassword, emails, domains], [null, false, null, null])
  },
  'what cannot be changed is refused by name': async ({ document, link, sharing }) => {
    await document()
    const { token: _, ...made } = await link()
    const fields = {
      visibility: 'account',
      mode: 'live',
      id: 'other',
      resource: documentRef('d2'),
      tenantId: 'rival',
      createdBy: 'bob',
      createdAt: new Date(0),
      viewCount: 0,
      token: 'x',
    }
    for (const [field, value] of Object.entries(fields)) {
      await refusedField(`changes.${field}`, sharing.links.update(ann, made.id, { [field]: value }))
    }
    assert.deepEqual(await sharing.links.get(ann, made.id), made)
  },
  'it is judged as it is afterwards': async ({ document, link, sharing, clock }) => {
    await document()
    const at = (ms: number): Date => new Date(clock.now.getTime() + ms)
    const { id } = await link({ expiresAt: at(2 * HOUR) })
    await refusedField('options.notBefore', sharing.links.update(ann, id, { notBefore: at(2 * HOUR) }))
    await refusedField('options.expiresAt', sharing.links.update(ann, id, { expiresAt: clock.now }))
    await refused('invalid_role', sharing.links.update(ann, id, { role: 'editor' }))
    await sharing.policies.set(ada, { requireExpiry: true })
    const error = await refused('policy_violation', sharing.links.update(ann, id, { expiresAt: null }))
    assert.deepEqual(error.public, { policy: 'requireExpiry', value: true })
    await sharing.policies.set(ada, { requirePassword: true })
    await refused('policy_violation', sharing.links.update(ann, id, { name: 'still without one' }))
    assert.equal((await sharing.links.update(ann, id, { password: 'pw' })).hasPassword, true)
  },
  'a rule or the policy that closed a public link refuses its changes too': async (world) => {
    const { sharing } = world
    await world.document()
    const { id } = await world.link()
    await sharing.resources.update(ref, { traits: ['remote'] })
    await refused('publish_forbidden', sharing.links.update(ann, id, { name: 'x' }))
    await sharing.resources.update(ref, { traits: [] })
    await sharing.policies.set(ada, { allowPublicShares: false })
    await refused('public_shares_disabled', sharing.links.update(ann, id, { name: 'x' }))
  },
  'a link that is over opens again with a later end': async ({ document, link, sharing, clock }) => {
    await document()
    const { id, token } = await link({ expiresAt: new Date(clock.now.getTime() + HOUR) })
    clock.pass(HOUR)
    await refused('expired', sharing.open(token))
    await sharing.links.update(ann, id, { name: 'still over' })
    await sharing.links.update(ann, id, { expiresAt: new Date(clock.now.getTime() + 1) })
    assert.equal((await sharing.open(token)).link?.name, 'still over')
  },
  'a limit may go below what was used: then nothing is left': async ({ document, link, sharing, opened }) => {
    await document()
    const { id, token } = await link()
    await opened(token, 3)
    assert.equal((await sharing.links.update(ann, id, { maxViews: 2 })).status, 'exhausted')
    await refused('exhausted', sharing.open(token))
    await sharing.links.update(ann, id, { maxViews: 4 })
    await sharing.open(token)
    await refused('exhausted', sharing.open(token))
    assert.equal((await sharing.links.get(ann, id)).viewCount, 4)
  },
  'a change that changes nothing is none': async ({ document, link, sharing, clock }) => {
    await document()
    const { token: _, ...made } = await link({ name: 'same' })
    clock.pass(HOUR)
    assert.deepEqual(await sharing.links.update(ann, made.id, { name: 'same' }), made)
    assert.deepEqual(await sharing.links.update(ann, made.id, {}), made)
    const { items } = await sharing.audit.list(ann, { resource: ref })
    assert.ok(items.every(({ action }) => action !== 'link.updated'))
  },
  'a revoked link is changed no more': async ({ document, link, sharing }) => {
    await document()
    const { id } = await link()
    await sharing.links.revoke(ann, id)
    await refused('conflict', sharing.links.update(ann, id, { name: 'x' }))
    await refused('conflict', sharing.links.update(ann, id, { password: 'x' }))
  },
  'by whoever may share the resource, and nobody else': async (world) => {
    const { sharing } = world
    await world.document('d1', { visibility: 'account' })
    const { id } = await world.link()
    await refused('forbidden', sharing.links.update(bob, id, { name: 'x' }))
    await refused('forbidden', sharing.links.update(ada, id, { name: 'x' }))
    await refused('not_found', sharing.links.update(eve, id, { name: 'x' }))
    await refused('not_found', sharing.links.update(ed, id, { name: 'x' }))
    await refused('not_found', sharing.links.update(ann, 'none', { name: 'x' }))
    assert.equal((await sharing.links.update(root, id, { name: 'by an admin' })).name, 'by an admin')
    await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
    await refused('forbidden', sharing.links.update(ann, id, { name: 'x' }))
    assert.equal((await sharing.links.update(bob, id, { name: 'by the new owner' })).createdBy, 'ann')
  },
})
