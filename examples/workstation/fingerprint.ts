import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What this installation is known by: made once, and kept beside what it keeps otherwise. */
export async function fingerprintIn(folder: string): Promise<string> {
  const file = join(folder, 'fingerprint')
  try {
    return await readFile(file, 'utf8')
  } catch {
    await mkdir(folder, { recursive: true })
    // Where two start at once, the first to write it has named them both.
    await writeFile(file, randomUUID(), { flag: 'wx' }).catch(() => {})
    return readFile(file, 'utf8')
  }
}
