import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doc, outcomeOf, type Sample, sampleOn } from '../support/sample.ts'
import { STORES, type TestStore } from '../support/stores.ts'

const OWNER = { userId: 'o', tenantId: 't', admin: 'tenant' } as const
const encoded = (text: string): string => Buffer.from(text).toString('base64url')

describe.each(STORES)('$name: a page cursor', (kind) => {
  let base: TestStore
  let sharing: Sample
  let link: string

  beforeAll(async () => {
    base = await kind.open()
    sharing = sampleOn(base.store)
    await sharing.resources.register(doc('d'), { tenantId: 't', ownerId: 'o' })
    for (let count = 0; count < 3; count++) {
      const made = await sharing.links.create(OWNER, doc('d'), { visibility: 'public' })
      await sharing.open(made.token)
      link = made.id
    }
  })
  afterAll(() => base.close())

  const lists = (): Array<(cursor: string) => Promise<unknown>> => [
    (cursor) => sharing.list(OWNER, { cursor }),
    (cursor) => sharing.links.list(OWNER, { cursor }),
    (cursor) => sharing.links.list(OWNER, { cursor, resource: doc('d') }),
    (cursor) => sharing.views.list(OWNER, { cursor, link }),
    (cursor) => sharing.audit.list(OWNER, { cursor }),
    (cursor) => sharing.audit.list(OWNER, { cursor, resource: doc('d') }),
  ]

  async function outcomes(cursor: string): Promise<string[]> {
    return Promise.all(lists().map((list) => outcomeOf(() => list(cursor))))
  }

  test('of a list goes on where the page ended', async () => {
    const first = await sharing.links.list(OWNER, { limit: 2 })
    const second = await sharing.links.list(OWNER, { limit: 2, cursor: first.nextCursor! })
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null])
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(3)
  })

  test.each([
    ['', 'no text'],
    ['null', 'a word'],
    [encoded('x'), 'no time'],
    [encoded('12'), 'no id'],
    [encoded(':a'), 'no time before the id'],
    [encoded('1e3:a'), 'a number in another spelling'],
    [encoded('99999999999999999:a'), 'a time with too many digits'],
    [encoded('9999999999999999:a'), 'a time that is none'],
    [encoded('1:\u0000'), 'a zero byte'],
    [encoded(`1:${'a'.repeat(301)}`), 'an id that is too long'],
    ['a'.repeat(601), 'too much'],
  ])('%j is refused: %s', async (cursor) => {
    expect(new Set(await outcomes(cursor))).toEqual(new Set(['invalid_input']))
  })

  test.each([
    '8640000000000000:a',
    '253402300800000:a',
    '-8640000000000000:a',
    '-62167219200001:a',
    '0:Infinity',
    '0:1e400',
    '0:1.5',
    '0:0x10',
    '0:-1',
    '0:99999999999999999999',
    '0:NaN',
    `0:${'\u{10ffff}'.repeat(20)}`,
    "0:' or 1=1 --",
  ])('with %j in it is refused or ends the list, and fails nothing', async (text) => {
    for (const outcome of await outcomes(encoded(text))) expect(['ok', 'invalid_input']).toContain(outcome)
  })

  test('of any text is refused, or is a place in the list', async () => {
    const times = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 })
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.base64String({ maxLength: 40 }),
      fc.tuple(times, fc.string({ unit: 'binary', maxLength: 20 })).map(([at, id]) => encoded(`${at}:${id}`)),
    )
    await fc.assert(
      fc.asyncProperty(texts, async (cursor) => {
        for (const outcome of await outcomes(cursor)) expect(['ok', 'invalid_input']).toContain(outcome)
      }),
      { numRuns: 60 },
    )
  })
})
