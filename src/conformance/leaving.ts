import assert from 'node:assert/strict'
import type { Resource } from '../model/resource.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused, refusedField } from './expect.ts'
import { ACTORS, DAY, documentRef } from './world.ts'

const { ann, bob, ada, eve, root } = ACTORS
const ref = documentRef()
const bobs = documentRef('of bob')

export const leaving: ConformanceCase[] = [
  ...casesOf('members.remove', {
    'what others were given by others stays, and what had ended stays as it ended': async (world) => {
      const { sharing } = world
      await world.document()
      await world.document('of bob', { ownerId: 'bob' })
      const give = (actor: typeof ann, on: typeof ref, userId: string) =>
        sharing.collaborators.add(actor, on, { userId, role: 'viewer' })
      for (const userId of ['bob', 'dan']) {
        const { id } = await give(ann, ref, userId)
        await sharing.collaborators.remove(ann, id)
        await sharing.collaborators.remove(bob, (await give(bob, bobs, userId === 'bob' ? 'gil' : 'dan')).id)
      }
      await give(ann, ref, 'cyd')
      await give(bob, bobs, 'cyd')
      const ends = async (on: typeof ref): Promise<number> =>
        (await sharing.audit.list(ada, { resource: on })).items.filter(
          ({ action }) => action === 'collaborator.removed',
        ).length
      assert.deepEqual([await ends(ref), await ends(bobs)], [2, 2])
      await sharing.members.remove('acme', 'bob')
      assert.deepEqual([await ends(ref), await ends(bobs)], [2, 3])
      assert.equal((await sharing.collaborators.list(ann, ref)).length, 1)
    },
    'without an heir all shares of what the person owns end, whoever made them': async (world) => {
      const { sharing } = world
      await world.document('d1', { visibility: 'public' })
      const own = await world.link()
      const { pass } = await sharing.open(own.token)
      const admins = await sharing.links.create(root, ref, { visibility: 'public' })
      await sharing.members.remove('acme', 'ann')
      for (const { token } of [own, admins]) await refused('not_found', sharing.open(token))
      await refused('not_found', sharing.resume(pass))
      assert.equal((await sharing.resources.get(ref))?.visibility, 'private')
      assert.equal(await sharing.can(null, 'view', ref), false)
    },
    'the links that they made by a right of their own elsewhere in the tenant end too': async (world) => {
      const { sharing } = world
      await world.document()
      const made = await sharing.links.create(root, ref, { visibility: 'public' })
      const own = await world.link()
      await sharing.members.remove('acme', 'root')
      await refused('not_found', sharing.open(made.token))
      await sharing.open(own.token)
    },
    'what changed hands before stays, by right of its new owner': async (world) => {
      const { sharing } = world
      await world.document()
      const { token } = await world.link()
      await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
      await sharing.members.remove('acme', 'ann')
      await sharing.open(token)
      assert.equal((await sharing.resources.get(ref))?.ownerId, 'bob')
      await sharing.members.remove('acme', 'bob')
      await refused('not_found', sharing.open(token))
    },
    'with an heir, who takes the resources over with their shares': async (world) => {
      const { sharing } = world
      await world.document('d1', { visibility: 'account' })
      const own = await world.link()
      const admins = await sharing.links.create(root, ref, { visibility: 'public' })
      await sharing.open(own.token)
      await sharing.members.remove('acme', 'ann', { heir: 'bob' })
      for (const { token } of [own, admins]) await sharing.open(token)
      const { ownerId, visibility } = (await sharing.resources.get(ref))!
      assert.deepEqual([ownerId, visibility], ['bob', 'account'])
      assert.equal((await sharing.links.get(bob, own.id)).viewCount, 2)
      await refusedField('options.heir', sharing.members.remove('acme', 'bob', { heir: 'bob' }))
      await sharing.members.remove('acme', 'bob')
      await refused('not_found', sharing.open(own.token))
    },
    'what ended never comes back, also when the person does': async (world) => {
      const { sharing } = world
      await world.document()
      const { id, token } = await world.link()
      await sharing.members.remove('acme', 'ann')
      await sharing.members.remove('acme', 'ann')
      await world.document()
      await refused('not_found', sharing.open(token))
      await refused('conflict', sharing.links.rotate(ann, id))
      const again = await world.link()
      await sharing.open(again.token)
      await refused('not_found', sharing.open(token))
    },
    'what was given to their address ends, claimed or not: as the host says, or as they claimed': async (
      world,
    ) => {
      const { sharing } = world
      for (const id of ['d1', 'd2', 'd3']) await world.document(id)
      const invite = (id: string, email: string) =>
        sharing.collaborators.add(ann, documentRef(id), { email, role: 'editor' })
      const named = async (id: string) =>
        (await sharing.collaborators.list(ann, documentRef(id))).map(({ grantee }) => grantee.kind)
      await invite('d1', bob.email)
      await sharing.members.remove('acme', 'bob')
      assert.equal(await sharing.can(bob, 'edit', ref), false)
      assert.deepEqual(await named('d1'), ['email'])
      await sharing.members.remove('acme', 'bob', { email: ' BOB@acme.example' })
      assert.equal(await sharing.can(bob, 'view', ref), false)
      assert.deepEqual(await named('d1'), [])
      await invite('d1', bob.email)
      await sharing.invitations.claim(bob)
      await invite('d2', bob.email)
      await invite('d3', 'other@acme.example')
      const made = await sharing.links.create(ann, ref, { visibility: 'public' })
      await sharing.members.remove('acme', 'bob')
      assert.deepEqual([await named('d1'), await named('d2'), await named('d3')], [[], [], ['email']])
      for (const id of ['d1', 'd2']) assert.equal(await sharing.can(bob, 'view', documentRef(id)), false)
      await sharing.open(made.token)
      const ends = (await sharing.audit.list(ada, { limit: 100 })).items.filter(
        ({ after }) => after?.['reason'] === 'member_removed',
      )
      assert.equal(ends.filter(({ action }) => action === 'collaborator.removed').length, 3)
      await assert.rejects(sharing.members.remove('acme', 'bob', { email: 'bob' }))
    },
    'each of several resources changes by itself, and keeps what is its own': async (world) => {
      const { sharing, clock } = world
      const ids = ['d1', 'd2', 'd3', 'd4']
      const made = new Map<string, Resource>()
      for (const [index, id] of ids.entries()) {
        const visibility = (['public', 'account', 'private', 'account'] as const)[index]!
        const parent = index === 0 ? undefined : documentRef('d1')
        made.set(
          id,
          await world.document(id, { title: `title of ${id}`, traits: [`trait-${id}`], visibility, parent }),
        )
      }
      await world.document('of bob', { ownerId: 'bob', title: 'untouched', visibility: 'account' })
      const untouched = await sharing.resources.get(bobs)
      clock.pass(DAY)
      await sharing.members.remove('acme', 'ann', { heir: 'cyd' })
      for (const id of ids) {
        const now = await sharing.resources.get(documentRef(id))
        assert.deepEqual(now, { ...made.get(id), ownerId: 'cyd', updatedAt: clock.now })
      }
      clock.pass(DAY)
      await sharing.members.remove('acme', 'cyd')
      for (const id of ids) {
        const { visibility, updatedAt, ...now } = (await sharing.resources.get(documentRef(id)))!
        const { visibility: was, updatedAt: _, ...before } = made.get(id)!
        assert.deepEqual(now, { ...before, ownerId: 'cyd' })
        assert.equal(visibility, 'private')
        assert.equal(updatedAt < clock.now, was === 'private')
      }
      assert.deepEqual(await sharing.resources.get(bobs), untouched)
    },
    'in one tenant, not in others': async (world) => {
      const { sharing } = world
      await world.document()
      const far = documentRef('far')
      await world.document('far', { tenantId: 'rival', ownerId: 'ann' })
      const abroad = await sharing.links.create({ ...ann, tenantId: 'rival' }, far, { visibility: 'public' })
      const { token } = await world.link()
      await sharing.members.remove('rival', 'bob')
      await sharing.members.remove('acme', 'ann')
      await refused('not_found', sharing.open(token))
      await sharing.open(abroad.token)
    },
    'is recorded, with the reason why each link ended': async ({ document, link, sharing }) => {
      await document()
      const { id } = await link()
      await sharing.members.remove('acme', 'ann')
      const { items } = await sharing.audit.list(ada)
      const ended = items.find(({ action }) => action === 'link.revoked')
      assert.deepEqual([ended?.target?.id, ended?.after], [id, { reason: 'member_removed' }])
      const left = items.find(({ action }) => action === 'member.removed')
      assert.deepEqual(left?.target, { kind: 'user', id: 'ann' })
    },
  }),
  ...casesOf('admins.remove', {
    'ends what was made by right of being admin, and nothing else': async (world) => {
      const { sharing } = world
      await world.document()
      await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
      const own = await world.link()
      const here = await sharing.links.create(root, ref, { visibility: 'public' })
      const there = await sharing.links.create(root, documentRef('far'), { visibility: 'public' })
      await sharing.admins.remove('root', 'rival')
      await refused('not_found', sharing.open(there.token))
      await sharing.open(here.token)
      await sharing.admins.remove('somebody', null)
      await sharing.open(here.token)
      await sharing.admins.remove('root', null)
      await refused('not_found', sharing.open(here.token))
      await sharing.open(own.token)
      const { items } = await sharing.audit.list(ann, { resource: ref })
      assert.deepEqual(items[0]?.after, { reason: 'admin_removed' })
    },
    'what an admin owns is shared by right of owning it': async ({ document, sharing }) => {
      await document('d1', { ownerId: 'root' })
      const made = await sharing.links.create({ ...root, tenantId: 'acme' }, ref, { visibility: 'public' })
      await sharing.admins.remove('root', null)
      await sharing.open(made.token)
    },
  }),
  ...casesOf('users.forget', {
    'views stay counted, without viewer, address and agent': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const { id, token } = await world.link()
      const visitor = { ip: '192.0.2.1', userAgent: 'x' }
      await sharing.open(token, { actor: bob, ...visitor })
      // From elsewhere too: without a name they would be two visitors.
      await sharing.open(token, { actor: bob, ip: '192.0.2.2', userAgent: 'y' })
      await sharing.open(token, { actor: eve, ...visitor })
      const before = await sharing.views.stats(ann, { link: id })
      assert.deepEqual([before.views, before.visitors], [3, 2])
      await sharing.users.forget('bob')
      const { items } = await sharing.views.list(ann, { link: id })
      const kept = items.map(({ viewerId, ip, userAgent }) => [viewerId, ip, userAgent])
      assert.equal(kept.filter(([viewerId]) => viewerId === 'eve').length, 1)
      assert.deepEqual(
        kept.filter(([viewerId]) => viewerId === null),
        [
          [null, null, null],
          [null, null, null],
        ],
      )
      const to = clock.now
      assert.deepEqual(await sharing.views.stats(ann, { link: id }), before)
      clock.pass(3 * DAY)
      await sharing.maintain()
      assert.deepEqual(await sharing.views.stats(ann, { link: id, to }), before)
      assert.equal((await sharing.links.get(ann, id)).viewCount, 3)
    },
    'ends what they made where they own and opened nothing': async (world) => {
      const { sharing } = world
      await world.document()
      const [admins, own] = [
        await sharing.links.create(root, ref, { visibility: 'public' }),
        await world.link(),
      ]
      await sharing.users.forget('root')
      await refused('not_found', sharing.open(admins.token))
      await sharing.open(own.token)
    },
    'what they were given ends, also where it is all that is known of them': async (world) => {
      const { sharing } = world
      await world.document()
      await sharing.collaborators.add(ann, ref, { userId: 'eve', role: 'viewer' })
      await sharing.users.forget('eve')
      assert.deepEqual(await sharing.collaborators.list(ann, ref), [])
    },
    'ends their shares in every tenant': async (world) => {
      const { sharing } = world
      await world.document('of bob', { ownerId: 'bob', visibility: 'public' })
      await world.document('far', { tenantId: 'rival', ownerId: 'bob' })
      await world.document('own', { tenantId: null, ownerId: 'bob' })
      await world.document()
      const stays = await world.link()
      const tokens = [
        (await sharing.links.create(bob, bobs, { visibility: 'public' })).token,
        (
          await sharing.links.create({ ...bob, tenantId: 'rival' }, documentRef('far'), {
            visibility: 'public',
          })
        ).token,
        (await sharing.links.create({ ...bob, tenantId: null }, documentRef('own'), { visibility: 'public' }))
          .token,
      ]
      for (const token of tokens) await sharing.open(token)
      await sharing.users.forget('bob')
      for (const token of tokens) await refused('not_found', sharing.open(token))
      assert.equal((await sharing.resources.get(bobs))?.visibility, 'private')
      await sharing.open(stays.token)
      await sharing.users.forget('bob')
      await sharing.users.forget('nobody')
    },
  }),
  ...casesOf('tenants.remove', {
    'takes everything of the tenant and nothing of another': async (world) => {
      const { sharing } = world
      const far = documentRef('far')
      await world.document('d1', { visibility: 'public' })
      await world.document('below', { parent: ref })
      await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
      const { id, token } = await world.link()
      const abroad = await sharing.links.create(eve, far, { visibility: 'public' })
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      await sharing.policies.set(ada, { maxLinkDays: 9 })
      const { pass } = await sharing.open(token)
      await sharing.open(abroad.token)
      await sharing.tenants.remove('acme')
      await refused('not_found', sharing.open(token))
      await refused('not_found', sharing.resume(pass))
      await refused('not_found', sharing.links.get(ann, id))
      assert.equal(await sharing.resources.get(ref), null)
      assert.equal((await sharing.policies.get(ann)).maxLinkDays, null)
      assert.deepEqual((await sharing.audit.list(ada)).items, [])
      assert.deepEqual((await sharing.list(ann)).items, [])
      await sharing.open(abroad.token)
      assert.equal((await sharing.links.get(eve, abroad.id)).viewCount, 2)
      await sharing.tenants.remove('acme')
      await world.document('d1', { tenantId: 'rival', ownerId: 'eve' })
      await refused('not_found', sharing.open(token))
    },
  }),
]
