import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR, SECRET } from './world.ts'

const { ann, bob, ada, eve, root } = ACTORS
const ref = documentRef()

const secondClick: ConformanceCase[] = casesOf('open with a pass', {
  'a second click by the same reader spends nothing, also where nothing is left': async (world) => {
    const { sharing } = world
    await world.document()
    const { id, token } = await world.link({ maxViews: 1 })
    const first = await sharing.open(token)
    assert.deepEqual(await sharing.open(token, { pass: first.pass }), first)
    await refused('exhausted', sharing.open(token))
    await refused('exhausted', sharing.open(token, { pass: 'none of ours' }))
    await refused('exhausted', sharing.open(token, { pass: first.pass, actor: bob }))
    assert.equal((await sharing.links.get(ann, id)).viewCount, 1)
  },
  'a pass of another link, or one that is over, is no pass for this one': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const link = await world.link()
    const other = await sharing.open((await world.link()).token)
    const first = await sharing.open(link.token, { pass: other.pass })
    assert.notEqual(first.viewId, other.viewId)
    clock.pass(DAY)
    assert.notEqual((await sharing.open(link.token, { pass: first.pass })).viewId, first.viewId)
    assert.equal((await sharing.links.get(ann, link.id)).viewCount, 2)
  },
  'it is judged again: what was revoked or closed stays shut': async ({ document, link, sharing }) => {
    await document()
    const { id, token } = await link()
    const { pass } = await sharing.open(token)
    await sharing.policies.set(ada, { allowPublicShares: false })
    await refused('public_shares_disabled', sharing.open(token, { pass }))
    await sharing.links.revoke(ann, id)
    await refused('not_found', sharing.open(token, { pass }))
  },
})

const resume: ConformanceCase[] = casesOf('resume', {
  'goes on without a second view, with the same pass': async ({ document, link, sharing, clock }) => {
    await document()
    const { id, token } = await link()
    const opened = await sharing.open(token)
    clock.pass(HOUR)
    assert.deepEqual(await sharing.resume(opened.pass), opened)
    assert.equal((await sharing.links.get(ann, id)).viewCount, 1)
  },
  'a pass is its opener’s: bound to the user id, or to nobody': async ({ document, link, sharing }) => {
    await document()
    const { token } = await link()
    const { pass } = await sharing.open(token, { actor: bob })
    await sharing.resume(pass, { actor: bob })
    await sharing.resume(pass, { actor: { ...bob, tenantId: 'rival' } })
    await refused('authentication_required', sharing.resume(pass))
    await refused('forbidden', sharing.resume(pass, { actor: eve }))
    const anonymous = await sharing.open(token)
    await sharing.resume(anonymous.pass)
    await sharing.resume(anonymous.pass, { actor: eve })
  },
  'who opened an account link has to be in the tenant still': async ({ document, link, sharing }) => {
    await document()
    const { token } = await link({ visibility: 'account' })
    const { pass } = await sharing.open(token, { actor: bob })
    await sharing.resume(pass, { actor: bob })
    await refused('forbidden', sharing.resume(pass, { actor: { ...bob, tenantId: 'rival' } }))
    await refused('authentication_required', sharing.resume(pass))
  },
  'whom the link or the policy names no more is refused': async ({ document, link, sharing }) => {
    await document()
    const { id, token } = await link({ emails: [bob.email, eve.email] })
    const { pass } = await sharing.open(token, { actor: eve })
    await sharing.policies.set(ada, { allowedEmailDomains: ['acme.example'] })
    await refused('forbidden', sharing.resume(pass, { actor: eve }))
    await sharing.policies.set(ada, { allowedEmailDomains: null })
    await sharing.resume(pass, { actor: eve })
    await sharing.links.update(ann, id, { emails: [bob.email] })
    await refused('forbidden', sharing.resume(pass, { actor: eve }))
  },
  'lives 24 hours, to the millisecond': async ({ document, link, sharing, clock }) => {
    await document()
    const { token } = await link()
    const { pass, passExpiresAt } = await sharing.open(token)
    assert.equal(passExpiresAt.getTime(), clock.now.getTime() + DAY)
    clock.at(passExpiresAt.getTime() - 1)
    await sharing.resume(pass)
    for (const late of [0, 1]) {
      clock.at(passExpiresAt.getTime() + late)
      await refused('not_found', sharing.resume(pass))
    }
  },
  'and never past the link’s end': async ({ document, link, sharing, clock }) => {
    await document()
    const expiresAt = new Date(clock.now.getTime() + HOUR)
    const { token } = await link({ expiresAt })
    const { pass, passExpiresAt } = await sharing.open(token)
    assert.deepEqual(passExpiresAt, expiresAt)
    clock.at(expiresAt.getTime() - 1)
    await sharing.resume(pass)
    clock.at(expiresAt)
    await refused('not_found', sharing.resume(pass))
  },
  'an end that came nearer since ends it': async ({ document, link, sharing, clock }) => {
    await document()
    const { id, token } = await link()
    const { pass } = await sharing.open(token)
    await sharing.links.update(ann, id, { expiresAt: new Date(clock.now.getTime() + HOUR) })
    clock.pass(HOUR - 1)
    await sharing.resume(pass)
    clock.pass(1)
    await refused('expired', sharing.resume(pass))
  },
  'a beginning that was put off since closes it': async ({ document, link, sharing, clock }) => {
    await document()
    const { id, token } = await link()
    const { pass } = await sharing.open(token)
    await sharing.links.update(ann, id, { notBefore: new Date(clock.now.getTime() + HOUR) })
    await refused('not_found', sharing.resume(pass))
    clock.pass(HOUR)
    await sharing.resume(pass)
  },
  'policy and rules close it, and open it again': async ({ document, link, sharing }) => {
    await document()
    const { token } = await link()
    const { pass } = await sharing.open(token)
    await sharing.policies.set(ada, { allowPublicShares: false })
    await refused('public_shares_disabled', sharing.resume(pass))
    await sharing.policies.set(ada, { allowPublicShares: true })
    await sharing.resume(pass)
    await sharing.resources.update(ref, { traits: ['remote'] })
    await refused('public_shares_disabled', sharing.resume(pass))
    await sharing.resources.update(ref, { traits: [] })
    await sharing.resume(pass)
  },
  'a link that is used up does not end it': async ({ document, link, sharing }) => {
    await document()
    const { token } = await link({ maxViews: 1 })
    const { pass } = await sharing.open(token)
    await refused('exhausted', sharing.open(token))
    await sharing.resume(pass)
  },
  'the maker’s rights are asked again: transferred they stay, lost they end it': async (world) => {
    const { sharing } = world
    await world.document()
    const { pass } = await sharing.open((await world.link()).token)
    await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
    await sharing.resume(pass)
    await sharing.members.remove('acme', 'bob')
    await refused('not_found', sharing.resume(pass))
  },
  'what was removed takes it along': async ({ document, link, sharing }) => {
    await document()
    const first = await link()
    const { pass } = await sharing.open(first.token)
    const other = await sharing.open((await link()).token)
    await sharing.links.remove(ann, first.id)
    await refused('not_found', sharing.resume(pass))
    await sharing.resources.remove(ref)
    await refused('not_found', sharing.resume(other.pass))
    await document()
    await refused('not_found', sharing.resume(other.pass))
  },
  'no text but one of ours is a pass, and a token is none': async (world) => {
    const { sharing } = world
    await world.document()
    const { token } = await world.link()
    const { pass } = await sharing.open(token)
    const altered = [...pass].map(
      (letter, at) => pass.slice(0, at) + (letter === 'A' ? 'B' : 'A') + pass.slice(at + 1),
    )
    for (const text of [...altered, token, '', pass.slice(0, -1), `${pass}A`]) {
      await refused('not_found', sharing.resume(text))
    }
    await refused('not_found', sharing.open(pass))
    await refused('not_found', sharing.peek(pass))
  },
  'a secret that is retired ends it, one that is kept does not': async (world) => {
    await world.document()
    const { pass } = await world.sharing.open((await world.link()).token)
    const secret = 'another secret, which is longer than 32 bytes too'
    await world.sharingWith({ secret: [secret, SECRET] }).resume(pass)
    await refused('not_found', world.sharingWith({ secret }).resume(pass))
  },
  'a system admin’s pass is judged like everyone’s': async ({ document, link, sharing }) => {
    await document()
    const { id, token } = await link({ visibility: 'account' })
    const { pass } = await sharing.open(token, { actor: root })
    await sharing.resume(pass, { actor: root })
    await sharing.links.revoke(ann, id)
    await refused('not_found', sharing.resume(pass, { actor: root }))
  },
})

export const resuming: ConformanceCase[] = [...resume, ...secondClick]
