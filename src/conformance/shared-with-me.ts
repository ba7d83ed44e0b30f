import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { allPages, refused } from './expect.ts'
import { ACTORS, type Definitions, documentRef, type World } from './world.ts'

const { ann, ada, bob, eve, root } = ACTORS

/** The ids of what is shared with somebody, by pages of this size. */
const shared = async ({ sharing }: Pick<World, 'sharing'>, actor: Actor, limit: number): Promise<string[]> =>
  (await allPages((cursor) => sharing.list(actor, { filter: 'shared', limit, cursor }))).map(
    ({ resource }) => resource.id,
  )

export const sharedWithMe: readonly ConformanceCase[] = [
  ...casesOf('list of what was given', {
    'is not cut short by what is one’s own and a group’s too': async (world) => {
      const { document, sharing, clock } = world
      for (const [id, ownerId] of Object.entries({ d1: 'ann', d2: 'bob', d3: 'ann', d4: 'ann', d5: 'bob' })) {
        await document(id, { ownerId })
        await sharing.collaborators.add(root, documentRef(id), { groupId: 'staff', role: 'viewer' })
        clock.pass(1)
      }
      for (const limit of [1, 2, 3]) {
        assert.deepEqual(await shared(world, { ...ann, groups: ['staff'] }, limit), ['d5', 'd2'])
        assert.deepEqual(await shared(world, { ...bob, groups: ['staff'] }, limit), ['d4', 'd3', 'd1'])
      }
    },
    'is apart from what is one’s own, inside the account and outside, and shown as it is': async (world) => {
      const { document, sharing, clock } = world
      await document('own', { ownerId: 'bob' })
      await document('above')
      clock.pass(1)
      await document('inside', { title: 'Inside', traits: ['live'], parent: documentRef('above') })
      clock.pass(1)
      await document('outside', { tenantId: 'rival', ownerId: 'eve', title: 'Outside' })
      await sharing.policies.set({ ...eve, admin: 'tenant' }, { allowGuests: true })
      const given = { email: bob.email, role: 'viewer' } as const
      for (const [owner, id] of [
        [ann, 'inside'],
        [eve, 'outside'],
      ] as const) {
        await sharing.collaborators.add(owner, documentRef(id), given)
      }
      await sharing.resources.update(documentRef('inside'), { title: 'Inside, since' })
      const ids = async (filter?: 'owned' | 'shared' | 'all') =>
        (await sharing.list(bob, { filter })).items.map(({ resource }) => resource.id)
      assert.deepEqual(await ids('owned'), ['own'])
      assert.deepEqual(await ids('shared'), ['outside', 'inside'])
      for (const filter of ['all', undefined] as const) {
        assert.deepEqual(await ids(filter), ['outside', 'inside', 'own'])
      }
      for (const { resource } of (await sharing.list(bob)).items) {
        assert.deepEqual(resource, await sharing.resources.get(documentRef(resource.id)))
      }
    },
    'names of those that give the same what is one’s own, then an address, then a group': async (world) => {
      const { document, sharing, clock } = world
      const ways = {
        user: { userId: 'bob' },
        email: { email: bob.email },
        a: { groupId: 'a' },
        b: { groupId: 'b' },
      } as const
      const inGroups = { ...bob, groups: ['b', 'a'] }
      const named = async (order: ReadonlyArray<keyof typeof ways>): Promise<string> => {
        const id = order.join()
        await document(id)
        const made: Record<string, string> = {}
        for (const way of order) {
          const given = { ...ways[way], role: 'viewer' } as const
          made[(await sharing.collaborators.add(ann, documentRef(id), given)).id] = way
          clock.pass(1)
        }
        const { via } = (await sharing.list(inGroups, { limit: 1 })).items[0]!
        return via.kind === 'grant' ? made[via.grantId]! : via.kind
      }
      assert.equal(await named(['user', 'email', 'a']), 'user')
      assert.equal(await named(['a', 'email', 'user']), 'user')
      assert.equal(await named(['b', 'email']), 'email')
      assert.equal(await named(['email', 'b']), 'email')
      assert.equal(await named(['a', 'b']), 'a')
      assert.equal(await named(['b', 'a']), 'a')
    },
    'nor by roles that the type has no more': async (world) => {
      const { document, sharing, sharingWith, clock } = world
      for (const [id, role] of Object.entries({ d1: 'viewer', d2: 'editor', d3: 'editor', d4: 'viewer' })) {
        await document(id)
        await sharing.collaborators.add(ann, documentRef(id), { userId: 'bob', role: role as 'viewer' })
        clock.pass(1)
      }
      const fewer = { document: { roles: { viewer: ['view'] } }, folder: { roles: { viewer: ['view'] } } }
      const later = sharingWith({ resources: fewer as unknown as Definitions })
      for (const limit of [1, 2]) assert.deepEqual(await shared({ sharing: later }, bob, limit), ['d4', 'd1'])
      assert.deepEqual(await shared(world, bob, 1), ['d4', 'd3', 'd2', 'd1'])
    },
    'nor by what a rule lets nobody view, or its owner alone': async (world) => {
      const { document, sharing, sharingWith, clock } = world
      const traits: Record<string, string[]> = {
        d1: ['released'],
        d2: ['released', 'withdrawn'],
        d3: [],
        d4: ['released', 'kept'],
        d5: ['released', 'withdrawn-not'],
        d6: ['withdrawn', 'kept', 'released'],
      }
      const rules = [
        { when: 'withdrawn', forbid: ['view'] },
        { unless: 'released', forbid: ['view'] },
        { when: 'kept', forbid: ['view'], exceptOwner: true },
      ]
      const roles = { viewer: ['view'], keeper: ['keep'] }
      const ruled = sharingWith({
        resources: { document: { roles, rules }, folder: { roles } } as unknown as Definitions,
      })
      await sharing.policies.set(ada, { allowGuests: true })
      for (const [id, has] of Object.entries(traits)) {
        await document(id, { traits: has })
        for (const userId of ['bob', 'eve']) {
          await sharing.collaborators.add(ann, documentRef(id), { userId, role: 'viewer' })
        }
        await sharing.resources.register(
          { type: 'folder', id },
          { tenantId: 'acme', ownerId: 'ann', traits: has },
        )
        clock.pass(1)
      }
      const keeper = { userId: 'bob', role: 'keeper' } as never
      await ruled.collaborators.add(ann, { type: 'folder', id: 'd1' }, keeper)
      const owned = async (limit: number, more: object = {}) =>
        (await allPages((cursor) => ruled.list(ann, { filter: 'owned', limit, cursor, ...more }))).map(
          ({ resource }) => `${resource.type} ${resource.id}`,
        )
      for (const limit of [1, 2, 3, 9]) {
        for (const actor of [bob, eve])
          assert.deepEqual(await shared({ sharing: ruled }, actor, limit), ['d5', 'd1'])
        assert.deepEqual(await owned(limit, { type: 'document' }), [
          'document d5',
          'document d4',
          'document d1',
        ])
        assert.equal((await owned(limit)).length, 9)
      }
      const may = async (actor: Actor) =>
        (
          await Promise.all(
            Object.keys(traits).map(async (id) =>
              (await ruled.can(actor, 'view', documentRef(id))) ? [id] : [],
            ),
          )
        ).flat()
      assert.deepEqual(
        [await may(bob), await may(ann)],
        [
          ['d1', 'd5'],
          ['d1', 'd4', 'd5'],
        ],
      )
      const people = (actor: Actor, id: string) => ruled.collaborators.list(actor, documentRef(id))
      assert.equal((await people(bob, 'd1')).length, 2)
      for (const id of ['d2', 'd3', 'd4']) await refused('not_found', people(bob, id))
      assert.equal((await people(ann, 'd2')).length, 2)
    },
    'has a guest’s, where the policy lets guests in, beside what is theirs': async (world) => {
      const { document, sharing, clock } = world
      for (const id of ['d1', 'd2']) {
        await document(id)
        await sharing.collaborators.add(ann, documentRef(id), { email: 'EVE@rival.example', role: 'viewer' })
        clock.pass(1)
        await document(`her ${id}`, { tenantId: 'rival', ownerId: 'eve' })
        clock.pass(1)
      }
      assert.deepEqual(await shared(world, eve, 1), [])
      await sharing.policies.set(ada, { allowGuests: true })
      assert.deepEqual(await shared(world, eve, 1), ['d2', 'd1'])
      const all = await allPages((cursor) => sharing.list(eve, { limit: 1, cursor }))
      assert.deepEqual(
        all.map(({ resource, access }) => `${resource.id}: ${access}`),
        ['her d2: owned', 'd2: shared', 'her d1: owned', 'd1: shared'],
      )
    },
    'comes once each, from every tenant that lets guests in, and no more than a page takes': async (
      world,
    ) => {
      const { document, sharing, store, clock } = world
      const homes = ['m', 'z', 'b', 'k', 'a']
      for (const tenantId of homes) {
        const owner = { userId: 'dan', tenantId }
        const parent = documentRef(`above ${tenantId}`)
        await document(parent.id, { tenantId, ownerId: 'dan' })
        await document(`of ${tenantId}`, { tenantId, ownerId: 'dan', parent })
        for (const who of [{ userId: 'eve' }, { email: 'eve@rival.example' }]) {
          await sharing.collaborators.add(owner, documentRef(`of ${tenantId}`), { ...who, role: 'viewer' })
        }
        if (tenantId === 'k') continue
        await sharing.policies.set({ ...owner, admin: 'tenant' }, { allowGuests: true })
        clock.pass(1)
      }
      const given = async (limit: number): Promise<string[]> => {
        const rows = await store.listGiven({
          ...{ tenantId: 'rival', ownerId: 'eve', subjects: ['user:eve', 'email:eve@rival.example'] },
          ...{ types: [{ name: 'document', roles: ['viewer'] }], outside: true, at: clock.now },
          ...{ terms: [], address: { subject: 'email:eve@rival.example', domain: 'rival.example' } },
          ...{ after: null, limit },
        })
        assert.equal(new Set(rows.map(({ grant }) => grant.id)).size, rows.length)
        return rows.map(({ resource }) => `${resource.id} in ${resource.parent?.id}`)
      }
      const all = ['a', 'b', 'z', 'm'].flatMap((id) => Array(2).fill(`of ${id} in above ${id}`))
      assert.deepEqual(await given(9), all)
      // One more than was asked for tells of another page.
      assert.deepEqual(await given(1), all.slice(0, 4))
    },
  }),
]
