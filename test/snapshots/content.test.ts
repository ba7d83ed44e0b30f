import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { contentText } from '../../src/snapshots/content.ts'

const text = (content: unknown): string => contentText(content, false, 'content')

test('what another realm made is judged as what this one did', () => {
  expect(text(runInNewContext('({ far: [{ a: 1 }], on: new Date(0) })'))).toBe(
    '{"far":[{"a":1}],"on":"1970-01-01T00:00:00.000Z"}',
  )
  for (const source of ['new Map([[1, 2]])', 'new Date(NaN)', 'new (class Row {})', 'new Number(-0)']) {
    expect(() => text({ far: runInNewContext(source) }), source).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        public: { issues: [expect.objectContaining({ path: 'content.far' })] },
      }),
    )
  }
})

test('a place is named by the whole way to it, after other ways were looked at', () => {
  const content = [
    { a: { b: [1, 2] } },
    [[]],
    { on: new Date(0), c: [{ d: { toJSON: () => [Number.NaN] } }] },
  ]
  expect(() => text(content)).toThrow(
    expect.objectContaining({ public: { issues: [expect.objectContaining({ path: 'content.2.c.0.d.0' })] } }),
  )
})

// A copy of the way for each value made a valid megabyte, nested deeply, take seconds.
test('what is nested deeply costs no more for each value in it', () => {
  const nested = (depth: number): unknown => {
    let content: unknown = Array.from({ length: 100 }, () => 0)
    for (let level = 0; level < depth; level++) content = [content]
    return content
  }
  const copied = (depth: number): number => {
    const content = nested(depth)
    const whole = Array.prototype[Symbol.iterator]
    let count = 0
    Array.prototype[Symbol.iterator] = function (this: unknown[]) {
      count += this.length
      return whole.call(this)
    } as typeof whole
    try {
      text(content)
    } finally {
      Array.prototype[Symbol.iterator] = whole
    }
    return count
  }
  expect(copied(400) - copied(1)).toBeLessThan(3 * 400)
})
