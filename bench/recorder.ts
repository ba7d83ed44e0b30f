import { LINES, type Part } from './lines.ts'
import { type Contender, compare, type Figure, type Pace } from './measure.ts'
import type { PlaceName } from './places.ts'
import { print, type Result } from './report.ts'

/** Wraps a comparison into a check that each contender has done what it says. */
export type Audit = <R>(contenders: readonly Contender[], work: () => Promise<R>) => Promise<R>

export interface Recorder {
  readonly results: Result[]
  /** Measures all lines of a part in a place. What stands in one set runs in alternation. */
  measure(part: Part, place: PlaceName, sets: readonly Contender[][], audit: Audit): Promise<void>
}

/** Prints each line as soon as it is known, and keeps it. */
export function createRecorder(pace: Pace): Recorder {
  const results: Result[] = []
  return {
    results,
    async measure(part, place, sets, audit) {
      const lines = LINES.filter((line) => line.part === part && line.places.includes(place))
      const asked = new Set(lines.flatMap(({ ours, other }) => [ours, other]))
      let measured = 0
      for (const set of sets) {
        const contenders = set.filter(({ name }) => asked.has(name))
        const figures: Map<string, Figure> = await audit(contenders, () => compare(contenders, pace))
        for (const line of lines) {
          const [ours, other] = [figures.get(line.ours), figures.get(line.other)]
          if (ours === undefined || other === undefined) continue
          const result = { line, place, ours, other }
          results.push(result)
          print(result)
          measured++
        }
      }
      if (measured === lines.length) return
      // A contender whose name is misspelt would be a line that is left out in silence.
      throw new Error(`${measured} of ${lines.length} lines of ${part} were measured`)
    },
  }
}
