import fc from 'fast-check'
import type { Store } from '../../src/index.ts'
import {
  attach,
  copiesStand,
  fork,
  list,
  mint,
  open,
  ownHand,
  passHand,
  refresh,
  resume,
  useLater,
} from './reading.ts'
import { type Step, step, take } from './steps.ts'
import { type Canvas, createWorld, type Hand, PERSONS, type Tally, type World } from './world.ts'

/** What is shared to begin with: each in both modes, inside and to the world. */
const BEGUN: readonly Step[] = [
  { do: 'give', canvas: 0, maker: -1, mode: 'live', to: 1, role: 'manager' },
  { do: 'give', canvas: 0, maker: -1, mode: 'snapshot', to: 2, role: 'viewer' },
  { do: 'link', canvas: 0, maker: -1, mode: 'snapshot', visibility: 'public' },
  { do: 'link', canvas: 1, maker: -1, mode: 'live', visibility: 'public' },
  { do: 'guests', canvas: 1, allow: true },
  { do: 'give', canvas: 1, maker: -1, mode: 'live', to: 1, role: 'viewer' },
  { do: 'add', canvas: 0, region: 'north' },
]

/** Then some of it is renewed, after others have opened it. */
const RENEWED: readonly Step[] = [
  { do: 'share anew', which: 0 },
  { do: 'share anew', which: 1 },
  { do: 'rename', canvas: 0 },
  { do: 'move', canvas: 0 },
]

export const history: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 8, maxLength: 25 })

/** Takes one step after the other. After each, everybody reads with what they have in hand by then. */
export async function tell(store: Store, steps: readonly Step[], tally: Tally): Promise<void> {
  const world = await createWorld(store, tally)
  try {
    for (const [turn, one] of [...BEGUN, ...RENEWED, ...steps].entries()) {
      const about = await take(world, one)
      const canvas = about ?? world.canvases[turn % 2]!
      if (turn >= BEGUN.length - 1) await everybodyReads(world, canvas, turn)
    }
    await copiesStand(world)
  } finally {
    await world.close()
  }
}

const isGood = (hand: Hand): boolean => hand.live() || hand.past().length > 0

async function everybodyReads(world: World, canvas: Canvas, turn: number): Promise<void> {
  for (const person of PERSONS) {
    const own = ownHand(world, person, canvas)
    if ((turn + person) % 2 === 0) await attach(world, person, canvas)
    else await refresh(world, own)
    if ((turn + person) % 6 !== 0) continue
    await list(world, person)
    await mint(world, own)
    await fork(world, own)
  }
  const about = <Thing extends { canvas: Canvas }>(things: readonly Thing[]): Thing[] =>
    things.filter((thing) => thing.canvas === canvas)
  for (const [index, link] of about(world.links).slice(-3).entries()) {
    await open(world, link, (turn + index) % 2 === 0 ? null : (turn + index) % PERSONS.length)
  }
  // The newest, and one of the oldest: what was opened long ago is still of what it was opened with.
  const passes = about(world.passes)
  for (const [index, pass] of [...passes.slice(-2), ...passes.slice(turn % 8).slice(0, 2)].entries()) {
    const person = (turn + index) % 3 === 0 ? turn % PERSONS.length : pass.person
    if (index % 2 === 0) await resume(world, pass, person)
    else await refresh(world, passHand(world, pass, person))
    if (index === 1) await fork(world, passHand(world, pass, person))
    if (index === 1) await mint(world, passHand(world, pass, person))
  }
  // What is over is tried most.
  const refs = world.refs.toSorted((a, b) => Number(isGood(a.hand)) - Number(isGood(b.hand)))
  for (const ref of refs.slice(turn % 3).slice(0, 2)) await useLater(world, ref)
}
