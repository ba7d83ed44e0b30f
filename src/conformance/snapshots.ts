import assert from 'node:assert/strict'
import { hostOf } from './canvases.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused, refusedField } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR } from './world.ts'

const { ann, bob, ada, eve } = ACTORS
const ref = documentRef()
const WHOLE = { content: true }
const PUBLIC = { visibility: 'public', mode: 'snapshot' } as const

const taking: ConformanceCase[] = casesOf('snapshots of links', {
  'show what was shared, as its sharer had it, and nothing later': async (world) => {
    await world.document('d1', { title: 'Before' })
    const { sharing, holds, asked } = hostOf(world)
    const taken = world.clock.now
    const link = await sharing.links.create(ann, ref, PUBLIC)
    assert.deepEqual(link.snapshot, { revision: 'r1', takenAt: taken })
    assert.equal(link.mode, 'snapshot')
    assert.deepEqual(asked, [{ id: 'd1', title: 'Before', as: ann }])
    holds.set('d1', { revision: 'r2', content: 'later' })
    await sharing.resources.update(ref, { title: 'After' })
    world.clock.pass(HOUR)
    const { mode, snapshot, resource, pass, actions } = await sharing.open(link.token)
    assert.deepEqual(snapshot, { revision: 'r1', content: { rows: [1, 2] }, takenAt: taken })
    assert.deepEqual([mode, resource.title, actions], ['snapshot', 'Before', ['view']])
    assert.deepEqual((await sharing.resume(pass)).snapshot, snapshot)
    assert.equal((await sharing.resume(pass)).resource.title, 'Before')
    assert.equal((await sharing.peek(link.token)).title, 'Before')
    assert.deepEqual((await sharing.links.get(ann, link.id)).snapshot, link.snapshot)
    assert.equal(asked.length, 1)
    const [entry] = (await sharing.access(ann, ref)).filter(({ via }) => via === 'link')
    assert.equal(entry?.mode, 'snapshot')
  },
  'are not what their host’s code or their reader makes of them afterwards': async (world) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    const content = { rows: [1] }
    holds.set('d1', { revision: 'r1', content })
    const { token } = await sharing.links.create(ann, ref, PUBLIC)
    content.rows.push(2)
    const first = await sharing.open(token)
    ;(first.snapshot!.content as typeof content).rows.push(3)
    assert.deepEqual((await sharing.open(token)).snapshot?.content, { rows: [1] })
    assert.deepEqual((await sharing.resume(first.pass)).snapshot?.content, { rows: [1] })
  },
  'come back byte by byte': async (world) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    const contents = [
      null,
      '',
      0,
      -1.5e-300,
      false,
      [],
      {},
      'nul \u0000, half \ud800, pair 😀, line \u2028',
      [[[]], [null], { b: 1, a: { '': '\\u0000', 'ü"': '\\' } }],
      JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "2": "b", "1": "a"}'),
      Object.assign(Object.create(null), { a: 1 }),
    ]
    for (const content of contents) {
      holds.set('d1', { revision: 'same', content })
      const { token } = await sharing.links.create(ann, ref, PUBLIC)
      const { snapshot } = await sharing.open(token)
      assert.equal(JSON.stringify(snapshot?.content), JSON.stringify(content))
    }
  },
  'are JSON: what it has no form for is refused by its place, and a date is its text': async (world) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    const create = () => sharing.links.create(ann, ref, PUBLIC)
    const round: Record<string, unknown> = {}
    round['self'] = round
    const refusals: Array<[unknown, string]> = [
      [undefined, 'snapshot.content'],
      [Number.NaN, 'snapshot.content'],
      [10n, 'snapshot.content'],
      [{ rows: [1, undefined] }, 'snapshot.content.rows.1'],
      [{ at: { go: () => 1 } }, 'snapshot.content.at.go'],
      [{ image: Buffer.from('x') }, 'snapshot.content.image'],
      [{ by: new Map() }, 'snapshot.content.by'],
      [{ zero: [-0] }, 'snapshot.content.zero.0'],
      [{ query: new URLSearchParams('a=1') }, 'snapshot.content.query'],
      [new (class Row {})(), 'snapshot.content'],
      [{ on: new Date(Number.NaN) }, 'snapshot.content.on'],
      [round, 'snapshot.content.self.self.self.self'],
    ]
    for (const [content, field] of refusals) {
      holds.set('d1', { revision: 'r1', content })
      await refusedField(field, create())
    }
    for (const revision of ['', 'x'.repeat(256), 'a\nb', 7 as never]) {
      holds.set('d1', { revision, content: 1 })
      await refusedField('snapshot.revision', create())
    }
    assert.equal((await sharing.links.list(ann, { resource: ref })).items.length, 0)
    holds.set('d1', { revision: 'r1', content: { at: world.clock.now, not: undefined } })
    const { token } = await create()
    assert.deepEqual((await sharing.open(token)).snapshot?.content, { at: world.clock.now.toJSON() })
  },
  'are as large as the host lets them be': async (world) => {
    await world.document()
    const filled = (bytes: number) => ({ revision: 'r1', content: 'ü'.repeat((bytes - 2) / 2) })
    for (const [limits, most] of [
      [{}, 1024 * 1024],
      [{ snapshotBytes: 100 }, 100],
    ] as const) {
      const { sharing, holds } = hostOf(world, { limits: { opensPerMinute: false, ...limits } })
      holds.set('d1', filled(most + 2))
      await refusedField('snapshot.content', sharing.links.create(ann, ref, PUBLIC))
      holds.set('d1', filled(most))
      const { token } = await sharing.links.create(ann, ref, PUBLIC)
      const { snapshot } = await sharing.open(token)
      assert.equal(Buffer.byteLength(JSON.stringify(snapshot?.content)), most)
    }
    const { sharing, holds } = hostOf(world, { limits: { snapshotBytes: false } })
    holds.set('d1', filled(1024 * 1024 + 2))
    await sharing.links.create(ann, ref, PUBLIC)
  },
  'are asked of the host only for somebody who may make the link': async (world) => {
    const { sharing, asked } = hostOf(world)
    await world.document('d1', { visibility: 'account' })
    await refused('forbidden', sharing.links.create(bob, ref, PUBLIC))
    await refused('not_found', sharing.links.create(eve, ref, PUBLIC))
    await refused('not_found', sharing.links.create(ann, documentRef('none'), PUBLIC))
    await sharing.policies.set(ada, { requireExpiry: true })
    await refused('policy_violation', sharing.links.create(ann, ref, PUBLIC))
    await sharing.policies.set(ada, { requireExpiry: false, allowPublicShares: false })
    await refused('public_shares_disabled', sharing.links.create(ann, ref, PUBLIC))
    assert.deepEqual(asked, [])
  },
  'are of what their sharer may view, before the host is asked and afterwards': async (world) => {
    await world.document()
    const { sharing, hooks, asked } = hostOf(world)
    const { id } = await sharing.links.create(ann, ref, PUBLIC)
    const bobs = { userId: 'bob', role: 'viewer', mode: 'snapshot' } as const
    const ways = [
      () => sharing.links.create(ann, ref, PUBLIC),
      () => sharing.links.update(ann, id, { snapshot: 'refresh' }),
      () => sharing.collaborators.add(ann, ref, bobs),
    ]
    const traits = (...given: string[]) => sharing.resources.update(ref, { traits: given })
    await traits('quarantined')
    for (const take of ways) await refused('not_found', take())
    assert.equal(asked.length, 1)
    hooks.snapshot = async () => {
      await traits('quarantined')
      return { revision: 'unseen', content: 'unseen' }
    }
    for (const take of ways) {
      await traits()
      await refused('not_found', take())
    }
    assert.equal((await sharing.links.list(ann, { resource: ref })).items.length, 1)
    assert.equal((await sharing.links.get(ann, id)).snapshot?.revision, 'r1')
    assert.deepEqual(await sharing.collaborators.list(ann, ref), [])
  },
  'that the host cannot take make nothing': async (world) => {
    await world.document()
    const { sharing, hooks } = hostOf(world)
    const failure = new Error('the host has failed')
    hooks.snapshot = () => Promise.reject(failure)
    await assert.rejects(sharing.links.create(ann, ref, { ...PUBLIC, password: 'pw' }), failure)
    assert.deepEqual((await sharing.links.list(ann, { resource: ref, includeInactive: true })).items, [])
    for (const answer of [undefined, null, 'text', {}, { content: 1 }]) {
      hooks.snapshot = () => answer as never
      await refused('invalid_input', sharing.links.create(ann, ref, PUBLIC))
    }
  },
  'of a document that was removed meanwhile are no snapshot of the one that has its id': async (world) => {
    await world.document()
    const { sharing, hooks } = hostOf(world)
    const { snapshot } = hooks
    hooks.snapshot = async (request) => {
      hooks.snapshot = snapshot
      await sharing.resources.remove(ref)
      await world.document()
      return snapshot(request)
    }
    await refused('conflict', sharing.links.create(ann, ref, PUBLIC))
    assert.deepEqual((await sharing.links.list(ann, { resource: ref })).items, [])
  },
  'have no token of ours in them': async (world) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
    const live = await sharing.links.create(ann, ref, { visibility: 'public' })
    const { pass } = await sharing.open(live.token)
    const attached = await sharing.attach(bob, ref)
    for (const token of [live.token, pass, attached.pass]) {
      for (const content of [token, [{ [`x${token}`]: 1 }], { html: `<a href="/share/${token}?x=1">` }]) {
        holds.set('d1', { revision: 'r1', content })
        await refusedField('snapshot.content', sharing.links.create(ann, ref, PUBLIC))
      }
    }
    holds.set('d1', { revision: live.token, content: 1 })
    await refusedField('snapshot.revision', sharing.links.create(ann, ref, PUBLIC))
    holds.set('d1', { revision: 'r1', content: 'shr_ and shrp_ are what they begin with' })
    await sharing.links.create(ann, ref, PUBLIC)
  },
  'are stored once for a revision and a content; the same revision may have another': async (world) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    const idOf = async () => {
      const { id } = await sharing.links.create(ann, ref, PUBLIC)
      return (await world.store.findSnapshotOf('acme', id, { content: true }))!.id
    }
    const first = await idOf()
    world.clock.pass(HOUR)
    assert.equal(await idOf(), first)
    holds.set('d1', { revision: 'r1', content: 'other' })
    const other = await idOf()
    holds.set('d1', { revision: 'r2', content: 'other' })
    assert.equal(new Set([first, other, await idOf()]).size, 3)
    await world.document('d2')
    const { id } = await sharing.links.create(ann, documentRef('d2'), PUBLIC)
    const uid = (await world.store.findResource(documentRef('d2'), null))!.resource.uid
    const theirs = (await world.store.findSnapshotOf('acme', id, { content: false }))!
    assert.equal(theirs.content, '')
    assert.equal((await world.store.findSnapshot('acme', uid, theirs.id, WHOLE))?.content, 'null')
    assert.equal(await world.store.findSnapshot('acme', uid, first, WHOLE), null)
    assert.equal(await world.store.findSnapshot('rival', uid, theirs.id, WHOLE), null)
  },
  'are written down with their revision, and not with their content': async (world) => {
    await world.document()
    const { sharing } = hostOf(world)
    const heard: string[] = []
    sharing.on('snapshot.taken', ({ target }) => void heard.push(target!.id))
    const { id } = await sharing.links.create(ann, ref, PUBLIC)
    const { items } = await sharing.audit.list(ann, { resource: ref })
    const [taken, created] = items
    assert.deepEqual([created?.action, taken?.action], ['link.created', 'snapshot.taken'])
    assert.deepEqual(taken?.after, { revision: 'r1', takenAt: world.clock.now.toJSON() })
    assert.deepEqual([taken?.actorId, taken?.target, taken?.before], ['ann', { kind: 'link', id }, null])
    assert.ok(!JSON.stringify(items).includes('rows'))
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(heard, [id])
  },
  'are judged like every link: by rules, the password, the policy, and revoked': async (world) => {
    await world.document()
    const { sharing } = hostOf(world)
    const link = await sharing.links.create(ann, ref, { ...PUBLIC, role: 'commenter', password: 'pw' })
    await refused('password_required', sharing.open(link.token))
    const open = () => sharing.open(link.token, { password: 'pw' })
    assert.deepEqual((await open()).actions, ['view', 'comment', 'fork'])
    await sharing.resources.update(ref, { traits: ['archived'] })
    assert.deepEqual((await open()).actions, ['view', 'fork'])
    await sharing.resources.update(ref, { traits: ['quarantined'] })
    await refused('not_found', open())
    await sharing.resources.update(ref, { traits: [] })
    await sharing.policies.set(ada, { allowPublicShares: false })
    await refused('public_shares_disabled', open())
    await sharing.policies.set(ada, { allowPublicShares: true })
    const { pass } = await open()
    const { token } = await sharing.links.rotate(ann, link.id)
    assert.deepEqual((await sharing.open(token, { password: 'pw' })).snapshot?.revision, 'r1')
    await sharing.links.revoke(ann, link.id)
    await refused('not_found', sharing.open(token, { password: 'pw' }))
    await refused('not_found', sharing.resume(pass))
    assert.equal(await world.store.findSnapshotOf('acme', link.id, { content: true }), null)
  },
})

const refreshing: ConformanceCase[] = casesOf('links.update, snapshot', {
  'shares a newer revision; what was opened before goes on as it was': async (world) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    const { id, token } = await sharing.links.create(ann, ref, PUBLIC)
    const old = await sharing.open(token)
    holds.set('d1', { revision: 'r2', content: 'newer' })
    world.clock.pass(HOUR)
    const refreshed = await sharing.links.update(ann, id, { snapshot: 'refresh' })
    assert.deepEqual(refreshed.snapshot, { revision: 'r2', takenAt: world.clock.now })
    const { snapshot, viewId } = await sharing.open(token)
    assert.deepEqual(snapshot, { revision: 'r2', content: 'newer', takenAt: world.clock.now })
    assert.deepEqual((await sharing.resume(old.pass)).snapshot, old.snapshot)
    // Whoever opens the link itself again sees what it shows, and it is the same visit.
    const again = await sharing.open(token, { pass: old.pass })
    assert.deepEqual([again.snapshot, again.viewId], [snapshot, old.viewId])
    assert.deepEqual((await sharing.resume(again.pass)).snapshot, snapshot)
    assert.notEqual(viewId, old.viewId)
    assert.equal((await sharing.links.get(ann, id)).viewCount, 2)
    const { items } = await sharing.audit.list(ann, { resource: ref })
    assert.deepEqual(
      items
        .slice(0, 2)
        .map(({ action, before, after }) => [action, before?.['revision'], after?.['revision']]),
      [
        ['snapshot.taken', 'r1', 'r2'],
        ['snapshot.taken', undefined, 'r1'],
      ],
    )
  },
  'goes with other changes, each with its event': async (world) => {
    await world.document()
    const { sharing, holds, asked } = hostOf(world)
    const { id } = await sharing.links.create(ann, ref, PUBLIC)
    holds.set('d1', { revision: 'r2', content: 2 })
    const changed = await sharing.links.update(ann, id, { name: 'n', snapshot: 'refresh', password: 'pw' })
    assert.deepEqual([changed.name, changed.snapshot?.revision, changed.hasPassword], ['n', 'r2', true])
    const { items } = await sharing.audit.list(ann, { resource: ref, limit: 2 })
    assert.deepEqual(items.map(({ action }) => action).sort(), ['link.updated', 'snapshot.taken'])
    await sharing.links.update(ann, id, { name: 'm' })
    assert.equal(asked.length, 2)
  },
  'is for snapshots, by whoever may share the document': async (world) => {
    await world.document('d1', { visibility: 'account' })
    const { sharing, asked } = hostOf(world)
    const live = await sharing.links.create(ann, ref, { visibility: 'public' })
    await refusedField('changes.snapshot', sharing.links.update(ann, live.id, { snapshot: 'refresh' }))
    await refusedField('changes.snapshot', sharing.links.update(ann, live.id, { snapshot: 'x' as never }))
    const { id } = await sharing.links.create(ann, ref, PUBLIC)
    await refused('forbidden', sharing.links.update(bob, id, { snapshot: 'refresh' }))
    await refused('not_found', sharing.links.update(eve, id, { snapshot: 'refresh' }))
    await sharing.links.revoke(ann, id)
    await refused('conflict', sharing.links.update(ann, id, { snapshot: 'refresh' }))
    assert.equal(asked.length, 1)
  },
})

const keeping: ConformanceCase[] = casesOf('snapshots, how long', {
  'until the last pass that was opened with one is over': async (world) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    const swept = async () => (await sharing.maintain()).snapshotsSwept
    const { id, token } = await sharing.links.create(ann, ref, PUBLIC)
    const other = await sharing.links.create(ann, ref, PUBLIC)
    const { pass } = await sharing.open(token)
    holds.set('d1', { revision: 'r2', content: 2 })
    await sharing.links.update(ann, id, { snapshot: 'refresh' })
    world.clock.pass(DAY - 1)
    assert.equal(await swept(), 0)
    assert.equal((await sharing.resume(pass)).snapshot?.revision, 'r1')
    world.clock.pass(2 * HOUR)
    // The other link names it still.
    assert.equal(await swept(), 0)
    await sharing.links.update(ann, other.id, { snapshot: 'refresh' })
    world.clock.pass(2 * DAY)
    assert.equal(await swept(), 1)
    assert.equal(await swept(), 0)
    assert.equal((await sharing.open(token)).snapshot?.revision, 'r2')
  },
  'until the last grant is over: revoked, removed, or what a person had until then': async (world) => {
    await world.document()
    const { sharing, holds } = hostOf(world)
    const swept = async () => (await sharing.maintain()).snapshotsSwept
    const create = (revision: string, more: object = {}) => {
      holds.set('d1', { revision, content: revision })
      return sharing.links.create(ann, ref, { ...PUBLIC, ...more })
    }
    const revoked = await create('revoked')
    const removed = await create('removed')
    const expiring = await create('expiring', { expiresAt: new Date(world.clock.now.getTime() + HOUR) })
    holds.set('d1', { revision: 'given', content: 1 })
    const expiresAt = new Date(world.clock.now.getTime() + HOUR)
    const given = { userId: 'bob', role: 'viewer', mode: 'snapshot', expiresAt } as const
    await sharing.collaborators.add(ann, ref, given)
    assert.equal(await swept(), 0)
    await sharing.links.revoke(ann, revoked.id)
    await sharing.links.remove(ann, removed.id)
    assert.equal(await swept(), 2)
    world.clock.pass(HOUR)
    assert.equal(await swept(), 1)
    // A link may be given more time.
    await refused('expired', sharing.open(expiring.token))
    await sharing.links.update(ann, expiring.id, { expiresAt: null })
    assert.equal((await sharing.open(expiring.token)).snapshot?.revision, 'expiring')
  },
  'until the document goes, or its account; an id that is used again starts clean': async (world) => {
    await world.document()
    const { sharing } = hostOf(world)
    const { id } = await sharing.links.create(ann, ref, PUBLIC)
    const { uid } = (await world.store.findResource(ref, null))!.resource
    const { id: snapshot } = (await world.store.findSnapshotOf('acme', id, { content: false }))!
    assert.notEqual(await world.store.findSnapshot('acme', uid, snapshot, WHOLE), null)
    await sharing.resources.remove(ref)
    assert.equal(await world.store.findSnapshot('acme', uid, snapshot, WHOLE), null)
    await world.document()
    const again = await sharing.links.create(ann, ref, PUBLIC)
    assert.notEqual((await world.store.findSnapshotOf('acme', again.id, { content: false }))?.id, snapshot)
    await sharing.tenants.remove('acme')
    await refused('not_found', sharing.open(again.token))
  },
})

export const snapshots: readonly ConformanceCase[] = [...taking, ...refreshing, ...keeping]
