import { createSharing, type ResolveHook, type SnapshotHook } from 'sharegrant'
import { describe, expect, test } from 'vitest'
import { askerOf, REQUESTS } from '../soak/support/requests.ts'
import { doc, outcomeOf, SECRET } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

const OWNER = { userId: 'owner', tenantId: 'acme' }
const BOB = { userId: 'bob', tenantId: 'acme', email: 'bob@acme.example' }
const GUEST = { userId: 'guest', tenantId: 'rival' }
const LIVE = doc('live')
const TAKEN = doc('taken')

/** How a careless host might hand on what the owner was given: each way must come to nothing. */
const leaks: Readonly<Record<string, (token: string) => unknown>> = {
  'as it is': (token) => token,
  'in an address': (token) => ({ rows: [{ image: `https://host.example/files/${token}?size=2` }] }),
  'as a key': (token) => ({ [token]: 1 }),
  'in markup': (token) => `<img src="/files/${token}">`,
  'deep, and late': (token) => ({ toJSON: () => [[[{ token }]]] }),
  'glued to more': (token) => `x${token}y`,
}

const [memory] = STORES

describe('the owner’s tokens', () => {
  test('no grantee receives a byte of the owner’s tokens, whatever the host hands on', async () => {
    const base = await memory!.open()
    const owned: string[] = []
    let leak: (token: string) => unknown = () => null
    const resolve: ResolveHook = ({ ref }) => (ref === 'plain' ? 'data' : leak(owned[Number(ref)] ?? ''))
    const snapshot: SnapshotHook = () => ({ revision: '1', content: leak(owned[0] ?? '') })
    const errors: unknown[] = []
    const sharing = createSharing({
      store: base.store,
      secret: SECRET,
      resources: {
        document: { roles: { viewer: ['view'], editor: ['view', 'edit'] }, resolve, snapshot },
        folder: { roles: { viewer: ['view'] } },
      },
      limits: { opensPerMinute: false },
      onError: (error) => void errors.push(error),
    })
    const received: string[] = []
    const receive = async (call: () => Promise<unknown>): Promise<void> => {
      received.push(JSON.stringify(await call().catch((error: unknown) => [error, String(error)])))
    }
    for (const ref of [LIVE, TAKEN])
      await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'owner' })
    await sharing.policies.set({ ...OWNER, admin: 'tenant' }, { allowGuests: true })

    // All that an owner is given, of each kind.
    const link = await sharing.links.create(OWNER, LIVE, { visibility: 'public' })
    const secret = await sharing.links.create(OWNER, LIVE, { visibility: 'account' })
    owned.push(secret.token, (await sharing.open(secret.token, { actor: OWNER })).pass)
    owned.push((await sharing.attach(OWNER, LIVE)).pass)
    owned.push(await sharing.refs.mint({ actor: OWNER, resource: LIVE }, 'plain'))
    const [own] = await sharing.refresh({ actor: OWNER, resource: TAKEN }, ['plain'])
    if (own?.status === 'ok') owned.push(own.token)
    expect(owned).toHaveLength(5)

    await sharing.collaborators.add(OWNER, LIVE, { userId: 'bob', role: 'editor' })
    await sharing.collaborators.add(OWNER, LIVE, { userId: 'guest', role: 'viewer' })
    for (const [name, way] of Object.entries(leaks)) {
      leak = way
      const refs = ['plain', ...owned.keys()].map(String)
      for (const actor of [BOB, GUEST, null]) {
        const { pass } = await sharing.open(link.token, { actor })
        const held = [{ pass, visitor: { actor } }]
        const readers = actor === null ? held : [...held, { actor, resource: LIVE }]
        for (const reader of readers) {
          const answers = await sharing.refresh(reader, refs)
          expect(
            answers.map(({ status }) => status),
            name,
          ).toEqual(['ok', ...owned.map(() => 'error')])
          received.push(JSON.stringify(answers))
          for (const ref of refs) await receive(() => sharing.refs.mint(reader, ref))
        }
        await receive(() => sharing.resume(pass, { actor }))
        if (actor !== null) await receive(() => sharing.attach(actor, LIVE))
      }
      // What was not taken cannot be opened.
      const taking = { visibility: 'public', mode: 'snapshot' } as const
      expect(await outcomeOf(() => sharing.links.create(OWNER, TAKEN, taking)), name).toBe('invalid_input')
      const giving = { userId: 'bob', role: 'viewer', mode: 'snapshot' } as const
      expect(await outcomeOf(() => sharing.collaborators.add(OWNER, TAKEN, giving)), name).toBe(
        'invalid_input',
      )
    }
    const routes = askerOf(sharing)
    const { pass } = await sharing.attach(BOB, LIVE)
    for (const row of routes.rows) {
      const parts = REQUESTS[row]!({
        ...LIVE,
        ...{ link: link.id, token: link.token, pass, invitation: 'none' },
        request: 'none',
      })
      await receive(() => routes.ask(row, parts, BOB))
    }
    for (const text of received) for (const token of owned) expect(text).not.toContain(token)
    expect(received.length).toBeGreaterThan(150)
    expect(errors.length).toBeGreaterThan(100)
    await base.close()
  })
})
