/** The state moved between two statements of a step, so the step runs again from its beginning. */
export class Interleaved extends Error {
  override readonly name = 'Interleaved'
}
