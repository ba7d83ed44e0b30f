import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Mode } from '../../src/index.ts'
import { markerOf, REGIONS, type Region } from './data-set.ts'
import {
  attempt,
  type Canvas,
  type Given,
  isTheirs,
  PERSONS,
  refOf,
  type Shown,
  type World,
} from './world.ts'

/** What happens to the data, to the rights on it, or to what is shared of it. */
export type Step =
  | { do: 'add'; canvas: number; region: Region }
  | { do: 'drop' | 'rename' | 'move' | 'begin again'; canvas: number }
  | { do: 'allow' | 'forbid'; person: number | null; region: Region }
  | { do: 'link'; canvas: number; maker: number; mode: Mode; visibility: 'public' | 'account' }
  | { do: 'give'; canvas: number; maker: number; mode: Mode; to: number | null; role: Given['role'] }
  | { do: 'take' | 'share anew' | 'revoke' | 'role'; which: number }
  | { do: 'transfer' | 'group'; canvas: number; person: number }
  | { do: 'show'; canvas: number; visibility: Canvas['visibility'] }
  | { do: 'guests'; canvas: number; allow: boolean }

const canvas = fc.nat({ max: 1 })
const person = fc.constantFrom(...PERSONS)
/** Mostly whoever owns it. */
const maker = fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, person)
const region = fc.constantFrom(...REGIONS)
const mode = fc.constantFrom<Mode>('live', 'snapshot')
const which = fc.nat({ max: 9 })
const named = <const Name extends string>(...names: Name[]) => fc.constantFrom(...names)

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: named('add'), canvas, region }) },
  { weight: 2, arbitrary: fc.record({ do: named('drop', 'rename', 'rename', 'move'), canvas }) },
  { weight: 1, arbitrary: fc.record({ do: named('begin again'), canvas }) },
  { weight: 2, arbitrary: fc.record({ do: named('allow', 'forbid'), person: fc.option(person), region }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: named('link'), canvas, maker, mode, visibility: named('public', 'account') }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ do: named('give'), canvas, maker, mode },
      to: fc.option(person, { freq: 4 }),
      role: named('viewer', 'manager'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: named('take', 'share anew', 'revoke', 'role'), which }) },
  { weight: 2, arbitrary: fc.record({ do: named('transfer', 'group'), canvas, person }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: named('show'), canvas, visibility: named('private', 'account', 'public') }),
  },
  { weight: 1, arbitrary: fc.record({ do: named('guests'), canvas, allow: fc.boolean() }) },
)

/** Takes a step. Gives the canvas that it was about, or null where it may concern both. */
export async function take(world: World, one: Step): Promise<Canvas | null> {
  if ('which' in one) return change(world, one)
  if ('canvas' in one) {
    const canvas = world.canvases[one.canvas]!
    await sharingStep(world, one, canvas)
    return canvas
  }
  world.data[one.do](one.person === null ? null : world.actor(one.person), one.region)
  return null
}

type About = Extract<Step, { canvas: number }>

async function sharingStep(world: World, one: About, canvas: Canvas): Promise<void> {
  const { sharing, data } = world
  const ref = refOf(canvas)
  const owner = world.actor(canvas.owner)
  switch (one.do) {
    case 'add':
      data.add(canvas.id, one.region)
      return
    case 'drop':
      data.drop(canvas.id)
      return
    case 'rename': {
      const marker = markerOf(data.edit(canvas.id))
      canvas.title = `Called ${marker}`
      await sharing.resources.update(ref, { title: canvas.title, traits: [marker] })
      return
    }
    case 'move': {
      const parent = { type: 'folder', id: markerOf(data.edit(canvas.id)) } as const
      await sharing.resources.register(parent, { tenantId: canvas.tenantId, ownerId: owner.userId })
      await sharing.resources.update(ref, { parent })
      return
    }
    case 'begin again':
      await sharing.resources.remove(ref)
      await sharing.resources.register(ref, { tenantId: canvas.tenantId, ownerId: owner.userId })
      Object.assign(canvas, { born: canvas.born + 1, title: null, visibility: 'private' })
      for (const given of world.given) given.over ||= given.canvas === canvas
      for (const link of world.links) link.revoked ||= link.canvas === canvas
      return
    case 'link':
      return link(world, canvas, one)
    case 'give':
      return give(world, canvas, makerOf(canvas, one.maker), {
        to: one.to === null ? { groupId: 'staff' } : { userId: world.actor(one.to).userId },
        mode: one.mode,
        role: one.role,
      })
    case 'transfer': {
      const to = world.actor(one.person)
      if (to.tenantId !== canvas.tenantId) return
      if (await attempt(sharing.resources.transfer(owner, ref, to.userId, { keep: null })))
        canvas.owner = one.person
      return
    }
    case 'group': {
      if (world.staff.delete(one.person)) {
        const { tenantId, userId } = world.actor(one.person)
        if (tenantId !== null) await sharing.groups.removeMember(tenantId, 'staff', userId)
        for (const link of world.links) {
          if (link.maker === one.person) link.by = link.by?.filter(({ to }) => 'userId' in to) ?? null
        }
      } else world.staff.add(one.person)
      return
    }
    case 'show':
      await sharing.resources.setVisibility(owner, ref, one.visibility)
      canvas.visibility = one.visibility
      return
    case 'guests':
      await sharing.policies.set({ ...owner, admin: 'tenant' }, { allowGuests: one.allow })
      world.guests[one.allow ? 'add' : 'delete'](canvas.tenantId)
  }
}

const makerOf = ({ owner }: Canvas, maker: number): number => (maker < 0 ? owner : maker)

async function link(world: World, canvas: Canvas, { maker, mode, visibility }: Step & { do: 'link' }) {
  const by = makerOf(canvas, maker)
  world.asked.length = 0
  const made = await attempt(world.sharing.links.create(world.actor(by), refOf(canvas), { visibility, mode }))
  if (made === null) return
  const rights = world.given.filter(
    (one) =>
      one.canvas === canvas && one.mode === 'live' && one.role === 'manager' && isTheirs(world, one, by),
  )
  world.handed.set(made.token, by)
  const authority = by === canvas.owner ? null : rights
  const shows = mode === 'snapshot' ? takenBy(world, by) : null
  const { id, token } = made
  world.links.push({ id, token, canvas, mode, shows, maker: by, by: authority, revoked: false })
}

async function give(
  world: World,
  canvas: Canvas,
  by: number,
  { to, mode, role }: Pick<Given, 'to' | 'mode' | 'role'>,
): Promise<void> {
  world.asked.length = 0
  const made = await attempt(
    world.sharing.collaborators.add(world.actor(by), refOf(canvas), { ...to, mode, role }),
  )
  if (made === null) return
  const shows = mode === 'snapshot' ? takenBy(world, by) : null
  // An owner has all of it already: they get the same answer, with nothing behind it.
  if ('userId' in to && to.userId === world.actor(canvas.owner).userId) return
  const had = world.given.find(({ id }) => id === made.id)
  if (had === undefined) world.given.push({ id: made.id, canvas, to, mode, role, shows, over: false })
  else Object.assign(had, { role, shows })
}

/** What the host was asked for just now, as whoever shares it and nobody else. */
function takenBy({ asked, actor }: World, person: number): Shown {
  const [only, ...more] = asked
  assert.ok(only?.hook === 'snapshot' && more.length === 0)
  assert.deepEqual(only.as, actor(person))
  return only.shown
}

/** What ends, lessens or renews what was shared before. */
async function change(world: World, one: Step & { which: number }): Promise<Canvas | null> {
  const { sharing } = world
  const chosen = <Thing>(things: readonly Thing[]): Thing | undefined => things[one.which % things.length]
  const ownerOf = ({ canvas }: { canvas: Canvas }) => world.actor(canvas.owner)
  if (one.do === 'revoke' || (one.do === 'share anew' && one.which % 2 === 0)) {
    const link = chosen(
      world.links.filter(({ revoked, mode }) => !revoked && (one.do === 'revoke' || mode === 'snapshot')),
    )
    if (link === undefined) return null
    world.asked.length = 0
    const done = await attempt<unknown>(
      one.do === 'revoke'
        ? sharing.links.revoke(ownerOf(link), link.id).then(() => true)
        : sharing.links.update(ownerOf(link), link.id, { snapshot: 'refresh' }),
    )
    if (done !== null && one.do === 'revoke') link.revoked = true
    else if (done !== null) link.shows = takenBy(world, link.canvas.owner)
    return link.canvas
  }
  const given = chosen(
    world.given.filter(({ over, mode }) => !over && (one.do !== 'share anew' || mode === 'snapshot')),
  )
  if (given === undefined) return null
  if (one.do === 'share anew') await give(world, given.canvas, given.canvas.owner, given)
  else if (one.do === 'role') {
    const role = given.role === 'viewer' ? 'manager' : 'viewer'
    if (await attempt(sharing.collaborators.setRole(ownerOf(given), given.id, role))) given.role = role
  } else {
    const done = await attempt(sharing.collaborators.remove(ownerOf(given), given.id).then(() => true))
    given.over ||= done === true
  }
  return given.canvas
}
