import type { Trial } from '../campaign.ts'
import type { Meetings } from './meetings.ts'

/** Of so many tries one at least has to meet what it races against, and one to begin when that was over. */
const ONE_OF = 100
const EVERY_MS = 60_000

/** Counts the tries of a campaign, and how many of them were more than one call after another. */
export interface Tally {
  tries(): number
  add(tries: number, meetings: Meetings): void
  /** Fails a campaign in which too little met, since it would have seen nothing. */
  end(): void
}

export function createTally(trial: Trial): Tally {
  const begun = performance.now()
  let tries = 0
  let met = 0
  let after = 0
  let shown = begun
  const sum = (): string => {
    const seconds = (performance.now() - begun) / 1000
    const numbers = [tries, met, after].map((one) => one.toLocaleString('en'))
    return `${numbers[0]} tries in ${seconds.toFixed(1)} s, ${Math.round(tries / seconds)} a second; ${numbers[1]} met what they race against, ${numbers[2]} began when it was over`
  }
  return {
    tries: () => tries,
    add(more, meetings) {
      trial.count(more)
      tries += more
      met += meetings.met
      after += meetings.after
      if (performance.now() - shown < EVERY_MS) return
      shown = performance.now()
      console.error(`  ${sum()}`)
    },
    end() {
      if (met * ONE_OF < tries) trial.violation('too few calls met what they race against', { tries, met })
      if (after * ONE_OF < tries) trial.violation('too few calls began when it was over', { tries, after })
      trial.note(sum())
    },
  }
}
