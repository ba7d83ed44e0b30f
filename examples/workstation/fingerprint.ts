import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What this installation is known by: made once, and kept beside what it keeps otherwise. */
export async function fingerprintIn(folder: string): Promise<string> {
  const file = join(folder, 'fingerprint')
  const known = await kept(file)
  if (known !== null) return known
  await mkdir(folder, { recursive: true })
  const written = `${file}.${randomUUID()}`
  await writeFile(written, randomUUID(), { flush: true })
  try {
    // Whole or not at all. Where two start at once, the first has named them both.
    await link(written, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    // A file without a name in it, as a machine that lost its power leaves it.
    if ((await kept(file)) === null) await rename(written, file)
  } finally {
    await rm(written, { force: true })
  }
  return (await kept(file))!
}

/** An empty file is none. */
async function kept(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim() || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return null
  }
}
