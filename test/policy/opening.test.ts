import { describe, expect, test } from 'vitest'
import type { Actor } from '../../src/model/actor.ts'
import { compileTypes, typeOf } from '../../src/policy/compile.ts'
import {
  effectiveExpiry,
  entitledActions,
  judgeOpening,
  needsSignIn,
  statusOf,
} from '../../src/policy/opening.ts'
import type { AuthorityFacts, LinkFacts, LinkSituation } from '../../src/store/index.ts'
import {
  admin,
  DAY,
  documentType,
  later,
  link,
  member,
  NOW,
  noteType,
  owner,
  person,
  policy,
  resource,
  root,
  situation,
  stranger,
} from './facts.ts'

type Purpose = 'open' | 'resume' | 'peek'
const PURPOSES: readonly Purpose[] = ['open', 'resume', 'peek']

function judge(
  of: Partial<LinkFacts>,
  {
    actor = null,
    purpose = 'open',
    ...around
  }: Partial<LinkSituation> & { actor?: Actor | null; purpose?: Purpose } = {},
): string {
  const decision = judgeOpening(
    documentType(),
    situation({ link: link(of), ...around }),
    { actor, purpose },
    NOW,
  )
  return decision.outcome === 'refused' ? decision.code : 'allowed'
}

const BY_GRANT = { authority: 'grant', authorityId: 'g', visibility: 'account', role: 'manager' } as const

const authority = (set: Partial<AuthorityFacts> = {}): AuthorityFacts => ({
  subject: 'user:maker',
  role: 'manager',
  mode: 'live',
  expiresAt: null,
  claimableUntil: null,
  endedAt: null,
  ...set,
})

describe('an expiry', () => {
  test('is the earlier of the link’s own and what the policy leaves', () => {
    const effective = (expiresAt: Date | null, maxLinkDays: number | null) =>
      effectiveExpiry({ expiresAt, createdAt: NOW }, { maxLinkDays })
    expect(effective(null, null)).toBeNull()
    expect(effective(later(9 * DAY), null)).toEqual(later(9 * DAY))
    expect(effective(null, 3)).toEqual(later(3 * DAY))
    expect(effective(later(9 * DAY), 3)).toEqual(later(3 * DAY))
    expect(effective(later(3 * DAY - 1), 3)).toEqual(later(3 * DAY - 1))
    const same = later(3 * DAY)
    expect(effective(same, 3)).toEqual(same)
  })
})

describe('the status of a link', () => {
  const status = (of: Partial<LinkFacts>, maxLinkDays: number | null = null) =>
    statusOf(link(of), { maxLinkDays }, NOW)

  test('is the first that applies', () => {
    const ended = { endedAt: NOW }
    const over = { expiresAt: NOW }
    const used = { maxViews: 1, viewCount: 1 }
    const coming = { notBefore: later(1) }
    expect(status({ ...ended, ...over, ...used, ...coming })).toBe('revoked')
    expect(status({ ...over, ...used, ...coming })).toBe('expired')
    expect(status({ ...used, ...coming })).toBe('exhausted')
    expect(status(coming)).toBe('scheduled')
    expect(status({})).toBe('active')
  })

  test('turns at the millisecond, and at the last view', () => {
    expect(status({ expiresAt: later(1) })).toBe('active')
    expect(status({ expiresAt: NOW })).toBe('expired')
    expect(status({ expiresAt: later(-1) })).toBe('expired')
    expect(status({ notBefore: NOW })).toBe('active')
    expect(status({ notBefore: later(1) })).toBe('scheduled')
    expect(status({ maxViews: 3, viewCount: 2 })).toBe('active')
    expect(status({ maxViews: 3, viewCount: 3 })).toBe('exhausted')
    expect(status({ maxViews: 3, viewCount: 4 })).toBe('exhausted')
    expect(status({ createdAt: later(-3 * DAY) }, 3)).toBe('expired')
    expect(status({ createdAt: later(1 - 3 * DAY) }, 3)).toBe('active')
  })
})

describe('an opening', () => {
  test('of what is not there, or of a type that is not defined, is not_found', () => {
    const request = { actor: null, purpose: 'open' } as const
    const refused = { outcome: 'refused', code: 'not_found' }
    expect(judgeOpening(documentType(), null, request, NOW)).toEqual(refused)
    expect(judgeOpening(undefined, situation(), request, NOW)).toEqual(refused)
  })

  test('says what is left to do, until when, and whether a password is to be asked', () => {
    const judged = (of: Partial<LinkFacts>, purpose: Purpose = 'open', set: Partial<LinkSituation> = {}) =>
      judgeOpening(documentType(), situation({ link: link(of), ...set }), { actor: null, purpose }, NOW)
    expect(judged({})).toEqual({
      outcome: 'allowed',
      actions: ['view'],
      expiresAt: null,
      needsPassword: false,
    })
    expect(judged({ role: 'manager', expiresAt: later(5), passwordHash: 'x' })).toEqual({
      outcome: 'allowed',
      actions: ['view', 'edit'],
      expiresAt: later(5),
      needsPassword: true,
    })
    expect(judged({ passwordHash: 'x' }, 'peek')).toMatchObject({ needsPassword: true })
    expect(judged({ passwordHash: 'x' }, 'resume')).toMatchObject({ needsPassword: false })
    expect(judged({}, 'open', { policy: policy({ maxLinkDays: 2 }) })).toMatchObject({
      expiresAt: later(2 * DAY),
    })
  })

  test('by a token that was rotated away is not_found from the end of its grace', () => {
    expect(judge({}, { tokenUntil: later(1) })).toBe('allowed')
    expect(judge({}, { tokenUntil: NOW })).toBe('not_found')
    expect(judge({}, { tokenUntil: later(-1) })).toBe('not_found')
  })

  test('needs the right by which the link was made', () => {
    expect(judge({ authorityId: 'former' })).toBe('not_found')
    expect(judge({}, { resource: resource({ ownerId: 'another' }) })).toBe('not_found')
    expect(judge({ authority: 'admin', authorityId: 'root' })).toBe('allowed')
  })

  test('of a link by a grant gives no more than the grant’s role does', () => {
    const by = (set: Partial<AuthorityFacts> | null, of: Partial<LinkFacts> = {}) => {
      const decision = judgeOpening(
        documentType(),
        situation({
          link: link({ ...BY_GRANT, ...of }),
          authority: set === null ? null : authority(set),
        }),
        { actor: member, purpose: 'open' },
        NOW,
      )
      return decision.outcome === 'refused' ? decision.code : decision.actions
    }
    const open = { visibility: 'public' } as const
    expect(by({})).toEqual(['view', 'edit'])
    expect(by({}, open)).toEqual(['view', 'edit'])
    expect(by({ role: 'editor' })).toBe('not_found')
    expect(by(null)).toBe('not_found')
    expect(by({ endedAt: later(1) })).toBe('not_found')
    const seen = typeOf(
      compileTypes({
        document: { roles: { part: ['view', 'share'], all: ['view', 'edit'] }, linkRoles: ['all'] },
      }),
      'document',
    )
    const judged = judgeOpening(
      seen,
      situation({ link: link({ ...BY_GRANT, role: 'all' }), authority: authority({ role: 'part' }) }),
      { actor: member, purpose: 'open' },
      NOW,
    )
    expect(judged).toMatchObject({ outcome: 'allowed', actions: ['view'] })
  })

  test('lasts no longer than the grant by which the link was made', () => {
    const until = (of: Partial<LinkFacts>, set: Partial<AuthorityFacts>) => {
      const around = situation({ link: link({ ...BY_GRANT, ...of }), authority: authority(set) })
      const decision = judgeOpening(documentType(), around, { actor: member, purpose: 'open' }, NOW)
      return decision.outcome === 'allowed' ? decision.expiresAt : decision.code
    }
    expect(until({}, {})).toBeNull()
    expect(until({ expiresAt: later(3) }, {})).toEqual(later(3))
    expect(until({}, { expiresAt: later(3) })).toEqual(later(3))
    expect(until({}, { claimableUntil: later(3) })).toEqual(later(3))
    for (const [one, two, three] of [
      [1, 2, 3],
      [3, 1, 2],
      [2, 3, 1],
    ] as const) {
      const ends = { expiresAt: later(two), claimableUntil: later(three) }
      expect(until({ expiresAt: later(one) }, ends)).toEqual(later(1))
    }
  })

  test('of an ended link, or before its beginning, is not_found', () => {
    expect(judge({ endedAt: later(-1) })).toBe('not_found')
    expect(judge({ endedAt: later(1) })).toBe('not_found')
    expect(judge({ notBefore: later(1) })).toBe('not_found')
    expect(judge({ notBefore: NOW })).toBe('allowed')
    expect(judge({ endedAt: NOW, expiresAt: NOW })).toBe('not_found')
    expect(judge({ notBefore: later(1), maxViews: 1, viewCount: 1 })).toBe('not_found')
  })

  test('needs a role that the type has, that its links carry, and that may view', () => {
    expect(judge({ role: 'gone' })).toBe('not_found')
    expect(judge({ role: 'editor' })).toBe('not_found')
    expect(judge({ role: 'manager' })).toBe('allowed')
    expect(judge({}, { resource: resource({ traits: ['secret'] }) })).toBe('not_found')
    const note = situation({ link: link({ role: 'writer' }) })
    expect(judgeOpening(noteType(), note, { actor: null, purpose: 'open' }, NOW)).toEqual({
      outcome: 'refused',
      code: 'not_found',
    })
  })

  test('of what is over or used up says so; whoever was let in before goes on reading what is used up', () => {
    for (const purpose of PURPOSES) expect(judge({ expiresAt: NOW }, { purpose })).toBe('expired')
    const used = { maxViews: 2, viewCount: 2 }
    expect(PURPOSES.map((purpose) => judge(used, { purpose }))).toEqual(['exhausted', 'allowed', 'exhausted'])
    expect(judge({ ...used, expiresAt: NOW }, { purpose: 'resume' })).toBe('expired')
  })

  test('of a public link needs what public needs, at this moment', () => {
    const closed = [
      { policy: policy({ allowPublicShares: false }) },
      { resource: resource({ traits: ['remote'] }) },
      { resource: resource({ traits: ['kept'] }) },
    ]
    for (const around of closed) {
      for (const purpose of PURPOSES) expect(judge({}, { ...around, purpose })).toBe('public_shares_disabled')
      expect(judge({ visibility: 'account' }, { ...around, actor: member })).toBe('allowed')
      expect(judge({ maxViews: 1, viewCount: 1 }, around)).toBe('exhausted')
    }
  })

  test('of an account’s link is for who is signed in there, and for a system admin', () => {
    const account = { visibility: 'account' } as const
    for (const purpose of ['open', 'resume'] as const) {
      expect(judge(account, { purpose })).toBe('authentication_required')
      for (const actor of [owner, member, admin, root])
        expect(judge(account, { actor, purpose })).toBe('allowed')
      for (const actor of [stranger, person, { ...stranger, admin: 'tenant' as const }])
        expect(judge(account, { actor, purpose })).toBe('forbidden')
    }
    for (const actor of [null, stranger]) expect(judge(account, { actor, purpose: 'peek' })).toBe('allowed')
  })

  test('of an addressed link is for the addresses and domains that it names', () => {
    const emails = { audience: { emails: ['member@example.com'], domains: null } }
    const domains = { audience: { emails: null, domains: ['example.com'] } }
    const both = { audience: { emails: ['x@other.example'], domains: ['example.com'] } }
    const nobody = { audience: { emails: [], domains: [] } }
    const at = (email: string | undefined): Actor => ({ userId: 'u', tenantId: 'rival', email })
    expect(judge(emails)).toBe('authentication_required')
    expect(judge(emails, { purpose: 'peek' })).toBe('allowed')
    expect(judge(emails, { actor: at('MEMBER@example.com') })).toBe('allowed')
    expect(judge(emails, { actor: at('other@example.com') })).toBe('forbidden')
    expect(judge(emails, { actor: at(undefined) })).toBe('forbidden')
    expect(judge(emails, { actor: at('no address') })).toBe('forbidden')
    expect(judge(domains, { actor: at('other@example.com') })).toBe('allowed')
    expect(judge(domains, { actor: at('other@sub.example.com') })).toBe('forbidden')
    expect(judge(both, { actor: at('x@other.example') })).toBe('allowed')
    expect(judge(both, { actor: at('y@other.example') })).toBe('forbidden')
    expect(judge(both, { actor: at('y@example.com') })).toBe('allowed')
    expect(judge(nobody, { actor: at('member@example.com') })).toBe('forbidden')
    const inside = { ...emails, visibility: 'account' as const }
    expect(judge(inside, { actor: member })).toBe('allowed')
    expect(judge(inside, { actor: at('member@example.com') })).toBe('forbidden')
    // An address says who somebody is: being a system admin does not.
    expect(judge(emails, { actor: root })).toBe('forbidden')
  })

  test('of whoever has to sign in needs an address in the policy’s domains', () => {
    const only = { policy: policy({ allowedEmailDomains: ['example.com', 'sister.example'] }) }
    const account = { visibility: 'account' } as const
    expect(judge(account, { ...only, actor: member })).toBe('allowed')
    expect(judge(account, { ...only, actor: { ...member, email: 'm@rival.example' } })).toBe('forbidden')
    expect(judge(account, { ...only, actor: owner })).toBe('forbidden')
    const named = { audience: { emails: ['m@rival.example', 'member@example.com'], domains: null } }
    expect(judge(named, { ...only, actor: { ...member, email: 'm@rival.example' } })).toBe('forbidden')
    expect(judge(named, { ...only, actor: member })).toBe('allowed')
    expect(judge(named, { ...only, actor: { ...member, email: 'other@example.com' } })).toBe('forbidden')
    // Nobody signs in for a public link that names nobody.
    expect(judge({}, only)).toBe('allowed')
  })

  test('asks for a sign-in where an account or an audience is meant', () => {
    expect(needsSignIn({ visibility: 'public', audience: null })).toBe(false)
    expect(needsSignIn({ visibility: 'account', audience: null })).toBe(true)
    expect(needsSignIn({ visibility: 'public', audience: { emails: [], domains: null } })).toBe(true)
  })
})

describe('the right by which a link was made', () => {
  const entitled = (
    set: Partial<AuthorityFacts> | null,
    visibility: 'public' | 'account' = 'account',
    account: Parameters<typeof policy>[0] = {},
    by: Partial<LinkFacts> = {},
  ) =>
    entitledActions(
      documentType(),
      {
        link: link({ ...BY_GRANT, visibility, ...by }),
        resource: resource(),
        policy: policy(account),
        authority: set === null ? null : authority(set),
      },
      NOW,
    )
  const manager = ['view', 'comment', 'edit', 'share', 'publish']

  test('is all to an admin for good, and to the owner as long as they own it', () => {
    expect(entitled(null, 'public', {}, { authority: 'admin', authorityId: 'root' })).toBe('all')
    expect(entitled(null, 'public', {}, { authority: 'owner', authorityId: 'owner' })).toBe('all')
    expect(entitled({}, 'public', {}, { authority: 'owner', authorityId: 'former' })).toBeNull()
  })

  test('is what the role of a grant gives, if it may share', () => {
    expect(entitled({})).toEqual(manager)
    for (const role of ['editor', 'viewer', 'gone']) expect(entitled({ role })).toBeNull()
    expect(entitled(null)).toBeNull()
  })

  test('is over with the grant, and where its address may have nothing any more', () => {
    expect(entitled({ endedAt: later(-1) })).toBeNull()
    expect(entitled({ mode: 'snapshot' })).toBeNull()
    expect(entitled({ expiresAt: NOW })).toBeNull()
    expect(entitled({ expiresAt: later(1) })).toEqual(manager)
    expect(entitled({ claimableUntil: NOW })).toBeNull()
    const only = { allowedEmailDomains: ['x.org'] }
    expect(entitled({ subject: 'email:ann@y.org' }, 'account', only)).toBeNull()
    expect(entitled({ subject: 'email:ann@x.org' }, 'account', only)).toEqual(manager)
    expect(entitled({}, 'account', only)).toEqual(manager)
  })

  test('is to publish where the link is public', () => {
    const type = typeOf(
      compileTypes({ box: { roles: { sharer: ['view', 'share'], opener: ['view', 'share', 'publish'] } } }),
      'box',
    )
    const gives = (role: string, visibility: 'public' | 'account') =>
      entitledActions(
        type,
        {
          link: link({ ...BY_GRANT, visibility }),
          resource: resource(),
          policy: policy(),
          authority: authority({ role }),
        },
        NOW,
      )
    expect(gives('sharer', 'account')).toEqual(['view', 'share'])
    expect(gives('sharer', 'public')).toBeNull()
    expect(gives('opener', 'public')).toEqual(['view', 'share', 'publish'])
  })
})
