import { expect, test } from 'vitest'
import { createKnownLinks } from '../../src/opening/known.ts'
import type { LinkSituation } from '../../src/store/facts.ts'

const situation = (link: object = {}, version: string | null = '1'): LinkSituation =>
  ({ version, link: { maxViews: null, passwordHash: null, ...link } }) as LinkSituation

test('what was opened last is remembered longest', () => {
  const known = createKnownLinks(2)
  for (const token of ['one', 'two', 'one', 'three']) known.keep(token, situation())
  expect(['one', 'two', 'three'].filter((token) => known.find(token) !== null)).toEqual(['one', 'three'])
})

test('what spends a view, asks for a password, has no version or a very long one is not remembered', () => {
  const known = createKnownLinks()
  known.keep('capped', situation({ maxViews: 3 }))
  known.keep('with a password', situation({ passwordHash: 'hash' }))
  known.keep('without a version', situation({}, null))
  known.keep('long', situation({}, 'v'.repeat(2001)))
  known.keep('kept', situation({}, 'v'.repeat(2000)))
  const tokens = ['capped', 'with a password', 'without a version', 'long', 'kept']
  expect(tokens.filter((token) => known.find(token) !== null)).toEqual(['kept'])
})
