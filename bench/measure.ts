/** One way to do the same work. */
export interface Contender {
  name: string
  /** Does the work `times` over, `inFlight` at a time where it can. */
  run(times: number): Promise<void> | void
}

/** Medians of alternating rounds: what disturbs the machine disturbs all alike. */
export async function compare(
  contenders: readonly Contender[],
  times: number,
  rounds = 9,
): Promise<Map<string, number>> {
  const samples = new Map(contenders.map(({ name }) => [name, [] as number[]]))
  for (const contender of contenders) await contender.run(Math.min(times, 200))
  for (let round = 0; round < rounds; round++) {
    // Each begins as often as the others.
    const order = contenders.map((_, index) => contenders[(index + round) % contenders.length]!)
    for (const contender of order) {
      const start = process.hrtime.bigint()
      await contender.run(times)
      samples.get(contender.name)!.push(Number(process.hrtime.bigint() - start) / 1000 / times)
    }
  }
  return new Map([...samples].map(([name, values]) => [name, median(values)]))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

/** Runs `work` for each index, so many at a time. */
export async function inFlight(
  times: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < times) await work(next++)
  }
  await Promise.all(Array.from({ length: width }, lane))
}
