import assert from 'node:assert/strict'
import type { ErrorCode } from '../errors.ts'
import type { LinkStatus } from '../model/link.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { outcomeOf } from './expect.ts'
import { ACTORS, DAY, documentRef, HOUR, type World } from './world.ts'

const { ann, ada } = ACTORS
const ref = documentRef()

interface EntryPoints {
  open: 'ok' | ErrorCode
  peek: 'ok' | ErrorCode
  resume: 'ok' | ErrorCode
  status: LinkStatus
  listed: boolean
  access: boolean
}

/** What each entry point says of one link at this moment. */
async function entryPoints(
  { sharing }: World,
  { id, token }: { id: string; token: string },
  pass: string,
): Promise<EntryPoints> {
  const open = await outcomeOf(sharing.open(token))
  const listed = async (of: Parameters<typeof sharing.links.list>[1]): Promise<boolean> =>
    (await sharing.links.list(ann, of)).items.some((link) => link.id === id)
  const [mine, resources] = [await listed({}), await listed({ resource: ref })]
  assert.equal(mine, resources)
  const { status, isActive } = await sharing.links.get(ann, id)
  assert.equal(isActive, status === 'active')
  return {
    open,
    peek: await outcomeOf(sharing.peek(token)),
    resume: await outcomeOf(sharing.resume(pass)),
    status,
    listed: mine,
    access: (await sharing.access(ann, ref)).some(({ who }) => who.kind === 'link' && who.linkId === id),
  }
}

const OPEN: EntryPoints = {
  open: 'ok',
  peek: 'ok',
  resume: 'ok',
  status: 'active',
  listed: true,
  access: true,
}
const OVER: EntryPoints = {
  open: 'expired',
  peek: 'expired',
  resume: 'expired',
  status: 'expired',
  listed: false,
  access: false,
}

async function around(
  world: World,
  moment: number,
  link: { id: string; token: string },
  passes: { before: string; after: string },
  expected: { before: EntryPoints; after: EntryPoints },
): Promise<void> {
  const { clock } = world
  clock.at(moment - 1)
  assert.deepEqual(await entryPoints(world, link, passes.before), expected.before, 'one millisecond before')
  clock.at(moment)
  assert.deepEqual(await entryPoints(world, link, passes.after), expected.after, 'at the moment')
  clock.at(moment + 1)
  assert.deepEqual(await entryPoints(world, link, passes.after), expected.after, 'one millisecond after')
}

export const timeLimits: ConformanceCase[] = casesOf('time limits, at every entry point', {
  'at expiresAt it is over': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const link = await world.link()
    // Opened while there was no end, so that the pass itself outlives it.
    const { pass } = await sharing.open(link.token)
    const end = clock.now.getTime() + HOUR
    await sharing.links.update(ann, link.id, { expiresAt: new Date(end) })
    await around(world, end, link, { before: pass, after: pass }, { before: OPEN, after: OVER })
  },
  'at notBefore it has begun': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const link = await world.link()
    const { pass } = await sharing.open(link.token)
    const begin = clock.now.getTime() + HOUR
    await sharing.links.update(ann, link.id, { notBefore: new Date(begin) })
    const before: EntryPoints = {
      ...OPEN,
      open: 'not_found',
      peek: 'not_found',
      resume: 'not_found',
      status: 'scheduled',
      access: false,
    }
    await around(world, begin, link, { before: pass, after: pass }, { before, after: OPEN })
  },
  'at maxLinkDays after its creation it is over, whatever its own end': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const link = await world.link({ expiresAt: new Date(clock.now.getTime() + 30 * DAY) })
    const end = clock.now.getTime() + 7 * DAY
    clock.at(end - HOUR)
    const { pass } = await sharing.open(link.token)
    await sharing.policies.set(ada, { maxLinkDays: 7 })
    assert.deepEqual((await sharing.links.get(ann, link.id)).expiresAt, new Date(end))
    await around(world, end, link, { before: pass, after: pass }, { before: OPEN, after: OVER })
    await sharing.policies.set(ada, { maxLinkDays: null })
    assert.deepEqual(await entryPoints(world, link, pass), OPEN)
  },
  'an end of its own that comes before maxLinkDays counts': async (world) => {
    const { sharing, clock } = world
    await world.document()
    await sharing.policies.set(ada, { maxLinkDays: 7 })
    const end = clock.now.getTime() + DAY + HOUR
    const link = await world.link({ expiresAt: new Date(end) })
    clock.at(end - HOUR)
    const { pass } = await sharing.open(link.token)
    const after: EntryPoints = { ...OVER, resume: 'not_found' }
    await around(world, end, link, { before: pass, after: pass }, { before: OPEN, after })
  },
  'a token that was rotated away ends with its grace, the link does not': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const link = await world.link()
    const { pass } = await sharing.open(link.token)
    await sharing.links.rotate(ann, link.id, { graceSeconds: 3600 })
    const end = clock.now.getTime() + HOUR
    const after: EntryPoints = { ...OPEN, open: 'not_found', peek: 'not_found', resume: 'not_found' }
    await around(world, end, link, { before: pass, after: pass }, { before: OPEN, after })
  },
  'a pass ends after 24 hours, the link does not': async (world) => {
    const { sharing, clock } = world
    await world.document()
    const link = await world.link()
    const { pass } = await sharing.open(link.token)
    const end = clock.now.getTime() + DAY
    const after: EntryPoints = { ...OPEN, resume: 'not_found' }
    await around(world, end, link, { before: pass, after: pass }, { before: OPEN, after })
  },
})
