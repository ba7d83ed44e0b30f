import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Place } from '../campaign.ts'
import type { Attempt, Call, Done, Told } from './attempt.ts'

/** Where a process of a race finds the data. */
export interface Address {
  place: Place
  address: string
  schema?: string | undefined
}

type Work =
  | { job: 'connect'; to: Address }
  /** Makes the tables, and uses them. */
  | { job: 'migrate'; to: Address }
  /** The calls of a lane one after the other, all lanes at once. */
  | { job: 'race'; lanes: Call[][] }
  | { job: 'disconnect' }
export type Job = Work & { id: number }

/** Another process, on the same machine, that has loaded the library. */
export interface Racer {
  /** Any number of jobs at once. What it tells of a race is in the order of its lanes. */
  perform(work: Work): Promise<Told[][]>
}

let started: Array<Promise<Racer>> = []

/**
 * So many processes. They stay for the campaigns that follow, since each takes a third of a second to start, and
 * keep nobody alive: they end with the process that started them.
 */
export function racers(count: number): Promise<Racer[]> {
  while (started.length < count) started.push(start())
  return Promise.all(started.slice(0, count))
}

async function start(): Promise<Racer> {
  const script = fileURLToPath(new URL('./worker.ts', import.meta.url))
  const child = fork(script, {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  child.unref()
  child.channel?.unref()
  return racerOf(child)
}

type Answer = { id: number; lanes: Told[][] } | { id: number; failed: string }

function racerOf(child: ChildProcess): Racer {
  const waiting = new Map<number, { resolve(lanes: Told[][]): void; reject(error: Error): void }>()
  let last = 0
  child.on('message', (answer: Answer) => {
    const { resolve, reject } = waiting.get(answer.id)!
    waiting.delete(answer.id)
    if (waiting.size === 0) child.channel?.unref()
    if ('failed' in answer) reject(new Error(answer.failed))
    else resolve(answer.lanes)
  })
  child.on('exit', () => {
    // Whoever races next starts others.
    started = []
    for (const { reject } of waiting.values()) reject(new Error('a process of the race has ended'))
    waiting.clear()
  })
  return {
    perform: (work) =>
      new Promise((resolve, reject) => {
        const id = ++last
        waiting.set(id, { resolve, reject })
        child.channel?.ref()
        child.send({ id, ...work })
      }),
  }
}

/** Makes the calls of all lanes, dealt to the processes, at once. */
export async function performIn(
  processes: readonly Racer[],
  lanes: ReadonlyArray<readonly Attempt[]>,
): Promise<Done[]> {
  const told = await Promise.all(
    processes.map(async (racer, process) => {
      const own = lanes.filter((_, lane) => lane % processes.length === process)
      const answers = await racer.perform({
        job: 'race',
        lanes: own.map((lane) => lane.map(({ call }) => call)),
      })
      return own.flatMap((lane, at) =>
        lane.map((attempt, step) => ({ ...attempt, ...answers[at]![step]!, process })),
      )
    }),
  )
  return told.flat()
}
