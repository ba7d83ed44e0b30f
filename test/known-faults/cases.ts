import { readdir, readFile } from 'node:fs/promises'

/** Each fault of which there is a case, and the file that it is in. */
export async function casesByFault(): Promise<Map<string, string>> {
  const folder = new URL('.', import.meta.url)
  const cases = new Map<string, string>()
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.test.ts')).sort()) {
    const text = await readFile(new URL(file, folder), 'utf8')
    for (const [, fault] of text.matchAll(/^describe\('([^']+)'/gm)) cases.set(fault!, file)
  }
  return cases
}
