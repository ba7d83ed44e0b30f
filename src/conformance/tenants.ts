import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, documentRef, type World } from './world.ts'

const { ann, ada, eve, ed, root } = ACTORS

interface Side {
  owner: Actor & { tenantId: string }
  admin: Actor
}
const ACME: Side = { owner: ann, admin: ada }
const RIVAL: Side = { owner: eve, admin: ed }

async function settle({ sharing }: World, { owner }: Side): Promise<{ id: string; token: string }> {
  const ref = documentRef(owner.tenantId)
  await sharing.resources.register(ref, {
    tenantId: owner.tenantId,
    ownerId: owner.userId,
    title: owner.userId,
  })
  const link = await sharing.links.create(owner, ref, { visibility: 'account' })
  await sharing.open(link.token, { actor: owner })
  return link
}

/** What one side tries with the ids of the other: each is refused with the same bytes as an unknown id. */
async function intrude({ sharing }: World, intruder: Side, victim: Side, id: string): Promise<void> {
  const calls = (
    ref: { type: 'document'; id: string },
    linkId: string,
    actor: Actor,
  ): Array<() => Promise<unknown>> => [
    () => sharing.resources.setVisibility(actor, ref, 'private'),
    () => sharing.resources.transfer(actor, ref, actor.userId, { keep: null }),
    () => sharing.authorize(actor, 'view', ref),
    () => sharing.access(actor, ref),
    () => sharing.links.create(actor, ref, { visibility: 'account' }),
    () => sharing.links.list(actor, { resource: ref }),
    () => sharing.links.get(actor, linkId),
    () => sharing.links.update(actor, linkId, { name: 'x' }),
    () => sharing.links.revoke(actor, linkId),
    () => sharing.links.rotate(actor, linkId),
    () => sharing.links.reveal(actor, linkId),
    () => sharing.links.remove(actor, linkId),
    () => sharing.views.list(actor, { link: linkId }),
    () => sharing.views.list(actor, { resource: ref }),
    () => sharing.views.stats(actor, { link: linkId }),
    () => sharing.audit.list(actor, { resource: ref }),
  ]
  const theirs = documentRef(victim.owner.tenantId)
  for (const actor of [intruder.owner, intruder.admin]) {
    const hidden = calls(theirs, id, actor)
    const unknown = calls(documentRef('none'), 'none', actor)
    for (const [index, call] of hidden.entries()) {
      const refusal = JSON.stringify(await refused('not_found', call()))
      assert.equal(refusal, JSON.stringify(await refused('not_found', unknown[index]!())), String(call))
    }
    assert.deepEqual(
      (await sharing.links.list(actor)).items.filter((link) => link.id === id),
      [],
    )
    assert.deepEqual(
      (await sharing.list(actor)).items.filter(({ resource }) => resource.id === theirs.id),
      [],
    )
  }
}

export const tenants: ConformanceCase[] = casesOf('tenants', {
  'nothing of one account is there for another, and the other way round': async (world) => {
    const links = { acme: await settle(world, ACME), rival: await settle(world, RIVAL) }
    await intrude(world, RIVAL, ACME, links.acme.id)
    await intrude(world, ACME, RIVAL, links.rival.id)
    for (const [{ owner }, { id }] of [
      [ACME, links.acme],
      [RIVAL, links.rival],
    ] as const) {
      const { name, status, viewCount } = await world.sharing.links.get(owner, id)
      assert.deepEqual([name, status, viewCount], [null, 'active', 1])
    }
  },
  'what leaves one leaves the other alone': async (world) => {
    const acme = await settle(world, ACME)
    await settle(world, RIVAL)
    const { sharing } = world
    await sharing.members.remove('rival', 'ann')
    await sharing.admins.remove('ann', 'rival')
    await sharing.policies.set(ed, { allowPublicShares: false, maxLinkDays: 1 })
    await sharing.tenants.remove('rival')
    await sharing.open(acme.token, { actor: ann })
    assert.equal((await sharing.audit.list(ada)).items.length, 2)
  },
  'the same person in two accounts is two strangers': async (world) => {
    await settle(world, ACME)
    const abroad = { ...ann, tenantId: 'rival' }
    assert.equal(await world.sharing.can(abroad, 'view', documentRef('acme')), false)
    assert.deepEqual((await world.sharing.links.list(abroad)).items, [])
    assert.deepEqual((await world.sharing.list(abroad)).items, [])
    const alone = { ...ann, tenantId: null }
    assert.equal(await world.sharing.can(alone, 'view', documentRef('acme')), false)
  },
  'an account id that looks like a person’s own is refused': async (world) => {
    await refused('invalid_input', world.document('d1', { tenantId: '~zoe', ownerId: 'zoe' }))
    await refused('invalid_input', world.sharing.list({ userId: 'x', tenantId: '~zoe' }))
    await refused('invalid_input', world.sharing.tenants.remove('~zoe'))
  },
  'a system admin crosses the border, and is recorded': async (world) => {
    const { id } = await settle(world, ACME)
    world.clock.pass(1)
    await world.sharing.links.revoke(root, id)
    const { items } = await world.sharing.audit.list(ada)
    assert.deepEqual(
      [items[0]?.action, items[0]?.actorId, items[0]?.tenantId],
      ['link.revoked', 'root', 'acme'],
    )
  },
})
