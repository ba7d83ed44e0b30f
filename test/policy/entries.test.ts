import { describe, expect, test } from 'vitest'
import { compileTypes, typeOf } from '../../src/policy/compile.ts'
import { accessEntries, type EntryGrant, type EntryLink } from '../../src/policy/entries.ts'
import { documentType, grant, later, NOW, noteType, policy, resource } from './facts.ts'

const entries = (
  set: Parameters<typeof resource>[0],
  links: EntryLink[] = [],
  allowPublicShares = true,
  type = documentType(),
) =>
  accessEntries(
    type,
    { resource: resource(set), policy: policy({ allowPublicShares }) },
    { links, people: [] },
    NOW,
  )

const link = (id: string, set: Partial<EntryLink> = {}): EntryLink => ({
  id,
  name: `name of ${id}`,
  visibility: 'public',
  role: 'viewer',
  mode: 'live',
  ...set,
})
const idsOf = (found: ReturnType<typeof entries>) =>
  found.flatMap(({ who }) => (who.kind === 'link' ? [who.linkId] : []))

describe('who has access', () => {
  test('begins with the owner, with what rules and policy leave', () => {
    expect(entries({ traits: ['live'] })).toEqual([
      {
        who: { kind: 'user', userId: 'owner' },
        role: 'owner',
        actions: ['view', 'share', 'publish', 'transfer', 'remove', 'history', 'comment', 'edit'],
        via: 'owner',
        mode: 'live',
      },
    ])
    expect(entries({ traits: ['archived'] }, [], false)[0]?.actions).toEqual([
      'view',
      'share',
      'transfer',
      'remove',
      'history',
    ])
    expect(entries({ tenantId: '~person', ownerId: 'person' })[0]?.actions).toContain('transfer')
  })

  test('goes on with the account, or with everyone as long as public is open', () => {
    const second = (set: Parameters<typeof resource>[0], allow = true) => entries(set, [], allow)[1]
    const account = {
      who: { kind: 'account' },
      role: 'viewer',
      actions: ['view'],
      via: 'visibility',
      mode: 'live',
    }
    expect(second({ visibility: 'private' })).toBeUndefined()
    expect(second({ visibility: 'account' })).toEqual(account)
    expect(second({ visibility: 'public' })).toEqual({ ...account, who: { kind: 'everyone' } })
    expect(second({ visibility: 'public' }, false)).toEqual(account)
    expect(second({ visibility: 'public', traits: ['remote'] })).toEqual(account)
    expect(second({ visibility: 'account', traits: ['secret'] })).toEqual({ ...account, actions: [] })
  })

  test('ends with each link that opens, and what its bearer may do', () => {
    expect(
      entries({ traits: ['live'] }, [link('a', { role: 'manager', visibility: 'account' })]).at(-1),
    ).toEqual({
      who: { kind: 'link', linkId: 'a', name: 'name of a', visibility: 'account' },
      role: 'manager',
      actions: ['view', 'comment', 'edit'],
      via: 'link',
      mode: 'live',
    })
    const links = [
      link('public'),
      link('account', { visibility: 'account' }),
      link('gone', { role: 'gone' }),
      link('not for links', { role: 'editor' }),
    ]
    expect(idsOf(entries({}, links))).toEqual(['public', 'account'])
    expect(idsOf(entries({}, links, false))).toEqual(['account'])
    expect(idsOf(entries({ traits: ['remote'] }, links))).toEqual(['account'])
    expect(idsOf(entries({ traits: ['secret'] }, links))).toEqual([])
    expect(idsOf(entries({}, [link('writes', { role: 'writer' })], true, noteType()))).toEqual([])
  })

  test('gives lists that are the caller’s own', () => {
    const type = documentType()
    const asked = () =>
      accessEntries(
        type,
        { resource: resource({ visibility: 'account' }), policy: policy() },
        { links: [link('a')], people: [] },
        NOW,
      )
    const first = asked()
    for (const { actions } of first) actions.push('everything')
    for (const { actions } of asked()) expect(actions).not.toContain('everything')
  })
})

describe('each person, address and group', () => {
  const person = (set: Partial<EntryGrant> = {}): EntryGrant => ({ ...grant(), address: null, ...set })
  const people = (
    given: EntryGrant[],
    set: Parameters<typeof resource>[0] = {},
    account: Parameters<typeof policy>[0] = {},
    type = documentType(),
  ) =>
    accessEntries(
      type,
      { resource: resource(set), policy: policy(account) },
      { links: [], people: given },
      NOW,
    ).slice(1)

  test('comes after the owner, with the grant, the role and what rules leave of it', () => {
    expect(people([person()], { traits: ['live'], visibility: 'account' })).toEqual([
      {
        who: { kind: 'user', userId: 'member' },
        role: 'editor',
        actions: ['view', 'comment', 'edit'],
        via: 'grant',
        grantId: 'grant',
        mode: 'live',
      },
      { who: { kind: 'account' }, role: 'viewer', actions: ['view'], via: 'visibility', mode: 'live' },
    ])
    expect(people([person()], { traits: ['archived'] })[0]?.actions).toEqual(['view'])
  })

  test('is named by what was given to: an address as it was written, if it is known', () => {
    const who = (set: Partial<EntryGrant>) => people([person(set)])[0]?.who
    expect(who({ address: 'Member@Example.com' })).toStrictEqual({
      kind: 'user',
      userId: 'member',
      email: 'Member@Example.com',
    })
    expect(who({})).toStrictEqual({ kind: 'user', userId: 'member' })
    const subject = 'email:ann@x.org'
    expect(who({ subject, address: 'Ann@x.org' })).toStrictEqual({ kind: 'email', email: 'Ann@x.org' })
    expect(who({ subject })).toStrictEqual({ kind: 'email', email: 'ann@x.org' })
    expect(who({ subject: 'group:g1' })).toStrictEqual({ kind: 'group', groupId: 'g1' })
  })

  test('is there by what was given above as well, which is named', () => {
    const above = { type: 'folder', id: 'f1' }
    expect(people([person({ above })])[0]).toMatchObject({ above, mode: 'live' })
    expect(people([person()])[0]).not.toHaveProperty('above')
    expect(people([person({ above, mode: 'snapshot' })])).toEqual([])
  })

  test('with a snapshot manages nothing', () => {
    const manager = person({ role: 'manager' })
    expect(people([manager])[0]?.actions).toEqual(['view', 'edit', 'share', 'publish'])
    expect(people([{ ...manager, mode: 'snapshot' }])[0]).toMatchObject({
      actions: ['view', 'edit'],
      mode: 'snapshot',
    })
  })

  test('publishes only as long as public is open', () => {
    const manager = person({ role: 'manager' })
    const left = ['view', 'edit', 'share']
    expect(people([manager], {}, { allowPublicShares: false })[0]?.actions).toEqual(left)
    expect(people([manager], { traits: ['remote'] })[0]?.actions).toEqual(left)
  })

  test('is left out where it is over, of a domain that is none of the account’s, or gives nothing', () => {
    expect(people([person({ expiresAt: NOW })])).toEqual([])
    expect(people([person({ claimableUntil: NOW })])).toEqual([])
    expect(people([person({ expiresAt: later(1) })])).toHaveLength(1)
    expect(people([person({ role: 'gone' })])).toEqual([])
    const only = { allowedEmailDomains: ['x.org'] }
    const ids = people(
      [
        person({ id: 'a', subject: 'email:ann@x.org' }),
        person({ id: 'b', subject: 'email:bob@y.org' }),
        person({ id: 'c' }),
      ],
      {},
      only,
    ).map(({ grantId }) => grantId)
    expect(ids).toEqual(['a', 'c'])
    const box = { box: { roles: { viewer: ['view'] }, rules: [{ when: 'secret', forbid: ['view'] }] } }
    const type = typeOf(compileTypes(box), 'box')
    expect(people([person({ role: 'viewer' })], { traits: ['secret'] }, {}, type)).toEqual([])
    expect(people([person({ role: 'viewer' })], {}, {}, type)).toHaveLength(1)
  })
})

test('a link gives no more than the right by which it was made', () => {
  const actions = (set: Partial<EntryLink>) =>
    entries({ traits: ['live'] }, [link('a', { role: 'manager', ...set })])
      .filter(({ via }) => via === 'link')
      .map((entry) => entry.actions)
  expect(actions({ entitled: ['view', 'share', 'comment'] })).toEqual([['view', 'comment']])
  expect(actions({ entitled: 'all' })).toEqual([['view', 'comment', 'edit']])
  expect(actions({ entitled: ['comment'] })).toEqual([])
  expect(actions({ entitled: [] })).toEqual([])
})
