import type { RefreshedRef } from '../model/data-ref.ts'

/** How the answers to many refs are gathered. */
export interface Gathering {
  /** How many are asked for at a time; one whose answer came too late counts until it is done. */
  atOnce: number
  /** Asked before each but the first lot; once it says no, what was not asked for is denied. */
  goesOn(): Promise<boolean>
  /** Answers one, and says of whom nobody waits for any more when they are done. */
  answer(ref: string, late: (settled: Promise<void>) => void): Promise<RefreshedRef>
}

/** An answer to each ref, each asked for once. Where all places are taken by late ones, the others are errors. */
export async function gather(
  refs: readonly string[],
  { atOnce, goesOn, answer }: Gathering,
): Promise<Map<string, RefreshedRef>> {
  const distinct = new Set(refs)
  const answers = new Map<string, RefreshedRef>()
  const places = Math.min(atOnce, distinct.size)
  let taken = 0
  let full = false
  let ended = false
  let looking: Promise<boolean> | null = null
  // Several who are done at the same time look together.
  const look = (): Promise<boolean> => {
    looking ??= goesOn().finally(() => {
      looking = null
    })
    return looking
  }
  let finish: () => void = () => {}
  const over = new Promise<void>((resolve) => {
    finish = resolve
  })
  // One iterator for all who work: each takes the next that nobody has taken.
  const waiting = distinct.values()
  const work = async (): Promise<void> => {
    let first = true
    for (const ref of waiting) {
      if (full) {
        answers.set(ref, { ref, status: 'error' })
        continue
      }
      if (!first) ended ||= !(await look())
      first = false
      const running: Array<Promise<void>> = []
      const late = (settled: Promise<void>): void => {
        taken++
        running.push(settled.then(() => void taken--))
      }
      answers.set(ref, ended ? { ref, status: 'denied' } : await answer(ref, late))
      full ||= taken === places
      if (full || answers.size === distinct.size) finish()
      if (running.length > 0) await Promise.race([...running, over])
    }
  }
  await Promise.all(Array.from({ length: places }, work))
  return answers
}
