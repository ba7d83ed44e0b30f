import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused, refusedField } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR, MINUTE, type World } from './world.ts'

const { ann, bob, eve, ada, zoe, root } = ACTORS
const ref = documentRef()
const cyd = { userId: 'cyd', tenantId: 'acme', email: 'Cyd@Acme.example' }

const may = async ({ sharing }: World, actor: Parameters<World['sharing']['can']>[0]): Promise<string[]> =>
  (await sharing.explain(actor, 'view', ref)).actions

export const collaborators: readonly ConformanceCase[] = [
  ...casesOf('collaborators.add', {
    'by user id, at once': async (world) => {
      const { document, sharing, clock } = world
      await document()
      assert.equal(await sharing.can(bob, 'view', ref), false)
      const added = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'commenter' })
      assert.deepEqual(added, {
        id: added.id,
        resource: ref,
        role: 'commenter',
        mode: 'live',
        snapshot: null,
        status: 'active',
        invitedBy: 'ann',
        createdAt: clock.now,
        acceptedAt: clock.now,
        expiresAt: null,
        invitationExpiresAt: null,
        grantee: { kind: 'user', userId: 'bob' },
      })
      assert.deepEqual(await may(world, bob), ['view', 'comment'])
      assert.deepEqual(await may(world, cyd), [])
    },
    'by address: whoever has verified it, in any spelling': async (world) => {
      const { document, sharing, clock } = world
      await document()
      const added = await sharing.collaborators.add(ann, ref, { email: ' cYD@acme.EXAMPLE', role: 'viewer' })
      assert.deepEqual(
        [added.status, added.acceptedAt, added.grantee, added.invitationExpiresAt],
        [
          'invited',
          null,
          { kind: 'email', email: 'cYD@acme.EXAMPLE' },
          new Date(clock.now.getTime() + 30 * DAY),
        ],
      )
      assert.deepEqual(await may(world, cyd), ['view'])
      assert.deepEqual(await may(world, { userId: 'cyd', tenantId: 'acme' }), [])
      clock.pass(30 * DAY)
      assert.deepEqual(await may(world, cyd), [])
    },
    'by group: whoever the host says is in it, inside the tenant': async (world) => {
      const { document, sharing } = world
      await document()
      await sharing.collaborators.add(ann, ref, { groupId: 'staff', role: 'viewer' })
      assert.deepEqual(await may(world, { ...bob, groups: ['others', 'staff'] }), ['view'])
      assert.deepEqual(await may(world, bob), [])
      await sharing.policies.set(ada, { allowGuests: true })
      assert.deepEqual(await may(world, { ...eve, groups: ['staff'] }), [])
    },
    'again: the role is another, the person the same': async (world) => {
      const { document, sharing } = world
      await document()
      const first = await sharing.collaborators.add(ann, ref, { email: 'cyd@acme.example', role: 'editor' })
      const again = await sharing.collaborators.add(ann, ref, { email: 'CYD@acme.example', role: 'viewer' })
      assert.deepEqual([again.id, again.role], [first.id, 'viewer'])
      assert.equal((await sharing.collaborators.list(ann, ref)).length, 1)
      assert.deepEqual(await may(world, cyd), ['view'])
    },
    'the owner is added to nothing, and told nothing else': async ({ document, sharing }) => {
      await document()
      for (const who of [{ userId: 'ann' }, { email: 'Ann@acme.example' }]) {
        const answer = await sharing.collaborators.add(ann, ref, { ...who, role: 'viewer' })
        assert.equal(answer.role, 'viewer')
      }
      assert.deepEqual(await sharing.collaborators.list(ann, ref), [])
    },
    'rights are a union: the weaker takes nothing from the stronger': async (world) => {
      const { document, sharing } = world
      await document('d1', { visibility: 'public' })
      await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'commenter' })
      await sharing.collaborators.add(ann, ref, { email: 'cyd@acme.example', role: 'viewer' })
      assert.deepEqual(await may(world, cyd), ['view', 'comment'])
      for (const visibility of ['private', 'account', 'public'] as const) {
        await sharing.resources.setVisibility(ann, ref, visibility)
        assert.deepEqual(await may(world, cyd), ['view', 'comment'])
      }
    },
    'a guest has what they were given where the policy lets guests in, and manages nothing': async (
      world,
    ) => {
      const { document, sharing } = world
      await document()
      await sharing.collaborators.add(ann, ref, { userId: 'eve', role: 'editor' })
      await sharing.collaborators.add(ann, ref, { userId: 'zoe', role: 'viewer' })
      for (const guest of [eve, zoe]) assert.deepEqual(await may(world, guest), [])
      await sharing.policies.set(ada, { allowGuests: true })
      assert.deepEqual(await may(world, eve), ['view', 'comment'])
      assert.deepEqual(await may(world, zoe), ['view'])
      await sharing.policies.set(ada, { allowGuests: false })
      assert.deepEqual(await may(world, eve), [])
    },
    'what was given ends at its moment': async (world) => {
      const { document, sharing, clock } = world
      await document()
      const expiresAt = new Date(clock.now.getTime() + HOUR)
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer', expiresAt })
      clock.pass(HOUR - 1)
      assert.deepEqual(await may(world, bob), ['view'])
      clock.pass(1)
      assert.deepEqual(await may(world, bob), [])
      assert.deepEqual(await sharing.collaborators.list(ann, ref), [])
      const again = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      assert.deepEqual([await may(world, bob), again.expiresAt], [['view'], null])
    },
    'takes the right to share, and gives no role above one’s own': async ({ document, sharing }) => {
      await document('d1', { visibility: 'account' })
      const add = (actor: typeof bob | typeof zoe, role: 'viewer' | 'editor' = 'viewer') =>
        sharing.collaborators.add(actor, ref, { userId: 'dan', role })
      await refused('forbidden', add(bob))
      await refused('forbidden', add(ada as typeof bob))
      await refused('not_found', add(eve))
      await add(root as typeof bob, 'editor')
      await refused('invalid_role', add(ann, 'pilot' as 'viewer'))
    },
    'refuses what is none': async ({ document, sharing, clock }) => {
      await document()
      const add = (who: object) => sharing.collaborators.add(ann, ref, { role: 'viewer', ...who } as never)
      await refused('invalid_email', add({ email: 'nobody' }))
      await refusedField('options.email', add({}))
      await refusedField('options.email', add({ email: 'a@b.example', userId: 'bob' }))
      await refusedField('options.expiresAt', add({ userId: 'bob', expiresAt: clock.now }))
      await refusedField('options.mode', add({ userId: 'bob', mode: 'snapshot' }))
      const early = await sharing.collaborators.add(ann, ref, {
        email: 'g@elsewhere.example',
        role: 'viewer',
      })
      const dee = { userId: 'dee', tenantId: 'acme', email: 'g@elsewhere.example' }
      await sharing.requests.create(dee, ref, { role: 'editor' })
      await sharing.policies.set(ada, { allowedEmailDomains: ['acme.example'] })
      // What was asked for or offered before counts for nothing more than what is offered now.
      assert.deepEqual(await sharing.invitations.claim(dee), [])
      const [request] = await sharing.requests.list(ann, ref)
      await refused('policy_violation', sharing.requests.approve(ann, request!.id))
      await sharing.collaborators.remove(ann, early.id)
      await refused('policy_violation', add({ email: 'a@b.example' }))
      assert.deepEqual(await sharing.collaborators.list(ann, ref), [])
    },
    'as many as the limit allows, and no more, at once': async ({ document, sharingWith, elsewhere }) => {
      await document()
      await elsewhere()
      const sharing = sharingWith({ limits: { collaboratorsPerResource: 3 } })
      const adds = Array.from({ length: 8 }, (_, index) =>
        sharing.collaborators.add(ann, ref, { userId: `u${index}`, role: 'viewer' }).then(
          () => 'ok',
          (error: { code: string }) => error.code,
        ),
      )
      const outcomes = await Promise.all(adds)
      assert.equal(outcomes.filter((one) => one === 'ok').length, 3)
      assert.equal(outcomes.filter((one) => one === 'collaborator_limit').length, 5)
      assert.equal((await sharing.collaborators.list(ann, ref)).length, 3)
    },
    'the limit counts whoever has something on the resource now': async (world) => {
      const { document, link, sharingWith, clock } = world
      await document()
      await document('d2')
      await link()
      const sharing = sharingWith({ limits: { collaboratorsPerResource: 2, invitationsPerHour: false } })
      const add = (whom: { userId: string } | { email: string }, on = ref, more: object = {}) =>
        sharing.collaborators.add(ann, on, { ...whom, role: 'viewer', ...more })
      for (const userId of ['u1', 'u2']) await add({ userId }, documentRef('d2'))
      await sharing.collaborators.remove(ann, (await add({ userId: 'u1' })).id)
      await add({ userId: 'u2' }, ref, { expiresAt: new Date(clock.now.getTime() + HOUR) })
      await add({ email: 'someone@x.example' })
      await refused('collaborator_limit', add({ userId: 'u3' }))
      clock.pass(HOUR)
      await add({ userId: 'u3' })
      await refused('collaborator_limit', add({ userId: 'u4' }))
      clock.pass(31 * 24 * HOUR)
      await add({ userId: 'u4' })
      await refused('collaborator_limit', add({ userId: 'u5' }))
    },
    'the limit counts whoever owned it before, and not its new owner': async (world) => {
      const { document, sharingWith } = world
      await document()
      const sharing = sharingWith({ limits: { collaboratorsPerResource: 2 } })
      for (const userId of ['bob', 'cyd']) {
        await sharing.collaborators.add(ann, ref, { userId, role: 'viewer' })
      }
      await refused('collaborator_limit', sharing.resources.transfer(ann, ref, 'dan'))
      assert.equal((await sharing.resources.get(ref))?.ownerId, 'ann')
      await sharing.resources.transfer(ann, ref, 'bob')
      const named = async () =>
        (await sharing.collaborators.list(ann, ref)).flatMap(({ grantee }) =>
          grantee.kind === 'user' ? [grantee.userId] : [],
        )
      assert.deepEqual((await named()).sort(), ['ann', 'cyd'])
      await sharing.resources.transfer(bob, ref, 'dan', { keep: null })
      assert.deepEqual((await named()).sort(), ['ann', 'cyd'])
    },
    'by name, address or group, here or above, and only while they have it, a filter finds it': async (
      world,
    ) => {
      const { document, sharing, clock, filtered } = world
      const mail = { email: 'bob@acme.example' }
      const given: Record<string, { userId: string } | { email: string } | { groupId: string }> = {
        lapsed: mail,
        expired: { userId: 'bob' },
        ended: { userId: 'bob' },
        named: { userId: 'bob' },
        addressed: mail,
        grouped: { groupId: 'staff' },
        others: { userId: 'cyd' },
        archived: { userId: 'bob' },
        weak: { userId: 'bob' },
      }
      const soon = new Date(clock.now.getTime() + HOUR)
      for (const [id, whom] of Object.entries(given)) {
        await document(id, { traits: id === 'archived' ? ['archived'] : [] })
        if (id === 'ended') clock.pass(31 * 24 * HOUR)
        const role = id === 'weak' ? 'viewer' : 'commenter'
        const expiresAt = id === 'expired' ? soon : null
        const made = await sharing.collaborators.add(ann, documentRef(id), { ...whom, role, expiresAt })
        if (id === 'ended') await sharing.collaborators.remove(ann, made.id)
      }
      await document('below', { parent: documentRef('named') })
      await document('deeper', { parent: documentRef('below') })
      await document('kept', { parent: documentRef('named'), traits: ['archived'] })
      await document('apart')
      const ids = [...Object.keys(given), 'below', 'deeper', 'kept', 'apart']
      const found = await filtered({ ...bob, groups: ['staff'] }, 'comment', ids)
      assert.deepEqual(found.sort(), ['addressed', 'below', 'deeper', 'grouped', 'named'])
    },
    'so many an hour and person': async ({ document, sharingWith, clock }) => {
      await document()
      const sharing = sharingWith({ limits: { invitationsPerHour: 2 } })
      const add = (actor: typeof ann, user: string) =>
        sharing.collaborators.add(actor, ref, { userId: user, role: 'viewer' })
      await add(ann, 'u1')
      clock.pass(10 * MINUTE)
      await add(ann, 'u2')
      const { retryAfter } = await refused('rate_limited', add(ann, 'u3'))
      assert.equal(retryAfter, 50 * 60)
      await add(root as typeof ann, 'u4')
      await refused('rate_limited', add(ann, 'u3'))
      clock.pass(50 * MINUTE)
      await add(ann, 'u3')
    },
    'so many an hour, of each sort by itself: who has asked may add, and who has added may ask': async ({
      document,
      sharingWith,
    }) => {
      const sharing = sharingWith({ limits: { invitationsPerHour: 1, requestsPerHour: 1 } })
      await document()
      await document('of bob', { ownerId: 'bob' })
      const theirs = documentRef('of bob')
      const asks = (actor: typeof ann, of: typeof ref) =>
        sharing.requests.create(actor, of, { role: 'viewer' })
      const adds = (actor: typeof ann, to: typeof ref) =>
        sharing.collaborators.add(actor, to, { userId: 'u1', role: 'viewer' })
      await asks(ann, theirs)
      await adds(ann, ref)
      await adds(bob, theirs)
      await asks(bob, ref)
      for (const actor of [ann, bob]) {
        await refused('rate_limited', asks(actor, ref))
        await refused('rate_limited', adds(actor, actor === ann ? ref : theirs))
      }
    },
  }),
  ...casesOf('collaborators.list', {
    'for the owner and those who are named; invited addresses for those who manage': async ({
      document,
      sharing,
      clock,
    }) => {
      await document('d1', { visibility: 'account' })
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      clock.pass(1)
      await sharing.collaborators.add(ann, ref, { email: 'someone@x.example', role: 'viewer' })
      const kinds = async (actor: typeof ann) =>
        (await sharing.collaborators.list(actor, ref)).map(({ grantee }) => grantee.kind)
      assert.deepEqual(await kinds(ann), ['user', 'email'])
      assert.deepEqual(await kinds(ada as typeof ann), ['user', 'email'])
      assert.deepEqual(await kinds(bob), ['user'])
      await refused('forbidden', kinds(cyd))
      await refused('not_found', kinds(eve))
      await refused('not_found', sharing.collaborators.list(ann, documentRef('none')))
    },
    'not for whose own is over, or counts nowhere': async ({ document, sharing, clock }) => {
      await document()
      const expiresAt = new Date(clock.now.getTime() + HOUR)
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer', expiresAt })
      await sharing.collaborators.add(ann, ref, { email: 'cyd@acme.example', role: 'viewer' })
      await sharing.collaborators.add(ann, ref, { userId: 'eve', role: 'viewer' })
      const list = (actor: typeof ann | typeof cyd) => sharing.collaborators.list(actor, ref)
      assert.deepEqual([(await list(bob)).length, (await list(cyd)).length], [2, 3])
      clock.pass(HOUR)
      await refused('not_found', list(bob))
      clock.pass(30 * DAY)
      await refused('not_found', list(cyd))
      // Whoever sees it by visibility alone sees nobody, whatever they once had.
      await sharing.resources.setVisibility(ann, ref, 'public')
      for (const actor of [bob, cyd, eve]) await refused('forbidden', list(actor))
    },
  }),
  ...casesOf('collaborators.setRole', {
    'is of what somebody was given: a link is none, nor is that a link': async (world) => {
      const { document, link, sharing } = world
      await document()
      const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      const made = await link()
      for (const actor of [ann, root]) {
        await refused('not_found', sharing.collaborators.setRole(actor, made.id, 'editor'))
        await refused('not_found', sharing.collaborators.remove(actor, made.id))
        await refused('not_found', sharing.links.get(actor, id))
        await refused('not_found', sharing.links.revoke(actor, id))
      }
      assert.equal((await sharing.links.list(ann, { resource: ref })).items.length, 1)
      assert.equal((await sharing.collaborators.list(ann, ref)).length, 1)
    },
    'changes what the person may do': async (world) => {
      const { document, sharing } = world
      await document()
      const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      assert.equal((await sharing.collaborators.setRole(ann, id, 'commenter')).role, 'commenter')
      assert.deepEqual(await may(world, bob), ['view', 'comment'])
      await refused('forbidden', sharing.collaborators.setRole(bob, id, 'editor'))
      await refused('not_found', sharing.collaborators.setRole(eve, id, 'viewer'))
      await refused('not_found', sharing.collaborators.setRole(ann, 'none', 'viewer'))
      await refused('invalid_role', sharing.collaborators.setRole(ann, id, 'pilot' as 'viewer'))
    },
  }),
  ...casesOf('collaborators.remove', {
    'ends it at once and for good, and is not found again': async (world) => {
      const { document, sharing } = world
      await document()
      const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      await refused('not_found', sharing.collaborators.remove(eve, id))
      await sharing.collaborators.remove(ann, id)
      assert.deepEqual(await may(world, bob), [])
      await refused('not_found', sharing.collaborators.remove(ann, id))
      const again = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      assert.notEqual(again.id, id)
    },
    'a link is none, and the other way round': async ({ document, sharing, link }) => {
      await document()
      const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      const shared = await link()
      await refused('not_found', sharing.collaborators.remove(ann, shared.id))
      for (const call of [
        sharing.links.get,
        sharing.links.revoke,
        sharing.links.remove,
        sharing.links.reveal,
      ]) {
        await refused('not_found', call(ann, id) as Promise<unknown>)
      }
      assert.deepEqual(
        (await sharing.links.list(ann, { resource: ref, includeInactive: true })).items.length,
        1,
      )
    },
  }),
  ...casesOf('collaborators.leave', {
    'is one’s own right, as a guest too': async (world) => {
      const { document, sharing } = world
      await document('d1', { visibility: 'account' })
      await sharing.policies.set(ada, { allowGuests: true })
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'commenter' })
      await sharing.collaborators.add(ann, ref, { email: 'eve@rival.example', role: 'viewer' })
      await sharing.collaborators.leave(bob, ref)
      await sharing.collaborators.leave(eve, ref)
      assert.deepEqual([await may(world, bob), await may(world, eve)], [['view'], []])
      await refused('conflict', sharing.collaborators.leave(bob, ref))
      await refused('not_found', sharing.collaborators.leave(eve, ref))
      await refused('not_found', sharing.collaborators.leave(bob, documentRef('none')))
    },
  }),
]
