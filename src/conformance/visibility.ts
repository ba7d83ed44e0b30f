import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused, refusedField } from './expect.ts'
import { ACTORS, documentRef, HOUR, type World } from './world.ts'

const { ann, bob, ada, eve, zoe, root } = ACTORS
const ref = documentRef()

/** Who may view the document now. */
async function viewers({ sharing }: World): Promise<string[]> {
  const found: string[] = []
  for (const [name, actor] of Object.entries({ ann, bob, ada, eve, zoe, root, nobody: null })) {
    if (await sharing.can(actor, 'view', ref)) found.push(name)
  }
  return found
}

const OWN = ['ann', 'root']
const ACCOUNT = ['ann', 'bob', 'ada', 'root']
const ALL = ['ann', 'bob', 'ada', 'eve', 'zoe', 'root', 'nobody']

export const visibility: ConformanceCase[] = casesOf('visibility', {
  'private: the owner; account: the members; public: everyone': async (world) => {
    await world.document()
    assert.deepEqual(await viewers(world), OWN)
    await world.sharing.resources.setVisibility(ann, ref, 'account')
    assert.deepEqual(await viewers(world), ACCOUNT)
    await world.sharing.resources.setVisibility(ann, ref, 'public')
    assert.deepEqual(await viewers(world), ALL)
    await world.sharing.resources.setVisibility(ann, ref, 'private')
    assert.deepEqual(await viewers(world), OWN)
  },
  'gives the weakest role and nothing that manages': async ({ document, sharing }) => {
    await document('d1', { visibility: 'public', traits: ['live'] })
    const { role, actions, via } = await sharing.authorize(eve, 'view', ref)
    assert.deepEqual([role, actions, via], ['viewer', ['view'], { kind: 'visibility', visibility: 'public' }])
    for (const action of ['comment', 'edit', 'share', 'publish', 'transfer', 'remove', 'history'] as const) {
      await refused('forbidden', sharing.authorize(eve, action, ref))
    }
  },
  'gives nothing that manages, also where the weakest role names it': async (world) => {
    const managing = ['share', 'publish', 'transfer', 'remove', 'history'] as const
    const roles = { viewer: ['view', ...managing], commenter: ['view'], editor: ['view'] }
    const sharing = world.sharingWith({ resources: { document: { roles }, folder: { roles } } as never })
    await world.document('d1', { visibility: 'public' })
    for (const actor of [bob, eve, zoe, null]) {
      assert.equal(await sharing.can(actor, 'view', ref), true)
      for (const action of managing) {
        const { allowed, actions, code, considered } = await sharing.explain(actor, action, ref)
        assert.deepEqual([allowed, actions, code], [false, ['view'], 'forbidden'])
        assert.equal(considered.at(-1)?.reason, 'not_in_role')
      }
    }
    await refused('forbidden', sharing.links.create(bob, ref, { visibility: 'account' }))
    await refused('forbidden', sharing.resources.transfer(bob, ref, 'bob', { keep: null }))
    await refused('forbidden', sharing.audit.list(bob, { resource: ref }))
    const everyone = (await sharing.access(ann, ref)).find(({ via }) => via === 'visibility')
    assert.deepEqual(everyone?.actions, ['view'])
  },
  'a trait that comes later closes what is public, and opens it when it goes': async (world) => {
    await world.document('d1', { visibility: 'public' })
    await world.sharing.resources.update(ref, { traits: ['remote'] })
    assert.deepEqual(await viewers(world), ACCOUNT)
    assert.equal((await world.sharing.resources.get(ref))?.visibility, 'public')
    await world.sharing.resources.update(ref, { traits: [] })
    assert.deepEqual(await viewers(world), ALL)
  },
  'a policy that comes later does the same': async (world) => {
    await world.document('d1', { visibility: 'public' })
    await world.sharing.policies.set(ada, { allowPublicShares: false })
    assert.deepEqual(await viewers(world), ACCOUNT)
    await world.sharing.policies.set(ada, { allowPublicShares: true })
    assert.deepEqual(await viewers(world), ALL)
  },
  'a rule against an action holds over all, the owner too': async (world) => {
    await world.document('d1', { visibility: 'public', traits: ['quarantined'] })
    assert.deepEqual(await viewers(world), [])
  },
  'public takes the right to publish, rules and policy': async ({ document, sharing }) => {
    await document('d1', { traits: ['remote'] })
    await refused('publish_forbidden', sharing.resources.setVisibility(ann, ref, 'public'))
    await sharing.resources.update(ref, { traits: [] })
    await sharing.policies.set(ada, { allowPublicShares: false })
    await refused('public_shares_disabled', sharing.resources.setVisibility(ann, ref, 'public'))
    await sharing.resources.register(documentRef('own'), { tenantId: null, ownerId: 'zoe' })
    await refused('account_required', sharing.resources.setVisibility(zoe, documentRef('own'), 'account'))
    await sharing.resources.setVisibility(zoe, documentRef('own'), 'public')
  },
  'set by whoever may share; the same again is nothing': async ({ document, sharing, clock }) => {
    const made = await document('d1', { visibility: 'account' })
    await refused('forbidden', sharing.resources.setVisibility(bob, ref, 'public'))
    await refused('forbidden', sharing.resources.setVisibility(ada, ref, 'private'))
    await refused('not_found', sharing.resources.setVisibility(eve, ref, 'public'))
    await refused('not_found', sharing.resources.setVisibility(ann, documentRef('none'), 'public'))
    await refusedField('visibility', sharing.resources.setVisibility(ann, ref, 'open' as 'public'))
    clock.pass(HOUR)
    assert.deepEqual(await sharing.resources.setVisibility(ann, ref, 'account'), made)
    assert.equal(
      (await sharing.resources.setVisibility(root, ref, 'private')).updatedAt.getTime(),
      clock.now.getTime(),
    )
  },
  'an ancestor’s visibility and ownership give nothing below': async ({ document, sharing }) => {
    await document('top', { visibility: 'public', ownerId: 'bob' })
    await document('d1', { parent: documentRef('top') })
    assert.equal(await sharing.can(null, 'view', ref), false)
    assert.equal(await sharing.can(bob, 'view', ref), false)
  },
})
