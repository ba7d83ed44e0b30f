import type { Campaign, Control, Place, Trial } from '../campaign.ts'
import { type Ground, openGround } from '../places.ts'
import type { Random } from '../random.ts'
import { type Attempt, type Done, judge, type Span } from './attempt.ts'
import { deal } from './deal.ts'
import { type Host, hostOn } from './host.ts'
import { type Meetings, meetTurns } from './meetings.ts'
import { performIn, type Racer, racers } from './processes.ts'
import { createTally } from './tally.ts'

const PROCESSES = 8
/** How many calls each process has under way at once, for a round. */
const LANES = 4
/** How many rounds are under way at once: while one waits for its slowest process, others go on. */
const ABREAST = 3

/** What a round is given. */
export interface Round {
  /** The library in this process, for what comes before and after the race. */
  readonly host: Host
  /** The same, two days behind. */
  readonly early: Host
  readonly random: Random
  readonly place: Place
  /** A tenant that no other round has. */
  readonly tenantId: string
  /** How many calls make a race. */
  readonly calls: number
  /**
   * Makes the calls in all processes at once, at random places. A sequence stays together, one call after the
   * other in one process. Judges what comes of each, by the turns among them and by those that are given.
   */
  race(
    attempts: readonly Attempt[],
    sequences?: readonly Attempt[][],
    turns?: readonly Span[],
  ): Promise<Done[]>
  query: Ground['query']
  violation(what: string, details?: unknown): void
}

interface Race {
  name: string
  claim: string
  size: Campaign['size']
  controls: readonly Control[]
  /** What counts as a meeting; unless set, a call and a turn that were under way at once. */
  meetings?: (done: readonly Done[], turns: readonly Span[]) => Meetings
  round(round: Round): Promise<void>
}

export const RACING_PLACES: readonly Place[] = ['SQLite on a file', 'Postgres']

/** A campaign of many rounds, each about links of its own, until enough calls were judged. */
export const raceCampaign = ({ round, meetings = meetTurns, ...race }: Race): Campaign => ({
  ...race,
  unit: 'tries',
  places: RACING_PLACES,
  run: async (trial) => {
    const ground = await openGround(trial)
    const to = { place: ground.place, address: ground.address }
    const processes = await racers(PROCESSES)
    try {
      await Promise.all(processes.map((one) => one.perform({ job: 'connect', to })))
      await runRounds(trial, ground, processes, { round, meetings })
    } finally {
      await Promise.all(processes.map((one) => one.perform({ job: 'disconnect' })))
      await ground.end()
    }
  },
})

async function runRounds(
  trial: Trial,
  ground: Ground,
  processes: readonly Racer[],
  { round, meetings }: Required<Pick<Race, 'round' | 'meetings'>>,
): Promise<void> {
  const host = hostOn(ground.store)
  const early = hostOn(ground.store, 'early')
  const tally = createTally(trial)
  let next = 0
  let failed = false
  const goOn = async (): Promise<void> => {
    while (tally.tries() < trial.size && !failed) {
      const number = next++
      const random = trial.random.fork(number)
      const violation = (what: string, details?: unknown): void =>
        trial.violation(what, { round: number, ...(details as object) })
      const given: Round = {
        host,
        early,
        random,
        place: trial.place,
        tenantId: `t${number}`,
        calls: PROCESSES * LANES * 5,
        query: ground.query,
        violation,
        race: async (attempts, sequences = [], before = []) => {
          const lanes = deal(random, attempts, sequences, PROCESSES * LANES)
          const done = await performIn(processes, lanes)
          const turns = [...before, ...done.filter(({ turn }) => turn)]
          for (const one of done) {
            const wrong = judge(one, turns)
            if (wrong !== null) violation(wrong, { value: one.value, args: one.call.args })
          }
          tally.add(done.length, meetings(done, turns))
          return done
        },
      }
      try {
        await round(given)
      } catch (error) {
        // What it rests on does not work either: nothing that follows would tell more.
        failed = true
        violation('a round could not be finished', { error: String(error), cause: String(causeOf(error)) })
      }
    }
  }
  await Promise.all(Array.from({ length: ABREAST }, goOn))
  tally.end()
}

const causeOf = (error: unknown): unknown => (error as { cause?: unknown } | null)?.cause
