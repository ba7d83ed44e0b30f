/** Whose rows a contender adds to. The library and the bare statements share tables, and sign what they write. */
export type Writer = 'library' | 'bare' | 'route' | 'keys'

/** One way to do a piece of work, as often as it is asked. */
export interface Contender {
  readonly name: string
  readonly writes: Writer | null
  /** How many are under way at a time. */
  readonly inFlight: number
  /** How often it has been done since the contender was made: what is counted afterwards must agree. */
  done: number
  /** Does it once, for the item with this number. */
  work(index: number): unknown
}

export const contender = (
  name: string,
  work: (index: number) => unknown,
  { writes = null, inFlight = 1 }: { writes?: Writer | null; inFlight?: number } = {},
): Contender => ({ name, writes, inFlight, done: 0, work })

/** What one contender took, in microseconds for each time: the median, and each round's own. */
export interface Figure {
  median: number
  rounds: number[]
}

export interface Pace {
  rounds: number
  /** How long one contender works in one round. */
  roundMs: number
}

export const PACE: Pace = { rounds: 9, roundMs: 150 }

/** Medians of alternating rounds: what disturbs the machine disturbs all alike. */
export async function compare(
  contenders: readonly Contender[],
  pace: Pace = PACE,
): Promise<Map<string, Figure>> {
  const times = new Map<Contender, number>()
  const taken = new Map<Contender, number[]>()
  for (const one of contenders) {
    times.set(one, await warmUp(one, pace.roundMs))
    taken.set(one, [])
  }
  for (let round = 0; round < pace.rounds; round++) {
    for (const one of orderOf(contenders, round)) {
      const count = times.get(one)!
      taken.get(one)!.push((await time(one, count)) / count)
    }
  }
  return new Map([...taken].map(([{ name }, rounds]) => [name, { median: median(rounds), rounds }]))
}

/** Each begins as often as the others, and follows now one neighbour, now the other. */
function orderOf<T>(all: readonly T[], round: number): T[] {
  const turned = all.map((_, index) => all[(index + round) % all.length]!)
  return round % 2 === 0 ? turned : turned.reverse()
}

/** Runs until it is warm, and says how often it fits into a round. */
async function warmUp(one: Contender, roundMs: number): Promise<number> {
  for (let count = one.inFlight * 2; ; ) {
    const taken = (await time(one, count)) / 1000
    const fitting = Math.max(one.inFlight * 2, Math.round((count * roundMs) / Math.max(taken, 0.01)))
    if (taken >= roundMs / 2) return fitting
    count = Math.min(fitting, count * 8)
  }
}

/** In microseconds. */
async function time(one: Contender, times: number): Promise<number> {
  const first = one.done
  one.done += times
  const start = process.hrtime.bigint()
  if (one.inFlight === 1) await inTurn(times, first, one)
  else await together(times, one.inFlight, (index) => one.work(first + index))
  return Number(process.hrtime.bigint() - start) / 1000
}

/** What answers at once is not made to wait: a promise of its own would be work that it does not need. */
async function inTurn(times: number, first: number, one: Contender): Promise<void> {
  for (let index = first; index < first + times; index++) {
    const answer = one.work(index)
    if (answer instanceof Promise) await answer
  }
}

/** Runs `work` for each index, so many at a time. */
export async function together(
  times: number,
  width: number,
  work: (index: number) => unknown,
): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < times) await work(next++)
  }
  await Promise.all(Array.from({ length: width }, lane))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
