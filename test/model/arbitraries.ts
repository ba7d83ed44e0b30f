import fc from 'fast-check'
import type { Actor } from 'sharegrant'
import type { Side } from './side.ts'
import { ACTORS, IDS, refOf } from './world.ts'

const DAY = 86_400_000

/** What is refused again and again tells little: the usual most of the time, anything else now and then. */
export const mostly = <U, T>(usual: U, other: fc.Arbitrary<T>): fc.Arbitrary<U | T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })

export type Ref = { type: 'document'; id: string }
/** Somebody, or whoever owns the resource at that moment. */
export type Who = Actor | 'owner'

export const anybody: fc.Arbitrary<Actor> = fc.constantFrom(...ACTORS)
export const actor: fc.Arbitrary<Who> = mostly('owner' as const, anybody)
export const person: fc.Arbitrary<string> = fc.constantFrom('ann', 'bob', 'eve', 'zoe', 'root')
export const ref: fc.Arbitrary<Ref> = fc.constantFrom(...IDS).map(refOf)
export const place: fc.Arbitrary<number> = fc.nat({ max: 30 })
export const visibility: fc.Arbitrary<'private' | 'account' | 'public'> = fc.constantFrom(
  'private',
  'account',
  'public',
)
export const traits: fc.Arbitrary<string[]> = mostly(
  [] as string[],
  fc.subarray(['remote', 'archived', 'quarantined', 'live'], { maxLength: 2 }),
)
export const ahead: fc.Arbitrary<number> = fc.constantFrom(1, 1000, 3_600_000, DAY, 3 * DAY)

export interface Settings {
  role?: 'viewer' | 'commenter'
  maxViews?: number | null
  expires?: number
  begins?: number
  password?: string | null
  emails?: readonly string[] | null
  name?: string | null
}

const some = fc.record(
  {
    role: fc.constantFrom('viewer' as const, 'commenter' as const),
    maxViews: fc.constantFrom(1, 2, null),
    expires: ahead,
    begins: mostly(1, ahead),
    password: fc.constantFrom('pw', null),
    emails: mostly(null, fc.constantFrom<string[][]>(['bob@acme.example'], ['eve@rival.example'])),
    name: fc.constantFrom('a', 'b', null),
  },
  { requiredKeys: [] },
)
export const settings: fc.Arbitrary<Settings> = fc.oneof(fc.constant({}), some)

/** Settings with their moments, counted from now. */
export function terms(
  side: Side,
  { expires, begins, ...rest }: Settings,
): Omit<Settings, 'expires' | 'begins'> {
  return {
    ...rest,
    ...(expires === undefined ? {} : { expiresAt: new Date(side.now + expires) }),
    ...(begins === undefined ? {} : { notBefore: new Date(side.now + begins) }),
  }
}
