import fc from 'fast-check'
import { loggablePath } from 'sharegrant/http'
import { expect, test } from 'vitest'

const TOKEN = `shr_${'aB3'.repeat(16)}x`
const ATTACH_PASS = `shra_${'aB-_'.repeat(50)}`
const INVITATION = `shri_${'aB-_'.repeat(30)}`
const PASS = `shrp_${'aB-_'.repeat(60)}`

test.each([
  ['/api/share/legacy-1', '/api/share/[hidden]'],
  ['/api/share/legacy-1/preview', '/api/share/[hidden]/preview'],
  ['/api/SHARE/legacy-1', '/api/SHARE/[hidden]'],
  ['/api/%73hare/legacy-1', '/api/%73hare/[hidden]'],
  ['/api/share//legacy-1', '/api/share//[hidden]'],
  ['/api/share/%E0%A4%A', '/api/share/[hidden]'],
  ['/api/share/resume', '/api/share/resume'],
  ['/api/share/attach', '/api/share/attach'],
  ['/api/share/legacy-1/requests', '/api/share/[hidden]/requests'],
  ['/api/resume/share', '/api/resume/share'],
  ['/api/shared?filter=owned', '/api/shared'],
  ['/api/resources/document/share/links', '/api/resources/document/share/[hidden]'],
  [`/${TOKEN}`, '/[hidden]'],
  [`/a/${PASS}/b`, '/a/[hidden]/b'],
  [`/accept/${INVITATION}`, '/accept/[hidden]'],
  [`/a/${TOKEN.replace('_', '%5F')}`, '/a/[hidden]'],
  [`https://example.com/share/${TOKEN}#${TOKEN}`, '/share/[hidden]'],
  [`/a?token=${TOKEN}`, '/a'],
  [`/a?x=1\n${TOKEN}`, '/a'],
])('%s is logged as %s', (url, logged) => {
  expect(loggablePath(url)).toBe(logged)
})

test('wherever a token or a pass stands in a URL, it is not logged', () => {
  const text = fc.string({ unit: fc.constantFrom(...'/?#%&=.-_~aS', '%2F', '/share/', '%73') })
  fc.assert(
    fc.property(
      text,
      text,
      fc.constantFrom(TOKEN, PASS, ATTACH_PASS, INVITATION),
      (before, after, secret) => {
        expect(loggablePath(`/${before}/${secret}${after}`)).not.toContain(secret.slice(5, 40))
      },
    ),
  )
})
