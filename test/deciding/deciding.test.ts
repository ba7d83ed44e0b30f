import Database from 'better-sqlite3'
import { beforeAll, expect, test } from 'vitest'
import { sqliteStore } from '../../adapters/sqlite/index.ts'
import { type Actor, isSharingError } from '../../src/index.ts'
import { doc, type Sample, sampleOn } from '../support/sample.ts'

const OWNER: Actor = { userId: 'owner', tenantId: 'acme' }
const NOBODY = { userId: '', tenantId: 'acme' }

let sharing: Sample
beforeAll(async () => {
  sharing = sampleOn(sqliteStore({ database: new Database(':memory:') }))
  await sharing.migrate()
  await sharing.resources.register(doc('d1'), { tenantId: 'acme', ownerId: 'owner' })
})

/** What an error says of the places that are wrong. */
async function wrong(call: () => unknown): Promise<string> {
  try {
    await call()
  } catch (error) {
    if (isSharingError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'nothing'
}

test.each([
  ['actor', () => sharing.can(NOBODY, 'view', doc('d1'))],
  ['actor', () => sharing.explain(NOBODY, 'view', doc('d1'))],
  ['actor', () => sharing.access(NOBODY, doc('d1'))],
  ['actor', () => sharing.list(NOBODY)],
  ['actor', () => sharing.filter(NOBODY, 'view', 'document', { column: 'files.id' })],
  ['resource', () => sharing.can(OWNER, 'view', doc(''))],
  ['resource', () => sharing.access(OWNER, doc(''))],
  ['type', () => sharing.filter(OWNER, 'view', 'none' as 'document', { column: 'files.id' })],
  ['type', () => sharing.filter(OWNER, 'view', '' as 'document', { column: 'files.id' })],
  ['options.type', () => sharing.list(OWNER, { type: 'none' as 'document' })],
  ['options.firstParameter', () => filtered(0)],
  ['options.firstParameter', () => filtered(-1)],
  ['options.firstParameter', () => filtered(1.5)],
  ['options.firstParameter', () => filtered(Number.NaN)],
])('what is wrong is named: %s (%#)', async (path, call) => {
  expect(await wrong(call)).toMatch(new RegExp(`^invalid_input ${path}[.:]`))
})

test('a first parameter is a whole number from 1, and the message says so', async () => {
  expect(await wrong(() => filtered(0))).toContain('must be a whole number from 1')
  expect(await wrong(() => filtered(1))).toBe('nothing')
  expect(await wrong(() => filtered(7))).toBe('nothing')
})

test('an action that the type does not have is named with those that it has', async () => {
  const none = 'fly' as 'view'
  const calls = [
    () => sharing.can(OWNER, none, doc('d1')),
    () => sharing.filter(OWNER, none, 'document', { column: 'files.id' }),
  ]
  for (const call of calls) {
    expect(await wrong(call)).toMatch(/^invalid_input action: must be an action of document: view, share, /)
  }
})

test('a refusal carries the decision for the log', async () => {
  const stranger: Actor = { userId: 'eve', tenantId: 'rival' }
  const decision = await sharing.explain(stranger, 'view', doc('d1'))
  const error = await sharing.authorize(stranger, 'view', doc('d1')).catch((thrown: unknown) => thrown)
  expect(isSharingError(error) && error.details).toEqual(decision)
})

test('everybody who has access is there once, however many links there are', async () => {
  const ids: string[] = []
  for (let index = 0; index < 205; index++) {
    ids.push((await sharing.links.create(OWNER, doc('d1'), { visibility: 'public' })).id)
  }
  const entries = await sharing.access(OWNER, doc('d1'))
  const text = entries.map((entry) => JSON.stringify(entry))
  for (const id of ids) expect(text.filter((one) => one.includes(`"${id}"`))).toHaveLength(1)
})

test('an address from above is masked where what lay there is removed as it is asked', async () => {
  const store = sqliteStore({ database: new Database(':memory:') })
  const sure = sampleOn(store)
  await sure.migrate()
  await sure.resources.register(doc('above'), { tenantId: 'acme', ownerId: 'owner' })
  await sure.resources.register(doc('d'), { tenantId: 'acme', ownerId: 'owner', parent: doc('above') })
  await sure.collaborators.add(OWNER, doc('above'), { email: 'ann@x.org', role: 'viewer' })
  const racing = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (name !== 'listPeople') return typeof member === 'function' ? member.bind(target) : member
      return async (...asked: Parameters<typeof store.listPeople>) => {
        const people = await store.listPeople(...asked)
        await sure.resources.remove(doc('above'))
        return people
      }
    },
  })
  const entries = await sampleOn(racing).access(OWNER, doc('d'))
  expect(entries.map(({ who }) => who)).toContainEqual({ kind: 'email', email: 'a…@x.org' })
})

function filtered(firstParameter: number): unknown {
  return sharing.filter(OWNER, 'view', 'document', { column: 'files.id', firstParameter })
}
