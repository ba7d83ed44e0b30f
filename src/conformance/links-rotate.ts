import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { atOnce, refused, refusedField, tally } from './expect.ts'
import { ACTORS, documentRef, HOUR, MINUTE, SECOND, SECRET } from './world.ts'

const { ann, bob, ada, eve, root } = ACTORS
const ref = documentRef()

export const tokenLife: ConformanceCase[] = [
  ...casesOf('links.rotate', {
    'a new token; settings and statistics stay; the old one and its passes end': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const { token, ...made } = await world.link({ name: 'kept', maxViews: 9 })
      await world.opened(token, 2)
      const { pass } = await sharing.open(token)
      clock.pass(MINUTE)
      const { token: fresh, ...rotated } = await sharing.links.rotate(ann, made.id)
      assert.notEqual(fresh, token)
      const lastViewedAt = new Date(clock.now.getTime() - MINUTE)
      assert.deepEqual(rotated, { ...made, viewCount: 3, lastViewedAt, updatedAt: clock.now })
      await refused('not_found', sharing.open(token))
      await refused('not_found', sharing.peek(token))
      await refused('not_found', sharing.resume(pass))
      await sharing.open(fresh)
      assert.equal((await sharing.links.get(ann, made.id)).viewCount, 4)
    },
    'with a grace, the old token lives until its last millisecond': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const { id, token } = await world.link()
      const { pass } = await sharing.open(token)
      const { token: fresh } = await sharing.links.rotate(ann, id, { graceSeconds: 60 })
      const end = clock.now.getTime() + 60 * SECOND
      clock.at(end - 1)
      await sharing.open(token)
      await sharing.peek(token)
      const late = await sharing.open(token)
      assert.equal((await sharing.resume(pass)).pass, pass)
      for (const moment of [end, end + 1]) {
        clock.at(moment)
        await refused('not_found', sharing.open(token))
        await refused('not_found', sharing.peek(token))
        await refused('not_found', sharing.resume(pass))
        await refused('not_found', sharing.resume(late.pass))
        await sharing.open(fresh)
      }
      assert.equal((await sharing.links.get(ann, id)).viewCount, 5)
    },
    'each in a chain of rotations keeps the grace that it was given': async (world) => {
      const { sharing, clock } = world
      await world.document()
      const first = await world.link()
      const { id } = first
      const begin = clock.now.getTime()
      const second = await sharing.links.rotate(ann, id, { graceSeconds: 100 })
      clock.at(begin + 50 * SECOND)
      const third = await sharing.links.rotate(ann, id, { graceSeconds: 10 })
      clock.at(begin + 60 * SECOND)
      await refused('not_found', sharing.open(second.token))
      await sharing.open(first.token)
      await sharing.open(third.token)
      clock.at(begin + 99 * SECOND)
      const fourth = await sharing.links.rotate(ann, id, { graceSeconds: 1000 })
      clock.at(begin + 100 * SECOND)
      await refused('not_found', sharing.open(first.token))
      await sharing.open(third.token)
      await sharing.open(fourth.token)
    },
    'a rotation without a grace ends all older tokens, those in a grace too': async (world) => {
      const { sharing } = world
      await world.document()
      const first = await world.link()
      const second = await sharing.links.rotate(ann, first.id, { graceSeconds: 1000 })
      const third = await sharing.links.rotate(ann, first.id)
      await refused('not_found', sharing.open(first.token))
      await refused('not_found', sharing.open(second.token))
      await sharing.open(third.token)
    },
    'a grace outlives neither the link nor its end': async ({ document, link, sharing, clock }) => {
      await document()
      const brief = await link({ expiresAt: new Date(clock.now.getTime() + MINUTE) })
      await sharing.links.rotate(ann, brief.id, { graceSeconds: 3600 })
      const gone = await link()
      await sharing.links.rotate(ann, gone.id, { graceSeconds: 3600 })
      await sharing.links.revoke(ann, gone.id)
      await refused('not_found', sharing.open(gone.token))
      clock.pass(MINUTE)
      await refused('expired', sharing.open(brief.token))
    },
    'rotations at once leave one token that opens': async ({ document, link, sharing }) => {
      await document()
      const { id } = await link()
      const rotated = await Promise.all(atOnce(6, () => sharing.links.rotate(ann, id)))
      const outcomes = await tally(rotated.map(({ token }) => sharing.open(token)))
      assert.deepEqual(outcomes, { ok: 1, not_found: 5 })
      const token = await sharing.links.reveal(ann, id)
      assert.ok(rotated.some((one) => one.token === token))
      await sharing.open(token)
    },
    'by whoever may share the resource': async ({ document, link, sharing }) => {
      await document('d1', { visibility: 'account' })
      const { id } = await link()
      await refused('forbidden', sharing.links.rotate(bob, id))
      await refused('forbidden', sharing.links.rotate(ada, id))
      await refused('not_found', sharing.links.rotate(eve, id))
      await refusedField('options.graceSeconds', sharing.links.rotate(ann, id, { graceSeconds: -1 }))
      await sharing.open((await sharing.links.rotate(root, id)).token)
    },
  }),
  ...casesOf('links.reveal', {
    'shows the present token again': async ({ document, link, sharing }) => {
      await document()
      const { id, token } = await link()
      assert.equal(await sharing.links.reveal(ann, id), token)
      assert.equal(await sharing.links.reveal(root, id), token)
      const { token: fresh } = await sharing.links.rotate(ann, id, { graceSeconds: 60 })
      assert.equal(await sharing.links.reveal(ann, id), fresh)
    },
    'to whoever may share the resource, and of no ended link': async ({ document, link, sharing }) => {
      await document('d1', { visibility: 'account' })
      const { id } = await link()
      await refused('forbidden', sharing.links.reveal(bob, id))
      await refused('forbidden', sharing.links.reveal(ada, id))
      await refused('not_found', sharing.links.reveal(eve, id))
      await sharing.resources.transfer(ann, ref, 'bob', { keep: null })
      await refused('forbidden', sharing.links.reveal(ann, id))
      await sharing.links.revoke(bob, id)
      await refused('conflict', sharing.links.reveal(bob, id))
    },
    'not where no sealed copy is kept': async ({ document, sharingWith }) => {
      await document()
      const sharing = sharingWith({ sealTokens: false })
      const { id, token } = await sharing.links.create(ann, ref, { visibility: 'public' })
      await sharing.open(token)
      await refused('conflict', sharing.links.reveal(ann, id))
    },
    'though it was sealed again meanwhile by another process': async ({ document, link, sharing, store }) => {
      await document()
      const { id, token } = await link()
      const [read] = await store.sealedByOthers('acme', 'another', '', 50)
      assert.equal(read?.id, id)
      await store.reseal('acme', id, 'what was sealed before', 'by a slow process')
      assert.equal(await sharing.links.reveal(ann, id), token)
    },
    'after a change of secrets: as long as the older one is kept, or maintain has sealed again': async (
      world,
    ) => {
      await world.document()
      const { id, token } = await world.link()
      const secret = 'another secret, which is longer than 32 bytes too'
      await refused('conflict', world.sharingWith({ secret }).links.reveal(ann, id))
      const both = world.sharingWith({ secret: [secret, SECRET] })
      assert.equal(await both.links.reveal(ann, id), token)
      assert.equal((await both.maintain()).tokensResealed, 1)
      assert.equal((await both.maintain()).tokensResealed, 0)
      assert.equal(await world.sharingWith({ secret }).links.reveal(ann, id), token)
      await refused('conflict', world.sharing.links.reveal(ann, id))
      await world.sharing.open(token)
    },
  }),
  ...casesOf('links.import', {
    'an older system’s token goes on working, as a link like any other': async (world) => {
      await world.document()
      const sharing = world.sharingWith({ legacyTokens: /[a-f0-9]{32}/ })
      const token = '0123456789abcdef0123456789abcdef'
      const made = await sharing.links.import(ann, ref, {
        token,
        visibility: 'public',
        name: 'old',
        maxViews: 2,
      })
      assert.deepEqual([made.token, made.name], [token, 'old'])
      const { pass } = await sharing.open(token)
      assert.equal((await sharing.resume(pass)).role, 'viewer')
      assert.equal((await sharing.links.get(ann, made.id)).viewCount, 1)
      const { token: fresh } = await sharing.links.rotate(ann, made.id)
      await refused('not_found', sharing.open(token))
      await sharing.open(fresh)
    },
    'a token that is a link’s already is a conflict, whoever’s it is': async (world) => {
      await world.document()
      await world.document('far', { tenantId: 'rival', ownerId: 'eve' })
      const sharing = world.sharingWith({ legacyTokens: /old-\d+/ })
      const old = { token: 'old-1', visibility: 'public' } as const
      const made = await sharing.links.import(ann, ref, old)
      await refused('conflict', sharing.links.import(ann, ref, old))
      await refused('conflict', sharing.links.import(eve, documentRef('far'), old))
      await sharing.links.revoke(ann, made.id)
      await refused('conflict', sharing.links.import(ann, ref, old))
      assert.equal((await sharing.links.list(ann, { resource: ref, includeInactive: true })).items.length, 1)
    },
    'a token that ended is never another link’s, whatever ended it': async (world) => {
      const { clock } = world
      await world.document()
      await world.document('d2')
      const sharing = world.sharingWith({ legacyTokens: /old-\d+/ })
      const [rotated, graced, removed] = [0, 1, 2].map((number) => ({
        token: `old-${number}`,
        visibility: 'public' as const,
      }))
      const stays = { ...rotated!, token: 'old-4' }
      await sharing.links.import(ann, ref, stays)
      await sharing.links.rotate(ann, (await sharing.links.import(ann, ref, rotated!)).id)
      await sharing.links.rotate(ann, (await sharing.links.import(ann, ref, graced!)).id, {
        graceSeconds: 60,
      })
      await sharing.links.remove(ann, (await sharing.links.import(ann, ref, removed!)).id)
      const gone = { ...removed!, token: 'old-3' }
      await sharing.links.import(ann, documentRef('d2'), gone)
      await sharing.resources.remove(documentRef('d2'))
      // Whatever another process's clock says.
      clock.pass(-HOUR)
      for (const { token } of [rotated!, removed!, gone]) await refused('not_found', sharing.open(token))
      clock.pass(2 * HOUR)
      await sharing.maintain()
      await sharing.open(stays.token)
      for (const old of [rotated!, graced!, removed!, gone]) {
        await refused('not_found', sharing.open(old.token))
        await refused('conflict', sharing.links.import(ann, ref, old))
      }
    },
    'only of the form that the host declared, and judged as a creation': async (world) => {
      await world.document()
      const old = { token: 'old-1', visibility: 'public' } as const
      await refusedField('options.token', world.sharing.links.import(ann, ref, old))
      await refused('not_found', world.sharing.open('old-1'))
      const sharing = world.sharingWith({ legacyTokens: /old-\d+/ })
      await refusedField('options.token', sharing.links.import(ann, ref, { ...old, token: 'xold-1' }))
      await refusedField('options.token', sharing.links.import(ann, ref, { ...old, token: 'old-1x' }))
      await refused('not_found', sharing.links.import(bob, ref, old))
      await world.sharing.policies.set(ada, { allowPublicShares: false })
      await refused('public_shares_disabled', sharing.links.import(ann, ref, old))
      await refused('not_found', sharing.open('old-1'))
    },
    'an expiry holds for it as for others': async (world) => {
      await world.document()
      const sharing = world.sharingWith({ legacyTokens: /old-\d+/ })
      const expiresAt = new Date(world.clock.now.getTime() + HOUR)
      await sharing.links.import(ann, ref, { token: 'old-1', visibility: 'public', expiresAt })
      world.clock.pass(HOUR)
      await refused('expired', sharing.open('old-1'))
    },
  }),
]
