import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = ['src', 'adapters', 'test', 'examples', 'package.json', 'tsconfig.json']
/** What programs made beside the sources. */
const MADE = ['node_modules', '.sandbox', 'report']

/** A copy of the sources in which guards can be taken out, one after the other. */
export interface Copy {
  readonly folder: string
  /** Writes a file of the copy anew, and gives back what puts it as it was. */
  alter(file: string, change: (text: string) => string): Promise<() => Promise<void>>
  remove(): Promise<void>
}

export async function copySources(): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'sharegrant-without-'))
  const filter = (path: string): boolean => !MADE.includes(basename(path))
  for (const name of COPIED) await cp(join(root, name), join(folder, name), { recursive: true, filter })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return {
    folder,
    async alter(file, change) {
      const path = join(folder, file)
      const text = await readFile(path, 'utf8')
      await writeFile(path, change(text))
      return () => writeFile(path, text)
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Text with another in the place of what is found in it exactly once, so that a guard that has moved is noticed. */
export function replaceOnce(text: string, find: string, replace: string, what: string): string {
  const parts = text.split(find)
  if (parts.length !== 2) throw new Error(`${what}: found ${parts.length - 1} times: ${find}`)
  return parts.join(replace)
}
