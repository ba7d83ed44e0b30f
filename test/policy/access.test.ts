import { describe, expect, test } from 'vitest'
import type { Actor } from '../../src/model/actor.ts'
import type { Visibility } from '../../src/model/resource.ts'
import { accessTerms, decideAccess, mayAct, publicClosedBy, publishRule } from '../../src/policy/access.ts'
import { compileTypes, typeOf } from '../../src/policy/compile.ts'
import {
  admin,
  documentType,
  member,
  NOW,
  namesake,
  noteType,
  owner,
  person,
  policy,
  resource,
  root,
  stranger,
} from './facts.ts'

const of = (
  visibility: Visibility,
  traits: string[] = [],
  allowPublicShares = true,
  set: Partial<ReturnType<typeof resource>> = {},
) => ({
  resource: resource({ visibility, traits, ...set }),
  policy: policy({ allowPublicShares }),
  grants: [],
})

const decide = (action: string, actor: Actor | null, situation: ReturnType<typeof of> | null) =>
  decideAccess(documentType(), action, actor, situation, NOW)

const OWNERS = ['view', 'share', 'publish', 'transfer', 'remove', 'history', 'comment', 'edit']

describe('a decision', () => {
  test('on what is not there is not_found, with nothing considered', () => {
    for (const actor of [owner, root, null]) {
      expect(decide('view', actor, null)).toEqual({
        allowed: false,
        action: 'view',
        role: null,
        actions: [],
        via: null,
        considered: [],
        code: 'not_found',
      })
    }
  })

  test('for the owner names owning as what allowed it', () => {
    const source = { kind: 'owner', userId: 'owner' }
    expect(decide('edit', owner, of('private', ['live']))).toEqual({
      allowed: true,
      action: 'edit',
      role: 'owner',
      actions: OWNERS,
      via: source,
      considered: [{ source, role: 'owner', outcome: 'allowed', reason: 'granted' }],
      code: null,
    })
  })

  test('for the owner’s user id in another account is not_found, with nothing considered', () => {
    expect(decide('view', namesake, of('private'))).toMatchObject({
      allowed: false,
      role: null,
      actions: [],
      considered: [],
      code: 'not_found',
    })
    expect(decide('edit', namesake, of('public')).considered).toEqual([
      { source: { kind: 'owner', userId: 'owner' }, role: null, outcome: 'denied', reason: 'other_tenant' },
      {
        source: { kind: 'visibility', visibility: 'public' },
        role: 'viewer',
        outcome: 'denied',
        reason: 'not_in_role',
      },
    ])
  })

  test('for a member by visibility is the weakest role, and the first source that allows it', () => {
    const decision = decide('view', member, of('account'))
    expect(decision).toMatchObject({ allowed: true, role: 'viewer', actions: ['view'], code: null })
    expect(decision.via).toEqual({ kind: 'visibility', visibility: 'account' })
    expect(decision.considered).toEqual([
      { source: { kind: 'owner', userId: 'member' }, role: null, outcome: 'denied', reason: 'not_the_owner' },
      {
        source: { kind: 'visibility', visibility: 'account' },
        role: 'viewer',
        outcome: 'allowed',
        reason: 'granted',
      },
    ])
    const own = decide('view', owner, of('account', ['live']))
    expect([own.role, own.via]).toEqual(['owner', { kind: 'owner', userId: 'owner' }])
    expect(own.considered).toHaveLength(2)
  })

  test('for a member of what is private says that nothing gives it', () => {
    expect(decide('view', member, of('private'))).toMatchObject({
      allowed: false,
      role: null,
      via: null,
      considered: [{ reason: 'not_the_owner' }],
      code: 'not_found',
    })
  })

  test('is forbidden for whoever may at least view it', () => {
    expect(decide('edit', member, of('account'))).toMatchObject({ allowed: false, code: 'forbidden' })
    expect(decide('edit', stranger, of('public'))).toMatchObject({ allowed: false, code: 'forbidden' })
    expect(decide('edit', stranger, of('account'))).toMatchObject({ code: 'not_found', considered: [] })
    expect(decide('edit', null, of('account'))).toMatchObject({ code: 'not_found', considered: [] })
    expect(decide('edit', owner, of('private', ['archived', 'secret']))).toMatchObject({ code: 'not_found' })
  })

  test('shows a stranger who may do it what gave it, even where viewing is forbidden', () => {
    const type = typeOf(
      compileTypes({ box: { roles: { dropper: ['drop'] }, rules: [{ forbid: ['view'] }] } }),
      'box',
    )
    const decision = decideAccess(type, 'drop', stranger, of('public'), NOW)
    expect(decision).toMatchObject({ allowed: true, code: null })
    expect(decision.considered).toHaveLength(2)
    expect(decideAccess(type, 'share', stranger, of('public'), NOW)).toMatchObject({
      code: 'not_found',
      considered: [],
    })
    expect(decideAccess(type, 'share', member, of('public'), NOW).considered).toHaveLength(2)
    expect(decideAccess(type, 'share', null, of('public'), NOW).considered).toEqual([])
  })

  test('for an admin of the tenant gives nothing, and says so', () => {
    expect(decide('view', admin, of('private')).considered).toEqual([
      { source: { kind: 'owner', userId: 'admin' }, role: null, outcome: 'denied', reason: 'not_the_owner' },
      { source: { kind: 'admin', userId: 'admin' }, role: null, outcome: 'denied', reason: 'not_an_admin' },
    ])
  })

  test('for a system admin is everything that rules leave, in every tenant', () => {
    const decision = decide('transfer', root, of('private', ['live']))
    expect(decision).toMatchObject({ allowed: true, role: 'owner', actions: OWNERS })
    expect(decision.via).toEqual({ kind: 'admin', userId: 'root' })
    expect(decision.considered[1]).toEqual({
      source: { kind: 'admin', userId: 'root' },
      role: 'owner',
      outcome: 'allowed',
      reason: 'granted',
    })
    expect(decide('comment', root, of('private')).allowed).toBe(false)
  })

  test('names the rule that took the action away', () => {
    const reasonOf = (action: string, actor: Actor, traits: string[], visibility: Visibility = 'account') =>
      decide(action, actor, of(visibility, traits)).considered.at(actor === owner ? 0 : -1)
    expect(reasonOf('edit', owner, ['archived'])).toEqual({
      source: { kind: 'owner', userId: 'owner' },
      role: 'owner',
      outcome: 'denied',
      reason: 'forbidden_by_rule',
      rule: { index: 1, when: 'archived' },
    })
    expect(reasonOf('comment', root, [], 'private')).toMatchObject({
      reason: 'forbidden_by_rule',
      rule: { index: 2, unless: 'live' },
    })
    expect(reasonOf('view', member, ['secret'])).toMatchObject({
      reason: 'forbidden_by_rule',
      rule: { index: 3, when: 'secret' },
    })
    // The role never had it: no rule is to blame.
    expect(reasonOf('edit', member, ['archived'])).toMatchObject({ reason: 'not_in_role' })
    expect(reasonOf('edit', member, ['archived'])?.rule).toBeUndefined()
    // An exception for the owner gives no public of one's own.
    expect(reasonOf('publish', owner, ['kept'])).toMatchObject({
      reason: 'forbidden_by_rule',
      rule: { index: 4, when: 'kept' },
    })
  })

  test('names a rule without a condition by its place alone', () => {
    const type = typeOf(
      compileTypes({ box: { roles: { a: ['view'] }, rules: [{ forbid: ['view'] }] } }),
      'box',
    )
    const [first] = decideAccess(type, 'view', owner, of('private'), NOW).considered
    expect(first?.rule).toStrictEqual({ index: 0 })
  })

  test('names to the owner the rule that binds the owner, not one before it that does not', () => {
    const rules = [
      { unless: 'live', forbid: ['view'], exceptOwner: true },
      { when: 'archived', forbid: ['view'] },
    ]
    const type = typeOf(compileTypes({ box: { roles: { a: ['view'] }, rules } }), 'box')
    const ruleFor = (actor: Actor) =>
      decideAccess(type, 'view', actor, of('account', ['archived']), NOW).considered.at(
        actor === owner ? 0 : -1,
      )?.rule
    expect(ruleFor(owner)).toStrictEqual({ index: 1, when: 'archived' })
    expect(ruleFor(member)).toStrictEqual({ index: 0, unless: 'live' })
  })

  test('on an action that the type does not have blames neither rule nor policy', () => {
    for (const situation of [of('private'), of('private', ['remote']), of('private', [], false)]) {
      expect(decide('fly', owner, situation).considered).toStrictEqual([
        {
          source: { kind: 'owner', userId: 'owner' },
          role: 'owner',
          outcome: 'denied',
          reason: 'not_in_role',
        },
      ])
    }
  })

  test('names the policy where it alone closes what would be public', () => {
    expect(decide('publish', owner, of('private', [], false)).considered[0]).toMatchObject({
      outcome: 'denied',
      reason: 'closed_by_policy',
    })
    expect(decide('publish', owner, of('private', ['remote'], false)).considered[0]).toMatchObject({
      reason: 'forbidden_by_rule',
    })
    expect(decide('share', owner, of('private', [], false)).allowed).toBe(true)
    const unheld = decideAccess(noteType(), 'publish', member, of('account', [], false), NOW).considered[1]
    expect(unheld).toMatchObject({ reason: 'not_in_role' })
  })
})

describe('what is public', () => {
  test('is open to everyone as long as neither policy nor rule closes it', () => {
    expect(decide('view', null, of('public'))).toMatchObject({
      allowed: true,
      role: 'viewer',
      via: { kind: 'visibility', visibility: 'public' },
    })
    expect(decide('view', null, of('public', [], false))).toMatchObject({ allowed: false, considered: [] })
    expect(decide('view', null, of('public', ['remote'])).allowed).toBe(false)
    expect(decide('view', null, of('public', ['kept'])).allowed).toBe(false)
  })

  test('counts as `account` once it is closed', () => {
    for (const closed of [of('public', [], false), of('public', ['remote'])]) {
      expect(decide('view', member, closed)).toMatchObject({
        allowed: true,
        via: { kind: 'visibility', visibility: 'account' },
      })
      expect(decide('view', stranger, closed).allowed).toBe(false)
    }
    const reasons = (situation: ReturnType<typeof of>) =>
      decideAccess(documentType(), 'view', { ...stranger, admin: 'system' }, situation, NOW).considered.at(-1)
    expect(reasons(of('public', [], false))).toMatchObject({ reason: 'closed_by_policy', role: null })
    expect(reasons(of('public', ['remote']))).toMatchObject({ reason: 'closed_by_rule', role: null })
    // What was never public was closed by nothing.
    for (const account of [of('account'), of('account', [], false), of('account', ['remote'])]) {
      expect(reasons(account)).toMatchObject({ reason: 'other_tenant', role: null })
    }
  })

  test('is closed by policy first, then by a rule, or by nothing', () => {
    const type = documentType()
    expect(publicClosedBy(type, { traits: ['remote'] }, policy({ allowPublicShares: false }))).toBe(
      'closed_by_policy',
    )
    expect(publicClosedBy(type, { traits: ['remote'] }, policy())).toBe('closed_by_rule')
    expect(publicClosedBy(type, { traits: [] }, policy())).toBeNull()
    expect(publishRule(type, ['kept'])?.index).toBe(4)
    expect(publishRule(type, ['archived'])).toBeNull()
  })
})

describe('a yes or no', () => {
  const actors = [owner, member, admin, stranger, namesake, person, root, { ...root, tenantId: 'acme' }, null]

  test('is what the decision says, for everyone, everything and under all traits', () => {
    let yes = 0
    for (const visibility of ['private', 'account', 'public'] as const) {
      for (const traits of [
        [],
        ['live'],
        ['archived'],
        ['remote'],
        ['kept'],
        ['secret'],
        ['remote', 'live'],
      ]) {
        for (const allow of [true, false]) {
          for (const tenantId of ['acme', '~person']) {
            const ownerId = tenantId === 'acme' ? 'owner' : 'person'
            const situation = of(visibility, traits, allow, { tenantId, ownerId })
            for (const actor of actors) {
              for (const action of OWNERS) {
                const { allowed } = decide(action, actor, situation)
                expect(mayAct(documentType(), action, actor, situation, NOW)).toBe(allowed)
                if (allowed) yes++
              }
            }
          }
        }
      }
    }
    expect(yes).toBeGreaterThan(500)
  })

  test('to publish takes the role, the rules and the policy', () => {
    const publishes = (actor: Actor, traits: string[], allow = true) =>
      mayAct(documentType(), 'publish', actor, of('private', traits, allow), NOW)
    expect(publishes(owner, [])).toBe(true)
    expect(publishes(owner, ['kept'])).toBe(false)
    expect(publishes(owner, ['remote'])).toBe(false)
    expect(publishes(owner, [], false)).toBe(false)
    expect(publishes(root, [])).toBe(true)
    expect(publishes(member, [])).toBe(false)
  })
})

describe('the terms of a filter', () => {
  test('say what the decision says of the actor’s own tenant', () => {
    expect(accessTerms(documentType(), 'view', { ...owner, email: 'O@x.org', groups: ['g'] })).toEqual({
      owned: { ownerId: 'owner', traits: { absent: ['secret'], present: [] } },
      given: {
        subjects: ['user:owner', 'email:o@x.org', 'group:g'],
        address: { subject: 'email:o@x.org', domain: 'x.org' },
        roles: ['viewer', 'editor', 'manager'],
        traits: { absent: ['secret'], present: [] },
      },
      visible: { visibilities: ['account', 'public'], traits: { absent: ['secret'], present: [] } },
      needsPublicShares: false,
    })
    expect(accessTerms(documentType(), 'comment', owner)).toEqual({
      owned: { ownerId: 'owner', traits: { absent: ['archived'], present: [] } },
      given: {
        subjects: ['user:owner'],
        address: null,
        roles: ['editor', 'manager'],
        traits: { absent: ['archived'], present: ['live'] },
      },
      visible: null,
      needsPublicShares: false,
    })
    expect(accessTerms(documentType(), 'publish', owner)).toEqual({
      owned: { ownerId: 'owner', traits: { absent: ['remote', 'kept'], present: [] } },
      given: {
        subjects: ['user:owner'],
        address: null,
        roles: ['manager'],
        traits: { absent: ['remote', 'kept'], present: [] },
      },
      visible: null,
      needsPublicShares: true,
    })
    expect(accessTerms(documentType(), 'edit', root)).toEqual({
      owned: { ownerId: 'root', traits: { absent: ['archived'], present: [] } },
      given: {
        subjects: ['user:root'],
        address: null,
        roles: ['editor', 'manager'],
        traits: { absent: ['archived'], present: [] },
      },
      visible: {
        visibilities: ['private', 'account', 'public'],
        traits: { absent: ['archived'], present: [] },
      },
      needsPublicShares: false,
    })
    expect(accessTerms(documentType(), 'edit', admin).visible).toBeNull()
    // No role gives it: there is nothing that a store would have to look for.
    expect(accessTerms(documentType(), 'transfer', owner).given).toBeNull()
  })

  test('of what is always forbidden are nothing', () => {
    const rules = [{ forbid: ['view'] }]
    const type = typeOf(compileTypes({ box: { roles: { viewer: ['view'] }, rules } }), 'box')
    for (const actor of [owner, root]) {
      expect(accessTerms(type, 'view', actor)).toEqual({
        owned: null,
        given: null,
        visible: null,
        needsPublicShares: false,
      })
    }
    const mild = [{ forbid: ['view'], exceptOwner: true }]
    const kind = typeOf(compileTypes({ box: { roles: { viewer: ['view'] }, rules: mild } }), 'box')
    expect(accessTerms(kind, 'view', owner)).toMatchObject({ owned: { ownerId: 'owner' }, visible: null })
    expect(accessTerms(kind, 'view', root).visible).toBeNull()
  })
})
