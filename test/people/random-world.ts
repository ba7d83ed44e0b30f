import fc from 'fast-check'
import { type Actor, createSharing, isSharingError, type Sharing, type Store } from 'sharegrant'
import { SECRET } from '../support/sample.ts'

/** Roles of both types by one name and roles by a name that the other lacks, roles that manage, every kind of rule. */
const DEFINITIONS = {
  session: {
    roles: {
      viewer: ['view'],
      contributor: ['view', 'annotate'],
      manager: ['view', 'annotate', 'share', 'history'],
    },
    rules: [
      { when: 'remote', forbid: ['publish'] },
      { when: 'archived', forbid: ['annotate'] },
      { unless: 'live', forbid: ['annotate'], exceptOwner: true },
    ],
  },
  folder: {
    roles: { reader: ['view'], contributor: ['view', 'annotate'], manager: ['view', 'share', 'publish'] },
    rules: [{ when: 'archived', forbid: ['view', 'publish'], exceptOwner: true }],
  },
} as const

export type Worldly = Sharing<typeof DEFINITIONS>
export interface Ref {
  type: 'session' | 'folder'
  id: string
}

/** The roles of each type, weakest first. */
export const ROLES: Readonly<Record<Ref['type'], readonly string[]>> = {
  session: Object.keys(DEFINITIONS.session.roles),
  folder: Object.keys(DEFINITIONS.folder.roles),
}
const ACTIONS = ['view', 'annotate', 'share', 'publish', 'transfer', 'remove', 'history'] as const

export const ROOT: Actor = { userId: 'root', tenantId: 'acme', admin: 'system' }
const ann: Actor = { userId: 'ann', tenantId: 'acme', email: 'ann@acme.example', groups: ['staff'] }
const bob: Actor = { userId: 'bob', tenantId: 'acme', email: 'bob@acme.example' }
const eve: Actor = { userId: 'eve', tenantId: 'rival', email: 'eve@rival.example', groups: ['staff'] }
const zoe: Actor = { userId: 'zoe', tenantId: null, email: 'zoe@home.example' }
const annThere: Actor = { ...ann, tenantId: 'rival', groups: ['crew'] }

/** Two accounts, a person without one, somebody who is in both, admins, and nobody. */
const ACTORS: ReadonlyArray<Actor | null> = [
  ann,
  bob,
  { userId: 'cyd', tenantId: 'acme', email: 'Cyd@ACME.example', groups: ['crew', 'staff'] },
  { userId: 'dan', tenantId: 'acme', groups: ['crew'] },
  { userId: 'ada', tenantId: 'acme', admin: 'tenant' },
  ROOT,
  eve,
  annThere,
  zoe,
  null,
]

const OWNERS = [ann, ann, bob, eve, annThere, zoe]
const GRANTEES = [
  ...['ann', 'bob', 'cyd', 'eve', 'zoe'].map((userId) => ({ userId })),
  ...['ann@acme', 'cyd@acme', 'eve@rival', 'zoe@home', 'x@acme'].map((at) => ({ email: `${at}.example` })),
  ...['staff', 'crew', 'staff'].map((groupId) => ({ groupId })),
]

/** A world while it is made. */
interface Making {
  sharing: Worldly
  refs: Ref[]
  now: number
}

interface Step {
  /** How a world that shows a fault is told. */
  [fc.toStringMethod](): string
  take(making: Making): Promise<unknown>
}

function step<A extends unknown[]>(
  name: string,
  given: { [K in keyof A]: fc.Arbitrary<A[K]> },
  take: (making: Making, ...given: A) => Promise<unknown>,
): fc.Arbitrary<Step> {
  return fc.tuple(...given).map((chosen) => ({
    [fc.toStringMethod]: () => `${name} ${JSON.stringify(chosen)}`,
    take: (making) => take(making, ...(chosen as A)),
  }))
}

const DAY_MS = 86_400_000
const place = fc.nat(6)
const at = ({ refs }: Making, which: number): Ref => refs[which % refs.length]!
const roleAt = ({ type }: Ref, rank: number) => ROLES[type][rank % ROLES[type].length]! as 'contributor'

const register = fc
  .record({
    type: fc.constantFrom<Ref['type'][]>('session', 'session', 'folder'),
    owner: fc.constantFrom(...OWNERS),
    visibility: fc.constantFrom('private', 'private', 'account', 'public'),
    under: fc.option(place),
    sameMoment: fc.boolean(),
  })
  .map(
    ({ type, owner, visibility, under, sameMoment }): Step => ({
      [fc.toStringMethod]: () => `register ${JSON.stringify({ type, owner, visibility, under, sameMoment })}`,
      async take(making) {
        if (!sameMoment) making.now++
        const ref = { type, id: `r${making.refs.length}` }
        const parent = under === null ? null : making.refs[under]
        const options = { ownerId: owner.userId, tenantId: owner.tenantId }
        // In its tenant, and with what a person without an account may have; else as plainly as can be.
        const choices = [{ ...options, parent, visibility } as const, options]
        for (const choice of choices) if (await happens(making.sharing.resources.register(ref, choice))) break
        making.refs.push(ref)
      },
    }),
  )

const add = step<[number, 'owner' | 'root', (typeof GRANTEES)[number], number, number | null]>(
  'add',
  [
    place,
    fc.constantFrom('owner', 'root'),
    fc.constantFrom(...GRANTEES),
    fc.nat(2),
    fc.constantFrom(null, null, 10),
  ],
  async (making, on, by, who, rank, days) => {
    const ref = at(making, on)
    const resource = await making.sharing.resources.get(ref)
    const owner = OWNERS.find((one) => one.userId === resource?.ownerId && one.tenantId === resource.tenantId)
    const expiresAt = days === null ? null : new Date(making.now + days * DAY_MS)
    const given = { ...(who as { userId: string }), role: roleAt(ref, rank), expiresAt }
    await making.sharing.collaborators.add(by === 'root' ? ROOT : (owner ?? ROOT), ref, given)
  },
)

const atWhich = async (making: Making, ref: Ref, which: number): Promise<string> =>
  (await making.sharing.collaborators.list(ROOT, ref)).at(which)?.id ?? 'none'

const steps = [
  { weight: 12, arbitrary: add },
  {
    weight: 3,
    arbitrary: step<[number, string[]]>(
      'traits',
      [place, fc.subarray(['remote', 'archived', 'live'])],
      ({ sharing, ...making }, on, traits) =>
        sharing.resources.update(at({ sharing, ...making }, on), { traits }),
    ),
  },
  {
    weight: 3,
    arbitrary: step<
      [string, { allowGuests: boolean; allowPublicShares: boolean; allowedEmailDomains: string[] | null }]
    >(
      'policy',
      [
        fc.constantFrom('acme', 'acme', 'rival'),
        fc.record({
          allowGuests: fc.boolean(),
          allowPublicShares: fc.boolean(),
          allowedEmailDomains: fc.constantFrom(null, null, ['rival.example']),
        }),
      ],
      ({ sharing }, tenantId, policy) =>
        sharing.policies.set({ userId: 'x', tenantId, admin: 'tenant' }, policy),
    ),
  },
  {
    weight: 2,
    arbitrary: step<[number, number | null]>('move', [place, fc.option(place)], (making, on, under) =>
      making.sharing.resources.update(at(making, on), { parent: under === null ? null : at(making, under) }),
    ),
  },
  {
    weight: 1,
    arbitrary: step<[number, number]>('remove', [place, fc.nat(2)], async (making, on, which) =>
      making.sharing.collaborators.remove(ROOT, await atWhich(making, at(making, on), which)),
    ),
  },
  {
    weight: 1,
    arbitrary: step<[number, number, number]>(
      'role',
      [place, fc.nat(2), fc.nat(2)],
      async (making, on, which, rank) => {
        const ref = at(making, on)
        const id = await atWhich(making, ref, which)
        await making.sharing.collaborators.setRole(ROOT, id, roleAt(ref, rank))
      },
    ),
  },
  {
    weight: 1,
    arbitrary: step<[number, string, string | null]>(
      'transfer',
      [place, fc.constantFrom('ann', 'bob', 'cyd'), fc.constantFrom(null, 'contributor')],
      (making, on, to, keep) =>
        making.sharing.resources.transfer(ROOT, at(making, on), to, { keep: keep as 'contributor' | null }),
    ),
  },
  {
    weight: 2,
    arbitrary: step<[number]>('pass', [fc.constantFrom(11, 31)], async (making, days) => {
      making.now += days * DAY_MS
    }),
  },
]

/** What happens in a world, and what is asked of it afterwards. */
export interface Plan {
  registrations: Step[]
  steps: Step[]
  actors: Array<Actor | null>
  actions: Array<(typeof ACTIONS)[number]>
  limit: number
}

export const plans: fc.Arbitrary<Plan> = fc.record({
  registrations: fc.array(register, { minLength: 5, maxLength: 7 }),
  steps: fc.array(fc.oneof(...steps), { minLength: 12, maxLength: 25 }),
  actors: fc.subarray([...ACTORS], { minLength: 5, maxLength: 6 }),
  actions: fc.subarray([...ACTIONS], { minLength: 3, maxLength: 4 }),
  limit: fc.integer({ min: 1, max: 3 }),
})

/** A world as it has become. */
export interface World {
  sharing: Worldly
  refs: readonly Ref[]
  now: Date
}

/** Whether something happens. What the library refuses has not; what fails is thrown. */
async function happens(call: Promise<unknown>): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    if (isSharingError(error) && error.status < 500) return false
    throw error
  }
}

export async function makeWorld(store: Store, plan: Plan): Promise<World> {
  const making: Making = {
    refs: [],
    now: Date.parse('2030-06-15T12:00:00Z'),
    sharing: createSharing({
      store,
      secret: SECRET,
      resources: DEFINITIONS,
      limits: { invitationsPerHour: false },
      clock: () => new Date(making.now),
    }),
  }
  await making.sharing.migrate()
  for (const { take } of [...plan.registrations, ...plan.steps]) await happens(take(making))
  const { sharing, refs, now } = making
  return { sharing, refs, now: new Date(now) }
}
