import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import type { ViewFacts, VisitRight } from '../store/index.ts'
import { createAttachPasses } from '../tokens/attach-pass.ts'
import { createKeyRing } from '../tokens/keys.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce, outcomeOf, refused, tally } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR, SECRET, START, type World } from './world.ts'

const { ann, bob, ada, eve, zoe, root } = ACTORS
const ref = documentRef()

const given = (world: World, role: 'viewer' | 'commenter' | 'editor' = 'commenter', expiresAt?: Date) =>
  world.sharing.collaborators.add(ann, ref, { userId: 'bob', role, expiresAt })

const attach: ConformanceCase[] = casesOf('attach', {
  'gives what the person may do, records one view, and hands out a pass': async (world) => {
    const { sharing, clock } = world
    await world.document('d1', { title: 'A title' })
    await given(world)
    const share = await sharing.attach(bob, ref, { ip: '192.0.2.1', userAgent: 'Googlebot/2.1', actor: eve })
    assert.deepEqual(share, {
      resource: { ...ref, title: 'A title' },
      link: null,
      role: 'commenter',
      actions: ['view', 'comment'],
      mode: 'live',
      snapshot: null,
      viewId: share.viewId,
      pass: share.pass,
      passExpiresAt: new Date(clock.now.getTime() + DAY),
    })
    const { items } = await sharing.views.list(ann, { resource: ref })
    assert.deepEqual(items, [
      {
        id: share.viewId,
        linkId: null,
        resource: ref,
        viewerId: 'bob',
        ip: '192.0.2.1',
        userAgent: 'Googlebot/2.1',
        bot: false,
        viewedAt: clock.now,
      },
    ])
  },
  'by whichever right: owner, admin, group, above, visibility, a guest where they are let in': async (
    world,
  ) => {
    const { sharing } = world
    await world.document('above')
    await world.document('d1', { parent: documentRef('above') })
    const roles: Array<string | null> = []
    const attached = async (actor: Actor): Promise<void> => {
      roles.push(
        await sharing.attach(actor, ref).then(
          ({ role }) => role,
          (error) => error.code,
        ),
      )
    }
    await attached(ann)
    await attached(root)
    await attached(bob)
    await sharing.collaborators.add(ann, ref, { groupId: 'staff', role: 'viewer' })
    await attached({ ...bob, groups: ['staff'] })
    await sharing.collaborators.add(ann, documentRef('above'), { userId: 'bob', role: 'commenter' })
    await attached(bob)
    await sharing.resources.setVisibility(ann, ref, 'account')
    await attached({ userId: 'dan', tenantId: 'acme' })
    await attached(zoe)
    await sharing.collaborators.add(ann, ref, { userId: 'zoe', role: 'commenter' })
    await attached(zoe)
    await sharing.policies.set(ada, { allowGuests: true })
    await attached(zoe)
    await sharing.resources.setVisibility(ann, ref, 'public')
    await attached(eve)
    assert.deepEqual(roles, [
      'owner',
      'owner',
      'not_found',
      'viewer',
      'commenter',
      'viewer',
      'not_found',
      'not_found',
      'commenter',
      'viewer',
    ])
  },
  'whoever may not view is told what an unknown resource is told, and recorded nowhere': async (world) => {
    const { sharing } = world
    await world.document()
    for (const actor of [bob, eve, zoe, ada]) await refused('not_found', sharing.attach(actor, ref))
    await refused('not_found', sharing.attach(ann, documentRef('none')))
    await sharing.resources.update(ref, { traits: ['quarantined'] })
    await refused('not_found', sharing.attach(ann, ref))
    await refused('invalid_input', sharing.attach(null as never, ref))
    await refused('invalid_input', sharing.attach(ann, { type: 'none', id: 'd1' } as never))
    assert.equal((await sharing.views.stats(ann, { resource: ref })).views, 0)
  },
  'its views count for the resource and for no link, before and after they are added up': async (world) => {
    const { sharing, clock } = world
    await world.document()
    await given(world)
    const { id, token } = await world.link()
    await sharing.open(token, { actor: bob })
    for (let times = 0; times < 3; times++) await sharing.attach(bob, ref)
    await sharing.attach(ann, ref)
    const day = clock.now
    for (const later of [0, 2 * DAY, 200 * DAY]) {
      clock.at(day.getTime() + later)
      await sharing.maintain()
      const of = async (target: object) => {
        const { views, visitors, bots } = await sharing.views.stats(ann, { ...target, from: day, to: day })
        return [views, visitors, bots]
      }
      assert.deepEqual(await of({ resource: ref }), [5, 2, 0])
      assert.deepEqual(await of({ link: id }), [1, 1, 0])
    }
    assert.equal((await sharing.views.list(ann, { link: id })).items.length, 1)
    assert.equal((await sharing.views.list(ann, { resource: ref })).items.length, 5)
    await sharing.links.remove(ann, id)
    const { views } = await sharing.views.stats(ann, { resource: ref, from: day, to: day })
    assert.equal(views, 4)
  },
  'claims the person’s own invitation on it first': async (world) => {
    const { sharing } = world
    await world.document('d2')
    await world.document()
    for (const id of ['d1', 'd2']) {
      await sharing.collaborators.add(ann, documentRef(id), { email: bob.email, role: 'commenter' })
    }
    assert.equal((await sharing.attach(bob, ref)).role, 'commenter')
    const [here] = await sharing.collaborators.list(ann, ref)
    const [there] = await sharing.collaborators.list(ann, documentRef('d2'))
    assert.deepEqual([here?.status, there?.status], ['active', 'invited'])
    assert.equal((await sharing.attach({ ...bob, email: undefined }, ref)).role, 'commenter')
    await refused('not_found', sharing.attach({ ...bob, email: undefined }, documentRef('d2')))
  },
  'a guest’s invitation waits until guests are let in': async (world) => {
    const { sharing } = world
    await world.document('d1', { visibility: 'public' })
    await sharing.collaborators.add(ann, ref, { email: eve.email, role: 'commenter' })
    assert.equal((await sharing.attach(eve, ref)).role, 'viewer')
    assert.equal((await sharing.collaborators.list(ann, ref))[0]?.status, 'invited')
    await sharing.policies.set(ada, { allowGuests: true })
    assert.equal((await sharing.attach(eve, ref)).role, 'commenter')
    assert.equal((await sharing.collaborators.list(ann, ref))[0]?.status, 'active')
  },
  'with a pass of theirs for it nothing more is recorded': async (world) => {
    const { sharing } = world
    await world.document()
    await world.document('d2')
    const first = await sharing.attach(ann, ref)
    assert.deepEqual(await sharing.attach(ann, ref, { pass: first.pass }), first)
    const other = await sharing.attach(ann, documentRef('d2'))
    for (const pass of [other.pass, (await sharing.attach(root, ref)).pass, 'none', first.viewId]) {
      assert.notEqual((await sharing.attach(ann, ref, { pass })).viewId, first.viewId)
    }
    assert.equal((await sharing.views.stats(ann, { resource: ref })).views, 6)
  },
})

const resume: ConformanceCase[] = casesOf('resume, after attach', {
  'goes on without a second view, with what they may do by now': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const { id } = await given(world)
    const share = await sharing.attach(bob, ref)
    clock.pass(HOUR)
    assert.deepEqual(await sharing.resume(share.pass, { actor: bob }), share)
    await sharing.collaborators.setRole(ann, id, 'viewer')
    const { role, actions } = await sharing.resume(share.pass, { actor: bob })
    assert.deepEqual([role, actions], ['viewer', ['view']])
    assert.equal((await sharing.views.stats(ann, { resource: ref })).views, 1)
  },
  'is judged anew: once access is gone, it is not there': async (world) => {
    const { sharing } = world
    await world.document()
    const { id } = await given(world)
    const { pass } = await sharing.attach(bob, ref)
    await sharing.collaborators.remove(ann, id)
    await refused('not_found', sharing.resume(pass, { actor: bob }))
    await sharing.resources.setVisibility(ann, ref, 'account')
    assert.equal((await sharing.resume(pass, { actor: bob })).role, 'viewer')
    await refused('not_found', sharing.resume(pass, { actor: { ...bob, tenantId: 'rival' } }))
    await sharing.resources.update(ref, { traits: ['quarantined'] })
    await refused('not_found', sharing.resume(pass, { actor: bob }))
  },
  'is its person’s: nobody else goes on by it': async (world) => {
    const { sharing } = world
    await world.document('d1', { visibility: 'public' })
    const { pass } = await sharing.attach(bob, ref)
    await refused('authentication_required', sharing.resume(pass))
    for (const actor of [ann, eve, root, { ...eve, userId: 'Bob' }]) {
      await refused('forbidden', sharing.resume(pass, { actor }))
    }
    await sharing.resources.remove(ref)
    await refused('not_found', sharing.resume(pass))
    await refused('not_found', sharing.resume(pass, { actor: ann }))
  },
  'an id that is used again is another resource': async (world) => {
    const { sharing } = world
    await world.document()
    const { pass } = await sharing.attach(ann, ref)
    await sharing.resources.remove(ref)
    await world.document()
    await refused('not_found', sharing.resume(pass, { actor: ann }))
    await sharing.resources.remove(ref)
    await world.document('d1', { tenantId: 'rival', visibility: 'public' })
    await refused('not_found', sharing.resume(pass, { actor: ann }))
  },
  'lives 24 hours, to the millisecond, and never past the end of what was given': async (world) => {
    const { sharing, clock } = world
    await world.document()
    await world.document('d2')
    await given(world, 'viewer', new Date(clock.now.getTime() + HOUR))
    const owners = await sharing.attach(ann, ref)
    const short = await sharing.attach(bob, ref)
    assert.equal(short.passExpiresAt.getTime(), clock.now.getTime() + HOUR)
    clock.pass(HOUR - 1)
    await sharing.resume(short.pass, { actor: bob })
    clock.pass(1)
    await sharing.resources.setVisibility(ann, ref, 'account')
    await refused('not_found', sharing.resume(short.pass, { actor: bob }))
    clock.at(owners.passExpiresAt.getTime() - 1)
    await sharing.resume(owners.pass, { actor: ann })
    clock.pass(1)
    await refused('not_found', sharing.resume(owners.pass, { actor: ann }))
  },
  'no text but one of ours is a pass, and it is nothing else': async (world) => {
    const { sharing } = world
    await world.document()
    const { pass, viewId } = await sharing.attach(ann, ref)
    const uid = (await world.store.findResource(ref, null))!.resource.uid
    const fields = {
      tenantId: 'acme',
      ...ref,
      resourceUid: uid,
      userId: 'ann',
      snapshot: null,
      viewId,
      expiresAt: 9e12,
    }
    const mint = (secret: string, prefix: string) =>
      createAttachPasses(createKeyRing(secret), prefix).mint(fields)
    await sharing.resume(mint(SECRET, 'shr'), { actor: ann })
    const altered = [...pass].map(
      (letter, at) => pass.slice(0, at) + (letter === 'A' ? 'B' : 'A') + pass.slice(at + 1),
    )
    const strangers = [mint('another secret of at least 32 bytes', 'shr'), mint(SECRET, 'abc')]
    for (const text of [...altered, ...strangers, pass.slice(0, -1), `${pass}A`]) {
      await refused('not_found', sharing.resume(text, { actor: ann }))
    }
    for (const call of [sharing.open, sharing.peek]) await refused('not_found', call(pass))
    await refused('not_found', sharing.invitations.accept(ann, pass))
    const { token } = await world.link()
    const opened = await sharing.open(token, { actor: ann, pass })
    assert.notEqual(opened.viewId, viewId)
  },
})

const viewOf = (uid: string, id: string, tenantId = 'acme'): ViewFacts => ({
  id,
  tenantId,
  resourceUid: uid,
  linkId: null,
  viewerId: 'bob',
  visitor: 'somebody',
  ip: null,
  userAgent: null,
  bot: false,
  counted: true,
  viewedAt: START,
})

const stored: ConformanceCase[] = casesOf('store.appendVisit', {
  'is recorded while this registration of the resource is there': async (world) => {
    const { store, sharing } = world
    await world.document()
    const { resource } = (await store.findResource(ref, null))!
    const { uid } = resource
    const right = { resource, grant: null }
    assert.equal(await store.appendVisit(viewOf(uid, 'v1'), right), 'recorded')
    assert.equal(await store.appendVisit(viewOf('none', 'v2'), right), 'moved')
    assert.equal(await store.appendVisit(viewOf(uid, 'v3', 'rival'), right), 'moved')
    await refused('storage_unavailable', store.appendVisit(viewOf(uid, 'v1'), right))
    const { items } = await sharing.views.list(ann, { resource: ref })
    assert.deepEqual(
      items.map(({ id, linkId, viewerId }) => [id, linkId, viewerId]),
      [['v1', null, 'bob']],
    )
    await sharing.resources.remove(ref)
    assert.equal(await store.appendVisit(viewOf(uid, 'v4'), right), 'moved')
    await world.document()
    assert.equal(await store.appendVisit(viewOf(uid, 'v5'), right), 'moved')
    assert.deepEqual((await sharing.views.list(ann, { resource: ref })).items, [])
  },
  'is recorded while what let its visitor in is there': async (world) => {
    const { store, sharing } = world
    await world.document('above')
    await world.document()
    let written = 0
    const visit = async (right: VisitRight): Promise<string> =>
      store.appendVisit(viewOf(right.resource.uid, `v${written++}`), right)
    const look = async (): Promise<VisitRight> => ({
      resource: (await store.findResource(ref, null))!.resource,
      grant: null,
    })
    const changes = [
      () => sharing.resources.setVisibility(ann, ref, 'account'),
      () => sharing.resources.update(ref, { traits: ['live'] }),
      () => sharing.resources.update(ref, { parent: { type: 'document', id: 'above' } }),
      () => sharing.resources.update(ref, { parent: null }),
      () => sharing.resources.transfer(ann, ref, 'bob', { keep: null }),
    ]
    for (const change of changes) {
      const right = await look()
      assert.equal(await visit(right), 'recorded')
      await change()
      assert.equal(await visit(right), 'moved')
    }
    const right = await look()
    await sharing.resources.update(ref, { title: 'Another' })
    assert.equal(await visit(right), 'recorded')
    const { id } = await sharing.collaborators.add(bob, ref, { userId: 'cyd', role: 'viewer' })
    const byGrant = (id: string) => [false, true].map((above) => visit({ ...right, grant: { id, above } }))
    assert.deepEqual(await Promise.all(byGrant(id)), ['recorded', 'recorded'])
    assert.deepEqual(await Promise.all(byGrant('none')), ['moved', 'moved'])
    await sharing.collaborators.remove(bob, id)
    assert.deepEqual(await Promise.all(byGrant(id)), ['moved', 'moved'])
    assert.equal(await visit(right), 'recorded')
  },
  'a removal meanwhile takes it along, or is told of first': async (world) => {
    const { sharing } = world
    const elsewhere = await world.elsewhere()
    for (let round = 0; round < 6; round++) {
      await world.document('d1', { visibility: 'account' })
      const calls = atOnce(8, (index) => (index % 2 ? sharing : elsewhere).attach(index < 4 ? ann : bob, ref))
      const removal = elsewhere.resources.remove(ref)
      const counts = await tally([...calls, removal])
      assert.equal((counts['ok'] ?? 0) + (counts['not_found'] ?? 0), 9, JSON.stringify(counts))
      assert.equal(await outcomeOf(sharing.attach(ann, ref)), 'not_found')
    }
  },
})

export const attaching: readonly ConformanceCase[] = [...stored, ...attach, ...resume]
