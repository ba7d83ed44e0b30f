import fc from 'fast-check'
import type { Actor } from '../../../src/index.ts'
import { addressOf, type Side } from './side.ts'
import { ACTIONS, ACTORS, type ActionName, IDS, type Id, PEOPLE, ROOT } from './world.ts'

const DAY = 86_400_000

/** What is refused again and again tells little: the usual most of the time, anything else now and then. */
export const mostly = <U, T>(usual: U, other: fc.Arbitrary<T>): fc.Arbitrary<U | T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })

/** Somebody, or whoever owns the resource at that moment. */
export type Who = Actor | 'owner'

export const anybody: fc.Arbitrary<Actor> = fc.constantFrom(...ACTORS)
export const actor: fc.Arbitrary<Who> = mostly('owner' as const, fc.oneof(fc.constant(ROOT), anybody))
/** Somebody of the account to which most belongs. */
export const colleague: fc.Arbitrary<Actor> = fc.constantFrom(
  ...ACTORS.filter(({ tenantId }) => tenantId === 'acme'),
)
export const person: fc.Arbitrary<string> = fc.constantFrom(...PEOPLE)
/** Mostly the first ones, so that calls meet each other. */
export const id: fc.Arbitrary<Id> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('d1' as const) },
  { weight: 3, arbitrary: fc.constant('d2' as const) },
  { weight: 4, arbitrary: fc.constantFrom(...IDS) },
)
export const action: fc.Arbitrary<ActionName> = fc.constantFrom(...ACTIONS)
/** Something that was handed out, counted round; below zero, something that never was. */
export const place: fc.Arbitrary<number> = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 3 }) },
  { weight: 7, arbitrary: fc.nat({ max: 30 }) },
  { weight: 1, arbitrary: fc.constant(-1) },
)
/** Something that was handed out lately, counted back. */
export const late: fc.Arbitrary<number> = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 1 }) },
  { weight: 7, arbitrary: fc.nat({ max: 10 }) },
  { weight: 1, arbitrary: fc.constant(-1) },
)
export const visibility: fc.Arbitrary<'private' | 'account' | 'public'> = fc.constantFrom(
  'private',
  'private',
  'account',
  'public',
)
export const traits: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<string[][]>([], ['live']) },
  { weight: 1, arbitrary: fc.subarray(['remote', 'archived', 'quarantined', 'live'], { maxLength: 2 }) },
)
export const ahead: fc.Arbitrary<number> = fc.constantFrom(1, 990, 1000, 1010, 3_600_000, DAY, 3 * DAY)
/** How much of a list at once. */
export const limit: fc.Arbitrary<number> = mostly(100, fc.constantFrom(1, 3))

export interface Settings {
  role?: 'viewer' | 'commenter'
  maxViews?: number | null
  expires?: number
  begins?: number
  password?: string | null
  emails?: readonly string[] | null
  domains?: readonly string[] | null
  name?: string | null
}

const some = fc.record(
  {
    role: fc.constantFrom('viewer' as const, 'commenter' as const),
    maxViews: fc.constantFrom(1, 2, null),
    expires: mostly(DAY, fc.oneof(ahead, fc.constant(-1))),
    begins: mostly(1, ahead),
    password: fc.constantFrom('pw', null),
    emails: mostly(null, fc.constantFrom<string[][]>(['bob@acme.example'], ['eve@rival.example', 'x@y.zz'])),
    domains: mostly(null, fc.constantFrom<string[][]>(['ACME.example'], ['rival.example'])),
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
    ...(rest.emails ? { emails: rest.emails.map((one) => addressOf(side, one)) } : {}),
    ...(expires === undefined ? {} : { expiresAt: new Date(side.now + expires) }),
    ...(begins === undefined ? {} : { notBefore: new Date(side.now + begins) }),
  }
}
