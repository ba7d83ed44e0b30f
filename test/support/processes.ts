import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { StoreKind } from './stores.ts'

export interface Connection {
  dialect: StoreKind['dialect']
  address: string
  /** Whether the tables are made, or brought up to date, at once. */
  migrate: boolean
  opensPerMinute: number | false
  /** Whether openings are counted in Postgres, for all processes. */
  sharedLimiter: boolean
}

export type Job =
  | ({ job: 'connect' } & Connection)
  | { job: 'open'; token: string; times: number; ip?: string }
  | { job: 'open until refused'; token: string }
  | { job: 'resume until refused'; pass: string }
  | { job: 'create until refused'; ref: { type: 'document'; id: string } }
  | { job: 'open until killed'; token: string }
  | { job: 'end' }

export interface Answer {
  done: number
  refusals: string[]
  /** When the last of those that succeeded was begun, on the clock of the machine in nanoseconds. */
  lastBegun: string
}

export interface Process {
  /** One job at a time. */
  perform(job: Job): Promise<Answer>
  /** Starts what never ends by itself, and tells each line that it prints. */
  start(job: Job, line: (text: string) => void): void
  kill(): Promise<void>
}

/** Other processes, on the same machine, that have loaded the library and wait to be told what to do. */
export async function startProcesses(count: number): Promise<Process[]> {
  const script = fileURLToPath(new URL('./worker.ts', import.meta.url))
  return Promise.all(
    Array.from({ length: count }, async () => {
      const child = fork(script, { execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
      await once(child, 'message')
      return processOf(child)
    }),
  )
}

function processOf(child: ChildProcess): Process {
  return {
    async perform(job) {
      const answer = Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(() => {
          throw new Error('the process has ended')
        }),
      ])
      child.send(job)
      return ((await answer) as [Answer])[0]
    },
    start(job, line) {
      let rest = ''
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const one of lines) line(one)
      })
      child.send(job)
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const closed = once(child, 'close')
      child.kill('SIGKILL')
      await closed
    },
  }
}
