import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { allPages, refused } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR, type World } from './world.ts'

const { ann, bob, ada, eve, root } = ACTORS
const ref = documentRef()
const folder = (id = 'f1') => ({ type: 'folder', id }) as const
const cyd: Actor = { userId: 'cyd', tenantId: 'acme', email: 'cyd@acme.example' }

/** Ann's document in her folder, with bob as its manager. */
async function managed(
  { sharing, document }: World,
  on: 'document' | 'folder' = 'document',
): Promise<string> {
  await sharing.resources.register(folder(), { tenantId: 'acme', ownerId: 'ann' })
  await document('d1', { parent: folder(), traits: ['live'] })
  const where = on === 'document' ? ref : folder()
  return (await sharing.collaborators.add(ann, where, { userId: 'bob', role: 'manager' })).id
}

const shares = (world: World, actor: Actor = bob, more: object = {}) =>
  world.sharing.links.create(actor, ref, { visibility: 'public', ...more })

const opens = async ({ sharing }: World, token: string): Promise<boolean> =>
  sharing.open(token).then(
    () => true,
    () => false,
  )

export const delegated: readonly ConformanceCase[] = [
  ...casesOf('links by right of a grant', {
    'open while the right stands, and end with it': async (world) => {
      const { sharing } = world
      const id = await managed(world)
      const { token, id: link } = await shares(world)
      const { pass } = await sharing.open(token)
      await sharing.collaborators.remove(ann, id)
      await refused('not_found', sharing.open(token))
      await refused('not_found', sharing.resume(pass))
      assert.equal((await sharing.links.get(ann, link)).status, 'revoked')
      // Whoever is given access again has another grant: what ended stays ended.
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'manager' })
      await refused('not_found', sharing.open(token))
    },
    'give no more than the right': async (world) => {
      const { sharing } = world
      const id = await managed(world)
      await refused('invalid_role', shares(world, bob, { role: 'editor' }))
      const { token } = await shares(world, bob, { role: 'commenter' })
      assert.deepEqual((await sharing.open(token)).actions, ['view', 'comment'])
      await sharing.collaborators.setRole(ann, id, 'viewer')
      await refused('not_found', sharing.open(token))
      await sharing.collaborators.setRole(ann, id, 'manager')
      await refused('not_found', sharing.open(token))
    },
    'end when the right runs out, and their passes too': async (world) => {
      const { sharing, clock } = world
      const id = await managed(world)
      await sharing.collaborators.add(ann, ref, {
        userId: 'bob',
        role: 'manager',
        expiresAt: new Date(clock.now.getTime() + HOUR),
      })
      assert.equal((await sharing.collaborators.list(ann, ref))[0]?.id, id)
      const { token } = await shares(world)
      const { pass, passExpiresAt } = await sharing.open(token)
      assert.deepEqual(passExpiresAt, new Date(clock.now.getTime() + HOUR))
      clock.pass(HOUR)
      await refused('not_found', sharing.open(token))
      await refused('not_found', sharing.resume(pass))
    },
    'end when their maker leaves the resource, the tenant or the group': async (world) => {
      const { sharing } = world
      await managed(world)
      const first = await shares(world)
      await sharing.collaborators.leave(bob, ref)
      assert.equal(await opens(world, first.token), false)
      await sharing.collaborators.add(ann, ref, { groupId: 'staff', role: 'manager' })
      const inStaff = { ...bob, groups: ['staff'] }
      const second = await shares(world, inStaff)
      const third = await shares(world, { ...cyd, groups: ['staff'] })
      await sharing.groups.removeMember('acme', 'staff', 'bob')
      assert.deepEqual([await opens(world, second.token), await opens(world, third.token)], [false, true])
      await sharing.members.remove('acme', 'cyd')
      assert.equal(await opens(world, third.token), false)
    },
    'end by their own right alone: what another’s grant or another group gave goes on': async (world) => {
      const { sharing } = world
      const id = await managed(world)
      await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'manager' })
      const [bobs, cyds] = [await shares(world), await shares(world, cyd)]
      await sharing.collaborators.remove(ann, id)
      assert.deepEqual([await opens(world, bobs.token), await opens(world, cyds.token)], [false, true])
      for (const groupId of ['staff', 'crew'])
        await sharing.collaborators.add(ann, ref, { groupId, role: 'manager' })
      const by = (group: string) => shares(world, { ...bob, groups: [group] })
      const [staffs, crews] = [await by('staff'), await by('crew')]
      await sharing.groups.removeMember('acme', 'staff', 'bob')
      assert.deepEqual([await opens(world, staffs.token), await opens(world, crews.token)], [false, true])
    },
    'end when the resource leaves the place by which it was reached': async (world) => {
      const { sharing } = world
      await managed(world, 'folder')
      await refused(
        'not_found',
        sharing.collaborators.add(bob, folder('none'), { userId: 'cyd', role: 'viewer' }),
      )
      const { token } = await shares(world)
      assert.equal(await opens(world, token), true)
      await sharing.resources.register(folder('f2'), { tenantId: 'acme', ownerId: 'ann' })
      await sharing.resources.update(ref, { parent: folder('f2') })
      assert.equal(await opens(world, token), false)
      await sharing.resources.update(ref, { parent: folder() })
      assert.equal(await opens(world, token), false)
      const again = await shares(world)
      await sharing.resources.register(folder('top'), { tenantId: 'acme', ownerId: 'ann' })
      await sharing.resources.update(folder(), { parent: folder('top') })
      assert.equal(await opens(world, again.token), true)
      await sharing.resources.remove(folder())
      assert.equal(await opens(world, again.token), false)
      assert.equal((await sharing.links.get(ann, again.id)).status, 'revoked')
    },
    'that stood by a right that is over are not revived by owning the resource, nor are those below': async (
      world,
    ) => {
      const { sharing, clock } = world
      await managed(world)
      await sharing.collaborators.add(ann, ref, {
        userId: 'bob',
        role: 'manager',
        expiresAt: new Date(clock.now.getTime() + HOUR),
      })
      const { token, id } = await shares(world)
      clock.pass(HOUR)
      await refused('not_found', sharing.open(token))
      await sharing.resources.transfer(ann, ref, 'bob')
      await refused('not_found', sharing.open(token))
      assert.equal((await sharing.links.get(bob, id)).status, 'revoked')
      await sharing.collaborators.add(ann, folder(), { userId: 'eva', role: 'manager' })
      const eva = { userId: 'eva', tenantId: 'acme' }
      const below = await shares(world, eva)
      assert.equal(await opens(world, below.token), true)
      await sharing.resources.transfer(ann, folder(), 'eva', { keep: null })
      assert.equal(await opens(world, below.token), false)
      await sharing.resources.transfer(bob, ref, 'cyd', { keep: null })
      assert.equal(await opens(world, below.token), false)
      // The heir of somebody is an owner like any other.
      await sharing.collaborators.add(cyd, ref, {
        userId: 'eva',
        role: 'manager',
        expiresAt: new Date(clock.now.getTime() + HOUR),
      })
      const late = await shares(world, eva)
      clock.pass(HOUR)
      await sharing.members.remove('acme', 'cyd', { heir: 'eva' })
      assert.equal(await opens(world, late.token), false)
    },
    'are not among those who have access once that right is over': async (world) => {
      const { sharing, clock } = world
      await managed(world)
      const expiresAt = new Date(clock.now.getTime() + HOUR)
      await sharing.collaborators.add(ann, folder(), { userId: 'eva', role: 'manager', expiresAt })
      const [stays, ends] = [await shares(world), await shares(world, { userId: 'eva', tenantId: 'acme' })]
      const links = async () =>
        (await sharing.access(ann, ref)).flatMap(({ who }) => (who.kind === 'link' ? [who.linkId] : []))
      assert.deepEqual((await links()).sort(), [stays.id, ends.id].sort())
      clock.pass(HOUR)
      await refused('not_found', sharing.open(ends.token))
      assert.deepEqual(await links(), [stays.id])
    },
    'of one who becomes the owner go on by that right': async (world) => {
      const { sharing } = world
      await managed(world)
      const { token } = await shares(world)
      await sharing.resources.transfer(ann, ref, 'bob')
      assert.equal(await opens(world, token), true)
      assert.deepEqual(
        (await sharing.collaborators.list(bob, ref)).map(({ grantee, role }) => [grantee, role]),
        [[{ kind: 'user', userId: 'ann' }, 'manager']],
      )
      assert.deepEqual((await sharing.explain(ann, 'view', ref)).role, 'manager')
      await sharing.resources.transfer(bob, ref, 'ann', { keep: 'viewer' })
      assert.deepEqual((await sharing.explain(bob, 'view', ref)).role, 'viewer')
      assert.equal(await opens(world, token), true)
    },
  }),
  ...casesOf('parents', {
    'who was invited above is told by address to those who manage there alone': async (world) => {
      const { sharing } = world
      await managed(world)
      await sharing.collaborators.add(ann, folder(), { email: 'gil@acme.example', role: 'viewer' })
      await sharing.collaborators.add(ann, folder(), { email: cyd.email!, role: 'viewer' })
      await sharing.collaborators.add(ann, ref, { email: 'hal@acme.example', role: 'viewer' })
      await sharing.invitations.claim(cyd)
      const seen = async (actor: Actor) =>
        (await sharing.access(actor, ref))
          .flatMap(({ who, via }) => (via === 'grant' ? [JSON.stringify(who)] : []))
          .sort()
      const own = ['{"kind":"email","email":"hal@acme.example"}', '{"kind":"user","userId":"bob"}']
      const theirs = '{"kind":"user","userId":"cyd","email":"cyd@acme.example"}'
      assert.deepEqual(
        await seen(ann),
        [...own, '{"kind":"email","email":"gil@acme.example"}', theirs].sort(),
      )
      assert.deepEqual(
        await seen(bob),
        [...own, '{"kind":"email","email":"g…@acme.example"}', '{"kind":"user","userId":"cyd"}'].sort(),
      )
    },
    'and of several places above to those who manage the one where it was': async (world) => {
      const { sharing, document } = world
      for (const [id, parent] of [['top'], ['inner', 'top']] as const) {
        const above = parent === undefined ? {} : { parent: folder(parent) }
        await sharing.resources.register(folder(id), { tenantId: 'acme', ownerId: 'ann', ...above })
      }
      await document('d1', { parent: folder('inner') })
      await sharing.collaborators.add(ann, folder('top'), { email: 'gil@acme.example', role: 'viewer' })
      await sharing.collaborators.add(ann, folder('inner'), { email: 'hal@acme.example', role: 'viewer' })
      for (const [userId, id] of [
        ['bob', 'inner'],
        ['cyd', 'top'],
      ] as const) {
        await sharing.collaborators.add(ann, folder(id), { userId, role: 'manager' })
      }
      const invited = async (actor: Actor) =>
        (await sharing.access(actor, ref))
          .flatMap(({ who }) => (who.kind === 'email' ? [who.email] : []))
          .sort()
      assert.deepEqual(await invited(bob), ['g…@acme.example', 'hal@acme.example'])
      // Who manages what lies above manages what lies in it.
      assert.deepEqual(await invited(cyd), ['gil@acme.example', 'hal@acme.example'])
    },
    'give what was given on them, by the role’s name, and nothing else': async (world) => {
      const { sharing, document } = world
      for (const id of ['top', 'f1']) {
        await sharing.resources.register(folder(id), {
          tenantId: 'acme',
          ownerId: 'cyd',
          visibility: 'account',
          ...(id === 'f1' ? { parent: folder('top') } : {}),
        })
      }
      await document('d1', { parent: folder('f1') })
      for (const actor of [bob, cyd]) assert.equal(await sharing.can(actor, 'view', ref), false)
      const given = { userId: 'bob', role: 'viewer' } as const
      const { id: grantId } = await sharing.collaborators.add(cyd, folder('top'), given)
      await sharing.collaborators.add(cyd, folder('top'), { groupId: 'keepers', role: 'keeper' })
      assert.deepEqual((await sharing.explain(bob, 'view', ref)).via, {
        kind: 'grant',
        grantId,
        grantee: 'user',
        above: folder('top'),
      })
      const keeper = { ...cyd, groups: ['keepers'] }
      assert.equal(await sharing.can(keeper, 'keep', folder('f1')), true)
      assert.equal(await sharing.can(keeper, 'view', ref), false)
      const reasons = (await sharing.explain(keeper, 'view', ref)).considered.map(({ reason }) => reason)
      assert.deepEqual(reasons, ['not_the_owner', 'unknown_role'])
      await sharing.resources.update(folder('f1'), { parent: null })
      assert.equal(await sharing.can(bob, 'view', ref), false)
    },
    'are in filter and access, and not in list: the folder itself is': async (world) => {
      const { sharing, document, filtered } = world
      await sharing.resources.register(folder(), { tenantId: 'acme', ownerId: 'ann' })
      await document('d1', { parent: folder() })
      await document('d2')
      for (const [id, parent] of [['top'], ['f2', 'top']] as const) {
        const above = parent === undefined ? {} : { parent: folder(parent) }
        await sharing.resources.register(folder(id), { tenantId: 'acme', ownerId: 'ann', ...above })
      }
      await document('d3', { parent: folder('f2') })
      await sharing.collaborators.add(ann, folder(), { userId: 'bob', role: 'viewer' })
      assert.deepEqual(await filtered(bob, 'view', ['d1', 'd2', 'd3']), ['d1'])
      const listed = (await sharing.list(bob)).items
      assert.deepEqual(
        listed.map(({ resource, access, role, sharedBy }) => [resource.id, access, role, sharedBy]),
        [['f1', 'shared', 'viewer', 'ann']],
      )
      const entry = (await sharing.access(ann, ref)).find(({ via }) => via === 'grant')
      assert.deepEqual([entry?.who, entry?.above], [{ kind: 'user', userId: 'bob' }, folder()])
      await sharing.collaborators.remove(ann, entry!.grantId!)
      assert.ok((await sharing.access(ann, ref)).every(({ via }) => via === 'owner'))
    },
  }),
  ...casesOf('list of what is shared', {
    'once each, newest resource first, with the strongest role, page after page': async (world) => {
      const { sharing, document, clock } = world
      const times: string[] = []
      for (let index = 0; index < 7; index++) {
        clock.pass(1)
        const id = `d${index}`
        await document(id, index === 3 ? { ownerId: 'bob' } : {})
        times.unshift(id)
        const on = documentRef(id)
        await sharing.collaborators.add(root, on, { groupId: 'staff', role: 'viewer' })
        if (index % 2 === 0) await sharing.collaborators.add(root, on, { userId: 'bob', role: 'commenter' })
        if (index % 3 === 0)
          await sharing.collaborators.add(root, on, { email: 'BOB@acme.example', role: 'editor' })
      }
      const inStaff = { ...bob, groups: ['staff', 'others'] }
      for (const limit of [1, 2, 50]) {
        const items = await allPages((cursor) => sharing.list(inStaff, { limit, cursor }))
        assert.deepEqual(
          items.map(({ resource }) => resource.id),
          times,
        )
        assert.deepEqual(
          items.map(({ role }) => role),
          ['editor', 'viewer', 'commenter', 'owner', 'commenter', 'viewer', 'editor'],
        )
        const shared = await allPages((cursor) => sharing.list(inStaff, { filter: 'shared', limit, cursor }))
        assert.equal(shared.length, 6)
      }
      assert.equal((await sharing.list(bob, { filter: 'shared' })).items.length, 4)
      assert.deepEqual((await sharing.list(inStaff, { filter: 'shared', type: 'folder' })).items, [])
    },
    'is theirs again as guests, while the policy lets guests in': async (world) => {
      const { sharing, document } = world
      await document()
      await sharing.collaborators.add(ann, ref, { email: 'eve@rival.example', role: 'viewer' })
      assert.deepEqual((await sharing.list(eve)).items, [])
      await sharing.policies.set(ada, { allowGuests: true })
      assert.deepEqual(
        (await sharing.list(eve)).items.map(({ resource, access }) => [resource.id, access]),
        [['d1', 'shared']],
      )
    },
    'shows nothing that is over or gone': async (world) => {
      const { sharing, document, clock } = world
      for (const id of ['d1', 'd2', 'd3', 'd4', 'd5']) await document(id)
      const add = (id: string, more: object = {}) =>
        sharing.collaborators.add(ann, documentRef(id), { userId: 'bob', role: 'viewer', ...more })
      await add('d1', { expiresAt: new Date(clock.now.getTime() + DAY) })
      const { id } = await add('d2')
      await add('d3')
      await add('d4')
      await sharing.collaborators.add(ann, documentRef('d5'), { email: bob.email, role: 'viewer' })
      const ids = async () => (await sharing.list(bob)).items.map(({ resource }) => resource.id).sort()
      assert.deepEqual(await ids(), ['d1', 'd2', 'd3', 'd4', 'd5'])
      clock.pass(DAY)
      await sharing.collaborators.remove(ann, id)
      await sharing.resources.remove(documentRef('d3'))
      assert.deepEqual(await ids(), ['d4', 'd5'])
      clock.pass(29 * DAY)
      assert.deepEqual(await ids(), ['d4'])
    },
  }),
]
