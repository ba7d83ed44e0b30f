import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type PostgresServer, preparePostgres } from '../../../examples/demo/postgres.ts'

/** A Postgres server of a campaign's own, which can be killed and started again on the same data. */
export interface MortalServer extends PostgresServer {
  /** The server and all of its processes, at one moment. */
  kill(): Promise<void>
  /** As its administrator would, without waiting for clients. */
  shutDown(): Promise<void>
  start(): Promise<void>
}

export async function startMortalServer(): Promise<MortalServer> {
  // As servers are by default, said here since nothing that is acknowledged would survive without.
  const { url, dataFolder, start, stop } = await preparePostgres([
    '-c',
    'fsync=on',
    '-c',
    'synchronous_commit=on',
  ])
  await start()
  return {
    url,
    stop,
    async kill() {
      const server = (await idOf(dataFolder))!
      // Stopped first, so that it starts no process while they are counted.
      process.kill(server, 'SIGSTOP')
      for (const id of [server, ...(await childrenOf(server))]) end(id)
    },
    async shutDown() {
      process.kill((await idOf(dataFolder))!, 'SIGINT')
      while ((await idOf(dataFolder)) !== null) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    async start() {
      for (let tries = 1; ; tries++) {
        try {
          return await start()
        } catch (error) {
          // What was killed may still hold the shared memory for a moment.
          if (tries >= 50) throw new Error('the server does not start again', { cause: error })
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    },
  }
}

/** The server's process, as it says itself while it runs. */
async function idOf(dataFolder: string): Promise<number | null> {
  try {
    const [line = ''] = (await readFile(join(dataFolder, 'postmaster.pid'), 'utf8')).split('\n')
    return Number(line)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
  return stdout.split('\n').flatMap((line) => {
    const [id, of] = line.trim().split(/\s+/).map(Number)
    return of === parent ? [id!] : []
  })
}

function end(id: number): void {
  try {
    process.kill(id, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
