import assert from 'node:assert/strict'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused, refusedField } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR } from './world.ts'

const { ann, bob, ada, eve, zoe, root } = ACTORS
const ref = documentRef()

export const openings: ConformanceCase[] = [
  ...casesOf('open', {
    'shows what a stranger may see, and no more': async ({ document, link, sharing, clock }) => {
      await document('d1', { title: 'Plan' })
      const expiresAt = new Date(clock.now.getTime() + 2 * DAY)
      const { token } = await link({ name: 'for you', role: 'commenter', expiresAt })
      const { pass, viewId, ...shown } = await sharing.open(token)
      assert.ok(pass.startsWith('shrp_') && viewId.length > 0)
      assert.deepEqual(shown, {
        resource: { type: 'document', id: 'd1', title: 'Plan' },
        link: { name: 'for you', visibility: 'public', expiresAt },
        role: 'commenter',
        actions: ['view', 'comment'],
        mode: 'live',
        snapshot: null,
        passExpiresAt: new Date(clock.now.getTime() + DAY),
      })
    },
    'a public link opens for anyone, signed in or not': async ({ document, link, sharing }) => {
      await document()
      const { token } = await link()
      for (const actor of [undefined, null, ann, bob, eve, zoe, root]) {
        assert.equal((await sharing.open(token, { actor })).role, 'viewer')
      }
    },
    'an account link opens for members of the link’s tenant': async ({ document, link, sharing }) => {
      await document()
      const { token } = await link({ visibility: 'account' })
      for (const actor of [ann, bob, ada, root]) await sharing.open(token, { actor })
      for (const actor of [eve, zoe, { ...ann, tenantId: 'rival' }, { ...ann, tenantId: null }]) {
        await refused('forbidden', sharing.open(token, { actor }))
      }
      await refused('authentication_required', sharing.open(token))
      await refused('authentication_required', sharing.open(token, { actor: null }))
    },
    'the actions are those that the rules leave now': async ({ document, link, sharing }) => {
      await document()
      const { token } = await link({ role: 'commenter' })
      const { pass } = await sharing.open(token)
      await sharing.resources.update(ref, { traits: ['archived'] })
      assert.deepEqual((await sharing.open(token)).actions, ['view'])
      assert.deepEqual((await sharing.resume(pass)).actions, ['view'])
      await sharing.resources.update(ref, { traits: [], title: 'New' })
      const again = await sharing.resume(pass)
      assert.deepEqual([again.actions, again.resource.title], [['view', 'comment'], 'New'])
    },
    'a bearer manages nothing, whatever the role of a link is called': async (world) => {
      await world.document()
      const roles = { viewer: ['view', 'share', 'publish', 'history', 'transfer', 'remove'] } as const
      const sharing = world.sharingWith({ resources: { document: { roles }, folder: { roles } } as never })
      const { token } = await world.link()
      assert.deepEqual((await sharing.open(token)).actions, ['view'])
    },
    'a visitor that does not fit is refused before anything is recorded': async (world) => {
      await world.document()
      const { id, token } = await world.link()
      const actor = { userId: '', tenantId: 'acme' }
      await refusedField('visitor.actor.userId', world.sharing.open(token, { actor }))
      assert.equal((await world.sharing.links.get(ann, id)).viewCount, 0)
    },
  }),
  ...casesOf('addressed links', {
    'open for the verified addresses that they name': async ({ document, link, sharing }) => {
      await document()
      const { token } = await link({ emails: ['Bob@ACME.example', 'zoë@bücher.example'] })
      await sharing.open(token, { actor: bob })
      await sharing.open(token, { actor: { ...zoe, email: 'zoë@xn--bcher-kva.example' } })
      await refused('authentication_required', sharing.open(token))
      for (const actor of [ann, eve, zoe, root, { ...zoe, email: 'not an address' }]) {
        await refused('forbidden', sharing.open(token, { actor }))
      }
    },
    'open for the domains that they name, not for what lies below': async ({ document, link, sharing }) => {
      await document()
      const { token } = await link({ domains: ['rival.example'], emails: ['bob@acme.example'] })
      await sharing.open(token, { actor: eve })
      await sharing.open(token, { actor: bob })
      for (const email of ['e@sub.rival.example', 'e@rival.example.org', 'e@notrival.example']) {
        await refused('forbidden', sharing.open(token, { actor: { ...eve, email } }))
      }
    },
    'an account link that names addresses asks for both': async ({ document, link, sharing }) => {
      await document()
      const { token } = await link({ visibility: 'account', emails: [bob.email, eve.email] })
      await sharing.open(token, { actor: bob })
      await refused('forbidden', sharing.open(token, { actor: eve }))
      await refused('forbidden', sharing.open(token, { actor: ann }))
    },
    'the policy’s domains are asked of whoever has to sign in': async ({ document, link, sharing }) => {
      await document()
      const open = await link()
      const account = await link({ visibility: 'account' })
      const named = await link({ emails: [eve.email] })
      await sharing.open(named.token, { actor: eve })
      await sharing.policies.set(ada, { allowedEmailDomains: ['acme.example'] })
      await refused('forbidden', sharing.open(named.token, { actor: eve }))
      await sharing.open(account.token, { actor: bob })
      await refused(
        'forbidden',
        sharing.open(account.token, { actor: { ...bob, email: 'bob@home.example' } }),
      )
      await refused('forbidden', sharing.open(account.token, { actor: { ...bob, email: undefined } }))
      await sharing.open(open.token)
      await sharing.policies.set(ada, { allowedEmailDomains: null })
      await sharing.open(named.token, { actor: eve })
    },
  }),
  ...casesOf('passwords', {
    'the right one opens, no or another one does not': async ({ document, link, sharing }) => {
      await document()
      const { token } = await link({ password: 'Zürich' })
      await refused('password_required', sharing.open(token))
      await refused('password_required', sharing.open(token, { password: '' }))
      await refused('password_incorrect', sharing.open(token, { password: 'zürich' }))
      await sharing.open(token, { password: 'Zürich' })
      await sharing.open(token, { password: 'Zu\u0308rich' })
    },
    'a new one ends the passes, and the old one': async ({ document, link, sharing }) => {
      await document()
      const { id, token } = await link({ password: 'old' })
      const { pass } = await sharing.open(token, { password: 'old' })
      await sharing.links.update(ann, id, { name: 'the same password' })
      await sharing.resume(pass)
      await sharing.links.update(ann, id, { password: 'new' })
      await refused('not_found', sharing.resume(pass))
      await refused('password_incorrect', sharing.open(token, { password: 'old' }))
      const later = await sharing.open(token, { password: 'new' })
      await sharing.links.update(ann, id, { password: null })
      await sharing.open(token)
      assert.equal((await sharing.resume(later.pass)).pass, later.pass)
    },
    'a first one ends the passes of before': async ({ document, link, sharing }) => {
      await document()
      const { id, token } = await link()
      const { pass } = await sharing.open(token)
      await sharing.links.update(ann, id, { password: 'pw' })
      await refused('not_found', sharing.resume(pass))
    },
    'attempts are limited by address and link, also without an address': async (world) => {
      await world.document()
      const { token } = await world.link({ password: 'pw' })
      const sharing = world.sharingWith({ limits: { opensPerMinute: false, passwordAttemptsPerMinute: 2 } })
      const from = (ip: string | undefined, password: string): Promise<unknown> =>
        sharing.open(token, { ip, password })
      for (const ip of ['192.0.2.1', undefined]) {
        await from(ip, 'pw')
        await from(ip, 'pw')
        await refused('password_incorrect', from(ip, 'no'))
        await refused('password_incorrect', from(ip, 'no'))
        await refused('rate_limited', from(ip, 'pw'))
      }
      await from('192.0.2.2', 'pw')
    },
  }),
  ...casesOf('peek', {
    'says what is needed, and the title only where nothing is': async ({ document, link, sharing }) => {
      await document('d1', { title: 'Plan' })
      const preview = async (options: Parameters<typeof link>[0]): Promise<unknown> =>
        sharing.peek((await link(options)).token)
      assert.deepEqual(await preview({}), { title: 'Plan', visibility: 'public', needs: [] })
      assert.deepEqual(await preview({ password: 'pw' }), {
        title: null,
        visibility: 'public',
        needs: ['password'],
      })
      assert.deepEqual(await preview({ maxViews: 1 }), {
        title: null,
        visibility: 'public',
        needs: ['confirmation'],
      })
      assert.deepEqual(await preview({ visibility: 'account' }), {
        title: null,
        visibility: 'account',
        needs: ['signin'],
      })
      assert.deepEqual(await preview({ emails: [bob.email], password: 'pw', maxViews: 1 }), {
        title: null,
        visibility: 'public',
        needs: ['signin', 'password', 'confirmation'],
      })
    },
    'consumes and records nothing': async ({ document, link, sharing }) => {
      await document()
      const { id, token } = await link({ maxViews: 1 })
      for (let count = 0; count < 5; count++) await sharing.peek(token)
      assert.equal((await sharing.links.get(ann, id)).viewCount, 0)
      assert.deepEqual((await sharing.views.list(ann, { link: id })).items, [])
      await sharing.open(token)
    },
    'is refused as an opening is': async ({ document, link, sharing, clock }) => {
      await document()
      const spent = await link({ maxViews: 1 })
      await sharing.open(spent.token)
      await refused('exhausted', sharing.peek(spent.token))
      const { token } = await link({ expiresAt: new Date(clock.now.getTime() + HOUR) })
      await sharing.policies.set(ada, { allowPublicShares: false })
      await refused('public_shares_disabled', sharing.peek(token))
      clock.pass(HOUR)
      await refused('expired', sharing.peek(token))
    },
  }),
]
