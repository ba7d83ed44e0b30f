import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import type { AuditEvent } from '../model/audit.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { allPages, atOnce, refused, refusedField } from './expect.ts'
import { ACTORS, documentRef, HOUR, START, type World } from './world.ts'

const { ann, bob, ada, eve, ed, root } = ACTORS
const ref = documentRef()

/** Calls each method that records something, once. */
async function oneOfEach({ sharing, document, link, clock }: World): Promise<{ id: string; other: string }> {
  const step = async <T>(call: Promise<T>): Promise<T> => {
    const result = await call
    clock.pass(1)
    return result
  }
  await step(document('d1', { title: 'a' }))
  await step(sharing.resources.update(ref, { title: 'b', traits: ['live'] }))
  const { id } = await step(link({ name: 'l', password: 'pw', expiresAt: new Date(START.getTime() + HOUR) }))
  await step(sharing.links.update(ann, id, { name: 'm', password: 'other' }))
  await step(sharing.links.rotate(ann, id))
  await step(sharing.links.revoke(ada, id))
  const { id: other } = await step(link())
  await step(sharing.links.remove(ann, other))
  await step(sharing.resources.setVisibility(ann, ref, 'account'))
  await step(sharing.resources.transfer(ann, ref, 'bob', { keep: null }))
  await step(sharing.policies.set(ada, { maxLinkDays: 3 }))
  await step(document('of cyd', { ownerId: 'cyd' }))
  await step(sharing.members.remove('acme', 'cyd'))
  return { id, other }
}

const ACTIONS = [
  'resource.registered',
  'resource.updated',
  'link.created',
  'link.updated',
  'link.rotated',
  'link.revoked',
  'link.created',
  'link.removed',
  'visibility.changed',
  'resource.transferred',
]

export const audit: ConformanceCase[] = [
  ...casesOf('audit', {
    'every action is recorded, newest first, and no other': async (world) => {
      await oneOfEach(world)
      const { items } = await world.sharing.audit.list(bob, { resource: ref })
      assert.deepEqual(items.map(({ action }) => action).reverse(), ACTIONS)
      const whole = await world.sharing.audit.list(ada)
      assert.deepEqual(whole.items.map(({ action }) => action).reverse(), [
        ...ACTIONS,
        'policy.changed',
        'resource.registered',
        'member.removed',
      ])
    },
    'with who did it to what, when, before and after': async (world) => {
      const { id, other } = await oneOfEach(world)
      const { items } = await world.sharing.audit.list(ada)
      const [registered, updated, created, changed, rotated, revoked, , removed, visible, moved, policy] = [
        ...items,
      ].reverse()
      const shown = (event: AuditEvent | undefined): unknown[] => [
        event?.actorId,
        event?.target,
        event?.before,
        event?.after,
      ]
      assert.deepEqual([registered?.tenantId, registered?.resource, registered?.at], ['acme', ref, START])
      assert.deepEqual(registered?.after?.['title'], 'a')
      assert.deepEqual(shown(updated), [
        null,
        null,
        { title: 'a', traits: [] },
        { title: 'b', traits: ['live'] },
      ])
      const target = { kind: 'link', id }
      assert.deepEqual([created?.actorId, created?.target, created?.before], ['ann', target, null])
      const { name, visibility, role, hasPassword, expiresAt } = created?.after ?? {}
      assert.deepEqual([name, visibility, role, hasPassword], ['l', 'public', 'viewer', true])
      assert.equal(expiresAt, new Date(START.getTime() + HOUR).toISOString())
      assert.deepEqual(shown(changed), [
        'ann',
        target,
        { name: 'l', passwordVersion: 1 },
        { name: 'm', passwordVersion: 2 },
      ])
      assert.deepEqual(shown(rotated), ['ann', target, null, { graceUntil: null }])
      assert.deepEqual(shown(revoked), ['ada', target, null, { reason: 'revoked' }])
      assert.deepEqual([removed?.target, removed?.after], [{ kind: 'link', id: other }, null])
      assert.deepEqual(shown(visible), ['ann', null, { visibility: 'private' }, { visibility: 'account' }])
      assert.deepEqual(shown(moved), [
        'ann',
        { kind: 'user', id: 'bob' },
        { ownerId: 'ann' },
        { ownerId: 'bob' },
      ])
      assert.deepEqual(
        [policy?.resource, policy?.before, policy?.after],
        [null, { maxLinkDays: null }, { maxLinkDays: 3 }],
      )
    },
    'keeps no token, password or pass': async (world) => {
      const { sharing } = world
      await world.document()
      const { id, token } = await world.link({ password: 'sesame street' })
      const { pass } = await sharing.open(token, { password: 'sesame street' })
      const rotated = await sharing.links.rotate(ann, id)
      const text = JSON.stringify((await sharing.audit.list(ada)).items)
      for (const secret of [token, rotated.token, pass, 'sesame']) assert.ok(!text.includes(secret))
    },
    'pages, of a resource and of the tenant': async (world) => {
      const { sharing, clock } = world
      await world.document()
      await world.document('d2')
      for (let count = 0; count < 11; count++) {
        await sharing.resources.update(count % 3 ? ref : documentRef('d2'), { title: String(count) })
        if (count % 4 === 0) clock.pass(1)
      }
      for (const limit of [1, 4, 50]) {
        const own = await allPages((cursor) => sharing.audit.list(ann, { resource: ref, limit, cursor }))
        assert.deepEqual(
          own.map(({ after }) => after?.['title']),
          ['10', '8', '7', '5', '4', '2', '1', null],
        )
        const whole = await allPages((cursor) => sharing.audit.list(ada, { limit, cursor }))
        assert.equal(new Set(whole.map(({ id }) => id)).size, 13)
        const times = whole.map(({ at }) => at.getTime())
        assert.deepEqual(
          times,
          [...times].sort((a, b) => b - a),
        )
      }
      await refusedField('options.limit', sharing.audit.list(ada, { limit: 0 }))
    },
    'of a resource is in the order in which its changes committed': async (world) => {
      const { sharing } = world
      await world.document('d1', { title: 'start' })
      const elsewhere = await world.elsewhere()
      await Promise.all(
        atOnce(20, (index) =>
          (index % 2 ? sharing : elsewhere).resources.update(ref, { title: `t${index}` }),
        ),
      )
      const { items } = await sharing.audit.list(ann, { resource: ref })
      assert.equal(items.length, 21)
      const oldestFirst = [...items].reverse()
      for (const [index, event] of oldestFirst.slice(1).entries()) {
        assert.equal(event.before?.['title'], oldestFirst[index]?.after?.['title'])
      }
      assert.equal(items[0]?.after?.['title'], (await sharing.resources.get(ref))?.title)
    },
    'of a resource: with history, or as admin of its tenant': async ({ document, sharing }) => {
      await document('d1', { visibility: 'account' })
      for (const actor of [ann, ada, root]) {
        assert.equal((await sharing.audit.list(actor, { resource: ref })).items.length, 1)
      }
      await refused('forbidden', sharing.audit.list(bob, { resource: ref }))
      await refused('not_found', sharing.audit.list(eve, { resource: ref }))
      await refused('not_found', sharing.audit.list(ed, { resource: ref }))
      await refused('not_found', sharing.audit.list(ann, { resource: documentRef('none') }))
    },
    'of the tenant: for its admin alone': async ({ document, sharing }) => {
      await document()
      for (const actor of [ann, bob, eve]) await refused('forbidden', sharing.audit.list(actor))
      assert.deepEqual((await sharing.audit.list(ed)).items, [])
      assert.equal((await sharing.audit.list(ada)).items.length, 1)
    },
  }),
  ...casesOf('audit.accessAt', {
    'says who had access at a moment, whatever happened since': async (world) => {
      const { sharing, clock } = world
      await world.document('d1', { visibility: 'account' })
      const first = await world.link({ name: 'first' })
      const moments: Array<{ at: Date; access: unknown }> = []
      const remember = async (owner: Actor = ann): Promise<void> => {
        moments.push({ at: clock.now, access: inOrder(await sharing.access(owner, ref)) })
        clock.pass(HOUR)
      }
      await remember()
      await sharing.resources.setVisibility(ann, ref, 'public')
      await sharing.links.update(ann, first.id, { role: 'commenter' })
      await remember()
      await sharing.policies.set(ada, { allowPublicShares: false })
      await remember()
      await sharing.policies.set(ada, { allowPublicShares: true })
      await sharing.resources.update(ref, { traits: ['archived'] })
      const second = await world.link({ name: 'second', visibility: 'account' })
      await remember()
      await sharing.links.revoke(ann, first.id)
      await remember()
      await sharing.links.remove(ann, second.id)
      await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
      await remember(bob)
      for (const { at, access } of moments) {
        assert.deepEqual(inOrder(await sharing.audit.accessAt(bob, ref, at)), access)
      }
      assert.deepEqual(await sharing.audit.accessAt(bob, ref, new Date(START.getTime() - 1)), [])
      await refused('not_found', sharing.audit.accessAt(eve, documentRef('none'), START))
    },
  }),
]

const inOrder = (entries: readonly unknown[]): string[] =>
  entries.map((entry) => JSON.stringify(entry)).sort()
