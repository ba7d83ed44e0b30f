import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { type AttachPass, createAttachPasses } from '../../src/tokens/attach-pass.ts'
import { createDataRefs, type DataRef, holderOf } from '../../src/tokens/data-ref.ts'
import { createInvitationTokens } from '../../src/tokens/invitation.ts'
import { createKeyRing } from '../../src/tokens/keys.ts'
import { createLinkTokens } from '../../src/tokens/link-token.ts'
import { createPasses } from '../../src/tokens/pass.ts'
import { sign } from '../../src/tokens/signed.ts'

const later = 8_640_000_000_000
// Made for each test, so that whoever looks at what a test runs finds it there.
let ring: ReturnType<typeof createKeyRing>
let invitations: ReturnType<typeof createInvitationTokens>
let attached: ReturnType<typeof createAttachPasses>
let passes: ReturnType<typeof createPasses>
let links: ReturnType<typeof createLinkTokens>
let refs: ReturnType<typeof createDataRefs>
beforeEach(() => {
  ring = createKeyRing('the first secret, of at least 32 bytes')
  invitations = createInvitationTokens(ring, 'shr')
  attached = createAttachPasses(ring, 'shr')
  passes = createPasses(ring, 'shr')
  links = createLinkTokens('shr', undefined)
  refs = createDataRefs(ring, 'shr')
})

const at: AttachPass = {
  ...{ tenantId: 'acme', type: 'document', id: 'd1', resourceUid: 'u1', userId: 'ann', viewId: 'v1' },
  snapshot: null,
  expiresAt: later,
}
const opened = {
  ...{ tenantId: 'acme', resource: 'u1', linkId: 'l1', tokenHash: 'h', passwordVersion: 0, mode: 'live' },
  ...{ userId: 'ann', viewId: 'v1', snapshot: null, expiresAt: later },
}

const theirs = { tenantId: 'acme', userId: 'ann' }
const piece: DataRef = {
  ...{ type: 'document', id: 'd1', resourceUid: 'u1', mode: 'snapshot', revision: '7', ref: 'rows/1' },
  holder: holderOf({ tenantId: 'acme', uid: 'u1' }, theirs),
  ...{ source: 'link', role: 'viewer' },
  ...{ grantId: 'l1', link: { tokenHash: 'h', passwordVersion: 0 }, expiresAt: later },
}

/** One of each kind, and what takes it. */
const kinds: Readonly<Record<string, { mint: () => string; takes: (text: string) => boolean }>> = {
  'a link token': { mint: () => links.mint(), takes: (text) => links.isWellFormed(text) },
  'a pass': { mint: () => passes.mint(opened), takes: (text) => passes.read(text, 0) !== null },
  'an attach pass': { mint: () => attached.mint(at), takes: (text) => attached.read(text, 0) !== null },
  'an invitation': {
    mint: () => invitations.mint({ tenantId: 'acme', id: 'g1' }),
    takes: (text) => invitations.read(text) !== null,
  },
  'a data ref': { mint: () => refs.mint(piece), takes: (text) => refs.read(text, 0) !== null },
}

describe.each(Object.entries(kinds))('%s', (name, { mint, takes }) => {
  let text = ''
  beforeEach(() => {
    text = mint()
  })

  test('is taken as it is', () => {
    expect(takes(text)).toBe(true)
  })

  test.each(Object.entries(kinds).filter(([other]) => other !== name))('is not taken for %s', (_, other) => {
    expect(other.takes(text)).toBe(false)
  })

  test('is not taken with one character changed, added or left out', () => {
    for (let place = 0; place <= text.length; place++) {
      const [head, rest] = [text.slice(0, place), text.slice(place)]
      for (const letter of ['A', 'b', '0', '-', '_', ' ']) {
        expect(takes(head + letter + rest)).toBe(false)
        if (rest !== '' && rest[0] !== letter) expect(takes(head + letter + rest.slice(1))).toBe(false)
      }
      if (rest !== '') expect(takes(head + rest.slice(1))).toBe(false)
    }
  })
})

test('a key of another purpose, another prefix, another version and other fields are refused', () => {
  const invited = ['1', 'acme', 'g1']
  const here = ['1', 'acme', 'document', 'd1', 'u1', 'ann', 'v1', String(later), null, null, null]
  expect(invitations.read(sign(ring.invitation, 'shri_', invited))).toEqual({ tenantId: 'acme', id: 'g1' })
  expect(attached.read(sign(ring.attach, 'shra_', here), 0)).toEqual(at)
  const fetched = [
    ...['2', 'document', 'd1', 'u1', 'snapshot', '7', 'rows/1', piece.holder, 'l1', 'link', 'viewer'],
    ...['h', '0'],
    String(later),
  ]
  expect(refs.read(sign(ring.ref, 'shrd_', fetched), 0)).toEqual(piece)
  for (const keys of [ring.pass, ring.seal, ring.visitor, ring.attach, ring.invitation]) {
    expect(refs.read(sign(keys, 'shrd_', fetched), 0)).toBeNull()
  }
  for (const fields of [
    fetched.with(0, '1'),
    fetched.slice(0, -1),
    [...fetched, ''],
    fetched.with(13, 'never'),
  ]) {
    expect(refs.read(sign(ring.ref, 'shrd_', fields), 0)).toBeNull()
  }
  expect(createDataRefs(ring, 'abc').read(sign(ring.ref, 'shrd_', fetched), 0)).toBeNull()
  for (const keys of [ring.pass, ring.seal, ring.visitor, ring.attach, ring.ref]) {
    expect(invitations.read(sign(keys, 'shri_', invited))).toBeNull()
  }
  for (const keys of [ring.pass, ring.seal, ring.visitor, ring.invitation, ring.ref]) {
    expect(attached.read(sign(keys, 'shra_', here), 0)).toBeNull()
  }
  for (const fields of [
    ['2', 'acme', 'g1'],
    ['1', 'acme'],
    [...invited, ''],
  ]) {
    expect(invitations.read(sign(ring.invitation, 'shri_', fields))).toBeNull()
  }
  for (const fields of [here.with(0, '2'), here.slice(0, -1), [...here, ''], here.with(7, 'never')]) {
    expect(attached.read(sign(ring.attach, 'shra_', fields), 0)).toBeNull()
  }
  expect(createInvitationTokens(ring, 'abc').read(sign(ring.invitation, 'shri_', invited))).toBeNull()
  expect(createAttachPasses(ring, 'abc').read(sign(ring.attach, 'shra_', here), 0)).toBeNull()
})

describe('what is minted comes back as it was, whatever its fields are', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((some) => some.isWellFormed())

  test('an invitation', () => {
    fc.assert(
      fc.property(fc.record({ tenantId: text, id: text }), (one) => {
        expect(invitations.read(invitations.mint(one))).toEqual(one)
      }),
    )
  })

  test('an attach pass, until its end and not a millisecond longer', () => {
    const expiresAt = fc.integer({ min: 1, max: later })
    const snapshot = fc.option(fc.record({ id: text, takenAt: fc.nat(), grantId: text }))
    const fields = { tenantId: text, type: text, id: text, resourceUid: text, userId: text, viewId: text }
    fc.assert(
      fc.property(fc.record({ ...fields, snapshot, expiresAt }), (one) => {
        const minted = attached.mint(one)
        expect(attached.read(minted, one.expiresAt - 1)).toEqual(one)
        expect(attached.read(minted, one.expiresAt)).toBeNull()
      }),
    )
  })

  test('a data ref, likewise', () => {
    const maybe = fc.option(text)
    const link = fc.option(fc.record({ tokenHash: text, passwordVersion: fc.nat() }))
    const fields = { type: text, id: text, resourceUid: text, mode: text, ref: text, holder: text }
    const source = fc.constantFrom<DataRef['source']>('owner', 'admin', 'visibility', 'grant', 'link')
    const by = { source, role: text, grantId: maybe, link }
    const expiresAt = fc.integer({ min: 1, max: later })
    fc.assert(
      fc.property(fc.record({ ...fields, ...by, revision: maybe, expiresAt }), (one) => {
        const minted = refs.mint(one)
        expect(refs.read(minted, one.expiresAt - 1)).toEqual(one)
        expect(refs.read(minted, one.expiresAt)).toBeNull()
      }),
    )
  })
})

describe('whose a data ref is', () => {
  const of = (tenantId: string, uid: string, person: typeof theirs | null) =>
    holderOf({ tenantId, uid }, person)

  test('is told apart by every part, wherever one ends and the next begins', () => {
    const all = [
      of('acme', 'u1', theirs),
      of('acme', 'u1', null),
      of('acme', 'u2', theirs),
      of('rival', 'u1', theirs),
      of('acme', 'u1', { tenantId: 'rival', userId: 'ann' }),
      of('acme', 'u1', { tenantId: 'acme', userId: 'Ann' }),
      of('acme', 'u1', { tenantId: 'acmea', userId: 'nn' }),
      of('acmeu', '1', theirs),
      of('acme', 'u1', { tenantId: 'acme,3:ann', userId: '' }),
    ]
    expect(new Set(all).size).toBe(all.length)
    expect(of('acme', 'u1', { ...theirs })).toBe(all[0])
  })

  // What an earlier version minted must go on being its reader's.
  test('is written as it always was', () => {
    expect(of('acme', 'u1', theirs)).toMatchInlineSnapshot(`"-0Yv2e-VQLz8lZtHxU0JFN_0W0D-0g5nJ7eXPbi_Q1s"`)
    expect(of('acme', 'u1', null)).toMatchInlineSnapshot(`"T_Zxz9W6d7ZUV-15_RELdlRfv3JC7LleDIIE1VuEyMQ"`)
  })

  test('does not stand in its text: no tenant and no person can be read off it', () => {
    const payload = Buffer.from(refs.mint(piece).slice('shrd_'.length + 8), 'base64url').toString()
    expect(payload).toContain('rows/1')
    for (const name of ['acme', '3:ann']) expect(payload).not.toContain(name)
  })
})

test('the longest that an actor, a resource and a host can make of it is read again', () => {
  const longest: DataRef = {
    ...piece,
    type: 'T'.repeat(64),
    id: '用'.repeat(255),
    revision: '用'.repeat(255),
    ref: 'r'.repeat(1000),
    ...{ resourceUid: 'u'.repeat(21), grantId: 'g'.repeat(21) },
    link: { tokenHash: 'h'.repeat(43), passwordVersion: 2_000_000_000 },
  }
  const minted = refs.mint(longest)
  expect(minted.length).toBeLessThan(4096)
  expect(refs.read(minted, 0)).toEqual(longest)
})
