import assert from 'node:assert/strict'
import { isSharingError } from '../errors.ts'
import type { Actor } from '../model/actor.ts'
import { hostOf } from './canvases.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce, refused, refusedField, tally } from './expect.ts'
import { ACTORS, documentRef, HOUR, MINUTE } from './world.ts'

const { ann, bob, ada, eve, zoe, root } = ACTORS
const ref = documentRef()
const SNAPSHOT = { mode: 'snapshot' } as const
const COMMENTER = { visibility: 'public', role: 'commenter' } as const

/** A pass for a link that carries the action. */
async function passOf(
  { sharing }: ReturnType<typeof hostOf>,
  options: object = {},
  actor: Actor | null = null,
): Promise<string> {
  const { token } = await sharing.links.create(ann, ref, { ...COMMENTER, ...options })
  return (await sharing.open(token, { actor })).pass
}

const givenBob = ({ sharing }: ReturnType<typeof hostOf>, options: object = {}) =>
  sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'commenter', ...options })

export const forks: readonly ConformanceCase[] = casesOf('fork', {
  'of a snapshot is made of what was shared, and is private to whoever asked for it': async (world) => {
    await world.document('d1', { title: 'Before' })
    const host = hostOf(world)
    const { sharing, holds, hooks, asked } = host
    await givenBob(host, SNAPSHOT)
    holds.set('d1', { revision: 'r2', content: 'later' })
    await sharing.resources.update(ref, { title: 'After' })
    const given: unknown[] = []
    hooks.fork = async ({ resource, content, revision, actor }) => {
      given.push([resource.id, resource.title, content, revision, actor.userId])
      return { id: 'copy' }
    }
    const copy = await sharing.fork({ actor: bob, resource: ref })
    assert.deepEqual(given, [['d1', 'Before', { rows: [1, 2] }, 'r1', 'bob']])
    assert.deepEqual(copy, {
      ...documentRef('copy'),
      tenantId: 'acme',
      ownerId: 'bob',
      title: 'Before',
      visibility: 'private',
      traits: [],
      parent: null,
      forkedFrom: ref,
      createdAt: world.clock.now,
      updatedAt: world.clock.now,
    })
    assert.deepEqual(await sharing.resources.get(documentRef('copy')), copy)
    assert.equal(await sharing.can(bob, 'share', documentRef('copy')), true)
    assert.equal(await sharing.can(ann, 'view', documentRef('copy')), false)
    assert.equal(await sharing.can(bob, 'view', ref), false)
    assert.equal(asked.length, 1)
  },
  'of what is live is made of what its maker may see now': async (world) => {
    await world.document()
    const host = hostOf(world)
    await givenBob(host)
    const contents: unknown[] = []
    host.hooks.snapshot = ({ actor }) => ({ revision: 'now', content: `as ${actor.userId}` })
    host.hooks.fork = ({ content, revision }) => {
      contents.push([content, revision])
      return { id: 'copy', title: 'A title of its own' }
    }
    const { title } = await host.sharing.fork({ actor: bob, resource: ref })
    assert.deepEqual([contents, title], [[['as bob', 'now']], 'A title of its own'])
  },
  'stands by itself: later changes of either side never touch the other': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing } = host
    await givenBob(host, SNAPSHOT)
    const copy = await sharing.fork({ actor: bob, resource: ref })
    await sharing.resources.update(ref, { title: 'New', traits: ['quarantined'] })
    await sharing.collaborators.leave(bob, ref)
    await sharing.resources.update(copy, { title: 'Mine' })
    assert.equal((await sharing.resources.get(ref))?.title, 'New')
    await sharing.resources.remove(ref)
    assert.deepEqual((await sharing.resources.get(copy))?.forkedFrom, ref)
    assert.equal(await sharing.can(bob, 'view', copy), true)
    await sharing.links.create(bob, copy, { visibility: 'public' })
  },
  'takes the action, which a role or a link carries or not, and its rules': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing } = host
    const fork = (actor: Actor) => sharing.fork({ actor, resource: ref })
    for (const mode of ['live', 'snapshot'] as const) {
      const { id } = await givenBob(host, { role: 'viewer', mode })
      await refused('forbidden', fork(bob))
      await sharing.collaborators.setRole(ann, id, 'commenter')
      await fork({ ...bob, userId: 'bob' })
      await sharing.resources.remove(documentRef('d1 of bob'))
      await sharing.collaborators.remove(ann, id)
    }
    await refused('not_found', fork(bob))
    await refused('not_found', fork(eve))
    await refused('not_found', sharing.fork({ actor: ann, resource: documentRef('none') }))
    const pass = await passOf(host, { role: 'viewer' }, bob)
    await refused('forbidden', sharing.fork({ pass, visitor: { actor: bob } }))
    assert.equal((await fork(ann)).ownerId, 'ann')
    await refused('forbidden', fork(root))
    await refusedField('resource.type', world.sharing.fork({ actor: ann, resource: ref }))
  },
  'by the bearer of a link asks a stranger to sign in': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing } = host
    for (const mode of ['live', 'snapshot'] as const) {
      const pass = await passOf(host, { mode })
      await refused('authentication_required', sharing.fork({ pass }))
      const copy = await sharing.fork({ pass, visitor: { actor: { userId: mode, tenantId: 'acme' } } })
      assert.deepEqual([copy.ownerId, copy.tenantId], [mode, 'acme'])
    }
    const bobs = await passOf(host, {}, bob)
    await refused('authentication_required', sharing.fork({ pass: bobs }))
    await refused('forbidden', sharing.fork({ pass: bobs, visitor: { actor: ann } }))
    await refused('not_found', sharing.fork({ pass: `${bobs.slice(0, -1)}_`, visitor: { actor: bob } }))
    const attached = await sharing.attach(ann, ref)
    assert.equal((await sharing.fork({ pass: attached.pass, visitor: { actor: ann } })).ownerId, 'ann')
  },
  'leaves its account only where that lets guests in': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing } = host
    const pass = await passOf(host, SNAPSHOT)
    for (const actor of [eve, zoe]) {
      await refused('forbidden', sharing.fork({ pass, visitor: { actor } }))
    }
    assert.equal(await sharing.resources.get(documentRef('d1 of eve')), null)
    await sharing.policies.set(ada, { allowGuests: true })
    const copy = await sharing.fork({ pass, visitor: { actor: eve } })
    assert.deepEqual([copy.tenantId, copy.ownerId], ['rival', 'eve'])
    assert.equal((await sharing.fork({ pass, visitor: { actor: zoe } })).tenantId, null)
    assert.equal(await sharing.can(ann, 'view', copy), false)
  },
  'of what is live leaves its account for nobody, whoever they are inside': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing, asked } = host
    await sharing.policies.set(ada, { allowGuests: true })
    await givenBob(host)
    const away = { ...bob, tenantId: 'rival' }
    await refused('forbidden', sharing.fork({ actor: away, resource: ref }))
    for (const actor of [away, eve, { ...ann, tenantId: 'rival' }]) {
      const pass = await passOf(host, {}, actor)
      await refused('forbidden', sharing.fork({ pass, visitor: { actor } }, { idempotencyKey: 'key' }))
    }
    assert.equal(asked.length, 0)
    assert.equal((await sharing.fork({ actor: bob, resource: ref })).tenantId, 'acme')
  },
  'is not made of what was taken away while the host was asked what it holds': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing, hooks } = host
    let made = 0
    hooks.fork = () => {
      made++
      return { id: 'copy' }
    }
    for (const idempotencyKey of [undefined, 'key']) {
      const { id } = await givenBob(host)
      hooks.snapshot = async () => {
        await sharing.collaborators.remove(ann, id)
        return { revision: 'r1', content: 'secret' }
      }
      await refused('not_found', sharing.fork({ actor: bob, resource: ref }, { idempotencyKey }))
    }
    assert.equal(made, 0)
  },
  'is written down on both sides, and the fork’s name only on its own': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing } = host
    await givenBob(host, SNAPSHOT)
    const copy = await sharing.fork({ actor: bob, resource: ref })
    const [source] = (await sharing.audit.list(ann, { resource: ref, limit: 1 })).items
    assert.deepEqual(
      [source?.action, source?.actorId, source?.after],
      ['resource.forked', 'bob', { mode: 'snapshot', revision: 'r1' }],
    )
    const { items } = await sharing.audit.list(bob, { resource: copy as typeof ref })
    assert.deepEqual(
      items.map(({ action }) => action),
      ['resource.forked', 'resource.registered'],
    )
    assert.deepEqual(items[0]?.after, { forkedFrom: ref, revision: 'r1' })
  },
  'is made once for a key, however often and at once it is asked for': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing, hooks } = host
    await givenBob(host)
    await sharing.collaborators.add(ann, ref, { userId: 'cyd', role: 'commenter' })
    const keys: unknown[] = []
    let made = 0
    hooks.fork = async ({ idempotencyKey }) => {
      keys.push(idempotencyKey)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return { id: `copy ${made++}` }
    }
    const fork = (userId: string, idempotencyKey?: string) =>
      sharing.fork({ actor: { userId, tenantId: 'acme' }, resource: ref }, { idempotencyKey })
    const ids = await Promise.all(atOnce(5, async () => (await fork('bob', 'one')).id))
    assert.equal(new Set(ids).size, 1)
    assert.equal((await fork('bob', 'one')).id, ids[0])
    assert.equal(made, 1)
    // Another key, another person, another document: another fork.
    await fork('bob', 'two')
    await fork('cyd', 'one')
    await fork('bob')
    await fork('bob')
    assert.deepEqual([made, new Set(keys).size, keys.filter((key) => key === null).length], [5, 4, 2])
    await sharing.resources.remove(documentRef(ids[0]!))
    assert.equal((await fork('bob', 'one')).id, 'copy 5')
    for (const key of ['', 'x'.repeat(256), 1 as never]) {
      await refusedField('options.idempotencyKey', fork('bob', key))
    }
  },
  'that failed is begun anew; one that nobody finished, once its time is over': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing, hooks } = host
    await givenBob(host)
    const fork = () => sharing.fork({ actor: bob, resource: ref }, { idempotencyKey: 'key' })
    hooks.fork = () => Promise.reject(new Error('the disk is full'))
    await assert.rejects(fork(), /the disk is full/)
    for (const answer of [undefined, {}, { id: 7 }, { id: '' }]) {
      hooks.fork = () => answer as never
      await assert.rejects(fork(), isOfTheHost)
    }
    hooks.fork = () => ({ id: 'd1' })
    await assert.rejects(fork(), isOfTheHost)
    const { snapshot } = hooks
    hooks.snapshot = () => ({ revision: 'r1', content: { inside: [Number.NaN] } })
    await assert.rejects(fork(), isOfTheHost)
    hooks.snapshot = snapshot
    const { key, finish } = await begunAndLeft(host)
    hooks.fork = async ({ idempotencyKey }) => {
      assert.equal(idempotencyKey, key)
      return { id: 'second' }
    }
    world.clock.pass(6 * MINUTE)
    assert.equal((await fork()).id, 'second')
    // Whoever had it before comes too late: there is one.
    assert.equal((await finish('first')).id, 'second')
    assert.equal(await sharing.resources.get(documentRef('first')), null)
    world.clock.pass(HOUR)
    await sharing.maintain()
    assert.equal((await fork()).id, 'second')
  },
  'that took longer than its time is the one all the same, where none was made meanwhile': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing, hooks } = host
    await givenBob(host)
    const fork = () => sharing.fork({ actor: bob, resource: ref }, { idempotencyKey: 'key' })
    const meanwhile: Array<() => Promise<unknown>> = [
      () => sharing.maintain(),
      async () => {
        hooks.fork = () => Promise.reject(new Error('the disk is full'))
        await assert.rejects(fork(), /the disk is full/)
      },
    ]
    for (const [index, go] of meanwhile.entries()) {
      const { finish } = await begunAndLeft(host)
      world.clock.pass(6 * MINUTE)
      await go()
      const { id } = await finish(`late ${index}`)
      assert.equal(id, `late ${index}`)
      hooks.fork = () => ({ id: 'another' })
      assert.equal((await fork()).id, id)
      assert.equal(await sharing.resources.get(documentRef('another')), null)
      await sharing.resources.remove(documentRef(id))
    }
    // Nobody is told of two: the first that is registered is the one, for whoever made another too.
    const first = await begunAndLeft(host)
    world.clock.pass(6 * MINUTE)
    await sharing.maintain()
    const second = await begunAndLeft(host)
    assert.equal((await first.finish('first')).id, 'first')
    assert.equal((await second.finish('second')).id, 'first')
    assert.equal((await fork()).id, 'first')
    assert.equal(await sharing.resources.get(documentRef('second')), null)
  },
  'takes no id that is somebody else’s, and one that the host registered for its owner': async (world) => {
    await world.document()
    await world.document('anns')
    const host = hostOf(world)
    const { sharing, hooks } = host
    await givenBob(host)
    await sharing.resources.register(documentRef('eves'), { tenantId: 'rival', ownerId: 'eve' })
    const fork = () => sharing.fork({ actor: bob, resource: ref })
    for (const id of ['anns', 'eves']) {
      hooks.fork = () => ({ id })
      await refused('conflict', fork())
    }
    hooks.fork = async ({ actor }) => {
      await sharing.resources.register(documentRef('mine'), {
        tenantId: actor.tenantId,
        ownerId: actor.userId,
        title: 'By the host',
      })
      return { id: 'mine' }
    }
    const copy = await fork()
    assert.deepEqual([copy.title, copy.forkedFrom, copy.visibility], ['By the host', ref, 'private'])
    assert.deepEqual((await sharing.resources.get(documentRef('mine')))?.forkedFrom, ref)
    await refused('conflict', fork())
  },
  'has the traits of what was copied, unless the host says otherwise': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing, hooks } = host
    await givenBob(host, SNAPSHOT)
    await sharing.resources.update(ref, { traits: ['live', 'remote'] })
    const fork = () => sharing.fork({ actor: bob, resource: ref })
    const copy = await fork()
    assert.deepEqual(copy.traits, ['live', 'remote'])
    await refused('publish_forbidden', sharing.links.create(bob, copy, { visibility: 'public' }))
    hooks.fork = () => ({ id: 'plain', traits: ['mine'] })
    assert.deepEqual((await fork()).traits, ['mine'])
    assert.deepEqual((await sharing.resources.get(documentRef('plain')))?.traits, ['mine'])
    hooks.fork = async ({ resource }) => {
      const options = { tenantId: 'acme', ownerId: 'bob', traits: ['by-the-host'] }
      await sharing.resources.register(documentRef('registered'), options)
      await sharing.resources.update(resource as typeof ref, { traits: ['remote'] })
      return { id: 'registered' }
    }
    assert.deepEqual((await fork()).traits, ['by-the-host', 'remote'])
    const { items } = await sharing.audit.list(bob, { resource: documentRef('registered') })
    assert.deepEqual(
      items.map(({ action }) => action),
      ['resource.forked', 'resource.updated', 'resource.registered'],
    )
    hooks.fork = () => ({ id: 'odd', traits: ['no trait!'] })
    await assert.rejects(fork(), isOfTheHost)
  },
  'is never something of its maker’s own that others may see': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing, hooks } = host
    await givenBob(host)
    for (const visibility of ['account', 'public'] as const) {
      await world.document(visibility, { ownerId: 'bob', visibility })
      hooks.fork = () => ({ id: visibility })
      await refused('conflict', sharing.fork({ actor: bob, resource: ref }))
      assert.equal((await sharing.resources.get(documentRef(visibility)))?.forkedFrom, null)
    }
  },
  'ends with what it was asked by: revoked, removed, over': async (world) => {
    await world.document()
    const host = hostOf(world)
    const { sharing } = host
    const { id } = await givenBob(host)
    const { pass } = await sharing.attach(bob, ref)
    const visitor = { actor: bob }
    const link = await sharing.links.create(ann, ref, COMMENTER)
    const opened = await sharing.open(link.token, visitor)
    await sharing.collaborators.remove(ann, id)
    await sharing.links.revoke(ann, link.id)
    assert.deepEqual(
      await tally([
        sharing.fork({ pass, visitor }),
        sharing.fork({ pass: opened.pass, visitor }),
        sharing.fork({ actor: bob, resource: ref }),
      ]),
      { not_found: 3 },
    )
  },
})

/** What the host answers is no input of whoever asked. */
const isOfTheHost = (error: unknown): boolean => error instanceof Error && !isSharingError(error)

/** A fork that was begun, and whose host has not answered. */
async function begunAndLeft({ sharing, hooks }: ReturnType<typeof hostOf>): Promise<{
  key: string | null
  finish: (id: string) => Promise<{ id: string }>
}> {
  let answer: (id: string) => void = () => {}
  const begun = new Promise<string | null>((resolve) => {
    hooks.fork = ({ idempotencyKey }) => {
      resolve(idempotencyKey)
      return new Promise((finish) => (answer = (id) => finish({ id })))
    }
  })
  const copy = sharing.fork({ actor: bob, resource: ref }, { idempotencyKey: 'key' })
  const finish = async (id: string) => {
    answer(id)
    return copy
  }
  return { key: await begun, finish }
}
