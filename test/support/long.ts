/**
 * What would make `npm test` take longer than anybody waits on two cores: the short forms of the campaigns, the
 * honesty of the bench, rights of people at random, what is asked a second time under row-level security or beside a tenant with the same rows,
 * plans among many rows, and what takes several processes.
 */
export const LONG: string[] = [
  'test/soak/**/*.test.ts',
  'test/bench/**/*.test.ts',
  'test/people/agreement.test.ts',
  'test/conformance-guarded.test.ts',
  'test/guarantees/row-security-*.test.ts',
  'test/guarantees/twins.test.ts',
  'test/guarantees/plans.test.ts',
  'test/guarantees/processes.test.ts',
]
