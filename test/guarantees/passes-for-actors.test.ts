import { beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '../../src/index.ts'
import { BY_ACTOR, type Target } from '../support/border-calls.ts'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

const OWNER: Actor = { userId: 'owner', tenantId: 'acme', admin: 'tenant' }
const MEMBER: Actor = { userId: 'member', tenantId: 'acme', email: 'member@acme.example' }

/** Methods with an actor that stand on no list of targets. */
const OTHERS: Readonly<Record<string, (sharing: Sample, actor: Actor, target: Target) => Promise<unknown>>> =
  {
    list: (sharing, actor) => sharing.list(actor),
    filter: async (sharing, actor) => sharing.filter(actor, 'view', 'document', { column: 'd.id' }),
    'collaborators.leave': (sharing, actor, { ref }) => sharing.collaborators.leave(actor, ref),
    'invitations.claim': (sharing, actor) => sharing.invitations.claim(actor),
    'invitations.accept': (sharing, actor) => sharing.invitations.accept(actor, 'a token'),
    'policies.get': (sharing, actor) => sharing.policies.get(actor),
    'policies.set': (sharing, actor) => sharing.policies.set(actor, { allowGuests: true }),
    'refs.verify': (sharing, actor) => sharing.refs.verify('a token', actor),
    'open, by a visitor': (sharing, actor) => sharing.open('a token', { actor }),
    'resume, by a visitor': (sharing, actor) => sharing.resume('a pass', { actor }),
    'refresh, by a visitor': (sharing, actor) => sharing.refresh({ pass: 'a pass', visitor: { actor } }, []),
  }

describe('a pass, or a data ref, in the place of an actor', () => {
  let sharing: Sample
  let target: Target
  let held: string[]

  beforeAll(async () => {
    const { store } = await STORES[0]!.open()
    sharing = sampleOn(store)
    const ref = doc('d')
    await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'owner', visibility: 'account' })
    const link = await sharing.links.create(OWNER, ref, { visibility: 'public', role: 'editor' })
    const { id } = await sharing.collaborators.add(OWNER, ref, { userId: 'member', role: 'manager' })
    await sharing.requests.create({ userId: 'asker', tenantId: 'acme' }, ref, { role: 'editor' })
    const [request] = await sharing.requests.list(OWNER, ref)
    target = { ref, link: link.id, collaborator: id, request: request!.id }
    const { pass } = await sharing.open(link.token)
    const attached = await sharing.attach(MEMBER, ref)
    const refs = [
      await sharing.refs.mint({ pass }, 'rows'),
      await sharing.refs.mint({ actor: MEMBER, resource: ref }, 'rows'),
    ]
    held = [pass, attached.pass, (await sharing.attach(OWNER, ref)).pass, link.token, ...refs]
  })

  const calls = [
    ...Object.entries(BY_ACTOR).flatMap(([name, some]) => some.map((call) => [name, call] as const)),
    ...Object.entries(OTHERS),
  ]

  test.each(calls)('%s takes none', async (_, call) => {
    for (const text of held) {
      const forms = [
        text,
        { pass: text },
        { pass: text, visitor: { actor: OWNER } },
        { actor: OWNER },
        [text],
      ]
      for (const form of forms) {
        const outcome = await outcomeOf(() =>
          Promise.resolve().then(() => call(sharing, form as never, target)),
        )
        expect(outcome).toBe('invalid_input')
      }
    }
  })

  test('and as the id of one it is somebody who is nobody', async () => {
    await sharing.resources.setVisibility(OWNER, target.ref, 'private')
    for (const text of held.filter((one) => one.length <= 255)) {
      const actor: Actor = { userId: text, tenantId: 'acme' }
      expect(await sharing.can(actor, 'view', target.ref)).toBe(false)
      expect(await outcomeOf(() => sharing.refresh({ actor, resource: target.ref }, ['rows']))).toBe(
        'not_found',
      )
    }
  })
})
