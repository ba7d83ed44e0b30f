import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused, refusedField } from './expect.ts'
import { bearer, liveHost } from './live.ts'
import { ACTORS, documentRef, HOUR, MINUTE, SECOND } from './world.ts'

const { ann, bob, ada, eve, zoe, root } = ACTORS
const ref = documentRef()

export const minting: ConformanceCase[] = casesOf('refs.mint', {
  'asks the host first, as the reader and never as the owner': async (world) => {
    const { sharing, asked } = liveHost(world)
    const resource = await world.document('d1', { title: 'A title', traits: ['live'] })
    const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
    const reader = { ...bob, groups: ['staff'] }
    const token = await sharing.refs.mint({ actor: reader, resource: ref }, 'rows')
    assert.equal(asked.length, 1)
    const { accessDenied, signal, ...request } = asked[0]!
    assert.deepEqual(request, { resource, ref: 'rows', as: reader, mode: 'live', revision: null })
    assert.deepEqual([accessDenied.accessDenied, signal.aborted], [true, false])
    const verified = await sharing.refs.verify(token, reader)
    assert.deepEqual(verified, { resource: ref, ref: 'rows', mode: 'live', revision: null, grantId: id })
  },
  'names the grant or the link it is under, and none by ownership or visibility': async (world) => {
    const { sharing } = liveHost(world)
    await world.document('above')
    await world.document('d1', { parent: documentRef('above') })
    const link = await world.link()
    const by = async (actor: Actor) => {
      const token = await sharing.refs.mint({ actor, resource: ref }, 'rows')
      return (await sharing.refs.verify(token, actor)).grantId
    }
    assert.equal(await by(ann), null)
    assert.equal(await by(root), null)
    const group = await sharing.collaborators.add(ann, ref, { groupId: 'staff', role: 'viewer' })
    assert.equal(await by({ ...bob, groups: ['staff'] }), group.id)
    const invited = await sharing.collaborators.add(ann, ref, { email: bob.email, role: 'commenter' })
    assert.equal(await by(bob), invited.id)
    const above = await sharing.collaborators.add(ann, documentRef('above'), {
      userId: 'cyd',
      role: 'viewer',
    })
    assert.equal(await by({ userId: 'cyd', tenantId: 'acme' }), above.id)
    await sharing.resources.setVisibility(ann, ref, 'public')
    assert.equal(await by(eve), null)
    for (const actor of [null, bob, eve]) {
      const token = await sharing.refs.mint(await bearer({ sharing }, link.token, actor), 'rows')
      assert.equal((await sharing.refs.verify(token, actor)).grantId, link.id)
    }
  },
  'is refused where the host denies it, and where the host fails, whose words nobody hears': async (
    world,
  ) => {
    const says: Record<string, () => unknown> = {
      throws: () => {
        throw new Error('the password of the database is swordfish')
      },
      rejects: () => Promise.reject(new Error('swordfish')),
      nothing: () => undefined,
      hangs: () => new Promise(() => {}),
    }
    const { sharing, errors } = liveHost(
      world,
      ({ ref, accessDenied }) => (ref === 'hidden' ? accessDenied : says[ref]!()),
      { resolving: { timeoutMs: 20 } },
    )
    await world.document()
    const access = { actor: ann, resource: ref }
    await refused('forbidden', sharing.refs.mint(access, 'hidden'))
    assert.equal(errors.length, 0)
    for (const piece of Object.keys(says)) {
      const error = await refused('storage_unavailable', sharing.refs.mint(access, piece))
      assert.doesNotMatch(JSON.stringify(error) + error.message, /swordfish|resolve/)
    }
    assert.equal(errors.length, 4)
  },
  'lives for a quarter of an hour at the most, and never past what it hangs on': async (world) => {
    const { sharing } = liveHost(world)
    const { clock } = world
    const start = clock.now.getTime()
    await world.document()
    const soon = new Date(start + 5 * MINUTE)
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer', expiresAt: soon })
    const ending = await world.link({ expiresAt: soon })
    const lasting = await world.link()
    const early = await bearer({ sharing }, lasting.token)
    const person = { actor: ann, resource: ref }
    const lives = async (token: string, actor: Actor | null, milliseconds: number) => {
      const begun = clock.now.getTime()
      clock.at(begun + milliseconds - 1)
      await sharing.refs.verify(token, actor)
      clock.pass(1)
      const over = await sharing.refs.verify(token, actor).catch(({ code }) => code)
      assert.ok(over === 'not_found' || over === 'expired', String(over))
      clock.at(begun)
    }
    await lives(await sharing.refs.mint(person, 'rows'), ann, 15 * MINUTE)
    await lives(await sharing.refs.mint(person, 'rows', { ttlSeconds: 900 }), ann, 15 * MINUTE)
    await lives(await sharing.refs.mint(person, 'rows', { ttlSeconds: 1 }), ann, SECOND)
    await lives(await sharing.refs.mint({ actor: bob, resource: ref }, 'rows'), bob, 5 * MINUTE)
    const { pass } = await sharing.attach(bob, ref)
    await lives(await sharing.refs.mint({ pass, visitor: { actor: bob } }, 'rows'), bob, 5 * MINUTE)
    await lives(await sharing.refs.mint(await bearer({ sharing }, ending.token), 'rows'), null, 5 * MINUTE)
    await lives(await sharing.refs.mint(await bearer({ sharing }, lasting.token), 'rows'), null, 15 * MINUTE)
    clock.at(start + 24 * HOUR - MINUTE)
    await lives(await sharing.refs.mint(early, 'rows'), null, MINUTE)
  },
  'what ends while the host is asked gives nothing': async (world) => {
    const { sharing } = liveHost(world, () => world.clock.pass(HOUR) ?? 'data')
    await world.document()
    const expiresAt = new Date(world.clock.now.getTime() + HOUR)
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer', expiresAt })
    await refused('not_found', sharing.refs.mint({ actor: bob, resource: ref }, 'rows'))
  },
  'refuses what is no access, as attaching and resuming would': async (world) => {
    const { sharing, asked } = liveHost(world)
    await world.document()
    const { token, id } = await world.link()
    const { pass } = await sharing.open(token)
    const { pass: personal } = await sharing.open(token, { actor: bob })
    const { pass: attached } = await sharing.attach(ann, ref)
    for (const actor of [bob, eve, zoe, ada]) {
      await refused('not_found', sharing.refs.mint({ actor, resource: ref }, 'rows'))
    }
    await refused('not_found', sharing.refs.mint({ actor: ann, resource: documentRef('none') }, 'rows'))
    for (const text of ['', token, id, `${pass}x`, pass.slice(1)]) {
      await refused('not_found', sharing.refs.mint({ pass: text }, 'rows'))
    }
    for (const text of [personal, attached]) {
      await refused('authentication_required', sharing.refs.mint({ pass: text }, 'rows'))
      await refused('forbidden', sharing.refs.mint({ pass: text, visitor: { actor: eve } }, 'rows'))
    }
    await sharing.links.revoke(ann, id)
    await refused('not_found', sharing.refs.mint({ pass }, 'rows'))
    assert.equal(asked.length, 0)
  },
  'names the field of bad input': async (world) => {
    const { sharing, asked } = liveHost(world)
    await world.document()
    await sharing.resources.register({ type: 'folder', id: 'f1' }, { tenantId: 'acme', ownerId: 'ann' })
    const access = { actor: ann, resource: ref }
    const fit = 'é'.repeat(500)
    await sharing.refs.mint(access, fit)
    for (const wrong of ['', `${fit}x`, 'a\nb', '\ud800', 1, null]) {
      await refusedField('ref', sharing.refs.mint(access, wrong as string))
    }
    for (const ttlSeconds of [0, 901, 1.5, -1, Number.NaN]) {
      await refusedField('options.ttlSeconds', sharing.refs.mint(access, 'rows', { ttlSeconds }))
    }
    for (const wrong of [{}, null, 'x', { resource: ref }, { actor: null, resource: ref }, { pass: 1 }]) {
      await refusedField('access', sharing.refs.mint(wrong as never, 'rows'))
    }
    await refusedField(
      'resource.type',
      sharing.refs.mint({ actor: ann, resource: { type: 'none', id: 'd1' } as never }, 'rows'),
    )
    await refusedField(
      'refs',
      sharing.refs.mint({ actor: ann, resource: { type: 'folder', id: 'f1' } }, 'rows'),
    )
    assert.equal(asked.length, 1)
  },
})
