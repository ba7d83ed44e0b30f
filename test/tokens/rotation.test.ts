import { SharingError } from 'sharegrant'
import { describe, expect, test } from 'vitest'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

const OLD = 'the old secret, of at least 32 bytes'
const NEW = 'the new secret, of at least 32 bytes'
const OWNER = { userId: 'o', tenantId: 't' } as const

async function shared(sharing: Sample, id = 'd') {
  await sharing.resources.register(doc(id), { tenantId: 't', ownerId: 'o' })
  const link = await sharing.links.create(OWNER, doc(id), { visibility: 'public' })
  return { link, pass: (await sharing.open(link.token)).pass }
}

describe.each(STORES)('$name: a rotated secret', (kind) => {
  test('goes on reading what the old one made, and signs and seals anew', async () => {
    const base = await kind.open()
    const before = sampleOn(base.store, { secret: OLD })
    const between = sampleOn(base.store, { secret: [NEW, OLD] })
    const after = sampleOn(base.store, { secret: [NEW] })
    const { link, pass } = await shared(before)

    expect((await between.resume(pass)).pass).toBe(pass)
    expect(await between.links.reveal(OWNER, link.id)).toBe(link.token)
    const renewed = await between.open(link.token)
    expect((await after.resume(renewed.pass)).viewId).toBe(renewed.viewId)
    expect(await outcomeOf(() => before.resume(renewed.pass))).toBe('not_found')

    const later = await between.links.create(OWNER, doc('d'), { visibility: 'public' })
    expect(await after.links.reveal(OWNER, later.id)).toBe(later.token)
    await base.close()
  })

  test('of every kind of token: what the old one made is taken until it is taken away, and all that is new is the new one’s', async () => {
    const base = await kind.open()
    const told: string[] = []
    const under = (secret: string | string[]) =>
      sampleOn(base.store, {
        secret,
        notify: async ({ token }) => void (token !== undefined && told.push(token)),
      })
    const [before, between, after] = [under(OLD), under([NEW, OLD]), under(NEW)]
    const guest = (name: string) => ({ userId: name, tenantId: 't', email: `${name}@t.example` })
    await before.resources.register(doc('d'), { tenantId: 't', ownerId: 'o' })
    const link = await before.links.create(OWNER, doc('d'), { visibility: 'public' })
    let invited = 0
    /** One of each kind that is signed, and what takes it. */
    const made = async (sharing: Sample): Promise<Record<string, (on: Sample) => Promise<unknown>>> => {
      const opened = await sharing.open(link.token)
      const attached = await sharing.attach(OWNER, doc('d'))
      const borne = await sharing.refs.mint({ pass: opened.pass }, 'rows')
      const owned = await sharing.refs.mint({ actor: OWNER, resource: doc('d') }, 'rows')
      const person = guest(`guest${invited++}`)
      await sharing.collaborators.add(OWNER, doc('d'), { email: person.email, role: 'viewer' })
      await sharing.maintain()
      const invitation = told.at(-1)!
      return {
        pass: (on) => on.resume(opened.pass),
        'attach pass': (on) => on.resume(attached.pass, { actor: OWNER }),
        'data ref of a bearer': (on) => on.refs.verify(borne, null),
        'data ref of a person': (on) => on.refs.verify(owned, OWNER),
        'data by a pass': (on) => on.refresh({ pass: opened.pass }, ['rows']),
        invitation: (on) => on.invitations.accept(person, invitation),
      }
    }
    const older = await made(before)
    const newer = await made(between)
    for (const [name, take] of Object.entries(older)) {
      expect(await outcomeOf(() => take(after)), name).toBe('not_found')
      expect(await outcomeOf(() => take(between)), name).toBe('ok')
    }
    for (const [name, take] of Object.entries(newer)) {
      expect(await outcomeOf(() => take(before)), name).toBe('not_found')
      expect(await outcomeOf(() => take(after)), name).toBe('ok')
    }
    await base.close()
  })

  test('sealed anew by several processes at once: each token once in the end, and as it was', async () => {
    const base = await kind.open()
    const before = sampleOn(base.store, { secret: OLD })
    await before.resources.register(doc('d'), { tenantId: 't', ownerId: 'o' })
    const links = []
    for (let made = 0; made < 130; made++) {
      links.push(await before.links.create(OWNER, doc('d'), { visibility: 'public' }))
    }
    const between = [0, 1, 2].map(() => sampleOn(base.store, { secret: [NEW, OLD] }))
    const reports = await Promise.all(between.map((sharing) => sharing.maintain()))
    const resealed = reports.reduce((sum, { tokensResealed }) => sum + tokensResealed, 0)
    expect(resealed).toBe(links.length)
    expect((await between[0]!.maintain()).tokensResealed).toBe(0)
    const after = sampleOn(base.store, { secret: NEW })
    for (const { id, token } of links) expect(await after.links.reveal(OWNER, id)).toBe(token)
    await base.close()
  })

  test('that is removed ends its passes and its sealed tokens, and no link', async () => {
    const base = await kind.open()
    const { link, pass } = await shared(sampleOn(base.store, { secret: OLD }))
    const after = sampleOn(base.store, { secret: NEW })
    expect(await outcomeOf(() => after.resume(pass))).toBe('not_found')
    expect(await outcomeOf(() => after.links.reveal(OWNER, link.id))).toBe('conflict')
    expect((await after.open(link.token)).resource.id).toBe('d')
    await base.close()
  })

  test('leaves nothing behind once maintain has sealed anew', async () => {
    const base = await kind.open()
    const before = sampleOn(base.store, { secret: OLD })
    const made = await Promise.all([shared(before, 'a'), shared(before, 'b'), shared(before, 'c')])
    const between = sampleOn(base.store, { secret: [NEW, OLD] })
    expect((await between.maintain()).tokensResealed).toBe(3)
    expect((await between.maintain()).tokensResealed).toBe(0)
    const after = sampleOn(base.store, { secret: NEW })
    for (const { link } of made) expect(await after.links.reveal(OWNER, link.id)).toBe(link.token)
    // Nobody has the key: the token is not to be had, and maintenance goes on.
    const stranger = sampleOn(base.store, { secret: 'a third secret, of at least 32 bytes' })
    expect((await stranger.maintain()).tokensResealed).toBe(0)
    for (const { link } of made) expect(await after.links.reveal(OWNER, link.id)).toBe(link.token)
    await base.close()
  })

  test('and a sealed token that was moved to another link is not shown there', async () => {
    const base = await kind.open()
    const sharing = sampleOn(base.store)
    const { link: one } = await shared(sharing, 'a')
    const { link: other } = await shared(sharing, 'b')
    await base.query(
      `update share_grants set sealed_token = (select sealed_token from share_grants where id = '${one.id}') where id = '${other.id}'`,
    )
    expect(await outcomeOf(() => sharing.links.reveal(OWNER, other.id))).toBe('conflict')
    expect(await sharing.links.reveal(OWNER, one.id)).toBe(one.token)
    await base.close()
  })
})

test.each([
  ['none', undefined],
  ['an empty list', []],
  ['an empty one', ''],
  ['31 bytes', 'x'.repeat(31)],
  ['a good one with a short one', ['x'.repeat(32), 'short']],
])('%s is refused as a secret', async (_, secret) => {
  const base = await STORES[0]!.open()
  const make = () => sampleOn(base.store, { secret } as { secret: string })
  expect(make).toThrow(SharingError)
  expect(make).toThrow(/32 bytes/)
  await base.close()
})
