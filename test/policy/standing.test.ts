import { describe, expect, test } from 'vitest'
import type { Actor } from '../../src/model/actor.ts'
import { administers, demand, refuseLink, scopeOf, standingTo } from '../../src/policy/standing.ts'
import {
  admin,
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
