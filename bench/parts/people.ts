import assert from 'node:assert/strict'
import { type Actor, createSharing, type Sharing } from 'sharegrant'
import { type Asker, type ByHand, byHand, PAGE, runOnPostgres, runOnSqlite } from '../contenders/by-hand.ts'
import type { Casbin } from '../contenders/casbin.ts'
import { storeOf } from '../contenders/library.ts'
import {
  documentId,
  documentUid,
  fillPeople,
  inFolder,
  isOver,
  madeAt,
  ofGroup,
  type PeopleFilled,
} from '../fill/people.ts'
import { settle } from '../fill/tables.ts'
import { type Contender, contender } from '../measure.ts'
import type { Place } from '../places.ts'

const roles = { viewer: ['view'], editor: ['view', 'edit'] } as const
const resources = { folder: { roles }, document: { roles } } as const

/** The library and the query by hand over the same grants to people. */
export interface PeopleWorld {
  place: Place
  sharing: Sharing<typeof resources>
  filled: PeopleFilled
  /** How many of what `big` was given are newer than the page in the middle. */
  newer: number
}

export async function makePeople(place: Place, grants: number): Promise<PeopleWorld> {
  const sharing = createSharing({
    store: storeOf(place),
    secret: 'a secret of the bench that is long enough',
    resources,
  })
  await sharing.migrate()
  const filled = await fillPeople(place, grants)
  await settle(place)
  const [counted] = await place.query(
    'library',
    `select count(*) as newer from collaborators where resource_id > '${documentId(grants / 2)}' and resource_id < 'e'
      and grantee in (${asker(BIG).subjects.map((subject) => `'${subject}'`)})`,
  )
  return { place, sharing, filled, newer: Number(counted!['newer']) + 1 }
}

/** Who does it: the library, the query by hand in one or two ways, node-casbin. */
export const WAYS = ['ours', 'by hand', 'by hand, otherwise', 'casbin'] as const
export type Way = (typeof WAYS)[number]

/** A piece of work, as each does it. All of them find the same. */
export interface Question {
  operation: string
  /** Takes so long that fewer rounds must do. */
  slow?: boolean
  ways: Partial<Record<Way, (index: number) => unknown>>
}

export const contendersOf = ({ operation, ways }: Question): Contender[] =>
  Object.entries(ways).map(([way, work]) => contender(`${operation}: ${way}`, work))

const actorOf = (userId: string, address: string, groups: readonly string[]): Actor => ({
  userId,
  tenantId: 't1',
  email: `${address}@example.com`,
  ...(groups.length > 0 && { groups }),
})
const BIG = actorOf('big', 'p6', ['g1', 'g2', 'g3'])
const SMALL = actorOf('small', 'p5', ['g4', 'g5', 'g6'])
const PERSONS = { 'a tenth of all': BIG, 'twenty grants': SMALL } as const

const asker = ({ userId, email, groups = [] }: Actor): Asker => ({
  userId,
  subjects: [`user:${userId}`, `email:${email}`, ...groups.map((group) => `group:${group}`)],
})

/** Numbers that lie scattered, each time the same. */
const scattered = (index: number, of: number): number => (index * 514_229) % of

/** Asks about somebody's right to a document. */
interface Case {
  actor: Actor
  document: number
}

/** Somebody without a grant of their own, who is in three groups. */
const member = ({ groups }: PeopleFilled, turn: number): Actor =>
  actorOf(
    `m${turn % groups}`,
    `m${turn % groups}`,
    [0, 1, 2].map((next) => `g${(turn + next) % groups}`),
  )

const CASES: Readonly<Record<string, (filled: PeopleFilled, index: number) => Case>> = {
  'can, by a grant': ({ people, others }, index) => {
    const at = scattered(index, others)
    const document = isOver(at) ? at - 1 : at
    return { actor: actorOf(`p${document % people}`, `p${document % people}`, []), document }
  },
  'can, by a group': (filled, index) => {
    const turn = scattered(index, filled.count / 20)
    return { actor: member(filled, turn), document: ofGroup(turn) }
  },
  'can, by a grant on the folder': ({ folders }, index) => ({
    actor: BIG,
    document: inFolder((index % 10) * (folders / 10), scattered(index, 100)),
  }),
  'can, refused': (filled, index) => {
    const document = scattered(index, filled.count / 20) * 20 + 4
    return { actor: member(filled, index), document }
  },
}

/**
 * What node-casbin is asked, about a tenth of the documents: with a million policies each answer would take it seconds.
 */
const FOR_CASBIN = ['can, by a grant', 'can, by a group', 'can, refused']
const tenthOf = (filled: PeopleFilled): PeopleFilled => ({
  ...filled,
  count: filled.count / 10,
  others: Math.floor(filled.others / 10),
})
export const firstTenth = ({ count }: PeopleFilled): string => documentId(count / 10)

export function membersOf({ groups, ...rest }: PeopleFilled): Map<string, string[]> {
  const all = Array.from({ length: groups }, (_, turn) => member({ groups, ...rest }, turn))
  return new Map(all.map((actor) => [`user:${actor.userId}`, actor.groups!.map((group) => `group:${group}`)]))
}

export function questions(world: PeopleWorld, casbin: Casbin | null): Question[] {
  const { place, sharing, filled } = world
  const hand = byHand(place)
  const host = place.dialect === 'sqlite' ? runOnSqlite(place) : runOnPostgres(place)
  const deciding = Object.entries(CASES).map(([operation, make]): Question => {
    const at = (index: number) => make(filled, index)
    return {
      operation,
      ways: {
        ours: (index) => {
          const { actor, document } = at(index)
          return sharing.can(actor, 'view', { type: 'document', id: documentId(document) })
        },
        'by hand': (index) => {
          const { actor, document } = at(index)
          return hand.can(asker(actor), 'view', documentId(document))
        },
        ...(casbin !== null &&
          FOR_CASBIN.includes(operation) && {
            casbin: (index: number) => {
              const { actor, document } = make(tenthOf(filled), index)
              return casbin.can(`user:${actor.userId}`, 'view', documentId(document))
            },
          }),
      },
    }
  })
  const listing = (['shared', 'all'] as const).flatMap((filter) =>
    Object.entries(PERSONS).map(
      ([name, actor]): Question => ({
        operation: `list ${filter}, first page, ${name}`,
        ways: {
          ours: () => sharing.list(actor, { type: 'document', filter, limit: PAGE }),
          'by hand': () =>
            filter === 'shared' ? hand.shared(asker(actor), { offset: 0 }) : hand.all(asker(actor)),
        },
      }),
    ),
  )
  const filtering = Object.entries(PERSONS).map(
    ([name, actor]): Question => ({
      operation: `filter, first page, ${name}`,
      slow: actor === SMALL,
      ways: {
        ours: () => {
          const { sql, parameters } = sharing.filter(actor, 'view', 'document', { column: 'd.id' })
          const text = `select d.* from documents d where ${sql} order by d.created_at desc, d.id desc limit ${PAGE}`
          return host('', text, parameters)
        },
        'by hand': () => hand.filterExists(asker(actor)),
        'by hand, otherwise': () => hand.filterUnion(asker(actor)),
      },
    }),
  )
  return [...deciding, ...listing, middlePage(world, hand.shared), ...filtering]
}

/** The page after half of what was given: by its cursor, and by hand by OFFSET or by the row before it. */
function middlePage({ sharing, filled, newer }: PeopleWorld, shared: ByHand['shared']): Question {
  const middle = filled.count / 2
  const cursor = Buffer.from(`${madeAt(middle).getTime()}:${documentUid(middle)}`).toString('base64url')
  const after = { at: madeAt(middle), id: documentId(middle) }
  return {
    operation: 'list shared, page in the middle, a tenth of all',
    ways: {
      ours: () => sharing.list(BIG, { type: 'document', filter: 'shared', limit: PAGE, cursor }),
      'by hand': () => shared(asker(BIG), { offset: newer }),
      'by hand, otherwise': () => shared(asker(BIG), { after }),
    },
  }
}

/** Fails unless all ways to a piece of work find the same, of so many items. */
export async function checkAgreement({ operation, ways, slow }: Question, most: number): Promise<void> {
  const items = slow ? 1 : most
  for (let index = 0; index < items; index++) {
    const expected = found(await ways.ours!(index))
    if (Array.isArray(expected)) assert.equal(expected.length > 0, true, `${operation}: nothing was found`)
    else assert.equal(expected, !operation.endsWith('refused'), `${operation}: ${index}`)
    for (const [way, work] of Object.entries(ways)) {
      assert.deepEqual(found(await work(index)), expected, `${operation}: ${way} finds something else`)
    }
  }
}

/** A yes or no, or the ids on a page. */
function found(answer: unknown): unknown {
  if (typeof answer === 'boolean') return answer
  if (Array.isArray(answer)) return (answer as Array<{ id: string }>).slice(0, PAGE).map(({ id }) => id)
  return (answer as { items: Array<{ resource: { id: string } }> }).items.map(({ resource }) => resource.id)
}
