import assert from 'node:assert/strict'
import type { Sharing } from '../api.ts'
import type { Notification } from '../model/notification.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce, refused, refusedField, tally } from './expect.ts'
import { ACTORS, DEFINITIONS, type Definitions, documentRef, HOUR, MINUTE, type World } from './world.ts'

const { ann, bob, eve, ada, zoe, root } = ACTORS
const ref = documentRef()
const cyd = { userId: 'cyd', tenantId: 'acme' }

/** The library with a host that notes what it is told to send. */
function heard(world: World): { sharing: Sharing<Definitions>; sent: Notification[] } {
  const sent: Notification[] = []
  const notify = async (notification: Notification): Promise<void> => void sent.push(notification)
  return { sharing: world.sharingWith({ notify, limits: { emailsPerHour: false } }), sent }
}

const askers = async ({ sharing }: World, of = ref): Promise<string[]> =>
  (await sharing.requests.list(ann, of)).map(({ userId, role, status }) => `${userId} ${role} ${status}`)

export const requests: readonly ConformanceCase[] = [
  ...casesOf('requests.create', {
    'is shown to whoever may share, and told to the owner': async (world) => {
      const { document, clock } = world
      const { sharing, sent } = heard(world)
      await document()
      const made = await sharing.requests.create(bob, ref, { role: 'commenter', message: 'Please' })
      assert.equal(made, undefined)
      const list = await sharing.requests.list(ann, ref)
      assert.deepEqual(list, [
        {
          id: list[0]?.id,
          resource: ref,
          userId: 'bob',
          email: bob.email,
          role: 'commenter',
          message: 'Please',
          status: 'open',
          createdAt: clock.now,
          answeredAt: null,
          answeredBy: null,
        },
      ])
      await sharing.maintain()
      assert.deepEqual(
        sent.map(({ kind, to, role, by, message }) => [kind, to.userId, role, by, message]),
        [['request_made', 'ann', 'commenter', 'bob', 'Please']],
      )
      const { items } = await sharing.audit.list(ann, { resource: ref })
      assert.deepEqual(
        [items[0]?.action, items[0]?.actorId, items[0]?.target, items[0]?.after],
        ['request.created', 'bob', { kind: 'request', id: list[0]?.id }, { role: 'commenter' }],
      )
    },
    'by a link’s token, also of one that is over or not for them': async (world) => {
      const { document, link, sharing, clock } = world
      await document()
      const expiresAt = new Date(clock.now.getTime() + HOUR)
      const { token } = await link({ visibility: 'account', emails: ['dan@acme.example'], expiresAt })
      await sharing.requests.create(bob, token, { role: 'viewer' })
      clock.pass(2 * HOUR)
      await sharing.requests.create(cyd, token, { role: 'viewer' })
      assert.deepEqual(await askers(world), ['cyd viewer open', 'bob viewer open'])
    },
    'by no token that leads nowhere': async (world) => {
      const { document, link, sharing } = world
      await document()
      const revoked = await link()
      await sharing.links.revoke(ann, revoked.id)
      const rotated = await link()
      await sharing.links.rotate(ann, rotated.id)
      for (const token of [revoked.token, rotated.token, `${revoked.token}x`, '', 'shr_nothing']) {
        assert.equal(await sharing.requests.create(bob, token, { role: 'viewer' }), undefined)
      }
      assert.deepEqual(await askers(world), [])
    },
    'is answered alike for what is hidden, another tenant’s, unknown, within reach or asked for': async (
      world,
    ) => {
      const { document } = world
      const { sharing, sent } = heard(world)
      await document()
      await document('open', { visibility: 'account' })
      await document('given')
      await sharing.collaborators.add(ann, documentRef('given'), { userId: 'bob', role: 'editor' })
      await sharing.maintain()
      sent.length = 0
      const create = (actor: Parameters<typeof sharing.requests.create>[0], id: string) =>
        sharing.requests.create(actor, documentRef(id), { role: 'viewer' })
      const answers = [
        await create(bob, 'd1'),
        await create(bob, 'd1'),
        await create(bob, 'open'),
        await create(bob, 'given'),
        await create(bob, 'none'),
        await create(eve, 'd1'),
        await create(zoe, 'd1'),
        await create(ann, 'd1'),
        await create(root, 'd1'),
      ]
      assert.deepEqual(answers, Array(answers.length).fill(undefined))
      await sharing.maintain()
      assert.deepEqual(
        sent.map(({ kind, by }) => `${kind} ${by}`),
        ['request_made bob'],
      )
      assert.deepEqual(await askers(world), ['bob viewer open'])
      assert.deepEqual(await askers(world, documentRef('open')), [])
      assert.deepEqual(await askers(world, documentRef('given')), [])
      const { items } = await sharing.audit.list(ada)
      assert.equal(items.filter(({ action }) => action === 'request.created').length, 1)
    },
    'for more than one has': async (world) => {
      const { document, sharing } = world
      await document('d1', { visibility: 'account' })
      await sharing.requests.create(bob, ref, { role: 'editor' })
      assert.deepEqual(await askers(world), ['bob editor open'])
    },
    'by guests where the policy lets them in': async (world) => {
      const { document, sharing } = world
      await document()
      await sharing.policies.set(ada, { allowGuests: true })
      await sharing.requests.create(eve, ref, { role: 'viewer' })
      await sharing.requests.create(zoe, ref, { role: 'viewer' })
      assert.equal((await askers(world)).length, 2)
    },
    'refuses what is no input': async ({ document, link, sharing }) => {
      await document()
      const { token } = await link()
      const create = (target: unknown, options: unknown) =>
        sharing.requests.create(bob, target as typeof ref, options as { role: 'viewer' })
      await refusedField('resource.type', create({ type: 'none', id: 'd1' }, { role: 'viewer' }))
      await refusedField('resource', create(undefined, { role: 'viewer' }))
      // A database would refuse it where something is: that would tell.
      const nul = { role: 'viewer', message: '\u0000' }
      for (const id of ['d1', 'none']) await refusedField('options.message', create(documentRef(id), nul))
      await refusedField('options.role', create(ref, {}))
      await refusedField('options.message', create(ref, { role: 'viewer', message: 'x'.repeat(2001) }))
      await refused('invalid_role', create(ref, { role: 'owner' }))
      await refused('invalid_role', create(token, { role: 'owner' }))
      await refused('invalid_role', create('shr_nothing', { role: 'owner' }))
    },
    'so many in an hour, whatever they are about': async (world) => {
      const { document, sharing, clock } = world
      await document()
      const limited = world.sharingWith({ limits: { requestsPerHour: 3 } })
      const create = (actor: typeof cyd, id: string) =>
        limited.requests.create(actor, documentRef(id), { role: 'viewer' })
      await create(bob, 'none')
      await create(bob, 'd1')
      clock.pass(MINUTE)
      await create(bob, 'd1')
      const error = await refused('rate_limited', create(bob, 'none'))
      assert.deepEqual([error.retryAfter, error.public], [59 * 60, { retryAfter: 59 * 60 }])
      await refused('rate_limited', create(bob, 'd1'))
      await refused('rate_limited', limited.requests.create(bob, 'shr_nothing', { role: 'viewer' }))
      await create(cyd, 'd1')
      clock.pass(59 * MINUTE)
      await create(bob, 'd1')
      const many = atOnce(25, () => sharing.requests.create(zoe, ref, { role: 'viewer' }))
      assert.deepEqual(await tally(many), { ok: 20, rate_limited: 5 })
    },
    'so many in an hour, also by a clock that is a little behind': async (world) => {
      const { document, clock } = world
      const limited = world.sharingWith({ limits: { requestsPerHour: 1 } })
      await document()
      await limited.requests.create(bob, ref, { role: 'viewer' })
      clock.pass(-MINUTE)
      await refused('rate_limited', limited.requests.create(bob, ref, { role: 'viewer' }))
    },
    'once, however often at once': async (world) => {
      const { document, sharing } = world
      await document()
      await Promise.all(atOnce(8, () => sharing.requests.create(bob, ref, { role: 'viewer' })))
      assert.deepEqual(await askers(world), ['bob viewer open'])
    },
  }),
  ...casesOf('requests.list', {
    'is for whoever may share': async (world) => {
      const { document, sharing } = world
      await document('d1', { visibility: 'account' })
      await sharing.requests.create(bob, ref, { role: 'editor' })
      assert.equal((await sharing.requests.list(root, ref)).length, 1)
      await refused('forbidden', sharing.requests.list(bob, ref))
      await refused('not_found', sharing.requests.list(eve, ref))
      await refused('not_found', sharing.requests.list(ann, documentRef('none')))
    },
    'the open ones first, then the newest': async (world) => {
      const { document, sharing, clock } = world
      await document()
      for (const userId of ['p1', 'p2', 'p3']) {
        await sharing.requests.create({ userId, tenantId: 'acme' }, ref, { role: 'viewer' })
        clock.pass(MINUTE)
      }
      const [third] = await sharing.requests.list(ann, ref)
      await sharing.requests.deny(ann, third!.id)
      assert.deepEqual(await askers(world), ['p2 viewer open', 'p1 viewer open', 'p3 viewer denied'])
    },
  }),
  ...casesOf('requests.approve', {
    'is as it was when another resource was removed, also for a system admin': async (world) => {
      const { document, sharing } = world
      for (const id of ['d1', 'd2']) {
        await document(id)
        await sharing.requests.create(bob, documentRef(id), { role: 'viewer' })
      }
      await sharing.resources.remove(documentRef('d2'))
      const [request] = await sharing.requests.list(ann, ref)
      assert.equal((await sharing.requests.approve(root, request!.id)).role, 'viewer')
    },
    'gives the role, and tells whoever asked': async (world) => {
      const { document, clock } = world
      const { sharing, sent } = heard(world)
      await document()
      await sharing.requests.create(bob, ref, { role: 'commenter' })
      const [request] = await sharing.requests.list(ann, ref)
      await sharing.maintain()
      clock.pass(MINUTE)
      const given = await sharing.requests.approve(ann, request!.id)
      assert.deepEqual(given, {
        id: given.id,
        resource: ref,
        role: 'commenter',
        ...{ mode: 'live', snapshot: null },
        status: 'active',
        invitedBy: 'ann',
        createdAt: clock.now,
        acceptedAt: clock.now,
        expiresAt: null,
        invitationExpiresAt: null,
        grantee: { kind: 'user', userId: 'bob' },
      })
      assert.equal(await sharing.can(bob, 'comment', ref), true)
      await sharing.maintain()
      assert.deepEqual(
        sent.slice(1).map(({ kind, to, role, by }) => [kind, to.userId, role, by]),
        [['request_answered', 'bob', 'commenter', 'ann']],
      )
      const [after] = await sharing.requests.list(ann, ref)
      assert.deepEqual([after?.status, after?.answeredAt, after?.answeredBy], ['approved', clock.now, 'ann'])
      const { items } = await sharing.audit.list(ann, { resource: ref })
      assert.deepEqual(
        items.slice(0, 2).map(({ action }) => action),
        ['request.approved', 'collaborator.added'],
      )
      assert.deepEqual(items[0]?.after, { status: 'approved', role: 'commenter', collaborator: given.id })
    },
    'with another role, and never less than they have': async (world) => {
      const { document, sharing } = world
      await document()
      await sharing.requests.create(bob, ref, { role: 'viewer' })
      const [first] = await sharing.requests.list(ann, ref)
      assert.equal((await sharing.requests.approve(ann, first!.id, { role: 'commenter' })).role, 'commenter')
      await sharing.requests.create(bob, ref, { role: 'editor' })
      const [second] = await sharing.requests.list(ann, ref)
      const kept = await sharing.requests.approve(ann, second!.id, { role: 'viewer' })
      assert.equal(kept.role, 'commenter')
      assert.equal((await sharing.collaborators.list(ann, ref)).length, 1)
      await refused('conflict', sharing.requests.approve(ann, second!.id))
    },
    'once, however often at once': async (world) => {
      const { document, sharing } = world
      const other = await world.elsewhere()
      await document()
      await sharing.requests.create(bob, ref, { role: 'viewer' })
      const [request] = await sharing.requests.list(ann, ref)
      const calls = atOnce(6, (index) => (index % 2 ? sharing : other).requests.approve(ann, request!.id))
      assert.deepEqual(await tally(calls), { ok: 1, conflict: 5 })
      assert.equal((await sharing.collaborators.list(ann, ref)).length, 1)
    },
    'as many people as a resource may have': async (world) => {
      const { document } = world
      const sharing = world.sharingWith({ limits: { collaboratorsPerResource: 1 } })
      await document()
      await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'viewer' })
      await sharing.requests.create(bob, ref, { role: 'viewer' })
      const [request] = await sharing.requests.list(ann, ref)
      await refused('collaborator_limit', sharing.requests.approve(ann, request!.id))
      assert.deepEqual(await askers(world), ['bob viewer open'])
    },
    'in no role above one’s own': async (world) => {
      const { document } = world
      const share = ['view', 'share'] as const
      const roles = { viewer: ['view'], commenter: share, editor: [...share, 'edit'] } as const
      const sharing = world.sharingWith({
        resources: { ...DEFINITIONS, document: { roles } } as unknown as Definitions,
      })
      await document()
      await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'commenter' })
      await sharing.requests.create(cyd, ref, { role: 'editor' })
      const [request] = await sharing.requests.list(bob, ref)
      await refused('invalid_role', sharing.requests.approve(bob, request!.id))
      await refused('invalid_role', sharing.requests.approve(bob, request!.id, { role: 'editor' }))
      assert.equal((await sharing.requests.approve(bob, request!.id, { role: 'viewer' })).role, 'viewer')
    },
    'by whoever may share, and by nobody else': async (world) => {
      const { document, sharing } = world
      await document('d1', { visibility: 'account' })
      await sharing.requests.create(bob, ref, { role: 'editor' })
      const [request] = await sharing.requests.list(ann, ref)
      const { id } = request!
      await refused('forbidden', sharing.requests.approve(bob, id))
      await refused('forbidden', sharing.requests.deny(bob, id))
      await refused('not_found', sharing.requests.approve(eve, id))
      await refused('not_found', sharing.requests.approve({ ...eve, admin: 'tenant' }, id))
      await refused('not_found', sharing.requests.deny(eve, id))
      await refused('not_found', sharing.requests.approve(ann, 'none'))
      await refused('invalid_role', sharing.requests.approve(ann, id, { role: 'owner' as 'viewer' }))
      assert.equal((await sharing.requests.approve(root, id)).role, 'editor')
    },
  }),
  ...casesOf('requests.deny', {
    'gives nothing, tells whoever asked, and they may ask again': async (world) => {
      const { document } = world
      const { sharing, sent } = heard(world)
      await document()
      await sharing.requests.create(bob, ref, { role: 'viewer' })
      const [request] = await sharing.requests.list(ann, ref)
      await sharing.requests.deny(ann, request!.id)
      assert.equal(await sharing.can(bob, 'view', ref), false)
      await sharing.maintain()
      // That it was made is no news any more.
      assert.deepEqual(
        sent.map(({ kind, to, role }) => [kind, to.userId, role]),
        [['request_answered', 'bob', null]],
      )
      await refused('conflict', sharing.requests.deny(ann, request!.id))
      await refused('conflict', sharing.requests.approve(ann, request!.id))
      const { items } = await sharing.audit.list(ann, { resource: ref })
      assert.deepEqual([items[0]?.action, items[0]?.after], ['request.denied', { status: 'denied' }])
      await sharing.requests.create(bob, ref, { role: 'viewer' })
      assert.deepEqual(await askers(world), ['bob viewer open', 'bob viewer denied'])
    },
  }),
  ...casesOf('requests', {
    'go with their resource and their tenant': async (world) => {
      const { document, sharing } = world
      await document()
      await sharing.requests.create(bob, ref, { role: 'viewer' })
      const [request] = await sharing.requests.list(ann, ref)
      await sharing.resources.remove(ref)
      await document()
      assert.deepEqual(await askers(world), [])
      await refused('not_found', sharing.requests.approve(ann, request!.id))
      await refused('not_found', sharing.requests.approve(root, request!.id))
      const other = documentRef('d2')
      await document('d2')
      await sharing.requests.create(bob, other, { role: 'viewer' })
      await sharing.tenants.remove('acme')
      await document('d2')
      assert.deepEqual(await askers(world, other), [])
    },
    'are withdrawn when their person leaves': async (world) => {
      const { document, sharing } = world
      await document()
      await sharing.requests.create(bob, ref, { role: 'viewer' })
      await sharing.requests.create(cyd, ref, { role: 'viewer' })
      const [first] = await sharing.requests.list(ann, ref)
      await sharing.requests.deny(ann, first!.id)
      await sharing.requests.create({ userId: first!.userId, tenantId: 'acme' }, ref, { role: 'viewer' })
      await sharing.members.remove('acme', first!.userId)
      assert.equal((await askers(world)).length, 2)
      assert.ok(!(await askers(world)).includes(`${first!.userId} viewer open`))
    },
    'tell listeners': async (world) => {
      const { document, sharing } = world
      const names: string[] = []
      sharing.on('*', ({ action }) => void names.push(action))
      await document()
      await sharing.requests.create(bob, ref, { role: 'viewer' })
      const [first] = await sharing.requests.list(ann, ref)
      await sharing.requests.approve(ann, first!.id)
      await sharing.requests.create(cyd, ref, { role: 'viewer' })
      const [second] = await sharing.requests.list(ann, ref)
      await sharing.requests.deny(ann, second!.id)
      await new Promise((resolve) => setTimeout(resolve, 1))
      assert.deepEqual(
        names.filter((name) => name.startsWith('request.')),
        ['request.created', 'request.approved', 'request.created', 'request.denied'],
      )
    },
  }),
  ...casesOf('users.forget', {
    'what they asked for goes with them': async (world) => {
      const { document, sharing } = world
      await document()
      await document('d2')
      await sharing.requests.create(bob, ref, { role: 'viewer' })
      await sharing.requests.create(cyd, ref, { role: 'viewer' })
      await sharing.requests.create(bob, documentRef('d2'), { role: 'viewer' })
      const [of2] = await sharing.requests.list(ann, documentRef('d2'))
      await sharing.requests.deny(ann, of2!.id)
      await sharing.users.forget('bob')
      assert.deepEqual(await askers(world), ['cyd viewer open'])
      assert.deepEqual(await askers(world, documentRef('d2')), [])
      await refused('not_found', sharing.requests.deny(root, of2!.id))
    },
  }),
]
