import { execFile } from 'node:child_process'
import { chmod, chown, mkdtemp, open, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A disk that can be filled to its last byte. */
export interface SmallDisk {
  folder: string
  fill(): Promise<void>
  clear(): Promise<void>
  end(): Promise<void>
}

let said = false

/** Says once that what follows does without a disk that can be filled. */
function notRun(error: unknown): void {
  if (!said) console.warn(`disk full: not run on a full file system, since none can be had: ${String(error)}`)
  said = true
}

/** A file system in memory of so many megabytes, or null where we may not mount one. */
export async function mountSmallDisk(
  megabytes: number,
  owner?: { uid: number; gid: number },
): Promise<SmallDisk | null> {
  const folder = await mkdtemp(join(tmpdir(), 'sharegrant-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'sharegrant', folder])
  } catch (error) {
    await rmdir(folder)
    notRun(error)
    return null
  }
  if (owner !== undefined) {
    await chown(folder, owner.uid, owner.gid)
    await chmod(folder, 0o700)
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    async fill() {
      const file = await open(ballast, 'w')
      try {
        // Smaller and smaller, until not even a block is left.
        for (let size = 1 << 20; size >= 1024; size >>= 1) while (await fits(file, size));
      } finally {
        await file.close()
      }
    },
    clear: () => rm(ballast, { force: true }),
    async end() {
      await run('umount', [folder])
      await rmdir(folder)
    },
  }
}

async function fits(file: Awaited<ReturnType<typeof open>>, size: number): Promise<boolean> {
  try {
    return (await file.write(Buffer.alloc(size))).bytesWritten === size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw error
  }
}
