import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { allPages, atOnce, refused, refusedField, tally } from './expect.ts'
import { ACTORS, documentRef, HOUR, START } from './world.ts'

const { ann, bob, ada, eve, zoe, root } = ACTORS
const ref = documentRef()
const folderRef = (id: string): { type: 'folder'; id: string } => ({ type: 'folder', id })

export const resources: ConformanceCase[] = [
  ...casesOf('resources.register', {
    'a new resource is private, and is what was said of it': async ({ sharing }) => {
      await sharing.resources.register(folderRef('f1'), { tenantId: 'acme', ownerId: 'ann' })
      const made = await sharing.resources.register(ref, {
        tenantId: 'acme',
        ownerId: 'ann',
        title: 'Plan',
        traits: ['remote', 'archived', 'remote'],
        parent: folderRef('f1'),
      })
      assert.deepEqual(made, {
        ...ref,
        tenantId: 'acme',
        ownerId: 'ann',
        title: 'Plan',
        visibility: 'private',
        traits: ['archived', 'remote'],
        parent: folderRef('f1'),
        forkedFrom: null,
        createdAt: START,
        updatedAt: START,
      })
      assert.deepEqual(await sharing.resources.get(ref), made)
      assert.equal(await sharing.resources.get(folderRef('d1')), null)
    },
    'again: what is given is overwritten, visibility never': async ({ document, clock }) => {
      const made = await document('d1', { title: 'a', traits: ['remote'], visibility: 'account' })
      clock.pass(HOUR)
      assert.deepEqual(await document('d1', { visibility: 'public' }), made)
      const again = await document('d1', { title: 'b', visibility: 'private' })
      assert.deepEqual(again, { ...made, title: 'b', updatedAt: clock.now })
      assert.deepEqual((await document('d1', { title: null, traits: [] })).traits, [])
    },
    'another tenant or owner is a conflict, and changes nothing': async ({ document, sharing }) => {
      const made = await document()
      await refused('conflict', document('d1', { tenantId: 'rival', ownerId: 'eve', title: 'x' }))
      await refused('conflict', document('d1', { tenantId: 'rival', title: 'x' }))
      await refused('conflict', document('d1', { ownerId: 'bob', title: 'x' }))
      await refused('conflict', document('d1', { tenantId: null }))
      assert.deepEqual(await sharing.resources.get(ref), made)
    },
    'at once from many sides it is registered once': async (world) => {
      const elsewhere = await world.elsewhere()
      const own = { tenantId: 'acme', ownerId: 'ann' }
      const same = atOnce(8, (index) => (index % 2 ? world.sharing : elsewhere).resources.register(ref, own))
      assert.deepEqual(await tally(same), { ok: 8 })
      const { items } = await world.sharing.audit.list(ann, { resource: ref })
      assert.equal(items.length, 1)
      const other = documentRef('d2')
      const contested = atOnce(8, (index) =>
        (index % 2 ? world.sharing : elsewhere).resources.register(other, {
          tenantId: `t${index}`,
          ownerId: 'x',
        }),
      )
      assert.deepEqual(await tally(contested), { ok: 1, conflict: 7 })
    },
    'visibility obeys rules, policy and account from the beginning': async ({ document }) => {
      await refused('publish_forbidden', document('d1', { visibility: 'public', traits: ['remote'] }))
      await refused(
        'account_required',
        document('d1', { tenantId: null, ownerId: 'zoe', visibility: 'account' }),
      )
      await document('d1', { visibility: 'account', traits: ['remote'] })
      await document('d2', { tenantId: null, ownerId: 'zoe', visibility: 'public' })
    },
    'ids are compared byte by byte, whatever they are made of': async ({ document, sharing }) => {
      const ids = [
        'a',
        'A',
        'ä',
        'a\u0308',
        ' a',
        'a ',
        '%',
        '_',
        "o'hare",
        '"',
        '1:2',
        '🦉',
        'ﬁ',
        'x'.repeat(255),
      ]
      for (const id of ids) await document(id, { title: `title of ${id}` })
      for (const id of ids)
        assert.equal((await sharing.resources.get(documentRef(id)))?.title, `title of ${id}`)
      const all = await allPages((cursor) => sharing.list(ann, { limit: 5, cursor }))
      assert.deepEqual(all.map(({ resource }) => resource.id).sort(), [...ids].sort())
      for (const id of ['', '~a', 'a\u0000b', 'x'.repeat(256), '\ud83d']) {
        await refusedField('resource.id', sharing.resources.get(documentRef(id)))
      }
    },
  }),
  ...casesOf('resources.update', {
    'title, traits and parent, where given': async ({ document, sharing, clock }) => {
      const made = await document('d1', { title: 'a', traits: ['remote'] })
      await document('d2')
      clock.pass(HOUR)
      assert.deepEqual(await sharing.resources.update(ref, {}), made)
      assert.deepEqual(await sharing.resources.update(ref, { title: undefined }), made)
      const changed = await sharing.resources.update(ref, {
        traits: ['b', 'a', 'b'],
        parent: documentRef('d2'),
      })
      assert.deepEqual(changed, {
        ...made,
        traits: ['a', 'b'],
        parent: documentRef('d2'),
        updatedAt: clock.now,
      })
      assert.deepEqual((await sharing.resources.update(ref, { parent: null })).parent, null)
      await refused('not_found', sharing.resources.update(documentRef('none'), { title: 'x' }))
      await refusedField(
        'options.visibility',
        sharing.resources.update(ref, { visibility: 'public' } as object),
      )
    },
    'a parent is in the same account and not below the resource': async ({ document, sharing }) => {
      await document('a')
      await document('b', { parent: documentRef('a') })
      await document('c', { parent: documentRef('b') })
      await document('far', { tenantId: 'rival', ownerId: 'eve' })
      for (const id of ['a', 'b', 'c', 'far', 'none']) {
        await refusedField(
          'options.parent',
          sharing.resources.update(documentRef('a'), { parent: documentRef(id) }),
        )
      }
      await refusedField('options.parent', document('new', { parent: documentRef('far') }))
      await sharing.resources.update(documentRef('c'), { parent: documentRef('a') })
    },
    're-parentings at once make no circle together': async (world) => {
      const { document } = world
      await document('a')
      await document('b')
      const elsewhere = await world.elsewhere()
      const outcomes = await tally([
        world.sharing.resources.update(documentRef('a'), { parent: documentRef('b') }),
        elsewhere.resources.update(documentRef('b'), { parent: documentRef('a') }),
      ])
      assert.deepEqual(outcomes, { ok: 1, invalid_input: 1 })
    },
    're-parentings at once make no circle of resources that neither of them names': async (world) => {
      const { document } = world
      const elsewhere = await world.elsewhere()
      const outcomes = []
      for (let round = 0; round < 4; round++) {
        const [above, below, other, otherBelow] = ['a', 'b', 'c', 'd'].map((id) => `${id}${round}`)
        await document(above)
        await document(below, { parent: documentRef(above) })
        await document(other)
        await document(otherBelow, { parent: documentRef(other) })
        outcomes.push(
          await tally([
            world.sharing.resources.update(documentRef(above), { parent: documentRef(otherBelow) }),
            elsewhere.resources.update(documentRef(other), { parent: documentRef(below) }),
          ]),
        )
      }
      assert.deepEqual(outcomes, Array(4).fill({ ok: 1, invalid_input: 1 }))
    },
  }),
  ...casesOf('resources.remove', {
    'takes links, passes and views along': async ({ document, link, sharing }) => {
      await document()
      const { id, token } = await link()
      const { pass } = await sharing.open(token)
      await sharing.resources.remove(ref)
      assert.equal(await sharing.resources.get(ref), null)
      await refused('not_found', sharing.open(token))
      await refused('not_found', sharing.resume(pass))
      await refused('not_found', sharing.links.get(ann, id))
      await refused('not_found', sharing.links.revoke(ada, id))
      await refused('not_found', sharing.views.list(ann, { resource: ref }))
      assert.deepEqual((await sharing.links.list(ann, { includeInactive: true })).items, [])
      assert.equal(await sharing.can(ann, 'view', ref), false)
      await sharing.resources.remove(ref)
      await sharing.resources.remove(documentRef('none'))
    },
    'leaves every other resource with its links, views and parents': async (world) => {
      const { document, link, sharing, opened } = world
      await document()
      await document('parent')
      await document('other', { parent: documentRef('parent') })
      await document('child', { parent: ref })
      const stays = await link({}, 'other')
      const goes = await link()
      await opened(stays.token, 2)
      await opened(goes.token, 1)
      await sharing.resources.remove(ref)
      await refused('not_found', sharing.open(goes.token))
      const { pass } = await sharing.open(stays.token)
      await sharing.resume(pass)
      assert.equal((await sharing.links.get(ann, stays.id)).viewCount, 3)
      assert.equal((await sharing.links.get(root, stays.id)).id, stays.id)
      assert.equal((await sharing.views.list(ann, { link: stays.id })).items.length, 3)
      assert.deepEqual((await sharing.resources.get(documentRef('other')))?.parent, documentRef('parent'))
      assert.equal((await sharing.resources.get(documentRef('child')))?.parent, null)
    },
    'an id used again starts clean, also for another account': async ({
      document,
      link,
      sharing,
      opened,
    }) => {
      await document('d1', { title: 'old', traits: ['archived'] })
      const old = await link()
      await opened(old.token, 3)
      await sharing.resources.setVisibility(ann, ref, 'public')
      await sharing.resources.remove(ref)
      for (const again of [{}, { tenantId: 'rival', ownerId: 'eve' }]) {
        const made = await document('d1', again)
        const owner = again.ownerId === 'eve' ? eve : ann
        assert.deepEqual([made.title, made.visibility, made.traits], [null, 'private', []])
        await refused('not_found', sharing.open(old.token))
        assert.deepEqual(
          (await sharing.links.list(owner, { resource: ref, includeInactive: true })).items,
          [],
        )
        assert.deepEqual((await sharing.views.stats(owner, { resource: ref })).views, 0)
        const { items } = await sharing.audit.list(owner, { resource: ref })
        assert.deepEqual(
          items.map(({ action }) => action),
          ['resource.registered'],
        )
        await sharing.resources.remove(ref)
      }
    },
    'its history stays for the admin of the tenant': async ({ document, sharing }) => {
      await document('d1', { title: 'gone' })
      await sharing.resources.remove(ref)
      await refused('not_found', sharing.audit.list(ann, { resource: ref }))
      const { items } = await sharing.audit.list(ada)
      const removed = items.find(({ action }) => action === 'resource.removed')
      assert.deepEqual([removed?.resource, removed?.before?.['title']], [ref, 'gone'])
    },
    'what lay below it stays, without a parent': async ({ document, sharing }) => {
      await document('a')
      const below = await document('b', { parent: documentRef('a') })
      await sharing.resources.remove(documentRef('a'))
      assert.deepEqual(await sharing.resources.get(documentRef('b')), { ...below, parent: null })
      await document('a')
      assert.equal((await sharing.resources.get(documentRef('b')))?.parent, null)
    },
  }),
  ...casesOf('resources.transfer', {
    'the links stay, by right of the new owner': async ({ document, link, sharing, clock }) => {
      const made = await document()
      const { id, token } = await link({ role: 'commenter' })
      await sharing.open(token)
      clock.pass(HOUR)
      const moved = await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
      assert.deepEqual(moved, { ...made, ownerId: 'bob', updatedAt: clock.now })
      await sharing.open(token)
      const { createdBy, viewCount } = await sharing.links.get(bob, id)
      assert.deepEqual([createdBy, viewCount], ['ann', 2])
      assert.equal(await sharing.can(ann, 'share', ref), false)
      assert.equal(await sharing.can(bob, 'share', ref), true)
      await refused('not_found', sharing.links.create(ann, ref, { visibility: 'public' }))
    },
    'and nothing else changes hands: neither other resources’ links nor those by another right': async (
      world,
    ) => {
      const { sharing } = world
      await world.document()
      await world.document('d2')
      const [moved, stays] = [await world.link(), await world.link({}, 'd2')]
      const admins = await sharing.links.create(root, ref, { visibility: 'public' })
      await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
      for (const { token } of [moved, stays, admins]) await sharing.open(token)
      await sharing.admins.remove('root', 'acme')
      await refused('not_found', sharing.open(admins.token))
      for (const { token } of [moved, stays]) await sharing.open(token)
      await sharing.members.remove('acme', 'bob')
      await refused('not_found', sharing.open(moved.token))
      await sharing.open(stays.token)
    },
    'and end when the new owner leaves': async ({ document, sharing }) => {
      await document('d1', { ownerId: 'bob' })
      const { token } = await sharing.links.create(bob, ref, { visibility: 'public' })
      await sharing.resources.transfer(bob, ref, 'cyd', { keep: null })
      const third = await sharing.links.create({ ...bob, userId: 'cyd' }, ref, { visibility: 'public' })
      await sharing.members.remove('acme', 'dan')
      await sharing.open(token)
      await sharing.members.remove('acme', 'cyd')
      await refused('not_found', sharing.open(token))
      await refused('not_found', sharing.open(third.token))
    },
    'by its owner or a system admin; to oneself is nothing': async ({ document, sharing }) => {
      const made = await document('d1', { visibility: 'account' })
      await refused('forbidden', sharing.resources.transfer(bob, ref, 'bob', { keep: null }))
      await refused('forbidden', sharing.resources.transfer(ada, ref, 'ada', { keep: null }))
      await refused('not_found', sharing.resources.transfer(eve, ref, 'eve', { keep: null }))
      assert.deepEqual(await sharing.resources.transfer(ann, ref, 'ann', { keep: null }), made)
      assert.equal((await sharing.resources.transfer(root, ref, 'bob', { keep: null })).ownerId, 'bob')
      await sharing.resources.register(documentRef('own'), { tenantId: null, ownerId: 'zoe' })
      await refusedField(
        'newOwnerId',
        sharing.resources.transfer(zoe, documentRef('own'), 'ann', { keep: null }),
      )
    },
    'of many at once, each is by the owner of its moment': async (world) => {
      await world.document()
      const elsewhere = await world.elsewhere()
      const outcomes = await tally([
        world.sharing.resources.transfer(ann, ref, 'bob', { keep: null }),
        elsewhere.resources.transfer(ann, ref, 'cyd', { keep: null }),
      ])
      assert.deepEqual(outcomes, { ok: 1, not_found: 1 })
    },
  }),
]
