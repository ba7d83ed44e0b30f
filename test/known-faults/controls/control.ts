/** What stands between the library and a fault, and what the sources would be without it. */
export interface Control {
  readonly fault: string
  readonly guard: string
  readonly file: string
  /** Found exactly once in the file, so that a guard that has moved is noticed. */
  readonly find: string
  readonly replace: string
}

/** By fault, and by guard: the file, what is found in it, and what comes in its place. */
export type Controls = Readonly<
  Record<string, Readonly<Record<string, readonly [file: string, find: string, replace: string]>>>
>
