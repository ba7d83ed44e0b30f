import { describe, expect, test } from 'vitest'
import {
  checkInvitedDomain,
  checkLinkRole,
  checkOwnRole,
  checkPolicy,
  checkRoom,
  checkTypeRole,
  checkVisibility,
  isAbove,
  type LinkTerms,
  rolesUpTo,
} from '../../src/policy/making.ts'
import { DAY, documentType, later, NOW, policy, resource, thrownBy } from './facts.ts'

const codeOf = (call: () => unknown) => thrownBy(call)?.['code'] ?? null

describe('a visibility', () => {
  const check = (
    visibility: 'private' | 'account' | 'public',
    traits: string[],
    set = {},
    tenantId = 'acme',
  ) => codeOf(() => checkVisibility(documentType(), resource({ tenantId, traits }), policy(set), visibility))

  test('of an account needs one', () => {
    expect(check('account', [])).toBeNull()
    expect(check('account', [], {}, '~person')).toBe('account_required')
    expect(check('public', [], {}, '~person')).toBeNull()
    expect(check('private', [], {}, '~person')).toBeNull()
  })

  test('that is public needs the rules, then the policy', () => {
    expect(check('public', [])).toBeNull()
    expect(check('public', ['remote'])).toBe('publish_forbidden')
    expect(check('public', ['kept'])).toBe('publish_forbidden')
    expect(check('public', [], { allowPublicShares: false })).toBe('public_shares_disabled')
    expect(check('public', ['remote'], { allowPublicShares: false })).toBe('publish_forbidden')
  })

  test('that is not public needs neither', () => {
    for (const visibility of ['account', 'private'] as const) {
      expect(check(visibility, ['remote'], { allowPublicShares: false })).toBeNull()
    }
  })

  test('tells the host’s log which rule it was', () => {
    const error = thrownBy(() =>
      checkVisibility(documentType(), resource({ traits: ['remote'] }), policy(), 'public'),
    )
    expect(error?.['details']).toMatchObject({ index: 0, rule: { when: 'remote' } })
  })
})

describe('the role of a link', () => {
  test('is one of those that links of the type carry', () => {
    expect(codeOf(() => checkLinkRole(documentType(), 'manager'))).toBeNull()
    expect(thrownBy(() => checkLinkRole(documentType(), 'editor'))).toMatchObject({
      code: 'invalid_role',
      message: 'A link to a document carries one of these roles: viewer, manager.',
      public: { roles: ['viewer', 'manager'] },
    })
  })
})

describe('the role of a person', () => {
  const ALL = ['viewer', 'editor', 'manager']

  test('is one that the type has', () => {
    for (const role of ALL) expect(codeOf(() => checkTypeRole(documentType(), role))).toBeNull()
    expect(thrownBy(() => checkTypeRole(documentType(), 'owner'))).toMatchObject({
      code: 'invalid_role',
      message: 'A document is shared in one of these roles: viewer, editor, manager.',
      public: { roles: ALL },
    })
  })

  test('is given up to one’s own: the owner gives all, and whoever has none gives none', () => {
    const upTo = (own: string | null) => rolesUpTo(documentType(), own)
    expect(upTo('owner')).toEqual(ALL)
    expect(upTo('manager')).toEqual(ALL)
    expect(upTo('editor')).toEqual(['viewer', 'editor'])
    expect(upTo('viewer')).toEqual(['viewer'])
    for (const none of [null, 'gone', '']) expect(upTo(none)).toEqual([])
  })

  test('stands above one’s own, or not', () => {
    const above = (role: string, own: string | null) => isAbove(documentType(), role, own)
    expect(above('manager', 'editor')).toBe(true)
    expect(above('editor', 'editor')).toBe(false)
    expect(above('viewer', 'editor')).toBe(false)
    expect(above('manager', 'owner')).toBe(false)
    expect(above('viewer', null)).toBe(true)
    // What the type has no name for is above nobody: who was given it can be taken away.
    for (const own of ['owner', 'viewer', null]) expect(above('gone', own)).toBe(false)
  })

  test('above one’s own is refused, with those that one can give', () => {
    expect(codeOf(() => checkOwnRole(documentType(), 'editor', 'editor'))).toBeNull()
    expect(codeOf(() => checkOwnRole(documentType(), 'owner', 'manager'))).toBeNull()
    expect(thrownBy(() => checkOwnRole(documentType(), 'editor', 'manager'))).toMatchObject({
      code: 'invalid_role',
      message: 'Nobody gives a role above their own. You can give: viewer, editor.',
      public: { roles: ['viewer', 'editor'] },
    })
  })
})

describe('one more person', () => {
  test('finds room below the limit, or where there is none', () => {
    const refusal = (most: number | false, named: number) => thrownBy(() => checkRoom(most, named))
    expect(refusal(3, 2)).toBeNull()
    expect(refusal(3, 3)).toMatchObject({ code: 'collaborator_limit', public: { limit: 3 } })
    expect(refusal(3, 4)).toMatchObject({ code: 'collaborator_limit' })
    expect(refusal(0, 0)).toMatchObject({ code: 'collaborator_limit', public: { limit: 0 } })
    expect(refusal(false, 10_000)).toBeNull()
  })

  test('has an address in the domains that the account shares with', () => {
    const refusal = (allowedEmailDomains: string[] | null, domain: string) =>
      thrownBy(() => checkInvitedDomain(policy({ allowedEmailDomains }), domain))
    expect(refusal(null, 'x.org')).toBeNull()
    expect(refusal(['x.org', 'y.org'], 'y.org')).toBeNull()
    expect(refusal(['x.org', 'y.org'], 'z.org')).toMatchObject({
      code: 'policy_violation',
      message: 'The account shares with x.org, y.org only.',
      public: { policy: 'allowedEmailDomains', value: ['x.org', 'y.org'] },
    })
    expect(refusal([], 'x.org')).toMatchObject({ code: 'policy_violation' })
  })
})

describe('what an account demands of a link', () => {
  const terms = (set: Partial<LinkTerms> = {}): LinkTerms => ({
    role: 'viewer',
    expiresAt: null,
    hasPassword: false,
    audience: null,
    createdAt: NOW,
    ...set,
  })
  const refusal = (set: Parameters<typeof policy>[0], of: Partial<LinkTerms> = {}) =>
    thrownBy(() => checkPolicy(policy(set), terms(of)))

  test('is nothing unless it is set', () => {
    expect(refusal({})).toBeNull()
    expect(
      refusal({}, { expiresAt: later(9999 * DAY), audience: { emails: ['a@b.example'], domains: null } }),
    ).toBeNull()
  })

  test('may be an expiry', () => {
    expect(refusal({ requireExpiry: true }, { expiresAt: later(1) })).toBeNull()
    expect(refusal({ requireExpiry: true }, { hasPassword: true })).toMatchObject({
      code: 'policy_violation',
      message: 'The account asks for an expiry: set expiresAt.',
      public: { policy: 'requireExpiry', value: true },
    })
  })

  test('may be a password', () => {
    expect(refusal({ requirePassword: true }, { hasPassword: true })).toBeNull()
    expect(refusal({ requirePassword: true }, { expiresAt: later(1) })).toMatchObject({
      code: 'policy_violation',
      message: 'The account asks for a password: set password.',
      public: { policy: 'requirePassword', value: true },
    })
  })

  test('may be an end after so many days, to the millisecond', () => {
    expect(refusal({ maxLinkDays: 3 })).toBeNull()
    expect(refusal({ maxLinkDays: 3 }, { expiresAt: later(3 * DAY) })).toBeNull()
    expect(refusal({ maxLinkDays: 3 }, { expiresAt: later(3 * DAY + 1) })).toMatchObject({
      code: 'policy_violation',
      message: 'Links of this account end after 3 days at the latest.',
      public: { policy: 'maxLinkDays', value: 3 },
    })
    const old = { createdAt: later(-2 * DAY), expiresAt: later(2 * DAY) }
    expect(refusal({ maxLinkDays: 3 }, old)).not.toBeNull()
  })

  test('may be that all who are named are of its domains', () => {
    const allowedEmailDomains = ['acme.example', 'sister.example']
    const named = (emails: string[] | null, domains: string[] | null) =>
      refusal({ allowedEmailDomains }, { audience: { emails, domains } })
    expect(refusal({ allowedEmailDomains })).toBeNull()
    expect(named(['a@acme.example'], ['sister.example'])).toBeNull()
    expect(named(null, ['acme.example'])).toBeNull()
    expect(named(['a@acme.example'], null)).toBeNull()
    for (const foreign of [
      named(['a@acme.example', 'b@rival.example'], null),
      named(null, ['acme.example', 'rival.example']),
      named(['a@acme.example'], ['rival.example']),
      named(['a@rival.example'], ['acme.example']),
    ]) {
      expect(foreign).toMatchObject({
        code: 'policy_violation',
        message: 'The account shares with acme.example, sister.example only.',
        public: { policy: 'allowedEmailDomains', value: allowedEmailDomains },
      })
    }
  })
})
