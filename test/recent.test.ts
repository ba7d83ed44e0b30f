import { expect, test } from 'vitest'
import { createRecent } from '../src/recent.ts'

test('what was kept is found until it is forgotten, or so many others came', () => {
  const recent = createRecent<number>(3)
  for (const [key, value] of Object.entries({ a: 1, b: 2, c: 3, d: 4 })) recent.keep(key, value)
  expect(['a', 'b', 'c', 'd'].map(recent.find)).toEqual([undefined, 2, 3, 4])
  recent.forget('c')
  expect(recent.find('c')).toBeUndefined()
  recent.keep('e', 5)
  expect(['b', 'd', 'e'].map(recent.find)).toEqual([2, 4, 5])
})

test('what is kept again is the newest, and takes no second place', () => {
  const recent = createRecent<number>(2)
  recent.keep('a', 1)
  recent.keep('b', 2)
  recent.keep('a', 3)
  recent.keep('c', 4)
  expect(['a', 'b', 'c'].map(recent.find)).toEqual([3, undefined, 4])
})
