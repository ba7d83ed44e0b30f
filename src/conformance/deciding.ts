import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import { type ConformanceCase, casesOf, HOST_COLUMN } from './case.ts'
import { allPages, outcomeOf, refused, refusedField } from './expect.ts'
import { ACTORS, DAY, type DocumentAction, documentRef, HOUR } from './world.ts'

const { ann, bob, ada, eve, zoe, root } = ACTORS
const ref = documentRef()
const ACTIONS: DocumentAction[] = [
  'view',
  'comment',
  'edit',
  'share',
  'publish',
  'transfer',
  'remove',
  'history',
]

export const deciding: ConformanceCase[] = [
  ...casesOf('can, authorize, explain and filter', {
    'agree with each other, whoever asks for whatever': async (world) => {
      const { sharing } = world
      const ids: string[] = []
      for (const visibility of ['private', 'account', 'public'] as const) {
        for (const traits of [[], ['archived'], ['quarantined'], ['live']]) {
          for (const owner of ['ann', 'eve', 'zoe']) {
            const id = `${visibility} ${traits.join('+')} ${owner}`
            const tenantId = owner === 'eve' ? 'rival' : owner === 'zoe' ? null : 'acme'
            if (tenantId === null && visibility === 'account') continue
            ids.push(id)
            await world.document(id, { visibility, traits, ownerId: owner, tenantId })
          }
        }
      }
      // A trait that closes what is public comes when it is public already.
      await world.document('public of bob', { visibility: 'public', ownerId: 'bob' })
      await sharing.resources.update(documentRef('public of bob'), { traits: ['remote'] })
      ids.push('public of bob')
      const actors: Array<Actor | null> = [ann, bob, ada, eve, zoe, root, { ...root, tenantId: 'acme' }, null]
      for (const allowPublicShares of [true, false]) {
        await sharing.policies.set(ada, { allowPublicShares })
        // What the policy closes is seen by these.
        for (const action of allowPublicShares ? ACTIONS : (['view', 'publish'] as const)) {
          for (const actor of actors) {
            const decided = async (id: string, place: number): Promise<string[]> => {
              const can = await sharing.can(actor, action, documentRef(id))
              // Each is explained to everybody, of one action in three.
              if ((place + ACTIONS.indexOf(action)) % 3 === 0) {
                const decision = await sharing.explain(actor, action, documentRef(id))
                assert.equal(can, decision.allowed)
                assert.equal(decision.allowed, decision.code === null)
                assert.equal(decision.allowed, decision.actions.includes(action))
              }
              return can ? [id] : []
            }
            const allowed = (await Promise.all(ids.map(decided))).flat()
            const [some = ''] = ids
            const outcome = await outcomeOf(sharing.authorize(actor, action, documentRef(some)))
            assert.equal(outcome === 'ok', allowed.includes(some))
            if (actor === null) continue
            const own = allowed.filter(
              (id) => tenantOf(id) === actor.tenantId && (actor !== zoe || id.endsWith('zoe')),
            )
            const found = await world.filtered(actor, action, ids)
            assert.deepEqual(found.sort(), own.sort(), `${actor.userId} ${action} ${allowPublicShares}`)
          }
        }
      }
    },
    'explain says of every source why it counts or does not': async ({ document, sharing }) => {
      await document('d1', { visibility: 'public', traits: ['archived'] })
      const decision = await sharing.explain(bob, 'comment', ref)
      assert.deepEqual(decision, {
        allowed: false,
        action: 'comment',
        role: 'viewer',
        actions: ['view'],
        via: null,
        code: 'forbidden',
        considered: [
          {
            source: { kind: 'owner', userId: 'bob' },
            role: null,
            outcome: 'denied',
            reason: 'not_the_owner',
          },
          {
            source: { kind: 'visibility', visibility: 'public' },
            role: 'viewer',
            outcome: 'denied',
            reason: 'not_in_role',
          },
        ],
      })
      const owners = await sharing.explain(ann, 'edit', ref)
      const [first] = owners.considered
      assert.deepEqual([first?.reason, first?.rule], ['forbidden_by_rule', { index: 1, when: 'archived' }])
    },
    'an unknown resource is one that is hidden': async ({ document, sharing }) => {
      await document()
      const refusals = [ref, documentRef('none')].map(async (one) =>
        JSON.stringify(await refused('not_found', sharing.authorize(eve, 'view', one))),
      )
      const [hidden, unknown] = await Promise.all(refusals)
      assert.equal(hidden, unknown)
      assert.equal((await sharing.explain(eve, 'view', ref)).code, 'not_found')
      assert.equal(await sharing.can(null, 'view', documentRef('none')), false)
    },
    'a type, action or column that is none is refused': async ({ document, sharing }) => {
      await document()
      await refusedField('action', sharing.can(ann, 'fly' as 'view', ref))
      await refusedField('resource.type', sharing.can(ann, 'view', { type: 'boat' as 'document', id: 'd1' }))
      const filter = async (column: string): Promise<unknown> =>
        sharing.filter(ann, 'view', 'document', { column })
      for (const column of ['', '1', 'a.b.c.d', 'a b', "a'--", 'a;b', 'a)or(1=1']) {
        await refused('invalid_input', filter(column))
      }
      await filter(HOST_COLUMN)
      const ofType = async (type: string): Promise<unknown> =>
        sharing.filter(ann, 'view', type as 'document', { column: HOST_COLUMN })
      for (const type of ['', 'unheard of']) await refusedField('type', ofType(type))
    },
    'a filter’s parameters begin where the host says, and it is an expression too': async (world) => {
      await world.document()
      const condition = world.sharing.filter(ann, 'view', 'document', { column: HOST_COLUMN })
      assert.ok(condition.parameters.length > 0)
      assert.ok(condition.sql.includes('hosted'))
      assert.equal(condition.toOperationNode().kind, 'RawNode')
      assert.deepEqual(await world.filtered(ann, 'view', ['d1', 'd2', "'", '%']), ['d1'])
      assert.deepEqual(await world.filtered(eve, 'view', ['d1']), [])
      await world.sharing.resources.register(
        { type: 'folder', id: 'd9' },
        { tenantId: 'acme', ownerId: 'ann' },
      )
      assert.deepEqual(await world.filtered(ann, 'view', ['d1', 'd9']), ['d1'])
      assert.deepEqual(await world.filtered(ann, 'view', []), [])
    },
  }),
  ...casesOf('list', {
    'what a person owns, newest first, page after page': async ({ document, sharing, clock }) => {
      for (let count = 0; count < 7; count++) {
        await document(`d${count}`)
        if (count % 2) clock.pass(1)
      }
      await document('of bob', { ownerId: 'bob', visibility: 'public' })
      await sharing.resources.register({ type: 'folder', id: 'f1' }, { tenantId: 'acme', ownerId: 'ann' })
      const whole = (await sharing.list(ann)).items
      assert.equal(whole.length, 8)
      const times = whole.map(({ resource }) => resource.createdAt.getTime())
      assert.deepEqual(
        times,
        [...times].sort((a, b) => b - a),
      )
      for (const limit of [1, 3, 8]) {
        assert.deepEqual(await allPages((cursor) => sharing.list(ann, { limit, cursor })), whole)
      }
      const { resource, ...rest } = (await sharing.list(ann, { type: 'folder' })).items[0]!
      assert.deepEqual(resource, await sharing.resources.get({ type: 'folder', id: 'f1' }))
      assert.deepEqual(rest, {
        access: 'owned',
        role: 'owner',
        via: { kind: 'owner', userId: 'ann' },
        mode: 'live',
        sharedBy: null,
      })
      assert.equal((await sharing.list(ann, { type: 'document', filter: 'owned' })).items.length, 7)
      assert.deepEqual((await sharing.list(ann, { filter: 'shared' })).items, [])
      assert.deepEqual((await sharing.list(ann, { filter: 'all' })).items, whole)
      assert.deepEqual((await sharing.list({ ...ann, tenantId: 'rival' })).items, [])
      await refusedField('options.limit', sharing.list(ann, { limit: 101 }))
    },
    'follows transfers and removals': async ({ document, sharing }) => {
      await document()
      await document('d2')
      await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
      await sharing.resources.remove(documentRef('d2'))
      assert.deepEqual((await sharing.list(ann)).items, [])
      assert.deepEqual(
        (await sharing.list(bob)).items.map(({ resource }) => resource.id),
        ['d1'],
      )
    },
  }),
  ...casesOf('access', {
    'lists everyone who can do what, and through what': async ({ document, link, sharing }) => {
      await document('d1', { visibility: 'account', traits: ['archived'] })
      const { id } = await link({ name: 'l', role: 'commenter' })
      const all = ['view', 'share', 'publish', 'transfer', 'remove', 'history']
      assert.deepEqual(await sharing.access(ann, ref), [
        { who: { kind: 'user', userId: 'ann' }, role: 'owner', actions: all, via: 'owner', mode: 'live' },
        { who: { kind: 'account' }, role: 'viewer', actions: ['view'], via: 'visibility', mode: 'live' },
        {
          who: { kind: 'link', linkId: id, name: 'l', visibility: 'public' },
          role: 'commenter',
          actions: ['view'],
          via: 'link',
          mode: 'live',
        },
      ])
      await refused('forbidden', sharing.access(bob, ref))
      await refused('not_found', sharing.access(eve, ref))
    },
    'agrees with what opens and with what can says': async (world) => {
      const { sharing, clock } = world
      await world.document('d1', { visibility: 'public' })
      const links = [
        await world.link(),
        await world.link({ visibility: 'account' }),
        await world.link({ expiresAt: new Date(clock.now.getTime() + DAY) }),
        await world.link({ notBefore: new Date(clock.now.getTime() + HOUR) }),
        await world.link({ maxViews: 50 }),
        await world.link({ maxViews: 1 }),
        await world.link(),
      ]
      await sharing.open(links[5]!.token)
      await sharing.links.revoke(ann, links[6]!.id)
      const agree = async (): Promise<number> => {
        const entries = await sharing.access(ann, ref)
        const listed = new Set(entries.flatMap(({ who }) => (who.kind === 'link' ? [who.linkId] : [])))
        for (const { id, token } of links) {
          assert.equal((await outcomeOf(sharing.open(token, { actor: bob }))) === 'ok', listed.has(id))
        }
        const everyone = entries.some(
          ({ who, actions }) => who.kind === 'everyone' && actions.includes('view'),
        )
        assert.equal(await sharing.can(null, 'view', ref), everyone)
        return listed.size
      }
      assert.equal(await agree(), 4)
      await sharing.policies.set(ada, { allowPublicShares: false })
      assert.equal(await agree(), 1)
      await sharing.policies.set(ada, { allowPublicShares: true, maxLinkDays: 1 })
      clock.pass(2 * HOUR)
      assert.equal(await agree(), 5)
      clock.pass(DAY)
      assert.equal(await agree(), 0)
    },
  }),
]

const tenantOf = (id: string): string | null =>
  id.endsWith('eve') ? 'rival' : id.endsWith('zoe') ? null : 'acme'
