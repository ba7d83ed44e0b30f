import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import type { Ask, Facts } from '../store/index.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { ACTORS, documentRef, type World } from './world.ts'

const { ann, bob, root } = ACTORS
const [cyd, dan] = [
  { userId: 'cyd', tenantId: 'acme' },
  { userId: 'dan', tenantId: 'acme' },
]
const inGroup = (group: string): Actor => ({ userId: 'eva', tenantId: 'acme', groups: [group] })

const look = ({ store }: World, anchor: Parameters<World['store']['change']>[0], ask: Ask): Promise<Facts> =>
  store.change(anchor, ask, (facts) => ({ changes: [], audit: [], result: facts }))

/** What was given on d0, d1 in it, d2 in that, and on d3 beside them: the ids of the grants. */
type Rights = Record<'bob' | 'cyd' | 'staff' | 'crew' | 'dan', string>

/** The ids of the links, by who made them and where; and those of what was given. */
async function made(world: World): Promise<{ rights: Rights; links: Record<string, string>; odd: Actor }> {
  const { sharing, clock } = world
  const share = async (actor: Actor, id: string): Promise<string> => {
    clock.pass(1)
    return (await sharing.links.create(actor, documentRef(id), { visibility: 'public' })).id
  }
  const give = async (id: string, who: { userId: string } | { groupId: string }): Promise<string> =>
    (await sharing.collaborators.add(ann, documentRef(id), { ...who, role: 'manager' })).id
  for (const [id, parent] of [['d0'], ['d1', 'd0'], ['d2', 'd1'], ['d3']] as const) {
    await world.document(id, parent === undefined ? {} : { parent: documentRef(parent) })
  }
  const rights = {
    bob: await give('d0', { userId: 'bob' }),
    cyd: await give('d1', { userId: 'cyd' }),
    staff: await give('d1', { groupId: 'staff' }),
    crew: await give('d1', { groupId: 'crew' }),
    dan: await give('d3', { userId: 'dan' }),
  }
  // A host may have a user whose id is that of a grant.
  const odd = { userId: rights.staff, tenantId: 'acme' }
  await world.document('odd', { ownerId: odd.userId, parent: documentRef('d1') })
  const links = {
    'bob d0': await share(bob, 'd0'),
    'bob d1': await share(bob, 'd1'),
    'bob d2': await share(bob, 'd2'),
    'cyd d2': await share(cyd, 'd2'),
    'staff d1': await share(inGroup('staff'), 'd1'),
    'crew d1': await share(inGroup('crew'), 'd1'),
    'dan d3': await share(dan, 'd3'),
    'odd odd': await share(odd, 'odd'),
    'ann d1': await share(ann, 'd1'),
    'root d1': await share(root, 'd1'),
  }
  await sharing.links.revoke(ann, await share(bob, 'd1'))
  await sharing.links.revoke(ann, await share(inGroup('staff'), 'd1'))
  return { rights, links, odd }
}

/** Who made which, on what, below what. */
const named = (found: Facts['links'], links: Record<string, string>): string[] =>
  found.map(({ link, resource }) => {
    const name = Object.entries(links).find(([, id]) => id === link.id)?.[0]
    return `${name} on ${resource.id} in ${resource.parent?.id ?? 'nothing'}`
  })

const tenant = { at: 'tenant', tenantId: 'acme' } as const

export const storeHanging: readonly ConformanceCase[] = casesOf('store, what hangs on a right', {
  'at or below a resource: the active links by right of a grant, each once, with where it was given': async (
    world,
  ) => {
    const { rights, links } = await made(world)
    const anchor = { at: 'resource', ref: documentRef('d1'), tenantId: 'acme' } as const
    const { moving } = await look(world, anchor, { moves: true })
    assert.deepEqual(named(moving!.links, links).sort(), [
      'bob d1 on d1 in d0',
      'bob d2 on d2 in d1',
      'crew d1 on d1 in d0',
      'cyd d2 on d2 in d1',
      'staff d1 on d1 in d0',
    ])
    const uid = async (id: string): Promise<string> =>
      (await world.store.findResource(documentRef(id), null))!.resource.uid
    for (const { link, authorityUid } of moving!.links) {
      assert.equal(authorityUid, await uid(link.authorityId === rights.bob ? 'd0' : 'd1'))
    }
    assert.deepEqual([...moving!.above], [await uid('d0')])
  },
  'the active links by right of a grant, and of those of the people asked for': async (world) => {
    const { rights, links } = await made(world)
    const under = async (id: string, ask: Ask = {}): Promise<string[]> => {
      const facts = await look(world, { at: 'grant', id, tenantId: 'acme' }, { linksUnder: true, ...ask })
      return named(facts.links, links)
    }
    assert.deepEqual(await under(rights.bob), [
      'bob d0 on d0 in nothing',
      'bob d1 on d1 in d0',
      'bob d2 on d2 in d1',
    ])
    assert.deepEqual(await under(rights.staff), ['staff d1 on d1 in d0'])
    const people = { subjects: ['user:cyd'], addressKey: null, at: world.clock.now } as const
    assert.deepEqual(await under(rights.staff, { people }), ['cyd d2 on d2 in d1', 'staff d1 on d1 in d0'])
  },
  'the active links that one person made by right of what one group was given': async (world) => {
    const { links, odd } = await made(world)
    const by = async (group: 'staff' | 'crew', userId: string): Promise<string[]> =>
      named((await look(world, tenant, { groupMember: { group: `group:${group}`, userId } })).links, links)
    assert.deepEqual(await by('staff', 'eva'), ['staff d1 on d1 in d0'])
    assert.deepEqual(await by('crew', 'eva'), ['crew d1 on d1 in d0'])
    assert.deepEqual(await by('staff', 'bob'), [])
    assert.deepEqual(await by('staff', odd.userId), [])
  },
  'on a person: what they were given and what was given on their own, and links, not what was given': async (
    world,
  ) => {
    const { rights, links } = await made(world)
    const { sharing } = world
    const give = async (actor: Actor, id: string, userId: string): Promise<string> =>
      (await sharing.collaborators.add(actor, documentRef(id), { userId, role: 'viewer' })).id
    await world.document('of dan', { ownerId: 'dan', parent: documentRef('d0') })
    const [own, over] = [await give(dan, 'of dan', 'cyd'), await give(dan, 'of dan', 'fay')]
    await sharing.collaborators.remove(dan, over)
    await sharing.collaborators.remove(ann, await give(ann, 'd2', 'dan'))
    const hanging = async (member: string): Promise<string[][]> => {
      const facts = await look(world, tenant, { member })
      return [
        named(facts.links, links),
        facts.given.map(({ grant, resource }) => `${grant.id} on ${resource.id} in ${resource.parent?.id}`),
      ]
    }
    assert.deepEqual(await hanging('dan'), [
      ['dan d3 on d3 in nothing'],
      [`${rights.dan} on d3 in undefined`, `${own} on of dan in d0`],
    ])
    assert.deepEqual(await hanging('cyd'), [
      ['cyd d2 on d2 in d1'],
      [`${rights.cyd} on d1 in d0`, `${own} on of dan in d0`],
    ])
    // Ann made all of them, and holds none.
    assert.deepEqual(await hanging('fay'), [[], []])
  },
  'with what is claimed: the links by right of that and of what its person had': async (world) => {
    const { rights, links } = await made(world)
    const { sharing } = world
    const email = 'cyd@acme.example'
    const { id } = await sharing.collaborators.add(ann, documentRef('d1'), { email, role: 'manager' })
    const verified = { userId: 'gus', tenantId: 'acme', email }
    const by = await sharing.links.create(verified, documentRef('d2'), { visibility: 'public' })
    const ask = { invited: { email: `email:${email}`, user: 'user:cyd' }, linksUnder: true } as const
    const facts = await look(world, tenant, ask)
    assert.deepEqual(facts.given.map(({ grant }) => grant.id).sort(), [rights.cyd, id].sort())
    assert.deepEqual(named(facts.links, { ...links, claimed: by.id }), [
      'cyd d2 on d2 in d1',
      'claimed on d2 in d1',
    ])
  },
  'joined: by right of the other from then on, or of the owner on one resource; no other link is': async (
    world,
  ) => {
    const { rights, links } = await made(world)
    const { store, clock } = world
    const join = async (from: string, to: { grant: string } | { owner: string; resourceUid: string }) => {
      const changes = [{ kind: 'authority.joined', from, to, at: clock.now } as const]
      await store.change(tenant, {}, () => ({ changes, audit: [], result: null }))
    }
    const by = async (name: string): Promise<string> => {
      const { link } = (await store.findLink('acme', links[name]!, null))!
      return `${link.authority} ${link.authorityId}`
    }
    const all = () => Promise.all(Object.keys(links).map(by))
    const before = await all()
    await join(rights.bob, { grant: rights.cyd })
    const cyds = `grant ${rights.cyd}`
    assert.deepEqual(await all(), [cyds, cyds, cyds, ...before.slice(3)])
    const { uid } = (await store.findResource(documentRef('d2'), null))!.resource
    await join(rights.cyd, { owner: 'ann', resourceUid: uid })
    assert.deepEqual(await all(), [cyds, cyds, 'owner ann', 'owner ann', ...before.slice(4)])
  },
  'people are listed where they were given it, and above only where that is asked for': async (world) => {
    const { rights } = await made(world)
    const { store } = world
    const { uid: resourceUid } = (await store.findResource(documentRef('d1'), null))!.resource
    const listed = async (above: boolean, ended: boolean): Promise<string[]> =>
      (await store.listPeople({ tenantId: 'acme', resourceUid, above, ended })).map(
        (row) => `${row.id} ${row.above?.id ?? 'here'}`,
      )
    const here = [rights.cyd, rights.staff, rights.crew].map((id) => `${id} here`).sort()
    for (const ended of [false, true]) {
      assert.deepEqual((await listed(false, ended)).sort(), here)
      assert.deepEqual((await listed(true, ended)).sort(), [...here, `${rights.bob} d0`].sort())
    }
  },
  'of what was given to addresses, a person has what is for one that they claimed by, and no more': async (
    world,
  ) => {
    const { sharing } = world
    for (const id of ['d1', 'd2', 'd3']) await world.document(id)
    const give = async (id: string, email: string): Promise<string> =>
      (await sharing.collaborators.add(ann, documentRef(id), { email, role: 'viewer' })).id
    const claimed = await give('d1', 'cyd@acme.example')
    const abroad = await give('d1', 'dan@acme.example')
    await sharing.invitations.claim({ ...cyd, email: 'cyd@acme.example' })
    await sharing.invitations.claim({ ...dan, email: 'dan@acme.example' })
    const open = await give('d2', 'cyd@acme.example')
    const [other, others] = [await give('d3', 'dan@acme.example'), await give('d3', 'nobody@acme.example')]
    const given = async (member: string): Promise<string[]> =>
      (await look(world, tenant, { member })).given.map(({ grant }) => grant.id).sort()
    assert.deepEqual(await given('cyd'), [claimed, open].sort())
    assert.deepEqual(await given('dan'), [abroad, other].sort())
    assert.deepEqual(await given('bob'), [])
    assert.ok((await given('ann')).includes(others))
  },
  'who has it live and as a snapshot counts once; a snapshot alone lets nobody see the document': async (
    world,
  ) => {
    const { sharing, store, clock } = world
    await world.document('d1')
    await world.document('d2')
    const copy = async (id: string): Promise<string> => {
      const ref = documentRef(id)
      const { id: given } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
      const { resource } = (await store.findResource(ref, null))!
      const request = { tenantId: 'acme', resourceUid: resource.uid, above: false, ended: false }
      const { above: _, ...grant } = (await store.listPeople(request)).find((row) => row.id === given)!
      const naming = { snapshotId: 's1', snapshotRevision: 'r1', snapshotTitle: null, snapshotAt: clock.now }
      const snapshot = { ...grant, ...naming, id: `snapshot ${id}`, mode: 'snapshot' } as const
      const changes = [{ kind: 'grant.created', grant: snapshot, resource } as const]
      await store.change(tenant, {}, () => ({ changes, audit: [], result: null }))
      return given
    }
    await copy('d1')
    const live = await copy('d2')
    await sharing.collaborators.remove(ann, live)
    const people = { subjects: [], addressKey: null, at: clock.now }
    const count = async (id: string): Promise<number> =>
      (await look(world, { at: 'resource', ref: documentRef(id), tenantId: 'acme' }, { people })).people.count
    assert.deepEqual([await count('d1'), await count('d2')], [1, 1])
    assert.deepEqual(
      [await sharing.can(bob, 'view', documentRef('d1')), await sharing.can(bob, 'view', documentRef('d2'))],
      [true, false],
    )
    assert.deepEqual(await world.filtered(bob, 'view', ['d1', 'd2']), ['d1'])
  },
})
