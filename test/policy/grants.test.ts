import { describe, expect, test } from 'vitest'
import type { Actor } from '../../src/model/actor.ts'
import { authorityFor, decideAccess, mayAct } from '../../src/policy/access.ts'
import { compileTypes, roleOf, typeOf } from '../../src/policy/compile.ts'
import type { AccessSituation, HeldGrant } from '../../src/store/index.ts'
import {
  admin,
  documentType,
  grant,
  later,
  member,
  NOW,
  owner,
  policy,
  resource,
  root,
  stranger,
} from './facts.ts'

const given = (
  grants: HeldGrant[],
  set: Partial<ReturnType<typeof resource>> = {},
  account: Parameters<typeof policy>[0] = {},
): AccessSituation => ({ resource: resource(set), policy: policy(account), grants })

const decide = (action: string, actor: Actor, situation: AccessSituation) =>
  decideAccess(documentType(), action, actor, situation, NOW)

const folder = (id: string, type = 'folder') => ({ type, id })

describe('what somebody was given', () => {
  test('is a source between owning and visibility, with what it was given on', () => {
    const [here, above] = [grant(), grant({ id: 'above', role: 'viewer', above: folder('f1') })]
    const decision = decide('edit', member, given([above, here], { visibility: 'account' }))
    const source = { kind: 'grant', grantId: 'grant', grantee: 'user', above: null }
    expect(decision).toEqual({
      allowed: true,
      action: 'edit',
      role: 'editor',
      actions: ['view', 'edit'],
      via: source,
      considered: [
        {
          source: { kind: 'owner', userId: 'member' },
          role: null,
          outcome: 'denied',
          reason: 'not_the_owner',
        },
        { source, role: 'editor', outcome: 'allowed', reason: 'granted' },
        {
          source: { kind: 'grant', grantId: 'above', grantee: 'user', above: folder('f1') },
          role: 'viewer',
          outcome: 'denied',
          reason: 'not_in_role',
        },
        {
          source: { kind: 'visibility', visibility: 'account' },
          role: 'viewer',
          outcome: 'denied',
          reason: 'not_in_role',
        },
      ],
      code: null,
    })
  })

  test('adds up: the role is of the strongest, the actions are of all', () => {
    const rules = [{ when: 'kept', forbid: ['a'] }]
    const type = typeOf(
      compileTypes({ box: { roles: { low: ['view', 'a'], high: ['view', 'b'] }, rules } }),
      'box',
    )
    const grants = [grant({ role: 'low' }), grant({ role: 'high', subject: 'group:g' })]
    const decision = decideAccess(type, 'a', member, given(grants), NOW)
    expect(decision).toMatchObject({ allowed: true, role: 'high', actions: ['view', 'a', 'b'] })
    expect(decision.via).toMatchObject({ grantee: 'user' })
    expect(decideAccess(type, 'a', member, given(grants, { traits: ['kept'] }), NOW)).toMatchObject({
      allowed: false,
      role: 'high',
      actions: ['view', 'b'],
      code: 'forbidden',
    })
  })

  test('is told from what gives nothing by the reason, under the name of its role', () => {
    const held = (set: Partial<HeldGrant>, actor: Actor, account: Parameters<typeof policy>[0] = {}) => {
      // What is public shows a stranger why.
      const situation = given([grant(set)], { visibility: 'public' }, account)
      return decide('view', actor, situation).considered.find(({ source }) => source.kind === 'grant')
    }
    const reason = (...of: Parameters<typeof held>) => held(...of)?.reason
    expect(held({ expiresAt: NOW }, member)).toEqual({
      source: { kind: 'grant', grantId: 'grant', grantee: 'user', above: null },
      role: 'editor',
      outcome: 'denied',
      reason: 'grant_expired',
    })
    expect(reason({ expiresAt: later(1) }, member)).toBe('granted')
    expect(reason({ expiresAt: later(-1) }, member)).toBe('grant_expired')
    const pending = { subject: 'email:member@example.com' } as const
    expect(reason({ ...pending, claimableUntil: NOW }, member)).toBe('invitation_expired')
    expect(reason({ ...pending, claimableUntil: later(1) }, member)).toBe('granted')
    expect(reason({ ...pending, claimableUntil: later(-1) }, member)).toBe('invitation_expired')
    expect(reason({ expiresAt: NOW, claimableUntil: NOW }, member)).toBe('grant_expired')
    expect(reason({ mode: 'snapshot' }, member)).toBe('snapshot_only')
    expect(reason({ mode: 'snapshot', expiresAt: NOW }, member)).toBe('grant_expired')
    expect(held({ role: 'gone' }, member)).toMatchObject({ role: 'gone', reason: 'unknown_role' })
    expect(reason({ role: 'gone', mode: 'snapshot' }, member)).toBe('snapshot_only')
    const only = { allowedEmailDomains: ['sister.example'] }
    expect(reason(pending, member, only)).toBe('domain_not_allowed')
    expect(reason({ ...pending, expiresAt: NOW }, member, only)).toBe('domain_not_allowed')
    expect(reason({}, member, only)).toBe('granted')
    expect(reason({ subject: 'group:g' }, member, only)).toBe('granted')
    expect(reason(pending, member, { allowedEmailDomains: ['sister.example', 'example.com'] })).toBe(
      'granted',
    )
  })

  test('to a guest gives nothing by a group, and where the policy lets nobody in', () => {
    const reason = (set: Partial<HeldGrant>, account: Parameters<typeof policy>[0]) =>
      decide('view', stranger, given([grant(set)], { visibility: 'public' }, account)).considered[1]?.reason
    const closed = { allowGuests: false, allowedEmailDomains: ['sister.example'] }
    expect(reason({}, { allowGuests: true })).toBe('granted')
    expect(reason({}, { allowGuests: false })).toBe('guests_not_allowed')
    expect(reason({ subject: 'group:g' }, { allowGuests: true })).toBe('not_for_groups')
    expect(reason({ subject: 'group:g' }, closed)).toBe('not_for_groups')
    expect(reason({ subject: 'email:s@x.org' }, closed)).toBe('guests_not_allowed')
    expect(reason({ subject: 'email:s@x.org' }, { ...closed, allowGuests: true })).toBe('domain_not_allowed')
    expect(decide('view', member, given([grant()], {}, closed)).allowed).toBe(true)
  })

  test('lets a guest do what the role says, and manage nothing', () => {
    const situation = given([grant({ role: 'manager' })], { traits: ['live'] }, { allowGuests: true })
    expect(decide('share', member, situation)).toMatchObject({
      allowed: true,
      actions: ['view', 'share', 'publish', 'comment', 'edit'],
    })
    const decision = decide('share', stranger, situation)
    expect(decision).toMatchObject({
      allowed: false,
      role: 'manager',
      actions: ['view', 'comment', 'edit'],
      code: 'forbidden',
    })
    expect(decision.considered[1]).toEqual({
      source: { kind: 'grant', grantId: 'grant', grantee: 'user', above: null },
      role: 'manager',
      outcome: 'denied',
      reason: 'not_in_role',
    })
    // Whoever may view it is shown why, from outside too.
    expect(decision.considered).toHaveLength(2)
    expect(decide('edit', stranger, situation).via).toMatchObject({ kind: 'grant' })
  })

  test('counts whoever it is: an admin of the tenant, a system admin, the owner', () => {
    const kinds = (actor: Actor) =>
      decide('view', actor, given([grant()], { visibility: 'account' })).considered.map(
        ({ source }) => source.kind,
      )
    expect(kinds(owner)).toEqual(['owner', 'grant', 'visibility'])
    expect(kinds(admin)).toEqual(['owner', 'admin', 'grant', 'visibility'])
    expect(kinds(root)).toEqual(['owner', 'admin', 'grant', 'visibility'])
    expect(mayAct(documentType(), 'edit', admin, given([grant()]), NOW)).toBe(true)
    expect(mayAct(documentType(), 'edit', admin, given([]), NOW)).toBe(false)
  })
})

describe('of several grants', () => {
  /** In every order in which a store may read them. */
  const orders = <Item>(items: Item[]): Item[][] =>
    items.length < 2
      ? [items]
      : items.flatMap((one, index) => orders(items.toSpliced(index, 1)).map((rest) => [one, ...rest]))

  const ranked = (grants: HeldGrant[]) =>
    decide('view', member, given(grants))
      .considered.slice(1)
      .map(({ source }) => source.kind === 'grant' && source.grantId)

  const inOrder = (grants: HeldGrant[]) => {
    const ids = grants.map(({ id }) => id)
    for (const order of orders(grants)) expect(ranked(order)).toEqual(ids)
  }

  test('the strongest role is first, and one that the type does not have last', () => {
    inOrder([
      grant({ id: 'c', role: 'manager' }),
      grant({ id: 'b', role: 'editor' }),
      grant({ id: 'a', role: 'viewer' }),
      grant({ id: '0', role: 'gone' }),
    ])
  })

  test('of one role, what was given on the resource itself comes first, then by what lies above', () => {
    inOrder([
      grant({ id: 'e', subject: 'group:g' }),
      grant({ id: 'f', above: folder('z', 'Album') }),
      grant({ id: 'd', above: folder('z', 'box') }),
      grant({ id: 'c', above: folder('a') }),
      grant({ id: 'b', above: folder('b'), subject: 'user:member' }),
      grant({ id: 'a', above: folder('b'), subject: 'email:member@example.com' }),
    ])
  })

  test('of one subject, what is live comes before what was', () => {
    inOrder([grant({ id: 'live' }), grant({ id: 'then', mode: 'snapshot' })])
  })

  test('of one place, what is one’s own comes before an address, and that before a group', () => {
    inOrder([
      grant({ id: 'd', subject: 'user:member' }),
      grant({ id: 'c', subject: 'email:member@example.com' }),
      grant({ id: 'b', subject: 'group:a' }),
      grant({ id: 'a', subject: 'group:b' }),
    ])
  })
})

describe('the authority for something', () => {
  const authority = (actions: string[], actor: Actor, situation: AccessSituation) =>
    authorityFor(documentType(), actions, actor, situation, NOW)

  test('is the strongest source that gives all of it', () => {
    const grants = [grant({ id: 'e' }), grant({ id: 'm', role: 'manager', subject: 'group:g' })]
    expect(authority(['view'], member, given(grants))).toMatchObject({ source: { grantId: 'm' } })
    expect(authority(['edit', 'share'], member, given(grants))).toMatchObject({ source: { grantId: 'm' } })
    expect(authority(['share'], owner, given(grants))).toEqual({
      source: { kind: 'owner', userId: 'owner' },
      holder: 'owner',
    })
    expect(authority(['share'], root, given([]))).toEqual({
      source: { kind: 'admin', userId: 'root' },
      holder: 'admin',
    })
    const found = authority(['edit'], member, given([grant()]))!
    expect(roleOf(found.holder as Exclude<typeof found.holder, string>).name).toBe('editor')
  })

  test('is none where each gives a part, or what would give it is over', () => {
    expect(authority(['edit', 'share'], member, given([grant()]))).toBeNull()
    expect(authority(['edit'], member, given([grant({ expiresAt: NOW })]))).toBeNull()
    expect(authority(['share'], admin, given([], { visibility: 'account' }))).toBeNull()
    const split = typeOf(compileTypes({ box: { roles: { a: ['view', 'a'], b: ['view', 'b'] } } }), 'box')
    const both = given([grant({ role: 'a' }), grant({ role: 'b', subject: 'group:g' })])
    expect(authorityFor(split, ['a', 'b'], member, both, NOW)).toBeNull()
    expect(authorityFor(split, ['a'], member, both, NOW)).toMatchObject({ source: { grantee: 'user' } })
  })

  test('counts rules, and for publishing the policy', () => {
    const grants = [grant({ role: 'manager' })]
    expect(authority(['share', 'publish'], member, given(grants))).not.toBeNull()
    expect(authority(['publish'], member, given(grants, { traits: ['remote'] }))).toBeNull()
    expect(authority(['publish'], member, given(grants, {}, { allowPublicShares: false }))).toBeNull()
    expect(authority(['share'], member, given(grants, {}, { allowPublicShares: false }))).not.toBeNull()
  })
})
