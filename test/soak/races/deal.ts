import type { Random } from '../random.ts'
import type { Attempt } from './attempt.ts'

/** Deals attempts to lanes as evenly as they go, and puts each sequence as a whole somewhere into a lane of its own choice. */
export function deal(
  random: Random,
  attempts: readonly Attempt[],
  sequences: readonly (readonly Attempt[])[],
  count: number,
): Attempt[][] {
  const lanes: Attempt[][] = Array.from({ length: count }, () => [])
  for (const [index, attempt] of shuffled(random, attempts).entries()) lanes[index % count]!.push(attempt)
  const dealt = new Map<number, number>()
  for (const sequence of sequences) {
    const lane = random.below(count)
    // Never into the middle of another sequence, which is at the end of what is left of it.
    const end = dealt.get(lane) ?? lanes[lane]!.length
    const at = random.below(end + 1)
    lanes[lane]!.splice(at, 0, ...sequence)
    dealt.set(lane, at)
  }
  return lanes
}

export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const all = [...items]
  for (let index = all.length - 1; index > 0; index--) {
    const other = random.below(index + 1)
    const one = all[index]!
    all[index] = all[other]!
    all[other] = one
  }
  return all
}
