import { describe, expect, test } from 'vitest'
import type { Actor } from '../../src/model/actor.ts'
import { compileTypes } from '../../src/policy/compile.ts'
import {
  administers,
  demand,
  refuseLink,
  scopeOf,
  standingAmong,
  standingTo,
} from '../../src/policy/standing.ts'
import {
  admin,
  grant,
  later,
  link,
  member,
  NOW,
  namesake,
  owner,
  person,
  policy,
  resource,
  root,
  stranger,
  thrownBy,
  types,
} from './facts.ts'

describe('a demand', () => {
  const around = { resource: resource({ visibility: 'account' }), policy: policy(), grants: [] }

  test('gives the decision, or throws its code, with the decision for the host’s log', () => {
    expect(demand(types, 'share', owner, around, 'document', NOW)).toMatchObject({
      allowed: true,
      action: 'share',
    })
    expect(thrownBy(() => demand(types, 'share', member, around, 'document', NOW))).toMatchObject({
      code: 'forbidden',
      details: { action: 'share', allowed: false },
    })
    expect(thrownBy(() => demand(types, 'share', stranger, around, 'document', NOW))?.['code']).toBe(
      'not_found',
    )
    expect(thrownBy(() => demand(types, 'view', owner, null, 'document', NOW))?.['code']).toBe('not_found')
    expect(thrownBy(() => demand(types, 'view', owner, around, 'boat', NOW))?.['code']).toBe('invalid_input')
  })
})

describe('how somebody stands to a link:', () => {
  const none = { manages: false, disposes: false, watches: false, oversees: false }
  const all = { manages: true, disposes: true, watches: true, oversees: true }
  const standing = (
    actor: Actor,
    of: Parameters<typeof link>[0] = {},
    set: Parameters<typeof resource>[0] = {},
  ) =>
    standingTo(types, actor, { link: link(of), resource: resource(set), policy: policy(), grants: [] }, NOW)

  test('whoever may share the resource does everything', () => {
    expect(standing(owner)).toEqual(all)
    expect(standing(owner, { createdBy: 'root', authority: 'admin', authorityId: 'root' })).toEqual(all)
    expect(standing(root)).toEqual(all)
  })

  test('its maker sees and revokes it, and while it stands by their right deletes it and sees who came', () => {
    const moved = { ownerId: 'heir' }
    const made = { createdBy: 'member' }
    expect(standing(member, { ...made, authorityId: 'heir' }, moved)).toEqual({ ...none, oversees: true })
    expect(standing(member, { ...made, authorityId: 'member' }, moved)).toEqual({ ...all, manages: false })
    expect(standing(member, { createdBy: 'heir', authorityId: 'member' }, moved)).toEqual(none)
  })

  test('the maker’s user id in another account is nobody', () => {
    expect(standing(namesake)).toEqual(none)
    expect(standing({ ...namesake, tenantId: null })).toEqual(none)
  })

  test('an admin of the tenant sees it, who came, and revokes it', () => {
    expect(standing(admin)).toEqual({ ...none, watches: true, oversees: true })
    expect(standing({ ...admin, tenantId: 'rival' })).toEqual(none)
    expect(standing(member)).toEqual(none)
  })

  test('of a type that is no longer defined nobody manages it', () => {
    const gone = { type: 'boat' }
    expect(standing(owner, {}, gone)).toEqual({ ...all, manages: false })
    expect(standing(owner, { createdBy: 'x', authorityId: 'x' }, gone)).toEqual(none)
    expect(standing(root, {}, gone)).toEqual({ ...none, watches: true, oversees: true })
  })
})

describe('how somebody stands to the people of a resource:', () => {
  const nobody = { manages: false, oversees: false, named: false }
  const among = (
    actor: Actor,
    grants: Array<Parameters<typeof grant>[0]> = [],
    set: Parameters<typeof resource>[0] = {},
    account: Parameters<typeof policy>[0] = {},
  ) =>
    standingAmong(
      types,
      actor,
      { resource: resource(set), policy: policy(account), grants: grants.map(grant) },
      NOW,
    )

  test('whoever may share it manages them', () => {
    expect(among(owner)).toEqual({ manages: true, oversees: true, named: true })
    expect(among(member, [{ role: 'manager' }])).toEqual({ manages: true, oversees: true, named: true })
    // No person of the resource, for all that they may do.
    expect(among(root)).toEqual({ manages: true, oversees: true, named: false })
  })

  test('an admin of the tenant takes them away', () => {
    expect(among(admin)).toEqual({ ...nobody, oversees: true })
    expect(among({ ...admin, tenantId: 'rival' })).toEqual(nobody)
  })

  test('whoever is named sees who else is', () => {
    expect(among(member, [{}])).toEqual({ ...nobody, named: true })
    expect(among(member, [{ role: 'viewer', subject: 'group:g' }])).toEqual({ ...nobody, named: true })
    expect(among(member, [{ role: 'viewer', above: { type: 'folder', id: 'f' } }]).named).toBe(true)
    expect(among(member)).toEqual(nobody)
    expect(among(member, [], { visibility: 'account' })).toEqual(nobody)
    expect(among(stranger, [{}], {}, { allowGuests: true })).toEqual({ ...nobody, named: true })
    expect(among(namesake, [], { visibility: 'public' })).toEqual(nobody)
  })

  test('whoever was given what counts for nothing is not named', () => {
    const only = { allowedEmailDomains: ['sister.example'] }
    expect(among(member, [{ expiresAt: NOW }])).toEqual(nobody)
    expect(among(member, [{ expiresAt: later(1) }]).named).toBe(true)
    expect(among(member, [{ claimableUntil: NOW }])).toEqual(nobody)
    expect(among(member, [{ mode: 'snapshot' }])).toEqual(nobody)
    expect(among(member, [{ role: 'gone' }])).toEqual(nobody)
    expect(among(member, [{ subject: 'email:member@example.com' }], {}, only)).toEqual(nobody)
    // What is public shows a stranger why: it is no other reason that leaves them out.
    const open = { visibility: 'public' } as const
    expect(among(stranger, [{}], open)).toEqual(nobody)
    expect(among(stranger, [{ subject: 'group:g' }], open, { allowGuests: true })).toEqual(nobody)
    expect(among(stranger, [{}], open, { allowGuests: true }).named).toBe(true)
    expect(among(member, [{ expiresAt: NOW }, { id: 'other', subject: 'group:g' }]).named).toBe(true)
  })

  test('nor is whoever a role or a rule lets not view it, an exception for the owner aside', () => {
    const kinds = compileTypes({
      note: { roles: { writer: ['comment'], reader: ['view', 'comment'] } },
      box: { roles: { viewer: ['view'] }, rules: [{ forbid: ['view'], exceptOwner: true }] },
    })
    const named = (type: string, actor: Actor, role: string) =>
      standingAmong(
        kinds,
        actor,
        { resource: resource({ type }), policy: policy(), grants: [grant({ role })] },
        NOW,
      ).named
    expect(named('note', member, 'reader')).toBe(true)
    expect(named('note', member, 'writer')).toBe(false)
    expect(named('box', member, 'viewer')).toBe(false)
    expect(named('box', owner, 'viewer')).toBe(true)
    expect(among(owner, [], { traits: ['secret'] }).named).toBe(false)
    expect(among(member, [{}], { traits: ['secret'] }).named).toBe(false)
    expect(among(member, [{}], { traits: ['archived'] }).named).toBe(true)
  })

  test('of a type that is no longer defined nobody is named, and admins take them away', () => {
    const gone = { type: 'boat' }
    expect(among(owner, [{ role: 'manager' }], gone)).toEqual(nobody)
    expect(among(admin, [], gone)).toEqual({ ...nobody, oversees: true })
  })
})

describe('a refusal about a link', () => {
  const code = (actor: Actor, set: Parameters<typeof resource>[0] | null) =>
    refuseLink(
      types,
      actor,
      set === null ? null : { resource: resource(set), policy: policy(), grants: [] },
      NOW,
    ).code

  test('is forbidden only to whoever may view its resource', () => {
    expect(code(owner, {})).toBe('forbidden')
    expect(code(member, { visibility: 'account' })).toBe('forbidden')
    expect(code(member, {})).toBe('not_found')
    expect(code(stranger, { visibility: 'account' })).toBe('not_found')
    expect(code(owner, null)).toBe('not_found')
    expect(code(owner, { type: 'boat' })).toBe('not_found')
  })
})

describe('an actor', () => {
  test('administers a tenant as its admin, as system admin, or as the person who is it', () => {
    expect(administers(admin, 'acme')).toBe(true)
    expect(administers(admin, 'rival')).toBe(false)
    expect(administers(owner, 'acme')).toBe(false)
    expect(administers(root, 'acme')).toBe(true)
    expect(administers(person, '~person')).toBe(true)
    expect(administers(person, 'acme')).toBe(false)
    expect(administers({ ...person, admin: 'tenant' }, '~other')).toBe(false)
  })

  test('finds things by id in their own tenant, and a system admin everywhere', () => {
    expect([owner, admin, person, root].map(scopeOf)).toEqual(['acme', 'acme', '~person', null])
  })
})
