import assert from 'node:assert/strict'
import { createSharing } from '../sharing.ts'
import type { Decide, LinkFacts } from '../store/index.ts'
import { type ConformanceCase, casesOf } from './case.ts'
import { refused } from './expect.ts'
import { ACTORS, DEFINITIONS, documentRef, SECRET, type World } from './world.ts'

const { ann } = ACTORS
const ref = documentRef()

export const tokenCollisions: ConformanceCase[] = casesOf('tokens that collide', {
  'a new token whose hash exists is minted again, unseen': async (world) => {
    await world.document()
    const first = await world.link()
    const taken = await hashOf(world, first.id)
    const { sharing, tries } = colliding(world, taken, 2)
    const made = await sharing.links.create(ann, ref, { visibility: 'public' })
    assert.equal(tries(), 3)
    assert.equal((await world.sharing.open(made.token)).role, 'viewer')
    assert.equal((await world.sharing.links.list(ann, { resource: ref })).items.length, 2)
    const { items } = await world.sharing.audit.list(ann, { resource: ref })
    assert.equal(items.filter(({ action }) => action === 'link.created').length, 2)
  },
  'after three collisions it fails, and nothing was written': async (world) => {
    await world.document()
    const first = await world.link()
    const { sharing, tries } = colliding(world, await hashOf(world, first.id), 3)
    await refused('storage_unavailable', sharing.links.create(ann, ref, { visibility: 'public' }))
    assert.equal(tries(), 3)
    assert.equal((await world.sharing.links.list(ann, { resource: ref })).items.length, 1)
    assert.equal((await world.sharing.audit.list(ann, { resource: ref })).items.length, 2)
  },
  'a rotation is retried the same way, and the old token lives until it succeeds': async (world) => {
    await world.document()
    const other = await world.link()
    const link = await world.link()
    const taken = await hashOf(world, other.id)
    await refused('storage_unavailable', colliding(world, taken, 3).sharing.links.rotate(ann, link.id))
    await world.sharing.open(link.token)
    const rotated = await colliding(world, taken, 2).sharing.links.rotate(ann, link.id)
    await world.sharing.open(rotated.token)
    await refused('not_found', world.sharing.open(link.token))
    assert.equal((await world.sharing.open(other.token)).viewId.length > 0, true)
  },
})

const hashOf = async ({ store }: World, id: string): Promise<string> =>
  (await store.findLink('acme', id, null))!.link.tokenHash

/** The library on the same store, where the first new tokens turn out to be one that exists. */
function colliding(
  { store, clock }: World,
  tokenHash: string,
  times: number,
): { sharing: World['sharing']; tries(): number } {
  let tries = 0
  const spoilt = new Proxy(store, {
    get(target, property) {
      const value = Reflect.get(target, property) as unknown
      if (property !== 'change') return typeof value === 'function' ? value.bind(target) : value
      const change: typeof store.change = (anchor, ask, decide) => {
        const collide: typeof decide = (facts) => spoil(decide, facts, tokenHash, ++tries <= times)
        return target.change(anchor, ask, collide)
      }
      return change
    },
  })
  const sharing = createSharing({
    store: spoilt,
    secret: SECRET,
    resources: DEFINITIONS,
    clock: () => clock.now,
  })
  return { sharing, tries: () => tries }
}

function spoil<R>(
  decide: Decide<R>,
  facts: Parameters<Decide<R>>[0],
  tokenHash: string,
  collides: boolean,
): ReturnType<Decide<R>> {
  const outcome = decide(facts)
  if (!collides) return outcome
  const withHash = (link: LinkFacts): LinkFacts => ({ ...link, tokenHash })
  return {
    ...outcome,
    changes: outcome.changes.map((change) =>
      change.kind === 'link.created' || change.kind === 'link.rotated'
        ? { ...change, link: withHash(change.link) }
        : change,
    ),
  }
}
