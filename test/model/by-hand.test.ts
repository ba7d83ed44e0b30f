import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Actor, actorSchema, readActor } from '../../src/model/actor.ts'
import { parse } from '../../src/model/input.ts'
import { readRef, refSchema } from '../../src/model/resource.ts'

/** What is read, without what is left out, or what is said against it. */
function outcomeOf(read: () => object): unknown {
  try {
    return Object.fromEntries(Object.entries(read()).filter(([, value]) => value !== undefined))
  } catch (error) {
    return (error as Error).message
  }
}

const unit = fc.constantFrom(
  'a',
  'Z',
  '0',
  '-',
  '~',
  ' ',
  'é',
  '😀',
  '\ud800',
  '\udc00',
  '\u0000',
  '\n',
  '\u007f',
)
const text = fc.oneof(
  fc.string({ unit, maxLength: 4 }),
  fc.constantFrom('u1', 'document', ''),
  fc.constantFrom(254, 255, 256, 320, 321).map((length) => 'a'.repeat(length)),
  fc.constantFrom(127, 128).map((length) => '😀'.repeat(length)),
)
const odd = fc.constantFrom(null, undefined, 1, true, {}, [], ['g1'], 'tenant', 'system', 'owner')
const value = fc.oneof({ weight: 4, arbitrary: text }, odd)

const actors = fc.record(
  { userId: value, tenantId: value, email: value, groups: value, admin: value, more: value },
  { requiredKeys: [] },
)
const withAddress = fc.record({ userId: fc.constant('u1'), tenantId: fc.constant(null), email: value })
const refs = fc.record({ type: value, id: value, more: value }, { requiredKeys: [] })
const among = (records: fc.Arbitrary<object>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 9, arbitrary: records },
    odd,
    records.map((one) => Object.assign([], one)),
  )

test('an actor that is read by hand is what the schema makes of it', () => {
  fc.assert(
    fc.property(fc.oneof(among(actors), withAddress), (given) => {
      expect(outcomeOf(() => readActor(given, 'actor'))).toEqual(
        outcomeOf(() => parse(actorSchema, given, 'actor')),
      )
    }),
    { numRuns: 2000 },
  )
})

test('a ref that is read by hand is what the schema makes of it', () => {
  fc.assert(
    fc.property(among(refs), (given) => {
      expect(outcomeOf(() => readRef(given, 'resource'))).toEqual(
        outcomeOf(() => parse(refSchema, given, 'resource')),
      )
    }),
    { numRuns: 2000 },
  )
})

test('what is read is a copy, and each field is looked at once', () => {
  const given: Actor = { userId: 'u1', tenantId: 't1', email: 'u1@example.com' }
  expect(readActor(given, 'actor')).toEqual(given)
  expect(readActor(given, 'actor')).not.toBe(given)
  let looks = 0
  const turning = {
    get userId() {
      return looks++ === 0 ? 'u1' : '~u2'
    },
    tenantId: null,
  }
  expect(readActor(turning, 'actor')).toEqual({ userId: 'u1', tenantId: null })
})
