import { type Actor, scryptPasswords } from '../../../src/index.ts'
import { createLinkTokens } from '../../../src/tokens/link-token.ts'
import { doc, type Sample, sampleOn } from '../../support/sample.ts'
import type { Campaign, Trial } from '../campaign.ts'
import { openGround } from '../places.ts'
import type { Random } from '../random.ts'
import { ADA, idLike } from './hidden.ts'
import { cropped, type Difference, welch } from './welch.ts'

/** A call that is made with what must not show, or with what nobody has. */
interface Timed {
  name: string
  hidden: readonly string[]
  unknown(): string
  call(text: string): Promise<unknown>
}

const MEMBER: Actor = { userId: 'bob', tenantId: 'acme' }
const FOREIGN: Actor = { userId: 'ria', tenantId: 'rival' }
/** Many, so that none is known better than what is unknown; few where nothing is judged. */
const thingsFor = (size: number): number => Math.max(10, Math.min(200, Math.floor(size / 70)))

async function furnish(sharing: Sample, things: number, random: Random): Promise<Timed[]> {
  const minted = createLinkTokens('shr', undefined)
  const [ids, links, revoked]: [string[], string[], string[]] = [[], [], []]
  for (let at = 0; at < things; at++) {
    const ref = doc(idLike(random))
    await sharing.resources.register(ref, { tenantId: 'acme', ownerId: 'ada', title: 'A title' })
    const link = await sharing.links.create(ADA, ref, { visibility: 'public' })
    const other = await sharing.links.create(ADA, ref, { visibility: 'public' })
    await sharing.links.revoke(ADA, other.id)
    ids.push(ref.id)
    links.push(link.id)
    revoked.push(other.token)
  }
  const unknown = (): string => idLike(random)
  const token = { hidden: revoked, unknown: () => minted.mint() }
  const timed: Timed[] = [
    { name: 'open, revoked', ...token, call: (text) => sharing.open(text) },
    { name: 'peek, revoked', ...token, call: (text) => sharing.peek(text) },
  ]
  for (const [who, actor] of Object.entries({ hidden: MEMBER, foreign: FOREIGN })) {
    const document = { hidden: ids, unknown }
    const link = { hidden: links, unknown }
    timed.push(
      { name: `can, ${who}`, ...document, call: (id) => sharing.can(actor, 'view', doc(id)) },
      { name: `access, ${who}`, ...document, call: (id) => sharing.access(actor, doc(id)) },
      {
        name: `links.create, ${who}`,
        ...document,
        call: (id) => sharing.links.create(actor, doc(id), { visibility: 'public', password: 'a password' }),
      },
      { name: `links.get, ${who}`, ...link, call: (id) => sharing.links.get(actor, id) },
      { name: `links.revoke, ${who}`, ...link, call: (id) => sharing.links.revoke(actor, id) },
      { name: `views.list, ${who}`, ...link, call: (id) => sharing.views.list(actor, { link: id }) },
    )
  }
  return timed
}

/** Times a call in both ways, in an order of chance, without what comes to be known while it is warming up. */
async function sample(timed: Timed, times: number, random: Random): Promise<[number[], number[]]> {
  const [hidden, unknown]: [number[], number[]] = [[], []]
  for (let at = -Math.ceil(times / 10); at < times; at++) {
    const isHidden = random.below(2) === 0
    const text = isHidden ? random.pick(timed.hidden) : timed.unknown()
    const begun = performance.now()
    await timed.call(text).catch(() => {})
    const took = performance.now() - begun
    if (at >= 0) (isHidden ? hidden : unknown).push(took)
  }
  return [hidden, unknown]
}

/** Beyond this a difference is certain. */
const CERTAIN = 10
/**
 * Of what the call takes. A row that is found costs more to read and to join than one that is not, and that shows in
 * the notes; a statement more, or a password that is hashed for somebody who may not, is beyond this.
 */
const LARGE = 0.75
/** Fewer calls than this show nothing on a busy machine: the short form only looks that it runs. */
const FEWEST = 500
const SHARES = [0.5, 0.8, 0.95, 1] as const

/** The largest t over the crops, with how far apart that is. */
function judged([a, b]: [readonly number[], readonly number[]]): Difference {
  const results = SHARES.map((share) => welch(...cropped(a, b, share)))
  return results.reduce((most, one) => (Math.abs(one.t) > Math.abs(most.t) ? one : most))
}

const isTold = ({ t, share }: Difference): boolean => Math.abs(t) > CERTAIN && Math.abs(share) > LARGE

const inWords = ({ t, apart, share }: Difference): string =>
  `t = ${t.toFixed(1)}, ${(apart * 1000).toFixed(1)} µs (${(share * 100).toFixed(0)} %)`

async function run(trial: Trial): Promise<void> {
  const ground = await openGround(trial, { connections: 1 })
  try {
    const passwords = scryptPasswords({ N: 1024, r: 8, p: 1 })
    const timed = await furnish(sampleOn(ground.store, { passwords }), thingsFor(trial.size), trial.random)
    const each = Math.ceil(trial.size / timed.length)
    for (const one of timed) {
      const first = judged(await sample(one, each, trial.random))
      trial.count(each)
      if (each < FEWEST) continue
      trial.note(`${one.name}: ${inWords(first)}`)
      if (!isTold(first)) continue
      // With fresh samples again: what a busy machine does once is no difference.
      const second = judged(await sample(one, each, trial.random))
      if (isTold(second)) trial.violation(`${one.name}: told apart`, [inWords(first), inWords(second)])
    }
  } finally {
    await ground.end()
  }
}

export const timing: Campaign = {
  name: 'timing',
  claim: 'what is hidden, foreign or revoked takes no statement and no hash longer than what is unknown',
  unit: 'calls',
  size: { short: 280, long: 140_000 },
  places: ['SQLite in memory', 'Postgres'],
  controls: [
    {
      guard: 'that what is there costs no statement more',
      file: 'src/deciding/decide.ts',
      find: 'return situation !== null && mayAct(type, action, actor, situation, kernel.clock())',
      replace:
        'if (situation !== null) { await kernel.store.findAccess(ref, null); await kernel.store.findAccess(ref, null) }\n  return situation !== null && mayAct(type, action, actor, situation, kernel.clock())',
      size: 14_000,
    },
    {
      guard: 'that a password is hashed only for somebody who may make the link',
      file: 'src/links/create.ts',
      find: 'const link = decide(kernel, request, facts, now, id, token, done)',
      replace:
        'const early = facts.resource === null ? null : workFor(kernel, request, { ...facts, resource: facts.resource }, done, now)\n      if (early !== null) return { changes: [], audit: [], result: early }\n      const link = decide(kernel, request, facts, now, id, token, done)',
      size: 14_000,
    },
  ],
  run,
}
