import assert from 'node:assert/strict'
import type { Actor } from '../model/actor.ts'
import { createDataRefs, holderOf } from '../tokens/data-ref.ts'
import { createKeyRing } from '../tokens/keys.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { bearer, liveHost } from './live.ts'
import { ACTORS, documentRef, SECRET, type World } from './world.ts'

const { ann, bob, ada, eve, ed, zoe, root } = ACTORS
const ref = documentRef()

/** One that bob has by what he was given, and the world that it is of. */
async function givenTo(world: World, actor: Actor = bob) {
  const { sharing } = liveHost(world)
  await world.document()
  const { id } = await sharing.collaborators.add(ann, ref, { userId: actor.userId, role: 'viewer' })
  const mint = () => sharing.refs.mint({ actor, resource: ref }, 'rows')
  return { sharing, id, token: await mint(), mint }
}

/** One that a bearer of a link has. */
async function borne(world: World, actor: Actor | null = null) {
  const { sharing } = liveHost(world)
  await world.document()
  const link = await world.link()
  const token = await sharing.refs.mint(await bearer({ sharing }, link.token, actor), 'rows')
  return { sharing, link, token }
}

export const verifying: ConformanceCase[] = casesOf('refs.verify', {
  'is its person’s: nobody else, nor they in another tenant': async (world) => {
    const { sharing, token } = await givenTo(world)
    await sharing.resources.setVisibility(ann, ref, 'public')
    await sharing.refs.verify(token, bob)
    await refused('authentication_required', sharing.refs.verify(token, null))
    const others: Actor[] = [ann, ada, eve, ed, zoe, root, { ...bob, userId: 'Bob' }]
    for (const actor of [...others, { ...bob, tenantId: 'rival' }, { ...bob, tenantId: null }]) {
      await refused('forbidden', sharing.refs.verify(token, actor))
    }
    await refused('invalid_input', sharing.refs.verify(token, undefined as never))
    await refused('invalid_input', sharing.refs.verify(token, { pass: token } as never))
  },
  'of a bearer who was signed in it is theirs, and of nobody whoever has it': async (world) => {
    const { sharing, link, token } = await borne(world)
    for (const actor of [null, bob, eve, ann]) await sharing.refs.verify(token, actor)
    const signedIn = await sharing.refs.mint(await bearer({ sharing }, link.token, eve), 'rows')
    await sharing.refs.verify(signedIn, eve)
    await refused('authentication_required', sharing.refs.verify(signedIn, null))
    await refused('forbidden', sharing.refs.verify(signedIn, bob))
    await refused('forbidden', sharing.refs.verify(signedIn, { ...eve, tenantId: 'acme' }))
    // Opened by nobody, and signed in since: what is minted then is theirs.
    const { pass } = await sharing.open(link.token)
    const later = await sharing.refs.mint({ pass, visitor: { actor: bob } }, 'rows')
    await refused('authentication_required', sharing.refs.verify(later, null))
    await sharing.refs.verify(later, bob)
  },
  'ends with what its person was given, whatever other right they have': async (world) => {
    const { sharing, id, token, mint } = await givenTo(world)
    await sharing.resources.setVisibility(ann, ref, 'public')
    await sharing.collaborators.add(ann, ref, { groupId: 'staff', role: 'manager' })
    const member = { ...bob, groups: ['staff'] }
    await sharing.refs.verify(token, member)
    await sharing.collaborators.remove(ann, id)
    await refused('not_found', sharing.refs.verify(token, bob))
    await refused('not_found', sharing.refs.verify(token, member))
    const byVisibility = await mint()
    await sharing.refs.verify(byVisibility, bob)
    // Given anew, it is by another right: the old one stays dead.
    await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer' })
    await refused('not_found', sharing.refs.verify(token, bob))
    await sharing.refs.verify(byVisibility, bob)
    await sharing.resources.setVisibility(ann, ref, 'private')
    await refused('not_found', sharing.refs.verify(byVisibility, bob))
  },
  'ends with the role that it was minted under, and begins anew with another': async (world) => {
    const { sharing, id, token, mint } = await givenTo(world)
    await sharing.collaborators.setRole(ann, id, 'editor')
    await refused('not_found', sharing.refs.verify(token, bob))
    const asEditor = await mint()
    await sharing.refs.verify(asEditor, bob)
    await sharing.collaborators.setRole(ann, id, 'viewer')
    await refused('not_found', sharing.refs.verify(asEditor, bob))
    await sharing.collaborators.remove(ann, id)
    const mode = 'snapshot'
    const shown = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer', mode })
    const ofSnapshot = await mint()
    await sharing.refs.verify(ofSnapshot, bob)
    await sharing.collaborators.setRole(ann, shown.id, 'commenter')
    await refused('not_found', sharing.refs.verify(ofSnapshot, bob))
    const link = await sharing.links.create(ann, ref, { visibility: 'public', role: 'viewer' })
    const borne = await sharing.refs.mint(await bearer({ sharing }, link.token), 'rows')
    await sharing.refs.verify(borne, null)
    await sharing.links.update(ann, link.id, { role: 'commenter' })
    await refused('not_found', sharing.refs.verify(borne, null))
  },
  'ends with the membership, with leaving, with the resource, and with its traits': async (world) => {
    const { sharing } = liveHost(world)
    const ends: Array<(id: string) => Promise<unknown>> = [
      (id) => sharing.collaborators.leave(bob, documentRef(id)),
      (id) => sharing.resources.remove(documentRef(id)),
      (id) => sharing.resources.update(documentRef(id), { traits: ['quarantined'] }),
      () => sharing.members.remove('acme', 'bob'),
    ]
    for (const [index, end] of ends.entries()) {
      const here = documentRef(`d${index}`)
      await world.document(here.id)
      await sharing.collaborators.add(ann, here, { userId: 'bob', role: 'viewer' })
      const token = await sharing.refs.mint({ actor: bob, resource: here }, 'rows')
      await sharing.refs.verify(token, bob)
      await end(here.id)
      await refused('not_found', sharing.refs.verify(token, bob))
    }
  },
  'an owner’s ends as it changes hands, and an id that is used again is another resource': async (world) => {
    const { sharing } = liveHost(world)
    await world.document()
    const mint = () => sharing.refs.mint({ actor: ann, resource: ref }, 'rows')
    const before = await mint()
    await sharing.resources.transfer(ann, ref, 'bob')
    await refused('not_found', sharing.refs.verify(before, ann))
    await sharing.refs.verify(await mint(), ann)
    await sharing.resources.remove(ref)
    await world.document()
    await refused('not_found', sharing.refs.verify(before, ann))
    await sharing.refs.verify(await mint(), ann)
  },
  'an owner’s is no member’s: what everybody in the account may see is another right': async (world) => {
    const { sharing } = liveHost(world)
    await world.document('d1', { visibility: 'account' })
    const token = await sharing.refs.mint({ actor: ann, resource: ref }, 'rows')
    await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
    assert.equal(await sharing.can(ann, 'view', ref), true)
    await refused('not_found', sharing.refs.verify(token, ann))
    const staff = { ...ann, admin: 'system' as const }
    const asAdmin = await sharing.refs.mint({ actor: staff, resource: ref }, 'rows')
    await sharing.refs.verify(asAdmin, staff)
    await refused('not_found', sharing.refs.verify(asAdmin, ann))
  },
  'of a bearer ends with the link, its token, its password and public sharing': async (world) => {
    const { sharing, link, token } = await borne(world)
    const access = await bearer({ sharing }, link.token)
    await sharing.policies.set(ada, { allowPublicShares: false })
    await refused('public_shares_disabled', sharing.refs.verify(token, null))
    await sharing.policies.set(ada, { allowPublicShares: true })
    await sharing.links.update(ann, link.id, { name: 'Another' })
    await sharing.refs.verify(token, null)
    await sharing.links.update(ann, link.id, { password: 'swordfish' })
    await refused('not_found', sharing.refs.verify(token, null))
    await refused('not_found', sharing.refs.mint(access, 'rows'))
    const { pass } = await sharing.open(link.token, { password: 'swordfish' })
    const under = await sharing.refs.mint({ pass }, 'rows')
    const rotated = await sharing.links.rotate(ann, link.id, { graceSeconds: 60 })
    await sharing.refs.verify(under, null)
    world.clock.pass(60_000)
    await refused('not_found', sharing.refs.verify(under, null))
    const again = await sharing.open(rotated.token, { password: 'swordfish' })
    const last = await sharing.refs.mint({ pass: again.pass }, 'rows')
    await sharing.refs.verify(last, null)
    await sharing.links.revoke(ann, link.id)
    await refused('not_found', sharing.refs.verify(last, null))
  },
  'ends with the right by which its link was made': async (world) => {
    const { sharing } = liveHost(world)
    await world.document()
    const { id } = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'manager' })
    const { token } = await sharing.links.create(bob, ref, { visibility: 'public' })
    const minted = await sharing.refs.mint(await bearer({ sharing }, token), 'rows')
    await sharing.refs.verify(minted, null)
    await sharing.collaborators.remove(ann, id)
    await refused('not_found', sharing.refs.verify(minted, null))
  },
  'of a snapshot is of its revision, whatever is shared later': async (world) => {
    const { sharing, asked, at } = liveHost(world)
    await world.document()
    const { id } = await sharing.collaborators.add(ann, ref, {
      userId: 'bob',
      role: 'viewer',
      mode: 'snapshot',
    })
    const link = await sharing.links.create(ann, ref, { visibility: 'public', mode: 'snapshot' })
    const theirs = { actor: bob, resource: ref }
    const attached = await sharing.attach(bob, ref)
    const borne = await bearer({ sharing }, link.token)
    at.revision = 'r2'
    const minted = async (access: Parameters<typeof sharing.refs.mint>[0], actor: Actor | null) => {
      const token = await sharing.refs.mint(access, 'cover')
      const { mode, revision } = asked.at(-1)!
      const { grantId, ...verified } = await sharing.refs.verify(token, actor)
      assert.deepEqual(verified, { resource: ref, ref: 'cover', mode, revision })
      return { token, grantId, mode, revision }
    }
    const first = [
      await minted(theirs, bob),
      await minted({ pass: attached.pass, visitor: { actor: bob } }, bob),
      await minted(borne, null),
    ]
    for (const { mode, revision } of first) assert.deepEqual([mode, revision], ['snapshot', 'r1'])
    assert.deepEqual(
      first.map(({ grantId }) => grantId),
      [id, id, link.id],
    )
    // Another is taken: what was opened before stays what it was, and what is opened from then on is new.
    await sharing.links.update(ann, link.id, { snapshot: 'refresh' })
    assert.equal((await minted(borne, null)).revision, 'r1')
    assert.equal((await minted(await bearer({ sharing }, link.token), null)).revision, 'r2')
    assert.equal((await sharing.refs.verify(first[2]!.token, null)).revision, 'r1')
    // Whoever may see it live too has both, each by its own right.
    const live = await sharing.collaborators.add(ann, ref, { userId: 'bob', role: 'viewer', mode: 'live' })
    const anew = await minted(theirs, bob)
    assert.deepEqual([anew.mode, anew.revision, anew.grantId], ['live', null, live.id])
    await sharing.refs.verify(first[0]!.token, bob)
    await sharing.collaborators.remove(ann, id)
    for (const { token } of first.slice(0, 2)) await refused('not_found', sharing.refs.verify(token, bob))
    await sharing.refs.verify(anew.token, bob)
    await sharing.links.revoke(ann, link.id)
    await refused('not_found', sharing.refs.verify(first[2]!.token, null))
  },
  'takes no other text: no kind, no key and no prefix but its own': async (world) => {
    const { sharing, token, link } = await borne(world)
    const { resource } = (await world.store.findResource(ref, null))!
    const mint = (secret: string, prefix = 'shr') =>
      createDataRefs(createKeyRing(secret), prefix).mint({
        ...{ ...ref, resourceUid: resource.uid, mode: 'live', revision: null, ref: 'rows', grantId: null },
        ...{ source: 'owner', role: 'owner' },
        ...{ holder: holderOf(resource, ann), link: null, expiresAt: 9e12 },
      })
    await sharing.refs.verify(mint(SECRET), ann as Actor)
    const { pass } = await sharing.open(link.token)
    const attached = await sharing.attach(ann, ref)
    const strangers = [mint('another secret of at least 32 bytes'), mint(SECRET, 'abc')]
    const others = [link.token, link.id, pass, attached.pass, attached.viewId, '', SECRET]
    const altered = [...token].map(
      (letter, at) => token.slice(0, at) + (letter === 'A' ? 'B' : 'A') + token.slice(at + 1),
    )
    for (const text of [...strangers, ...others, ...altered, token.slice(0, -1), `${token}A`]) {
      await refused('not_found', sharing.refs.verify(text, null))
    }
    await refused('not_found', sharing.refs.verify(null as never, null))
    // And it is nothing else.
    for (const call of [sharing.open, sharing.peek, sharing.resume]) await refused('not_found', call(token))
    await refused('not_found', sharing.invitations.accept(bob, token))
    await refused('not_found', sharing.refresh({ pass: token }, ['rows']))
    const opened = await sharing.open(link.token, { pass: token })
    assert.notEqual(opened.viewId, (await sharing.open(link.token, { pass: token })).viewId)
  },
  'holds in another process, and over a change of the secret until the old one is taken away': async (
    world,
  ) => {
    const older = 'an older secret of at least 32 bytes'
    const before = liveHost(world, undefined, { secret: older })
    const between = liveHost(world, undefined, { secret: [SECRET, older] })
    const after = liveHost(world, undefined, { secret: [SECRET] })
    await world.document()
    const access = { actor: ann, resource: ref }
    const token = await before.sharing.refs.mint(access, 'rows')
    await between.sharing.refs.verify(token, ann)
    await refused('not_found', after.sharing.refs.verify(token, ann))
    const newer = await between.sharing.refs.mint(access, 'rows')
    await after.sharing.refs.verify(newer, ann)
    await refused('not_found', before.sharing.refs.verify(newer, ann))
    await (await world.elsewhere()).refs.verify(newer, ann)
  },
})
