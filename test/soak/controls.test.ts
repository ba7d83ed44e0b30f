import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { CAMPAIGNS } from './campaigns.ts'
import { replaceOnce } from './without.ts'

test('each campaign has a control, and its guard stands where the control looks for it', async () => {
  const root = new URL('../../', import.meta.url)
  for (const { name, controls } of CAMPAIGNS) {
    expect(controls.length, name).toBeGreaterThan(0)
    for (const { guard, file, find, replace } of controls) {
      const text = await readFile(new URL(file, root), 'utf8')
      expect(replaceOnce(text, find, replace, `${name}, ${guard}, in ${file}`)).not.toBe(text)
    }
  }
})
