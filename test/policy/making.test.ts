import { describe, expect, test } from 'vitest'
import { checkLinkRole, checkPolicy, checkVisibility, type LinkTerms } from '../../src/policy/making.ts'
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
