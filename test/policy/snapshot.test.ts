import { describe, expect, test } from 'vitest'
import type { Actor } from '../../src/model/actor.ts'
import { compileTypes, typeOf } from '../../src/policy/compile.ts'
import { snapshotActions, snapshotRight } from '../../src/policy/snapshot.ts'
import type { HeldGrant } from '../../src/store/index.ts'
import { documentType, grant, later, member, NOW, noteType, policy, resource, stranger } from './facts.ts'

const taken = (set: Partial<HeldGrant> = {}) => grant({ mode: 'snapshot', ...set })

interface Around {
  actor?: Actor
  traits?: string[]
  account?: Parameters<typeof policy>[0]
  asked?: string | null
  type?: ReturnType<typeof documentType>
}

function right(
  grants: HeldGrant[],
  { actor = member, traits = [], account, asked, type = documentType() }: Around = {},
) {
  const situation = { resource: resource({ traits }), policy: policy(account), grants }
  return snapshotRight(type, actor, situation, NOW, asked)
}
const shown = (...of: Parameters<typeof right>) => right(...of)?.grant.id ?? null

describe('what somebody sees of a resource as it was', () => {
  test('is by a grant in snapshot mode, with its role and without the actions that manage', () => {
    const one = taken({ role: 'manager' })
    expect(right([one], { traits: ['live'] })).toEqual({
      grant: one,
      role: 'manager',
      actions: ['view', 'comment', 'edit'],
    })
    expect(right([one], { traits: ['archived'] })).toMatchObject({ actions: ['view'] })
    expect(right([])).toBeNull()
    expect(right([grant()])).toBeNull()
    expect(shown([grant({ id: 'live', role: 'manager' }), taken({ role: 'viewer' })])).toBe('grant')
  })

  test('is nothing by what was given above it', () => {
    expect(right([taken({ above: { type: 'folder', id: 'f1' } })])).toBeNull()
  })

  test('is nothing by a grant that is over, or that gives nothing here', () => {
    expect(right([taken({ expiresAt: NOW })])).toBeNull()
    expect(shown([taken({ expiresAt: later(1) })])).toBe('grant')
    expect(right([taken({ claimableUntil: NOW })])).toBeNull()
    const address = taken({ subject: 'email:member@example.com' })
    expect(right([address], { account: { allowedEmailDomains: ['sister.example'] } })).toBeNull()
    expect(shown([address])).toBe('grant')
    expect(right([taken()], { actor: stranger })).toBeNull()
    const guests = { actor: stranger, account: { allowGuests: true } }
    expect(shown([taken()], guests)).toBe('grant')
    expect(right([taken({ subject: 'group:g' })], guests)).toBeNull()
  })

  test('is nothing where the role, or a rule, lets nobody view it, or the type has no such role', () => {
    expect(right([taken()], { traits: ['secret'] })).toBeNull()
    expect(right([taken({ role: 'gone' })])).toBeNull()
    const writer = taken({ role: 'writer' })
    expect(right([writer], { type: noteType() })).toBeNull()
    const reader = taken({ id: 'reader', role: 'reader', subject: 'group:g' })
    expect(shown([writer, reader], { type: noteType() })).toBe('reader')
  })

  test('is by the strongest role that may view it, and of one role by what is one’s own', () => {
    const grants = [
      taken({ id: 'd', role: 'gone' }),
      taken({ id: 'c', role: 'viewer' }),
      taken({ id: 'b', subject: 'group:g' }),
      taken({ id: 'a', subject: 'email:member@example.com' }),
    ]
    expect([shown(grants), shown(grants.toReversed())]).toEqual(['a', 'a'])
    const blind = typeOf(compileTypes({ box: { roles: { low: ['view'], high: ['a'] } } }), 'box')
    const roles = [taken({ id: 'high', role: 'high' }), taken({ id: 'low', role: 'low', subject: 'group:g' })]
    expect([shown(roles, { type: blind }), shown(roles.toReversed(), { type: blind })]).toEqual([
      'low',
      'low',
    ])
  })

  test('is by the grant that is asked for, if it is one of them', () => {
    const grants = [taken({ id: 'strong' }), taken({ id: 'weak', role: 'viewer', subject: 'group:g' })]
    expect(shown(grants)).toBe('strong')
    expect(shown(grants, { asked: null })).toBe('strong')
    expect(shown(grants, { asked: 'weak' })).toBe('weak')
    expect(shown(grants, { asked: 'strong' })).toBe('strong')
    expect(shown(grants, { asked: 'another' })).toBeNull()
    expect(shown([...grants, grant({ id: 'live' })], { asked: 'live' })).toBeNull()
  })
})

test('a role with a snapshot has what rules leave, and manages nothing', () => {
  const type = documentType()
  const manager = type.roles[2]!
  expect(snapshotActions(type, manager, ['live'])).toEqual(['view', 'comment', 'edit'])
  expect(snapshotActions(type, manager, ['secret'])).toEqual(['edit'])
})
