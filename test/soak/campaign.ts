import { createRandom, type Random } from './random.ts'

/** Where a campaign runs. Guarded: with row-level security. `none` is for those that need no database. */
export type Place = 'SQLite in memory' | 'SQLite on a file' | 'Postgres' | 'Postgres, guarded' | 'none'

/** One way of trying for long, from a seed, to make the library break a promise. */
export interface Campaign {
  /** Unique and short: the first column of the table, and what `--only` takes. */
  readonly name: string
  /** What it tries to disprove, in the words of the README. */
  readonly claim: string
  /** What it counts: tries, crash points, inputs, commands. */
  readonly unit: string
  /** How many of them make its short form, which `npm test` runs in a few seconds, and its long one. */
  readonly size: { readonly short: number; readonly long: number }
  readonly places: readonly Place[]
  /** What stands between the library and the fault: taken out, the campaign has to see it. */
  readonly controls: readonly Control[]
  run(trial: Trial): Promise<void>
}

/** A guard, as the place in the sources that holds it, and what the sources would be without it. */
export interface Control {
  readonly guard: string
  readonly file: string
  /** Found exactly once in the file, so that a guard that has moved is noticed. */
  readonly find: string
  readonly replace: string
  /** Where its absence is looked for; the campaign's first place unless set. */
  readonly place?: Place
  /** How many tries it is given; the short form's unless set. */
  readonly size?: number
}

/** What a campaign is given, and what it tells. */
export interface Trial {
  readonly place: Place
  /** How many tries to make. */
  readonly size: number
  readonly seed: number
  readonly random: Random
  /** A Postgres server on which databases can be made. */
  readonly server: string
  /** Adds to what was tried. A campaign that counts fewer than `size` has failed. */
  count(times?: number): void
  /** Reports a broken promise, with what is needed to understand it. */
  violation(what: string, details?: unknown): void
  /** Says what else was counted, for whoever runs it long. */
  note(text: string): void
}

export interface Outcome {
  readonly campaign: string
  readonly place: Place
  readonly unit: string
  readonly tried: number
  readonly violations: readonly string[]
  readonly notes: readonly string[]
  readonly seconds: number
}

/** What is kept of violations: the first say what is wrong, and a broken guard can make a million. */
const KEPT = 20

export async function perform(
  campaign: Campaign,
  { place, size, seed, server }: { place: Place; size: number; seed: number; server: string },
): Promise<Outcome> {
  const begun = performance.now()
  const violations: string[] = []
  const notes: string[] = []
  let tried = 0
  let more = 0
  const violation = (what: string, details?: unknown): void => {
    if (violations.length >= KEPT) more++
    else violations.push(details === undefined ? what : `${what}: ${JSON.stringify(details)}`)
  }
  await campaign.run({
    place,
    size,
    seed,
    server,
    random: createRandom(seed),
    count: (times = 1) => {
      tried += times
    },
    violation,
    note: (text) => notes.push(text),
  })
  if (more > 0) violations.push(`and ${more} more`)
  if (tried < size) violations.push(`tried ${tried} of ${size}`)
  return {
    campaign: campaign.name,
    place,
    unit: campaign.unit,
    tried,
    violations,
    notes,
    seconds: (performance.now() - begun) / 1000,
  }
}
