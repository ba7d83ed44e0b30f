import Database from 'better-sqlite3'
import fc from 'fast-check'
import { type Access, type Actor, createSharing, type ResolveHook } from 'sharegrant'
import { sqliteStore } from 'sharegrant/sqlite'
import { expect, test } from 'vitest'
import { outcomeOf, SECRET } from '../support/sample.ts'

const REGIONS = ['north', 'east', 'south', 'west'] as const
type Region = (typeof REGIONS)[number]
const PEOPLE: readonly Actor[] = [
  { userId: 'ann', tenantId: 'acme' },
  { userId: 'bob', tenantId: 'acme' },
  { userId: 'cyd', tenantId: 'acme', groups: ['staff'] },
  // A guest, a stranger, and somebody whose id is another account's person's too.
  { userId: 'eve', tenantId: 'rival' },
  { userId: 'zoe', tenantId: null },
  { userId: 'ann', tenantId: 'rival' },
]
const CANVASES = ['c1', 'c2'] as const
type Canvas = (typeof CANVASES)[number]
const ref = (id: Canvas) => ({ type: 'canvas', id }) as const

type Step =
  | { do: 'allow' | 'forbid'; person: number; region: Region }
  | { do: 'edit'; canvas: Canvas; region: Region }
  | { do: 'give' | 'take' | 'attach' | 'open'; canvas: Canvas; person: number; group: boolean }
  | { do: 'link'; canvas: Canvas; account: boolean }
  | { do: 'show'; canvas: Canvas; visibility: 'private' | 'account' | 'public' }
  | { do: 'read'; person: number | null; access: number; canvas: Canvas; own: boolean }

const canvas = fc.constantFrom(...CANVASES)
const region = fc.constantFrom(...REGIONS)
const person = fc.nat({ max: PEOPLE.length - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('allow' as const, 'forbid' as const), person, region }),
  fc.record({ do: fc.constant('edit' as const), canvas, region }),
  fc.record({
    do: fc.constantFrom('give' as const, 'take' as const, 'attach' as const, 'open' as const),
    ...{ canvas, person, group: fc.boolean() },
  }),
  fc.record({ do: fc.constant('link' as const), canvas, account: fc.boolean() }),
  fc.record({
    do: fc.constant('show' as const),
    canvas,
    visibility: fc.constantFrom('private' as const, 'account' as const, 'public' as const),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      person: fc.option(person),
      access: fc.nat({ max: 20 }),
      canvas,
      own: fc.boolean(),
    }),
  },
)

/** What a reader got, and how often it was something. */
async function live(
  owners: readonly number[],
  steps: readonly Step[],
  tally: { rows: number },
): Promise<void> {
  const rights = new Map<string, Set<string>>()
  const rightsOf = ({ userId, tenantId }: Actor) => {
    const key = `${tenantId} ${userId}`
    const known = rights.get(key) ?? new Set<string>()
    rights.set(key, known)
    return known
  }
  const rows: Array<{ canvas: string; region: Region; at: number }> = []
  const resolve: ResolveHook = ({ resource, as }) =>
    rows.filter((row) => row.canvas === resource.id && as !== null && rightsOf(as).has(row.region))
  const database = new Database(':memory:')
  const sharing = createSharing({
    store: sqliteStore({ database }),
    secret: SECRET,
    resources: { canvas: { roles: { viewer: ['view'] }, resolve } },
    limits: { opensPerMinute: false, invitationsPerHour: false },
  })
  await sharing.migrate()
  const owner = new Map(CANVASES.map((id, at) => [id, PEOPLE[owners[at]!]!] as const))
  for (const [id, { tenantId, userId }] of owner) {
    await sharing.resources.register(ref(id), { tenantId, ownerId: userId })
    await outcomeOf(() => sharing.policies.set({ ...owner.get(id)!, admin: 'tenant' }, { allowGuests: true }))
  }
  const links: Array<{ id: Canvas; token: string }> = []
  for (const at of REGIONS.keys()) {
    rows.push({ canvas: CANVASES[at % 2]!, region: REGIONS[at]!, at: -1 })
    for (const actor of PEOPLE.slice(at)) rightsOf(actor).add(REGIONS[at]!)
  }
  const passes: Array<{ pass: string; of: string }> = []
  const owned = new Map<string, string[]>()
  for (const [at, one] of steps.entries()) {
    if (one.do === 'allow') rightsOf(PEOPLE[one.person]!).add(one.region)
    else if (one.do === 'forbid') rightsOf(PEOPLE[one.person]!).delete(one.region)
    else if (one.do === 'edit') rows.push({ canvas: one.canvas, region: one.region, at })
    else if (one.do === 'link') {
      const visibility = one.account ? 'account' : 'public'
      const made = sharing.links.create(owner.get(one.canvas)!, ref(one.canvas), { visibility })
      await made.then(
        ({ token }) => links.push({ id: one.canvas, token }),
        () => {},
      )
    } else if (one.do === 'show') {
      await outcomeOf(() =>
        sharing.resources.setVisibility(owner.get(one.canvas)!, ref(one.canvas), one.visibility),
      )
    } else if (one.do === 'give') {
      const whom = one.group ? { groupId: 'staff' } : { userId: PEOPLE[one.person]!.userId }
      await outcomeOf(() =>
        sharing.collaborators.add(owner.get(one.canvas)!, ref(one.canvas), { ...whom, role: 'viewer' }),
      )
    } else if (one.do === 'take') {
      const [first] = await sharing.collaborators.list(owner.get(one.canvas)!, ref(one.canvas))
      if (first) await sharing.collaborators.remove(owner.get(one.canvas)!, first.id)
    } else if (one.do === 'attach') {
      const actor = PEOPLE[one.person]!
      await sharing.attach(actor, ref(one.canvas)).then(
        ({ pass }) => passes.push({ pass, of: one.canvas }),
        () => {},
      )
    } else if (one.do === 'open') {
      const link = links.at(one.person)
      const actor = one.group ? null : PEOPLE[one.person]!
      if (link) {
        await sharing.open(link.token, { actor }).then(
          ({ pass }) => passes.push({ pass, of: link.id }),
          () => {},
        )
      }
    } else if (one.do === 'read') {
      const actor = one.person === null ? null : PEOPLE[one.person]!
      const held = passes.at(one.access % Math.max(1, passes.length))
      const byOwnRight = one.own && actor !== null
      if (!byOwnRight && held === undefined) continue
      const access: Access<'canvas'> = byOwnRight
        ? { actor, resource: ref(one.canvas) }
        : { pass: held!.pass, visitor: { actor } }
      const answer = await sharing.refresh(access, ['rows']).catch(() => null)
      const [got] = answer ?? []
      if (got?.status !== 'ok') continue
      const id = byOwnRight ? one.canvas : held!.of
      const inside = actor !== null && actor.tenantId === owner.get(id as Canvas)!.tenantId
      const seen = got.data as typeof rows
      const mine = inside ? rows.filter((row) => row.canvas === id && rightsOf(actor).has(row.region)) : []
      expect(seen).toEqual(mine)
      tally.rows += seen.length
      // Nobody gets by with a token of the owner's, nor the owner with theirs unless both are nobody's.
      expect((await sharing.refs.verify(got.token, actor)).resource.id).toBe(id)
      const text = JSON.stringify(answer)
      const isOwner = actor !== null && owner.get(id as Canvas) === actor
      for (const token of isOwner ? [] : (owned.get(id) ?? [])) expect(text).not.toContain(token)
      if (isOwner) owned.set(id, [...(owned.get(id) ?? []), got.token])
      else if (actor !== null) {
        expect(await outcomeOf(() => sharing.refs.verify(got.token, owner.get(id as Canvas)!))).not.toBe('ok')
      }
    }
  }
  await sharing.close()
  database.close()
}

test('whoever owns, gives and edits: live, nobody is shown a row that is not their own to see', async () => {
  const tally = { rows: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: PEOPLE.length - 1 })),
      fc.array(step, { minLength: 20, maxLength: 60 }),
      (owners, steps) => live(owners, steps, tally),
    ),
    { numRuns: 60 },
  )
  expect(tally.rows).toBeGreaterThan(50)
}, 60_000)
