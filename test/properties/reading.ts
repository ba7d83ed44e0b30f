import assert from 'node:assert/strict'
import type { OpenedShare } from '../../src/index.ts'
import { editsIn, markerOf } from './data-set.ts'
import {
  attempt,
  type Canvas,
  type Hand,
  isInside,
  isOpen,
  isTheirs,
  type Link,
  mayLive,
  type Pass,
  pastOf,
  refOf,
  type Shown,
  type World,
} from './world.ts'

/** A person, by whatever rights of their own. */
export const ownHand = (world: World, person: number, canvas: Canvas): Hand => ({
  canvas,
  person,
  access: { actor: world.actor(person), resource: refOf(canvas) },
  live: () => mayLive(world, person, canvas),
  past: () => pastOf(world, person, canvas).map(({ shows }) => shows!),
})

/** Whoever brings a pass. */
export function passHand(world: World, pass: Pass, person: number | null): Hand {
  const { canvas, by, shows, text } = pass
  const goesOn = (): boolean => {
    if (canvas.born !== pass.born || !mayBring(world, pass.person, person)) return false
    if (by === null) return mayLive(world, person!, canvas)
    return 'token' in by ? isOpen(by) : isTheirs(world, by, person!)
  }
  return {
    canvas,
    person,
    access: { pass: text, visitor: { actor: person === null ? null : world.actor(person) } },
    live: () => shows === null && goesOn(),
    past: () => (shows !== null && goesOn() ? [shows] : []),
  }
}

/** A pass is bound to a user id, in whichever account its person is active by now; of nobody, to nobody. */
const mayBring = ({ actor }: World, opener: number | null, person: number | null): boolean =>
  opener === null || (person !== null && actor(opener).userId === actor(person).userId)

/** Attaches by rights of one's own. */
export async function attach(world: World, person: number, canvas: Canvas): Promise<void> {
  const hand = ownHand(world, person, canvas)
  const share = await attempt(world.sharing.attach(world.actor(person), refOf(canvas)))
  const shown = checkShare(world, hand, share)
  if (share === null) return
  const by = shown && pastOf(world, person, canvas).find(({ shows }) => shows === shown)!
  world.passes.push({ text: share.pass, canvas, born: canvas.born, person, by, shows: shown })
}

/** Opens a link, signed in or not. */
export async function open(world: World, link: Link, person: number | null): Promise<void> {
  const { canvas, shows, token } = link
  const actor = person === null ? null : world.actor(person)
  const share = await attempt(world.sharing.open(token, { actor }))
  const pass: Pass = { text: share?.pass ?? '', canvas, born: canvas.born, person, by: link, shows }
  checkShare(world, passHand(world, pass, person), share)
  if (share !== null) world.passes.push(pass)
}

/** Goes on with a pass. */
export async function resume(world: World, pass: Pass, person: number | null): Promise<void> {
  const visitor = { actor: person === null ? null : world.actor(person) }
  const share = await attempt(world.sharing.resume(pass.text, visitor))
  checkShare(world, passHand(world, pass, person), share)
}

/** What an opening answers: of the past exactly what was shared, and of the present nothing but that it is there. */
function checkShare(world: World, hand: Hand, share: OpenedShare | null): Shown | null {
  if (share === null) {
    world.tally.refusals++
    return null
  }
  handed(world, hand, share)
  if (share.mode === 'live') {
    assert.ok(hand.live(), 'shown live to somebody who has no right to it')
    assert.equal(share.snapshot, null)
    assert.equal(share.resource.title, hand.canvas.title)
    onlyPresent(world, hand, share)
    return null
  }
  const content = JSON.stringify(share.snapshot!.content)
  const shown = hand
    .past()
    .find((one) => markerOf(one.revision) === share.snapshot!.revision && one.content === content)
  assert.ok(shown, `shown ${share.snapshot!.revision}, which was not shared, or is not any more`)
  assert.equal(share.resource.title, shown.title)
  nothingLater(world, hand.canvas, shown, share)
  return shown
}

/** Asks for data, and gets what the reader may see themselves, or what it was. */
export async function refresh(world: World, hand: Hand): Promise<void> {
  world.asked.length = 0
  const answer = await attempt(world.sharing.refresh(hand.access, ['rows', 'cover']))
  if (answer === null) {
    world.tally.refusals++
    return
  }
  handed(world, hand, answer)
  const shown = askedFor(world, hand)
  const { data, tally } = world
  const { id } = hand.canvas
  const identity = identityIn(world, hand)
  const rows = data.rowsFor(id, identity, shown?.revision)
  const cover = markerOf(shown?.revision ?? data.revisionOf(id))
  assert.deepEqual(
    answer.map((one) => one.status === 'ok' && one.data),
    [rows, { cover }],
  )
  tally.refreshed++
  tally.rows += rows.length
  if (identity === null) tally.asNobody++
  const { token } = answer[1] as { token: string }
  await verify(world, hand, token, shown)
  if (shown === null) onlyPresent(world, hand, answer, true)
  else nothingLater(world, hand.canvas, shown, answer)
}

/** Has a token made for a file, and keeps it for later. */
export async function mint(world: World, hand: Hand): Promise<void> {
  world.asked.length = 0
  const token = await attempt(world.sharing.refs.mint(hand.access, 'cover'))
  if (token === null) return
  handed(world, hand, token)
  await verify(world, hand, token, askedFor(world, hand))
  world.refs.push({ token, hand })
}

/** A token that was made before is good for nothing when what it was made by has ended. */
export async function useLater(world: World, { token, hand }: World['refs'][number]): Promise<void> {
  const actor = hand.person === null ? null : world.actor(hand.person)
  const found = await attempt(world.sharing.refs.verify(token, actor))
  if (found === null) return
  if (found.mode === 'live') assert.ok(hand.live(), 'a token outlived the right that it was made by')
  else {
    assert.ok(hand.past().length > 0, 'a token outlived the snapshot that it was made for')
    const edit = Number(found.revision!.slice('marker-'.length))
    assert.ok(edit <= world.data.revisionOf(hand.canvas.id))
  }
}

/** A token is its reader's own, and says which revision. */
async function verify(world: World, hand: Hand, token: string, shown: Shown | null): Promise<void> {
  const { sharing, actor } = world
  const holder = hand.person === null ? null : actor(hand.person)
  const { mode, revision } = await sharing.refs.verify(token, holder)
  assert.deepEqual([mode, revision], shown ? ['snapshot', markerOf(shown.revision)] : ['live', null])
  if (holder === null || hand.person === hand.canvas.owner) return
  const owners = await attempt(sharing.refs.verify(token, actor(hand.canvas.owner)))
  assert.equal(owners, null, 'the owner gets by with a token of somebody else’s')
}

/** What the host was asked for the data with: whose view, and of which revision. */
function askedFor(world: World, hand: Hand): Shown | null {
  const identity = identityIn(world, hand)
  let shown: Shown | null = null
  assert.ok(world.asked.length > 0)
  for (const one of world.asked) {
    assert.ok(one.hook === 'resolve')
    assert.deepEqual(one.as, identity)
    assert.equal(one.mode === 'live', one.revision === null)
    if (one.mode === 'live') {
      assert.ok(hand.live(), 'data is had live by somebody who has no right to it')
      assert.equal(one.resource.title, hand.canvas.title)
      continue
    }
    shown = hand.past().find(({ revision }) => markerOf(revision) === one.revision) ?? null
    assert.ok(shown, `data is had of ${one.revision}, which was not shared, or is not any more`)
    assert.equal(one.resource.title, shown.title)
  }
  return shown
}

/** Inside the account somebody looks as themselves, and outside of it as nobody. */
function identityIn(world: World, { person, canvas }: Hand) {
  return isInside(world, person, canvas) ? world.actor(person!) : null
}

/** Makes a copy: of exactly what was shared, or of what its maker may see themselves. */
export async function fork(world: World, hand: Hand): Promise<void> {
  world.asked.length = 0
  const copy = await attempt(world.sharing.fork(hand.access))
  const [first] = world.asked
  if (copy === null) {
    assert.ok(first === undefined, 'the host was asked for a copy that is refused')
    return
  }
  const actor = world.actor(hand.person!)
  assert.deepEqual([copy.ownerId, copy.tenantId], [actor.userId, actor.tenantId])
  const forked = world.asked.at(-1)!
  assert.ok(forked.hook === 'fork')
  assert.deepEqual(forked.actor, actor)
  const { revision } = forked
  const content = JSON.stringify(forked.content)
  if (first?.hook === 'snapshot') {
    assert.ok(hand.live(), 'a copy is made live for somebody who has no right to it')
    assert.deepEqual(first.as, identityIn(world, hand))
    assert.deepEqual([markerOf(first.shown.revision), first.shown.content], [revision, content])
    onlyPresent(world, hand, forked.content, true)
  } else {
    const shown = hand.past().find((one) => markerOf(one.revision) === revision && one.content === content)
    assert.ok(shown, `a copy is made of ${revision}, which was not shared, or is not any more`)
    assert.deepEqual([copy.title, forked.resource.title], [shown.title, shown.title])
    // Its traits are those of today: what they forbid of the original they forbid of its copy.
    nothingLater(world, hand.canvas, shown, { ...copy, traits: [] })
  }
  world.tally.copies++
  world.copies.push({ id: copy.id, title: copy.title })
}

/** What is shared with somebody, as a list: of the past no more than they are shown of it. */
export async function list(world: World, person: number): Promise<void> {
  const { items } = await world.sharing.list(world.actor(person), { type: 'canvas', limit: 100 })
  for (const { resource, mode, access } of items) {
    const canvas = world.canvases.find(({ id }) => id === resource.id)
    if (canvas === undefined) continue
    const hand = ownHand(world, person, canvas)
    if (mode === 'live') {
      assert.ok(hand.live(), 'listed live for somebody who has no right to it')
      assert.equal(resource.title, canvas.title)
      assert.equal(access, canvas.owner === person ? 'owned' : 'shared')
      continue
    }
    const shown = hand.past().filter(({ title }) => title === resource.title)
    assert.ok(shown.length > 0, `listed as ${resource.title}, which was not shared, or is not any more`)
    const latest = shown.reduce((a, b) => (a.revision > b.revision ? a : b))
    nothingLater(world, canvas, latest, resource)
  }
}

/** Later changes of what was copied do not touch its copy. */
export async function copiesStand({ sharing, copies }: World): Promise<void> {
  for (const { id, title } of copies) {
    const found = await sharing.resources.get({ type: 'canvas', id })
    assert.deepEqual([found?.title, found?.visibility], [title, 'private'])
  }
}

/** Of the past: no edit that came later, wherever in the answer. */
function nothingLater(world: World, { id }: Canvas, shown: Shown, answer: unknown): void {
  for (const edit of editsIn(JSON.stringify(answer))) {
    assert.ok(edit <= shown.revision, `edit ${edit} is in an answer that shows ${shown.revision}`)
  }
  if (world.data.revisionOf(id) > shown.revision) world.tally.past++
}

/** Of the present: the title, and the rows that the reader may see themselves. */
function onlyPresent(world: World, hand: Hand, answer: unknown, withData = false): void {
  const { data } = world
  const { id, title } = hand.canvas
  const rows = withData ? data.rowsFor(id, identityIn(world, hand)) : []
  const allowed = new Set(editsIn([...rows, title, withData && markerOf(data.revisionOf(id))].join(' ')))
  for (const edit of editsIn(JSON.stringify(answer))) {
    assert.ok(allowed.has(edit), `edit ${edit} is in an answer to somebody who may not see it`)
  }
}

/** Nobody is handed a token that was made for somebody else. */
function handed(world: World, { person }: Hand, answer: unknown): void {
  for (const [token] of JSON.stringify(answer).matchAll(/shr[a-z]*_[\w.-]{20,}/g)) {
    const first = world.handed.has(token) ? world.handed.get(token)! : person
    const goes = token.startsWith('shrd_') ? first === person : mayBring(world, first, person)
    assert.ok(goes, 'a token of somebody else’s is handed on')
    world.handed.set(token, first)
  }
}
