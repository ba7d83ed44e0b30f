import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Place } from '../campaign.ts'
import type { Entry } from './ledger.ts'
import type { Side } from './trap.ts'

export const MIGRATION = 'a migration'

const ignore = (): void => {}

/** What a process is to do until it dies of it. */
export type Order = {
  place: Place
  address: string
  /** Whose account it is: a word that begins with a letter. */
  life: string
} & (
  | { order: 'live'; seed: number }
  | { order: 'play'; scene: string; at: { statement: number; side: Side } }
  /** Plays every scene to its end, to learn how many statements each has. */
  | { order: 'rehearse' }
)

/** What a process writes. */
export type Line = Entry | { is: 'survived'; scene: string; statements: number }

export interface Victim {
  /** Gives it its order, tells each line that it writes, and resolves when it is dead and all is read. */
  perform(order: Order, line: (line: Line) => void): Promise<void>
  kill(): void
}

/** Processes that have loaded the library and wait: loading it takes far longer than what they die of. */
export class Victims {
  readonly #folder: Promise<string> = mkdtemp(join(tmpdir(), 'sharegrant-victims-'))
  readonly #waiting: Array<Promise<Victim>> = []
  readonly #alive = new Set<ChildProcess>()

  readonly #ahead: number

  constructor(ahead: number) {
    this.#ahead = ahead
  }

  /** The next one. Others take its place, no more of them than are needed after it. */
  take({ needed }: { needed: number }): Promise<Victim> {
    const taken = this.#waiting.shift() ?? this.#start()
    // Not before it is ready: what it has compiled serves them all.
    taken.then(() => {
      while (this.#waiting.length < Math.min(this.#ahead, needed)) {
        const next = this.#start()
        // Who takes it is told, and nobody does at an early end.
        next.catch(ignore)
        this.#waiting.push(next)
      }
    }, ignore)
    return taken
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.#waiting)
    await Promise.all(
      [...this.#alive].map((child) => {
        const closed = once(child, 'close')
        child.kill('SIGKILL')
        return closed
      }),
    )
    await rm(await this.#folder, { recursive: true, force: true })
  }

  async #start(): Promise<Victim> {
    const script = fileURLToPath(new URL('./victim.ts', import.meta.url))
    const child = fork(script, {
      execArgv: [],
      env: { ...process.env, NODE_COMPILE_CACHE: await this.#folder },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    this.#alive.add(child)
    const closed = once(child, 'close').then(() => void this.#alive.delete(child))
    await Promise.race([
      once(child, 'message'),
      closed.then(() => Promise.reject(new Error('a process ended before it was ready'))),
    ])
    return {
      async perform(order, line) {
        let rest = ''
        child.stdout!.setEncoding('utf8').on('data', (text: string) => {
          const lines = (rest + text).split('\n')
          rest = lines.pop() ?? ''
          for (const one of lines) line(JSON.parse(one) as Line)
        })
        child.send(order)
        await closed
      },
      kill: () => void child.kill('SIGKILL'),
    }
  }
}
