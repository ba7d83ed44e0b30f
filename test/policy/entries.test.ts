import { describe, expect, test } from 'vitest'
import { accessEntries, type EntryLink } from '../../src/policy/entries.ts'
import { documentType, NOW, noteType, policy, resource } from './facts.ts'

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
