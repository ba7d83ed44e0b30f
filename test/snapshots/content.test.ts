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
