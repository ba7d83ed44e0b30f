import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { replaceOnce } from '../soak/without.ts'
import { casesByFault } from './cases.ts'
import { CONTROLS } from './controls/index.ts'

const root = new URL('../../', import.meta.url)
const unique = (items: readonly string[]): string[] => [...new Set(items)].sort()

/** The table's rows: the fault, the files of its guards, and how many of them are taken out. */
async function rows(): Promise<Array<[fault: string, files: string[], edits: number]>> {
  const text = await readFile(new URL('README.md', import.meta.url), 'utf8')
  const table = text.slice(0, text.indexOf('## Waits'))
  return [...table.matchAll(/^\| (.+?) \| .+ \| (`.+`) \| (\d+) \|$/gm)].map(([, fault, files, edits]) => [
    fault!,
    [...files!.matchAll(/`([^`]+)`/g)].map(([, file]) => file!),
    Number(edits),
  ])
}

test('every fault has a case, guards, and a row of the README, and nothing else has', async () => {
  const faults = unique([...(await casesByFault()).keys()])
  expect(faults).toHaveLength(26)
  expect(unique(CONTROLS.map(({ fault }) => fault))).toEqual(faults)
  expect((await rows()).map(([fault]) => fault).sort()).toEqual(faults)
  for (const [fault, files, edits] of await rows()) {
    const guards = CONTROLS.filter((control) => control.fault === fault)
    expect(files, fault).toEqual(unique(guards.map(({ file }) => file)))
    expect(edits, fault).toBe(guards.length)
  }
})

test('every guard stands where the edit that takes it out looks for it', async () => {
  for (const { guard, file, find, replace } of CONTROLS) {
    const text = await readFile(new URL(file, root), 'utf8')
    expect(replaceOnce(text, find, replace, `${guard}, in ${file}`)).not.toBe(text)
  }
})
