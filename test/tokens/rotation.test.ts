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
