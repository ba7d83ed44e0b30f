import assert from 'node:assert/strict'
import type { Change, Facts, SnapshotFacts } from '../store/index.ts'
import { hostOf } from './canvases.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { ACTORS, DAY, documentRef, HOUR, START, type World } from './world.ts'

const { ann } = ACTORS
const ref = documentRef()
const PUBLIC = { visibility: 'public', mode: 'snapshot' } as const
const [WHOLE, HEAD] = [{ content: true }, { content: false }]
const later = (ms: number): Date => new Date(START.getTime() + ms)

const applied = ({ store }: World, tenantId: string, ...changes: Change[]): Promise<null> =>
  store.change({ at: 'counter', tenantId }, {}, () => ({ changes, audit: [], result: null }))

const uidOf = async ({ store }: World, id: string): Promise<string> =>
  (await store.findResource(documentRef(id), null))!.resource.uid

const forkUnder = ({ store }: World, key: string, tenantId = 'acme'): Promise<Facts['fork']> =>
  store.change({ at: 'counter', tenantId }, { fork: key }, ({ fork }) => ({
    changes: [],
    audit: [],
    result: fork,
  }))

export const storeShown: readonly ConformanceCase[] = [
  ...casesOf('store, whose snapshot it is', {
    'each is of its own grant and resource, and comes without its content too': async (world) => {
      const { sharing, holds } = hostOf(world)
      const { store } = world
      const made = []
      for (const id of ['d1', 'd2']) {
        await world.document(id, { title: `title of ${id}` })
        holds.set(id, { revision: `r of ${id}`, content: id })
        made.push([id, (await sharing.links.create(ann, documentRef(id), PUBLIC)).id] as const)
      }
      const [first, second] = [await uidOf(world, 'd1'), await uidOf(world, 'd2')]
      for (const [id, link] of made) {
        const shown = { revision: `r of ${id}`, title: `title of ${id}`, content: JSON.stringify(id) }
        const { takenAt, ...found } = (await store.findSnapshotOf('acme', link, WHOLE))!
        assert.deepEqual([found, takenAt], [{ id: found.id, ...shown }, world.clock.now])
        const head = { ...found, content: '' }
        assert.deepEqual(await store.findSnapshotOf('acme', link, HEAD), { ...head, takenAt })
        const [own, other] = id === 'd1' ? [first, second] : [second, first]
        assert.deepEqual(await store.findSnapshot('acme', own, found.id, WHOLE), found)
        assert.deepEqual(await store.findSnapshot('acme', own, found.id, HEAD), head)
        assert.equal(await store.findSnapshot('acme', other, found.id, WHOLE), null)
      }
      await sharing.resources.remove(ref)
      const [, [, left]] = made as [unknown, readonly [string, string]]
      assert.equal((await store.findSnapshotOf('acme', left, WHOLE))?.content, '"d2"')
    },
    'what a grant says of one is what was taken for it last': async (world) => {
      const { sharing, holds } = hostOf(world)
      await world.document('d1', { title: 'before' })
      const { id } = await sharing.links.create(ann, ref, PUBLIC)
      holds.set('d1', { revision: 'r2', content: 2 })
      await sharing.resources.update(ref, { title: 'after' })
      world.clock.pass(HOUR)
      await sharing.links.update(ann, id, { snapshot: 'refresh' })
      const { link } = (await world.store.findLink('acme', id, null))!
      const { snapshotId, snapshotRevision, snapshotTitle, snapshotAt } = link
      assert.deepEqual([snapshotRevision, snapshotTitle, snapshotAt], ['r2', 'after', world.clock.now])
      assert.equal((await world.store.findSnapshotOf('acme', id, HEAD))?.id, snapshotId)
    },
    'one is kept for as long as was said last or before, whichever is longer': async (world) => {
      const { store } = world
      await world.document()
      const facts = { tenantId: 'acme', resourceUid: await uidOf(world, 'd1'), revision: 'r1' }
      const [first, second] = ['s1', 's2'].map(
        (id): SnapshotFacts => ({ ...facts, id, title: null, content: `"${id}"` }),
      )
      const stored = (snapshot: SnapshotFacts): Change => ({ kind: 'snapshot.stored', snapshot })
      const kept = (id: string, ms: number): Change => ({ kind: 'snapshot.kept', id, until: later(ms) })
      await applied(world, 'acme', stored(first!), stored(second!), stored({ ...first!, content: '"other"' }))
      assert.equal((await store.findSnapshot('acme', facts.resourceUid, 's1', WHOLE))?.content, '"s1"')
      await applied(world, 'acme', kept('s1', HOUR), kept('s1', 2 * HOUR), kept('s1', HOUR), kept('', DAY))
      assert.equal(await store.sweepSnapshots('acme', later(0)), 1)
      assert.equal(await store.findSnapshot('acme', facts.resourceUid, 's2', HEAD), null)
      assert.equal(await store.sweepSnapshots('acme', later(2 * HOUR - 1)), 0)
      assert.equal(await store.sweepSnapshots('acme', later(2 * HOUR)), 1)
    },
    'one for an address goes when nobody can claim it any more': async (world) => {
      await world.document()
      const { sharing } = hostOf(world)
      const { id } = await sharing.collaborators.add(ann, ref, {
        ...{ email: 'x@acme.example', role: 'viewer', mode: 'snapshot' },
      } as never)
      const { claimableUntil } = (await world.store.change(
        { at: 'grant', id, tenantId: 'acme' },
        {},
        ({ grant }) => ({ changes: [], audit: [], result: grant }),
      ))!
      const swept = (at: number) => world.store.sweepSnapshots('acme', new Date(at))
      assert.equal(await swept(claimableUntil!.getTime() - 1), 0)
      assert.equal(await swept(claimableUntil!.getTime()), 1)
    },
  }),
  ...casesOf('store, whose fork it is', {
    'each is found under its own key, in its own tenant': async (world) => {
      await world.document()
      await world.document('copy', { parent: ref })
      await world.document('another', { parent: documentRef('copy') })
      await applied(world, 'acme', { kind: 'fork.begun', key: 'k', until: later(HOUR), again: false })
      assert.deepEqual(await forkUnder(world, 'k'), { made: null, until: later(HOUR) })
      for (const key of ['unknown', 'document:d1']) assert.equal(await forkUnder(world, key), null)
      assert.equal(await forkUnder(world, 'k', 'rival'), null)
      for (const [key, id, parent] of [
        ['k', 'copy', 'd1'],
        ['l', 'another', 'copy'],
      ] as const) {
        await applied(world, 'acme', { kind: 'fork.made', key, uid: await uidOf(world, id) })
        const { resource } = (await world.store.findResource(documentRef(id), null))!
        assert.deepEqual(await forkUnder(world, key), { made: resource, until: null })
        assert.deepEqual(resource.parent, documentRef(parent))
      }
      await world.sharing.resources.remove(documentRef('copy'))
      assert.equal((await forkUnder(world, 'k'))?.made ?? null, null)
    },
    'one is begun again and given up, and nothing else of its name': async (world) => {
      await world.document()
      const { id } = await world.link()
      const { tokenHash } = (await world.store.findLink('acme', id, null))!.link
      await world.sharing.links.rotate(ann, id, { graceSeconds: 3600 })
      const { tokenUntil } = (await world.store.findOpening(tokenHash!))!
      const until = tokenUntil!
      // Names of other sorts, spelled as the keys are.
      const keys = ['document:d1', tokenHash!, 'other']
      const begun = (key: string, end: Date, again: boolean): Change => ({
        kind: 'fork.begun',
        key,
        until: end,
        again,
      })
      const untils = async () => {
        const found = await Promise.all(keys.map((key) => forkUnder(world, key)))
        return found.map((one) => one?.until ?? null)
      }
      for (const key of keys) await applied(world, 'acme', begun(key, until, false))
      const after = new Date(until.getTime() + HOUR)
      await applied(world, 'rival', begun('other', after, true))
      assert.deepEqual(await untils(), [until, until, until])
      await applied(world, 'acme', begun('document:d1', after, true))
      await applied(world, 'acme', begun(tokenHash!, after, true), begun(tokenHash!, until, true))
      assert.deepEqual(await untils(), [after, until, until])
      const givenUp = (key: string): Change => ({ kind: 'fork.given_up', key, until })
      await applied(world, 'rival', givenUp('other'))
      await applied(world, 'acme', givenUp('document:d1'))
      assert.deepEqual(await untils(), [after, until, until])
      await applied(world, 'acme', givenUp(tokenHash!))
      assert.deepEqual(await untils(), [after, null, until])
      assert.notEqual(await world.store.findResource(ref, null), null)
      assert.deepEqual((await world.store.findOpening(tokenHash!))?.tokenUntil, until)
    },
  }),
]
