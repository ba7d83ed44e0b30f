import assert from 'node:assert/strict'
import type { Anchor, Change, CheckpointFacts, EditFacts, WorkstationFacts } from '../store/index.ts'
import type { ConformanceCase } from './case.ts'
import { type StationWorld, stationCasesOf } from './workstations-world.ts'
import { DAY, documentRef, HOUR, MINUTE, START } from './world.ts'

const later = (ms: number): Date => new Date(START.getTime() + ms)

const applied = ({ store }: StationWorld, tenantId: string, ...changes: Change[]): Promise<null> =>
  store.change({ at: 'tenant', tenantId }, {}, () => ({ changes, audit: [], result: null }))

const station = (id: string, given: Partial<WorkstationFacts> = {}): WorkstationFacts => ({
  ...{ id, tenantId: 'acme', userId: 'bob', name: id, fingerprint: id, lastSeen: START, createdAt: START },
  ...given,
})

const registered = (world: StationWorld, workstation: WorkstationFacts): Promise<null> =>
  applied(world, workstation.tenantId, { kind: 'workstation.registered', workstation })

/** A document's uid; the document is made where it is not there. */
async function on(world: StationWorld, id: string, tenantId = 'acme'): Promise<string> {
  const found = await world.store.findResource(documentRef(id), null)
  if (found === null) await world.document(id, { tenantId })
  return (await world.store.findResource(documentRef(id), null))!.resource.uid
}

const begun = (
  world: StationWorld,
  { id, resourceUid, ...given }: Partial<EditFacts> & Record<'id' | 'resourceUid', string>,
): Promise<null> =>
  applied(world, given.tenantId ?? 'acme', {
    kind: 'edit.begun',
    edit: {
      ...{ id, resourceUid, tenantId: 'acme', workstationId: 'w1', workstationName: 'w1', userId: 'bob' },
      ...{ userTenantId: 'acme', fence: 1, authority: 'owner', authorityId: 'bob' },
      ...{ startedAt: START, expiresAt: later(HOUR), lostAt: null, endedAt: null, endReason: null },
      ...given,
    },
  })

const saved = (
  world: StationWorld,
  { id, resourceUid, ...given }: Partial<CheckpointFacts> & Record<'id' | 'resourceUid', string>,
  dropped: string[] = [],
): Promise<null> =>
  applied(world, 'acme', {
    kind: 'checkpoint.saved',
    checkpoint: {
      ...{ id, resourceUid, tenantId: 'acme', seq: 1, editId: 'e', fence: 1, workstationId: 'w1' },
      ...{ userId: 'bob', bytes: 2, savedAt: START, expiresAt: later(DAY) },
      ...given,
    },
    content: `"${id}"`,
    dropped,
  })

const isEdit = (world: StationWorld, id: string): Promise<boolean> =>
  world.store.change({ at: 'edit', id }, { stations: {} }, ({ stations }) => ({
    changes: [],
    audit: [],
    result: (stations?.held ?? null) !== null,
  }))

export const storeStations: readonly ConformanceCase[] = [
  ...stationCasesOf('store, whose workstation it is', {
    'each is found by its own id, here and anywhere, and by what its person calls it': async (world) => {
      const verbs = world.store.workstations!
      const all = [
        station('w1'),
        station('w2'),
        station('w3', { userId: 'cyd', fingerprint: 'w1' }),
        station('w4', { tenantId: 'rival', fingerprint: 'w1' }),
      ]
      for (const one of all) await registered(world, one)
      for (const one of all) {
        assert.deepEqual(await verbs.find(one.tenantId, one.id), one)
        assert.deepEqual(await verbs.find(null, one.id), one)
        assert.deepEqual(await verbs.findByFingerprint(one.tenantId, one.userId, one.fingerprint), one)
        const found = async (anchor: Anchor, asked = {}) =>
          world.store.change(anchor, { stations: asked }, ({ stations }) => ({
            changes: [],
            audit: [],
            result: stations?.workstation,
          }))
        assert.deepEqual(await found({ at: 'workstation', id: one.id, tenantId: null }), one)
        assert.deepEqual(await found({ at: 'workstation', id: one.id, tenantId: one.tenantId }), one)
        assert.equal(await found({ at: 'workstation', id: one.id, tenantId: 'third' }), null)
        const { tenantId, userId, fingerprint } = one
        assert.deepEqual(
          await found({ at: 'person', tenantId }, { registered: { userId, fingerprint } }),
          one,
        )
      }
      assert.equal(await verbs.find('rival', 'w1'), null)
      assert.equal(await verbs.find(null, 'unknown'), null)
      assert.equal(await verbs.findByFingerprint('rival', 'cyd', 'w1'), null)
      // One more than is asked for says whether there are more.
      const page = { tenantId: 'acme', userId: null, after: null, limit: 1 }
      assert.equal((await verbs.list(page)).length, 2)
    },
    'one is seen again, and one is gone: then its id may come again': async (world) => {
      const verbs = world.store.workstations!
      const [first, second] = [station('w1'), station('w2')]
      for (const one of [first, second]) await registered(world, one)
      const seen = { ...first, name: 'new', lastSeen: later(MINUTE) }
      await applied(world, 'acme', { kind: 'workstation.seen', workstation: seen })
      assert.deepEqual([await verbs.find('acme', 'w1'), await verbs.find('acme', 'w2')], [seen, second])
      await applied(world, 'acme', { kind: 'workstations.removed', ids: ['w1'], at: START })
      assert.deepEqual([await verbs.find(null, 'w1'), await verbs.find(null, 'w2')], [null, second])
      await registered(world, first)
      assert.deepEqual(await verbs.find(null, 'w1'), first)
    },
    'a tenant’s numbers begin above what it is given, and go on': async (world) => {
      // The numbers of a tenant outlive it, and so those of tenants in other cases may.
      const uid = await on(world, 'd1', 'of one')
      await on(world, 'd2', 'of another')
      const next = (id: string, from: number) =>
        world.store.change(
          { at: 'resource', ref: documentRef(id), tenantId: null },
          { stations: { fence: { from } } },
          ({ stations }) => ({ changes: [], audit: [], result: stations!.fence }),
        )
      assert.equal(await next('d1', 7), 8)
      assert.equal(await next('d2', 100), 101)
      await begun(world, { id: 'e1', tenantId: 'of one', resourceUid: uid, fence: 8 })
      assert.deepEqual([await next('d1', 50), await next('d2', 50)], [9, 101])
      assert.equal(await next('unknown', 50), 0)
    },
  }),
  ...stationCasesOf('store, what is kept of edits', {
    'a checkpoint is its own resource’s, and goes with nothing else': async (world) => {
      const verbs = world.store.workstations!
      const [first, second] = [await on(world, 'd1'), await on(world, 'd2')]
      await begun(world, { id: 'same', resourceUid: first })
      await saved(world, { id: 'a', resourceUid: first })
      await saved(world, { id: 'same', resourceUid: first, seq: 2 })
      await saved(world, { id: 'other', resourceUid: second })
      await saved(world, { id: 'b', resourceUid: first, seq: 3 }, ['same'])
      const kept = async (uid: string) => (await verbs.listCheckpoints('acme', uid)).map(({ id }) => id)
      assert.deepEqual([await kept(first), await kept(second)], [['b', 'a'], ['other']])
      for (const [id, document] of Object.entries({ a: 'd1', b: 'd1', other: 'd2' })) {
        const found = (await verbs.findCheckpoint(id))!
        assert.deepEqual([found.checkpoint.id, found.content, found.resource.id], [id, `"${id}"`, document])
      }
      assert.equal(await verbs.findCheckpoint('same'), null)
      assert.equal(await isEdit(world, 'same'), true)
      // What is dropped leads nowhere: its id may come again.
      await saved(world, { id: 'same', resourceUid: first, seq: 4 })
      assert.equal((await verbs.findCheckpoint('same'))?.checkpoint.seq, 4)
    },
    'what somebody saved stays without their name, and nobody else’s is touched': async (world) => {
      const first = await on(world, 'd1')
      await begun(world, { id: 'same', resourceUid: first })
      await saved(world, { id: 'same', resourceUid: first })
      await saved(world, { id: 'b', resourceUid: first, seq: 2, userId: 'cyd' })
      await applied(world, 'acme', { kind: 'editor.forgotten', userId: 'bob' })
      const kept = await world.store.workstations!.listCheckpoints('acme', first)
      assert.deepEqual(
        kept.map(({ id, userId, workstationId }) => [id, userId, workstationId]),
        [
          ['b', 'cyd', 'w1'],
          ['same', null, null],
        ],
      )
      assert.notEqual(await world.store.workstations!.findCheckpoint('same'), null)
      assert.equal(await isEdit(world, 'same'), false)
    },
    'what is over is told of in pieces, what ran out first before the rest': async (world) => {
      const over = async (limit = 10) => world.store.workstations!.overdueEdits('acme', later(HOUR), limit)
      for (const [id, given] of Object.entries({
        held: { expiresAt: later(HOUR + 1) },
        lost: { expiresAt: later(2 * HOUR), lostAt: START },
        late: { expiresAt: later(HOUR) },
        later: { expiresAt: later(HOUR - 1) },
        ended: { endedAt: START, endReason: 'ended' },
      } satisfies Record<string, Partial<EditFacts>>)) {
        await begun(world, { id, resourceUid: await on(world, id), ...given })
      }
      await begun(world, { id: 'there', tenantId: 'rival', resourceUid: await on(world, 'there', 'rival') })
      assert.deepEqual(await over(), ['later', 'late', 'lost'])
      assert.deepEqual(await over(2), ['later', 'late'])
    },
    'a sweep takes what ended long ago and what is kept no longer, and its names': async (world) => {
      const uid = await on(world, 'd1')
      const ended = (endedAt: Date) => ({ endedAt, endReason: 'ended' }) as const
      await begun(world, { id: 'long ago', resourceUid: uid, ...ended(later(-1)) })
      await begun(world, { id: 'just now', resourceUid: uid, ...ended(START) })
      await begun(world, { id: 'held', resourceUid: uid })
      await saved(world, { id: 'old', resourceUid: uid, expiresAt: later(HOUR) })
      await saved(world, { id: 'young', resourceUid: uid, seq: 2, expiresAt: later(HOUR + 1) })
      // The same ids, of what stays.
      await saved(world, { id: 'long ago', resourceUid: uid, seq: 3 })
      await begun(world, { id: 'old', resourceUid: uid, ...ended(START) })
      const verbs = world.store.workstations!
      assert.deepEqual(await verbs.sweep('rival', later(HOUR), START), { checkpoints: 0 })
      assert.deepEqual(await verbs.sweep('acme', later(HOUR), START), { checkpoints: 1 })
      const edits = ['long ago', 'just now', 'held', 'old']
      assert.deepEqual(await Promise.all(edits.map((id) => isEdit(world, id))), [false, true, true, true])
      const found = await Promise.all(['old', 'young', 'long ago'].map((id) => verbs.findCheckpoint(id)))
      assert.deepEqual(
        found.map((one) => one?.checkpoint.id),
        [undefined, 'young', 'long ago'],
      )
      await begun(world, { id: 'long ago', resourceUid: uid, ...ended(START) })
      await saved(world, { id: 'old', resourceUid: uid, seq: 4 })
      assert.deepEqual(
        [await isEdit(world, 'long ago'), (await verbs.findCheckpoint('old'))?.checkpoint.seq],
        [true, 4],
      )
    },
  }),
]
