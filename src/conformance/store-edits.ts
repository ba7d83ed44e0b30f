import assert from 'node:assert/strict'
import type {
  Anchor,
  Ask,
  Change,
  CheckpointFacts,
  EditFacts,
  WorkstationFacts,
  WorkstationSituation,
} from '../store/index.ts'
import type { ConformanceCase } from './case.ts'
import { ref, type StationWorld, stationCasesOf } from './workstations-world.ts'
import { ACTORS, documentRef, HOUR, MINUTE, START } from './world.ts'

const { ann } = ACTORS
const later = (ms: number): Date => new Date(START.getTime() + ms)

/** Applies changes to a tenant as they are. */
const applied = ({ store }: StationWorld, tenantId: string, changes: Change[]): Promise<null> =>
  store.change({ at: 'tenant', tenantId }, {}, () => ({ changes, audit: [], result: null }))

const situation = (
  { store }: StationWorld,
  anchor: Anchor,
  ask: Ask = { stations: {} },
): Promise<WorkstationSituation> =>
  store.change(anchor, ask, ({ stations }) => ({ changes: [], audit: [], result: stations! }))

const uidOf = async ({ store }: StationWorld, id: string): Promise<string> =>
  (await store.findResource(documentRef(id), null))!.resource.uid

/** Edits, each on a document of its own that is named as it is; and before each another one, that has ended. */
async function written(
  world: StationWorld,
  edits: Record<string, Partial<EditFacts>>,
  tenantId = 'acme',
): Promise<string[]> {
  const ids: string[] = []
  for (const [id, given] of Object.entries(edits)) {
    await world.document(id, { tenantId })
    const open: EditFacts = {
      id,
      tenantId,
      resourceUid: await uidOf(world, id),
      ...{ workstationId: 'w1', workstationName: 'w1', userId: 'bob', userTenantId: tenantId, fence: 1 },
      ...{ authority: 'owner', authorityId: 'bob', startedAt: START, expiresAt: later(HOUR) },
      ...{ lostAt: null, endedAt: null, endReason: null },
      ...given,
    }
    const ended = { ...open, id: `${id}, ended`, endedAt: START, endReason: 'ended' } as const
    for (const edit of [ended, open]) {
      await applied(world, tenantId, [{ kind: 'edit.begun', edit }])
      ids.push(edit.id)
    }
  }
  return ids
}

const editOf = async (world: StationWorld, id: string): Promise<EditFacts | null> =>
  (await situation(world, { at: 'edit', id })).held?.edit ?? null

/** Those of these edits that changes are about. */
async function touched(
  world: StationWorld,
  ids: readonly string[],
  changes: Change[],
  tenantId = 'acme',
): Promise<string[]> {
  const look = () => Promise.all(ids.map((id) => editOf(world, id)))
  const before = await look()
  await applied(world, tenantId, changes)
  const after = await look()
  return ids.filter((_, index) => JSON.stringify(before[index]) !== JSON.stringify(after[index]))
}

const station = (id: string, given: Partial<WorkstationFacts> = {}): WorkstationFacts => ({
  ...{ id, tenantId: 'acme', userId: 'bob', name: id, fingerprint: id, lastSeen: START, createdAt: START },
  ...given,
})

const given = async ({ sharing }: StationWorld, whom: object): Promise<string> =>
  (await sharing.collaborators.add(ann, ref, { role: 'editor', ...whom } as never)).id

export const storeEdits: readonly ConformanceCase[] = [
  ...stationCasesOf('store, edits that are lost', {
    'go by the right that is gone; what stands by another, has ended or was lost before stays': async (
      world,
    ) => {
      await world.document()
      const staff = await given(world, { groupId: 'staff' })
      const crew = await given(world, { groupId: 'crew' })
      const own = await given(world, { userId: 'cyd' })
      const ofCyd = { userId: 'cyd', authority: 'grant' } as const
      const ofRoot = { userId: 'root', authority: 'admin', authorityId: 'root' } as const
      const ids = await written(world, {
        'as an admin': ofRoot,
        'by office': { ...ofRoot, authority: 'office' },
        'lost before': { ...ofRoot, lostAt: later(1) },
        'as another admin': { ...ofRoot, authorityId: 'another' },
        'as an owner': { ...ofRoot, authority: 'owner' },
        'in the group': { ...ofCyd, authorityId: staff },
        'in the group, another': { ...ofCyd, authorityId: staff, userId: 'dan' },
        'in another group': { ...ofCyd, authorityId: crew },
        'by oneself': { ...ofCyd, authorityId: own },
        // Nobody is called by the id of a grant, unless they want to be.
        'called by the id of a grant': { ...ofCyd, authority: 'owner', authorityId: staff },
      })
      const lost = (right: Extract<Change, { kind: 'edits.lost' }>['right']) =>
        touched(world, ids, [{ kind: 'edits.lost', right, at: later(MINUTE) }])
      assert.deepEqual(await lost({ admin: 'root' }), ['as an admin', 'by office'])
      assert.deepEqual(await lost({ group: 'group:staff', userId: 'cyd' }), ['in the group'])
      assert.deepEqual(await lost({ userId: 'cyd' }), [
        'in another group',
        'by oneself',
        'called by the id of a grant',
      ])
      assert.deepEqual((await editOf(world, 'by office'))?.lostAt, later(MINUTE))
    },
    'are the former owner’s, on what changes hands': async (world) => {
      const ids = await written(world, { moved: {}, kept: {}, given: { authority: 'grant' } })
      const changes: Change[] = []
      for (const id of ['moved', 'given']) {
        const resourceUid = await uidOf(world, id)
        changes.push({ kind: 'authority.moved', resourceUid, to: 'cyd', at: later(MINUTE) })
      }
      assert.deepEqual(await touched(world, ids, changes), ['moved'])
    },
    'are joined with a right of their own person’s, and go on': async (world) => {
      await world.document()
      const [from, to] = [
        await given(world, { email: 'x@acme.example' }),
        await given(world, { userId: 'bob' }),
      ]
      const other = await given(world, { userId: 'cyd' })
      const by = { authority: 'grant', authorityId: from } as const
      const ids = await written(world, {
        'of bob': by,
        'of bob, elsewhere': by,
        'of cyd': { ...by, userId: 'cyd' },
        'by another': { ...by, authorityId: other },
        'called by the id of a grant': { ...by, authority: 'owner' },
      })
      const joined = (right: Extract<Change, { kind: 'authority.joined' }>['to'], before: string) =>
        touched(world, ids, [{ kind: 'authority.joined', from: before, to: right, at: later(MINUTE) }])
      assert.deepEqual(await joined({ grant: to }, from), ['of bob', 'of bob, elsewhere'])
      const resourceUid = await uidOf(world, 'of bob')
      assert.deepEqual(await joined({ owner: 'cyd', resourceUid }, to), [])
      assert.deepEqual(await joined({ owner: 'bob', resourceUid }, to), ['of bob'])
      const { authority, authorityId } = (await editOf(world, 'of bob'))!
      assert.deepEqual([authority, authorityId], ['owner', 'bob'])
    },
    'are a workstation’s that is gone, in every tenant': async (world) => {
      const ids = await written(world, {
        here: {},
        'from another': { workstationId: 'w2' },
        'lost before': { lostAt: later(1) },
      })
      ids.push(...(await written(world, { there: { userTenantId: 'acme' } }, 'rival')))
      const changes: Change[] = [{ kind: 'workstations.removed', ids: ['w1'], at: later(MINUTE) }]
      assert.deepEqual(await touched(world, ids, changes), ['here', 'there'])
    },
    'are those of a removed account’s people, in other accounts': async (world) => {
      const ids = await written(world, {
        guest: { userTenantId: 'rival' },
        'lost before': { userTenantId: 'rival', lostAt: later(1) },
        'at home': {},
      })
      ids.push(...(await written(world, { 'guest of others': { userTenantId: 'rival' } }, 'third')))
      await written(world, { removed: {} }, 'rival')
      assert.deepEqual(await touched(world, ids, [{ kind: 'tenant.removed' }], 'rival'), [
        'guest',
        'guest of others',
      ])
      assert.equal(await editOf(world, 'removed'), null)
    },
  }),
  ...stationCasesOf('store, whose edit it is', {
    'one is prolonged and ended, and none that has ended': async (world) => {
      const ids = await written(world, { first: {}, second: {} })
      const prolonged = (id: string) =>
        touched(world, ids, [{ kind: 'edit.prolonged', id, expiresAt: later(2 * HOUR) }])
      assert.deepEqual(await prolonged('first'), ['first'])
      assert.deepEqual(await prolonged('first, ended'), [])
      const ended = (...some: string[]) =>
        touched(world, ids, [{ kind: 'edits.ended', ids: some, reason: 'expired', at: later(HOUR) }])
      assert.deepEqual(await ended('first', 'second, ended'), ['first'])
      assert.deepEqual(await ended('first', 'second'), ['second'])
      assert.equal((await editOf(world, 'first'))?.endReason, 'expired')
    },
    'what goes with somebody, or with a workstation, comes with its own resource': async (world) => {
      const cyd = { userId: 'cyd' }
      await written(world, { first: cyd, second: { ...cyd, workstationId: 'w2' }, third: {} })
      await written(world, { there: cyd }, 'rival')
      const stations = [station('w1'), station('w2', cyd), station('w3', { ...cyd, tenantId: 'rival' })]
      for (const workstation of stations)
        await applied(world, workstation.tenantId, [{ kind: 'workstation.registered', workstation }])
      const pairs = ({ edits }: WorkstationSituation): string[] =>
        edits.map(({ edit, resource }) => `${edit.id} on ${resource.id}`).sort()
      const gone = await situation(world, { at: 'tenant', tenantId: 'acme' }, { member: 'cyd' })
      assert.deepEqual(pairs(gone), ['first on first', 'second on second'])
      assert.deepEqual(gone.workstations, [stations[1]])
      const at = (id: string, removing = true) =>
        situation(
          world,
          { at: 'workstation', id, tenantId: 'acme' },
          { stations: removing ? { removing: true } : {} },
        )
      assert.deepEqual(pairs(await at('w1')), ['first on first', 'third on third'])
      assert.deepEqual(pairs(await at('w2')), ['second on second'])
      assert.deepEqual(pairs(await at('w1', false)), [])
      assert.deepEqual((await at('w2', false)).workstation, stations[1])
      assert.equal((await at('w3')).workstation, null)
      const from = async (tenantId: string) => {
        const ask = { stations: { workstation: { id: 'w1', tenantId } } }
        const anchor = { at: 'resource', ref: documentRef('first'), tenantId: 'acme' } as const
        return (await situation(world, anchor, ask)).workstation
      }
      assert.deepEqual([await from('acme'), await from('rival')], [stations[0], null])
    },
    'comes with the grant that it stands by, and with where that lies': async (world) => {
      const { sharing, store } = world
      const folder = { type: 'folder', id: 'f1' } as const
      await sharing.resources.register(folder, { tenantId: 'acme', ownerId: 'ann' })
      const add = async (on: Parameters<typeof sharing.collaborators.add>[1], userId: string) =>
        (await sharing.collaborators.add(ann, on, { userId, role: 'manager' })).id
      await written(world, { first: {}, below: {}, beside: {} })
      await sharing.resources.update(documentRef('below'), { parent: folder })
      const [own, other, above] = [
        await add(documentRef('first'), 'bob'),
        await add(documentRef('beside'), 'bob'),
        await add(folder, 'bob'),
      ]
      const standing = async (id: string, given: Partial<EditFacts>) => {
        const resourceUid = await uidOf(world, id)
        const open = {
          endedAt: null,
          endReason: null,
          id: `${id} by ${given.authority} ${given.authorityId}`,
        }
        const edit = { ...(await editOf(world, id))!, ...given, ...open }
        await applied(world, 'acme', [{ kind: 'edits.ended', ids: [id], reason: 'ended', at: START }])
        await applied(world, 'acme', [{ kind: 'edit.begun', edit }])
        const { held } = await situation(world, { at: 'edit', id: edit.id })
        assert.deepEqual(await store.workstations!.findHeld('acme', resourceUid), held)
        const anchor = { at: 'resource', ref: documentRef(id), tenantId: 'acme' } as const
        assert.deepEqual((await situation(world, anchor, { stations: { holder: true } })).held, held)
        await applied(world, 'acme', [{ kind: 'edits.ended', ids: [edit.id], reason: 'ended', at: START }])
        return held?.right && [held.right.id, held.right.above]
      }
      const byGrant = (authorityId: string) => ({ authority: 'grant', authorityId }) as const
      assert.deepEqual(await standing('below', byGrant(above)), [above, folder])
      assert.deepEqual(await standing('first', byGrant(own)), [own, null])
      assert.deepEqual(await standing('first', byGrant(other)), null)
      assert.deepEqual(await standing('first', { authority: 'owner', authorityId: own }), null)
    },
    'somebody’s are forgotten, and nobody else’s': async (world) => {
      const ids = await written(world, { first: {}, second: {}, third: { userId: 'cyd' } })
      const left = async () => {
        const found = await Promise.all(ids.map((id) => editOf(world, id)))
        return ids.filter((_, index) => found[index] !== null)
      }
      const bobs = await Promise.all(['first, ended', 'first'].map((id) => editOf(world, id)))
      await applied(world, 'acme', [{ kind: 'editor.forgotten', userId: 'bob' }])
      assert.deepEqual(await left(), ['third, ended', 'third'])
      // Their ids lead nowhere any more: they may come again.
      for (const edit of bobs) await applied(world, 'acme', [{ kind: 'edit.begun', edit: edit! }])
      assert.deepEqual(await left(), ['first, ended', 'first', 'third, ended', 'third'])
    },
  }),
  ...stationCasesOf('store.changeEverywhere, workstations', {
    'visits the tenants in which the module knows of somebody, in order and once each': async (world) => {
      const { store } = world
      const visited = (ask: Ask): Promise<string[]> =>
        store.changeEverywhere(ask, ({ tenantId }) => ({ changes: [], audit: [], result: tenantId }))
      const workstation = station('of cyd', { userId: 'cyd', tenantId: 'a' })
      await applied(world, 'a', [{ kind: 'workstation.registered', workstation }])
      await world.document('own', { tenantId: 'b', ownerId: 'cyd' })
      await written(world, { 'of cyd': { userId: 'cyd' } }, 'b')
      await written(world, { 'of cyd, too': { userId: 'cyd' } }, 'ba')
      await written(world, { 'of others': {} }, 'c')
      const checkpoint: CheckpointFacts = {
        ...{ id: 'saved', tenantId: 'c', resourceUid: await uidOf(world, 'of others'), seq: 1, editId: 'e' },
        ...{ fence: 1, workstationId: 'w1', userId: 'cyd', bytes: 2, savedAt: START, expiresAt: later(HOUR) },
      }
      await applied(world, 'c', [{ kind: 'checkpoint.saved', checkpoint, content: '{}', dropped: [] }])
      assert.deepEqual(await visited({ member: 'cyd' }), ['a', 'b', 'ba', 'c'])
      assert.deepEqual(await visited({ member: 'nobody' }), [])

      const root = { userId: 'root', authority: 'admin', authorityId: 'root' } as const
      await written(world, { 'by office': { ...root, authority: 'office' } }, 'd')
      await written(world, { 'as an admin': root }, 'e')
      await written(world, { 'as an owner': { ...root, authority: 'owner' } }, 'f')
      await written(world, { 'of another': { ...root, authorityId: 'another' } }, 'g')
      await written(world, { 'over by now': root }, 'h')
      const ended: Change = { kind: 'edits.ended', ids: ['over by now'], reason: 'ended', at: START }
      await applied(world, 'h', [ended])
      assert.deepEqual(await visited({ admin: 'root' }), ['d', 'e'])
    },
  }),
]
