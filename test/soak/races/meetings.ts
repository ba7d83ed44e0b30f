import { type Done, overlap, type Span, turnsAround } from './attempt.ts'

/** Of the calls of a race: those that met what they race against, and those that began when it was over. */
export interface Meetings {
  readonly met: number
  readonly after: number
}

/** The calls during which a turn was under way in another process, and those that another process's turn was before. */
export function meetTurns(done: readonly Done[], turns: ReadonlyArray<Span | Done>): Meetings {
  let met = 0
  let after = 0
  for (const one of done) {
    if (one.turn || one.call.method === 'query') continue
    const others = turns.filter((turn) => !('process' in turn) || turn.process !== one.process)
    const { before, during } = turnsAround(one, others)
    if (during > before) met++
    if (before > 0) after++
  }
  return { met, after }
}

/** How many of the one kind were under way while one of the other kind was, in another process. */
export function meetEachOther(some: readonly Done[], others: readonly Done[]): number {
  return some.filter((one) => others.some((other) => other.process !== one.process && overlap(one, other)))
    .length
}
