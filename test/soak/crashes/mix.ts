import type { Random } from '../random.ts'
import type { KnownLink, KnownResource, Life } from './life.ts'

/** What a life knows of: nothing is done with what a call made whose answer never came. */
interface World {
  resources: KnownResource[]
  links: KnownLink[]
}

type Doing = (life: Life, world: World, random: Random) => Promise<unknown>

const anyLink = ({ links }: World, random: Random): KnownLink => random.pick(links)

const without = <T>(list: T[], gone: T): void => {
  const index = list.indexOf(gone)
  if (index >= 0) list.splice(index, 1)
}

async function makeLink(life: Life, world: World, random: Random): Promise<void> {
  const made = await life.link(random.pick(world.resources), {
    by: random.pick(['owner', 'admin']),
    ...(random.below(3) === 0 ? { maxViews: 1 + random.below(5) } : {}),
  })
  if (made !== null) world.links.push(made)
}

/** What is done, as often as it stands here. */
const DOINGS: readonly Doing[] = [
  ...Array<Doing>(10).fill((life, world, random) => life.open(anyLink(world, random))),
  async (life, world, random) => {
    const made = [anyLink(world, random), anyLink(world, random)]
    await Promise.all(
      [...made, ...made, ...made].map((one) => life.open(one, { bot: random.below(5) === 0 })),
    )
  },
  makeLink,
  makeLink,
  makeLink,
  async (life, world) => {
    const made = await life.register()
    if (made !== null) world.resources.push(made)
  },
  (life, world, random) => life.retitle(random.pick(world.resources)),
  (life, world, random) => life.rename(anyLink(world, random)),
  (life, world, random) => life.transfer(random.pick(world.resources)),
  (life) => life.setPolicy(),
  async (life, world, random) => {
    const made = anyLink(world, random)
    without(world.links, made)
    await life.revoke(made)
  },
  async (life, world, random) => {
    const made = anyLink(world, random)
    without(world.links, made)
    await life.removeLink(made)
  },
  async (life, world, random) => {
    const made = anyLink(world, random)
    without(world.links, made)
    const rotated = await life.rotate(made, random.pick([0, 60]))
    if (rotated !== null) world.links.push(rotated)
  },
  async (life, _, random) => {
    const own = await life.register({ visibility: 'account' })
    if (own === null) return
    await life.link(own)
    await life.removeMember(own.owner, random.pick([undefined, life.name('heir')]))
  },
  async (life) => {
    const own = await life.register()
    if (own !== null) await life.turnVisibility(own, 'account')
  },
  async (life) => {
    const own = await life.register()
    if (own !== null) await life.removeResource(own)
  },
  async (life) => {
    if (life.days < 10) life.passDay()
    await life.maintain()
  },
]

/** Something of each kind to begin with. */
async function begin(life: Life, world: World, random: Random): Promise<boolean> {
  const made = await life.register()
  if (made === null) return false
  world.resources.push(made)
  await makeLink(life, world, random)
  return world.links.length > 0
}

/** Does this and that, several things at a time, for as long as it is told to go on. */
export async function liveOn(
  life: Life,
  { random, atOnce, goesOn }: { random: Random; atOnce: number; goesOn(): boolean },
): Promise<void> {
  const world: World = { resources: [], links: [] }
  while (goesOn() && !(await begin(life, world, random)));
  const one = async (): Promise<void> => {
    while (goesOn()) {
      // A turn of the event loop for others: on SQLite nothing here would ever give one up.
      await new Promise(setImmediate)
      if (world.links.length < 2) await makeLink(life, world, random)
      else await random.pick(DOINGS)(life, world, random)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}
