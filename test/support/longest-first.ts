import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take long, by what their paths contain: one that begins last would be waited for by all others. */
const LONGEST = [
  'conformance',
  'soak/',
  'guarantees/tenant-borders',
  'guarantees/row-security',
  'guarantees/twins',
  'guarantees/deliveries',
  'guarantees/processes',
  'guarantees/plans',
  'http/tenants',
  'docs/readme',
  'people/',
  'bench/',
  'guarantees/',
  'examples/',
]

/** Begins with the files that take longest, also where no run before it has measured them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((part) => moduleId.includes(`/test/${part}`))
      return place < 0 ? LONGEST.length : place
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}
