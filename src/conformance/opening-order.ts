import assert from 'node:assert/strict'
import type { ErrorCode } from '../errors.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, documentRef, HOUR, type LinkOptions, START, type World } from './world.ts'

const { ann, bob, ada, eve } = ACTORS
const ref = documentRef()

/** Everything that can be wrong with one link at once, in the order in which it is judged. */
const FAULTS: ReadonlyArray<{
  code: ErrorCode
  why: string
  /** How the link is made for it. */
  options?: Partial<LinkOptions>
  /** What happens to the link afterwards. What needs an opening happens before what forbids one. */
  after?: { turn: number; happen(world: World, link: { id: string; token: string }): Promise<unknown> }
}> = [
  {
    code: 'not_found',
    why: 'revoked',
    after: { turn: 4, happen: ({ sharing }, { id }) => sharing.links.revoke(ann, id) },
  },
  {
    code: 'expired',
    why: 'over',
    options: { expiresAt: new Date(START.getTime() + HOUR) },
    after: { turn: 3, happen: async ({ clock }) => clock.pass(HOUR) },
  },
  {
    code: 'exhausted',
    why: 'used up',
    options: { maxViews: 1 },
    after: { turn: 1, happen: ({ opened }, { token }) => opened(token, 1, { actor: bob, password: 'pw' }) },
  },
  {
    code: 'public_shares_disabled',
    why: 'closed by the policy',
    after: { turn: 2, happen: ({ sharing }) => sharing.policies.set(ada, { allowPublicShares: false }) },
  },
  { code: 'authentication_required', why: 'addressed to people', options: { emails: [bob.email] } },
  { code: 'password_required', why: 'under a password', options: { password: 'pw' } },
]

const together: Record<string, (world: World) => Promise<void>> = {}
for (const [index, { code }] of FAULTS.entries()) {
  const all = FAULTS.slice(index)
  const sentence = `of all that is wrong, the first is said: ${all.map(({ why }) => why).join(', ')}`
  together[sentence] = async (world) => {
    await world.document()
    const link = await world.link(Object.assign({}, ...all.map(({ options }) => options)))
    const happenings = all.flatMap(({ after }) => after ?? []).sort((a, b) => a.turn - b.turn)
    for (const { happen } of happenings) await happen(world, link)
    await refused(code, world.sharing.open(link.token))
  }
}

export const openingOrder: ConformanceCase[] = casesOf('open, in the order in which a link is judged', {
  ...together,
  'unknown, mistyped, revoked, scheduled and unentitled are refused with the same bytes': async (world) => {
    const { link, sharing, clock } = world
    await world.document()
    const unknown = (await world.link()).token
    await sharing.links.remove(ann, (await sharing.links.list(ann)).items[0]!.id)
    const revoked = await link()
    await sharing.links.revoke(ann, revoked.id)
    const scheduled = await link({ notBefore: new Date(clock.now.getTime() + HOUR) })
    await world.document('gone')
    const orphan = await link({}, 'gone')
    await sharing.resources.remove(documentRef('gone'))
    await world.document('of bob', { ownerId: 'bob' })
    const left = await sharing.links.create(bob, documentRef('of bob'), { visibility: 'public' })
    await sharing.members.remove('acme', 'bob')
    const mistyped = `${revoked.token.slice(0, -1)}${revoked.token.endsWith('0') ? '1' : '0'}`
    const texts = [
      unknown,
      revoked.token,
      scheduled.token,
      orphan.token,
      left.token,
      mistyped,
      '',
      'x',
      '../..',
    ]
    const answers = []
    for (const text of texts) {
      answers.push(JSON.stringify(await refused('not_found', sharing.open(text))))
      answers.push(JSON.stringify(await refused('not_found', sharing.peek(text))))
    }
    assert.equal(new Set(answers).size, 1)
  },
  'a mistyped token is refused without a query': async (world) => {
    await world.document()
    const { token } = await world.link()
    await world.store.close()
    await refused('storage_unavailable', world.sharing.open(token))
    await refused('not_found', world.sharing.open(`${token}0`))
    await refused('not_found', world.sharing.open(token.toLowerCase()))
    await refused('not_found', world.sharing.open(` ${token}`))
    await refused('not_found', world.sharing.resume('shrp_nonsense'))
  },
  'a rate limit comes before the look-up': async ({ document, link, sharingWith, store }) => {
    await document()
    const { id, token } = await link()
    const sharing = sharingWith({ limits: { opensPerMinute: 2 } })
    const visitor = { ip: '192.0.2.7' }
    await sharing.open(token, visitor)
    await sharing.open(token, visitor)
    const error = await refused('rate_limited', sharing.open(token, visitor))
    assert.ok(error.retryAfter! >= 1 && error.retryAfter! <= 60)
    await sharing.open(token, { ip: '192.0.2.8' })
    assert.equal((await store.findLink('acme', id, null))!.link.viewCount, 3)
  },
  'a role that links may not carry any more opens nothing': async ({ document, link, sharingWith }) => {
    await document()
    const { token } = await link({ role: 'commenter' })
    const roles = { viewer: ['view'], commenter: ['view', 'comment'] } as const
    const narrowed = sharingWith({
      resources: { document: { roles }, folder: { roles } } as never,
    })
    await refused('not_found', narrowed.open(token))
  },
  'a link whose maker’s right is gone is not there': async ({ document, link, sharing, store }) => {
    await document()
    const { token } = await link()
    const { pass } = await sharing.open(token)
    // Only a store is able to say so: whoever moves a resource through the library moves the links' right too.
    await store.change({ at: 'resource', ref, tenantId: 'acme' }, {}, ({ resource }) => ({
      changes: [{ kind: 'resource.updated', resource: { ...resource!, ownerId: 'bob' } }],
      audit: [],
      result: null,
    }))
    await refused('not_found', sharing.open(token))
    await refused('not_found', sharing.peek(token))
    await refused('not_found', sharing.resume(pass))
  },
  'a rule against viewing closes the link as if it were not there': async (world) => {
    await world.document()
    const { token } = await world.link()
    const { pass } = await world.sharing.open(token)
    await world.sharing.resources.update(ref, { traits: ['quarantined'] })
    await refused('not_found', world.sharing.open(token))
    await refused('not_found', world.sharing.resume(pass))
    await world.sharing.resources.update(ref, { traits: [] })
    await world.sharing.resume(pass)
  },
  'refused attempts record and spend nothing': async (world) => {
    const { sharing } = world
    await world.document()
    const { id, token } = await world.link({ password: 'pw', maxViews: 3, visibility: 'account' })
    await refused('authentication_required', sharing.open(token))
    await refused('forbidden', sharing.open(token, { actor: eve, password: 'pw' }))
    await refused('password_required', sharing.open(token, { actor: bob }))
    await refused('password_incorrect', sharing.open(token, { actor: bob, password: 'no' }))
    const { viewCount, lastViewedAt } = await sharing.links.get(ann, id)
    assert.deepEqual([viewCount, lastViewedAt], [0, null])
    assert.deepEqual((await sharing.views.list(ann, { link: id })).items, [])
  },
})
