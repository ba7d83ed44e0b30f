import { describe, expect, test } from 'vitest'
import { BUILT_IN_ACTIONS } from '../../src/model/action.ts'
import {
  actionsOf,
  compileTypes,
  roleNamed,
  roleOf,
  ruleAgainst,
  traitTerms,
  typeOf,
} from '../../src/policy/compile.ts'
import { documentType, noteType, thrownBy, types } from './facts.ts'

const role = (name: string) => documentType().roles.find((one) => one.name === name)!

describe('a compiled type', () => {
  test('has its roles weakest first, and every action once, the built-in ones before its own', () => {
    const document = documentType()
    expect(document.name).toBe('document')
    expect(document.roles.map(({ name, rank }) => [name, rank])).toEqual([
      ['viewer', 0],
      ['editor', 1],
      ['manager', 2],
    ])
    expect(document.actions).toEqual([...BUILT_IN_ACTIONS, 'comment', 'edit'])
    expect(document.rules).toHaveLength(5)
  })

  test('lets links carry the roles it says, or the weakest only', () => {
    expect([...documentType().linkRoles]).toEqual(['viewer', 'manager'])
    expect([...noteType().linkRoles]).toEqual(['writer'])
    expect(noteType().rules).toEqual([])
  })

  test('that was never defined is a mistake of the caller, who is told which there are', () => {
    expect(typeOf(types, 'note').name).toBe('note')
    expect(thrownBy(() => typeOf(types, 'boat'))).toMatchObject({
      code: 'invalid_input',
      public: {
        issues: [{ path: 'resource.type', message: 'is not defined; defined are document, note' }],
      },
    })
    expect(thrownBy(() => typeOf(types, 'boat', 'type'))).toMatchObject({
      public: { issues: [{ path: 'type' }] },
    })
  })
})

describe('the hooks of a type', () => {
  const roles = { viewer: ['view'] }

  test('are those that it has', () => {
    const [snapshot, resolve, fork] = [
      () => ({ revision: '1', content: 1 }),
      () => null,
      () => ({ id: 'copy' }),
    ]
    const compiled = compileTypes({
      none: { roles },
      all: { roles, snapshot, resolve, fork },
      one: { roles, resolve },
    })
    expect(typeOf(compiled, 'none').hooks).toStrictEqual({})
    expect(typeOf(compiled, 'all').hooks).toStrictEqual({ snapshot, resolve, fork })
    expect(typeOf(compiled, 'one').hooks).toStrictEqual({ resolve })
  })

  test('make forking an action, once, where there is a hook or a role for it', () => {
    const fork = () => ({ id: 'copy' })
    const copier = { copier: ['view', 'fork'] }
    const compiled = compileTypes({
      none: { roles },
      hooked: { roles, fork },
      named: { roles: copier },
      both: { roles: copier, fork },
    })
    const forks = (name: string) => typeOf(compiled, name).actions.filter((action) => action === 'fork')
    expect(forks('none')).toEqual([])
    for (const name of ['hooked', 'named', 'both']) expect(forks(name)).toEqual(['fork'])
    expect(typeOf(compiled, 'hooked').left('owner', [])).toContain('fork')
  })
})

describe('who holds a role', () => {
  const manager = role('manager')

  test('has it whatever they are', () => {
    for (const holder of [manager, { link: manager }, { guest: manager }, { visible: manager }]) {
      expect(roleOf(holder)).toEqual(manager)
    }
  })

  test('manages by it only as somebody who was named inside the tenant', () => {
    expect(actionsOf(manager)).toEqual(['view', 'comment', 'edit', 'share', 'publish'])
    for (const holder of [{ link: manager }, { guest: manager }, { visible: manager }]) {
      expect(actionsOf(holder)).toEqual(['view', 'comment', 'edit'])
      expect(documentType().left(holder, ['live'])).toEqual(['view', 'comment', 'edit'])
    }
  })

  test('is found by its name, if the type has it', () => {
    expect(roleNamed(documentType(), 'editor')).toMatchObject({ name: 'editor', rank: 1 })
    for (const name of ['gone', '', null]) expect(roleNamed(documentType(), name)).toBeNull()
  })
})

describe('what is left to', () => {
  const all = documentType().actions

  test('a role is what it says, less what rules take away', () => {
    const type = documentType()
    expect(type.left(role('editor'), ['live'])).toEqual(['view', 'comment', 'edit'])
    expect(type.left(role('editor'), [])).toEqual(['view', 'edit'])
    expect(type.left(role('editor'), ['archived', 'live'])).toEqual(['view'])
    expect(type.left(role('manager'), ['live', 'remote'])).toEqual(['view', 'comment', 'edit', 'share'])
    expect(type.left(role('viewer'), ['secret'])).toEqual([])
  })

  test('the owner is everything, less what rules take away without an exception', () => {
    const type = documentType()
    expect(type.left('owner', [])).toEqual(all)
    expect(type.left('owner', ['kept'])).toEqual(all)
    expect(type.left('owner', ['remote', 'archived'])).toEqual(
      all.filter((action) => !['publish', 'edit', 'comment'].includes(action)),
    )
  })

  test('a system admin is everything, less what rules take away, exceptions for owners too', () => {
    const type = documentType()
    expect(type.left('admin', ['live'])).toEqual(all)
    expect(type.left('admin', ['live', 'kept'])).toEqual(all.filter((action) => action !== 'publish'))
    expect(type.left('admin', [])).toEqual(all.filter((action) => action !== 'comment'))
  })

  test('the bearer of a link is its role without the built-in actions, `view` aside', () => {
    const type = documentType()
    expect(type.left({ link: role('manager') }, ['live'])).toEqual(['view', 'comment', 'edit'])
    expect(type.left({ link: role('viewer') }, ['live'])).toEqual(['view'])
    expect(type.left({ link: role('viewer') }, ['secret'])).toEqual([])
  })

  test('one is never given to another, whatever was asked before', () => {
    const type = documentType()
    const holders = [
      'owner' as const,
      'admin' as const,
      ...type.roles,
      ...type.roles.map((one) => ({ link: one })),
    ]
    const traits = [['live'], [], ['archived', 'live'], ['kept'], ['archived'], ['secret', 'live']]
    for (const round of [1, 2]) {
      for (const holder of holders) {
        for (const set of traits) {
          expect(type.left(holder, set), `${round} ${JSON.stringify(holder)} ${set}`).toEqual(
            documentType().left(holder, set),
          )
        }
      }
    }
  })

  test('anyone is kept for the traits that were asked for lately, and not for all that there ever were', () => {
    const type = documentType()
    const first = type.left('owner', ['t0'])
    expect(type.left('owner', ['t0'])).toBe(first)
    // The thousandth still finds room; the one after it begins anew.
    for (let count = 1; count < 1000; count++) type.left('owner', [`t${count}`])
    expect(type.left('owner', ['t0'])).toBe(first)
    type.left('owner', ['t1000'])
    expect(type.left('owner', ['t0'])).not.toBe(first)
    expect(type.left('owner', ['t0'])).toEqual(first)
  })
})

describe('a rule', () => {
  const rules = documentType().rules

  test.each([
    ['publish', ['remote'], false, 0],
    ['publish', ['remote'], true, 0],
    ['publish', [], false, null],
    ['edit', ['archived'], true, 1],
    ['edit', ['remote'], false, null],
    ['comment', [], false, 2],
    ['comment', [], true, null],
    ['comment', ['live'], false, null],
    ['comment', ['archived'], false, 1],
    ['comment', ['archived'], true, 1],
    ['publish', ['kept'], false, 4],
    ['publish', ['kept'], true, null],
    ['view', ['secret'], true, 3],
    ['share', ['remote', 'archived', 'secret', 'kept'], false, null],
  ])('against %s under %j (owner: %j) is number %j', (action, traits, owner, index) => {
    const found = ruleAgainst(rules, action, traits, owner)
    expect(found?.index ?? null).toBe(index)
    if (index !== null) expect(found?.rule).toBe(rules[index])
  })

  test('without a condition holds always', () => {
    const always = [{ forbid: ['edit'] }]
    expect(ruleAgainst(always, 'edit', [], false)?.index).toBe(0)
    expect(ruleAgainst(always, 'edit', ['any'], true)?.index).toBe(0)
    expect(ruleAgainst(always, 'view', [], false)).toBeNull()
  })
})

describe('the terms on traits of', () => {
  test.each([
    ['publish', false, { absent: ['remote', 'kept'], present: [] }],
    ['publish', true, { absent: ['remote'], present: [] }],
    ['comment', false, { absent: ['archived'], present: ['live'] }],
    ['comment', true, { absent: ['archived'], present: [] }],
    ['edit', false, { absent: ['archived'], present: [] }],
    ['share', false, { absent: [], present: [] }],
  ])('%s (owner: %j) are those of its rules', (action, owner, terms) => {
    expect(traitTerms(documentType(), action, owner)).toEqual(terms)
  })

  test('what is always forbidden are none, unless the owner is excepted', () => {
    const definition = { roles: { viewer: ['view', 'edit'] }, rules: [{ forbid: ['edit'] }] }
    const strict = typeOf(compileTypes({ box: definition }), 'box')
    expect(traitTerms(strict, 'edit', false)).toBeNull()
    expect(traitTerms(strict, 'edit', true)).toBeNull()
    expect(traitTerms(strict, 'view', false)).toEqual({ absent: [], present: [] })
    const mild = { ...definition, rules: [{ forbid: ['edit'], exceptOwner: true }] }
    expect(traitTerms(typeOf(compileTypes({ box: mild }), 'box'), 'edit', true)).toEqual({
      absent: [],
      present: [],
    })
  })
})
