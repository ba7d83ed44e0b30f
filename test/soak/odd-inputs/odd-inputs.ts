import { type AuditEvent, isSharingError, type Page } from '../../../src/index.ts'
import { memoryStore } from '../../memory-store/index.ts'
import { methodsOf } from '../../support/methods.ts'
import { doc, type Sample, sampleOn } from '../../support/sample.ts'
import type { Campaign, Trial } from '../campaign.ts'
import { openGround } from '../places.ts'
import type { Random } from '../random.ts'
import { askerOf, REQUESTS, type RequestParts } from '../support/requests.ts'
import { GIVEN, methodAt, type Side, TAKES_NOTHING, type World } from './calls.ts'
import { FIT, ODD_TEXTS, oddity, placesIn, withOdd } from './oddities.ts'

const START = Date.UTC(2030, 5, 15, 12)
const LEGACY = /old-[\s\S]*/
/** Calls of one database, and how many of them are about the same resource. */
const TOGETHER = 2000
const ABOUT_ONE = 20

const inOrder = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))

/** What an answer says, without what chance gave and in which order fields come: the same on every store. */
function inWords(value: unknown): string {
  const text = JSON.stringify(value, (key, one: unknown) => {
    if (key === 'nextCursor' && one !== null) return '…'
    // The body of an answer over HTTP.
    const isBody = key === 'text' && typeof one === 'string' && /^[[{]/.test(one)
    return inOrder(isBody ? JSON.parse(one) : one)
  })
  return (text ?? 'nothing').replace(/shr[apid]?_[\w.-]{40,}/g, '<token>').replace(/"[\w-]{21}"/g, '"<id>"')
}

/** Two texts from where they go apart. */
function apart(found: string, expected: string): [string, string] {
  let at = 0
  while (at < found.length && found[at] === expected[at]) at++
  const from = Math.max(0, at - 100)
  return [found.slice(from, from + 300), expected.slice(from, from + 300)]
}

/** No message is there to give a megabyte back. */
const LONGEST = 10_000

/** What a call came to, and what is wrong with that by itself. */
async function outcomeOf(call: () => unknown): Promise<{ words: string; fault: string | null }> {
  try {
    return { words: `ok ${inWords(await call())}`, fault: null }
  } catch (error) {
    if (!isSharingError(error)) return { words: 'thrown', fault: `thrown: ${nameOf(error)}` }
    const words = `${error.code} ${inWords(error)}`
    return { words, fault: faultIn(error.code, error.public['issues'], words) }
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).slice(0, 500) : typeof error
}

function faultIn(code: string, issues: unknown, words: string): string | null {
  if (words.length > LONGEST) return `${code} of ${words.length} characters`
  if (code === 'storage_unavailable' || code === 'schema_outdated') return words
  if (code !== 'invalid_input' && code !== 'invalid_email') return null
  const named = Array.isArray(issues) && issues.every(({ path, message }) => path !== '' && message !== '')
  return named && issues.length > 0 ? null : `no field is named: ${words}`
}

interface Pair {
  real: Side
  model: Side
  world: World
}

/** The same resource with a link on both sides, under ids as odd as they may be. */
async function furnish(
  sharings: readonly [Sample, Sample],
  clock: { now: number },
  at: number,
  random: Random,
): Promise<Pair> {
  const odd = (label: string): string => `${label} ${at} ${random.pick(FIT)}`
  const owner = { userId: odd('owner'), tenantId: odd('tenant'), admin: 'tenant' as const }
  const world = { owner, spare: odd('spare') }
  const ref = doc(odd('document'))
  const [title, name, userAgent] = [
    random.pick(FIT),
    random.pick(FIT),
    random.pick(ODD_TEXTS).make() as string,
  ]
  const sides: Side[] = []
  const begun = clock.now
  for (const sharing of sharings) {
    // The same moments on both sides, each of its own, since lists go by them.
    clock.now = begun
    const later = (): void => void clock.now++
    await sharing.resources.register(ref, { tenantId: owner.tenantId, ownerId: owner.userId, title })
    later()
    const { id, token } = await sharing.links.create(owner, ref, { visibility: 'public', name })
    later()
    await sharing.links.create(owner, ref, { visibility: 'public', name })
    later()
    const { pass } = await sharing.open(token, { userAgent })
    later()
    await sharing.open(token, { actor: owner, userAgent })
    const page = { limit: 1 }
    const cursors = {
      links: (await sharing.links.list(owner, { ...page, mine: true })).nextCursor!,
      views: (await sharing.views.list(owner, { ...page, resource: ref })).nextCursor!,
      audit: (await sharing.audit.list(owner, page)).nextCursor!,
      history: (await sharing.audit.list(owner, { ...page, resource: ref })).nextCursor!,
    }
    const asker = { userId: world.spare, tenantId: owner.tenantId }
    await sharing.requests.create(asker, ref, { role: 'viewer' })
    const [request] = await sharing.requests.list(owner, ref)
    sides.push({ sharing, ref, link: id, token, pass, request: request!.id, cursors })
  }
  return { real: sides[0]!, model: sides[1]!, world }
}

/** One call on both sides, with the same odd thing in the same place. */
interface Try {
  name: string
  /** Conditions are text of each store's own. */
  alike: boolean
  on(side: Side): Promise<unknown>
}

function methodTry({ real, world }: Pair, random: Random): Try {
  const method = random.pick(Object.keys(GIVEN))
  const given = random.pick(GIVEN[method]!)
  const place = random.pick(placesIn(given(real, world)))
  const odd = oddity(random)
  // Now and then one key more, of the oddest name, instead of another value.
  const adds = random.below(10) === 0 && place.length > 1
  const path = adds ? [...place.slice(0, -1), String(random.pick(ODD_TEXTS).make())] : place
  return {
    name: `${method} with ${odd.name} as ${adds ? 'one more key' : place.join('.')}`,
    alike: method !== 'filter',
    async on(side) {
      const answer: unknown = await methodAt(
        side.sharing,
        method,
      )(...withOdd(given(side, world), path, odd.make()))
      if (method !== 'audit.list') return answer
      const { items, nextCursor } = answer as Page<AuditEvent>
      return { items: inOneOrder(items), nextCursor }
    },
  }
}

/** What can come in JSON or in a query, by any framework. */
function routeTry(
  { real, world }: Pair,
  random: Random,
  askers: Map<Sample, ReturnType<typeof askerOf>>,
): Try {
  const row = random.pick(askers.get(real.sharing)!.rows)
  const namesOf = ({ ref, link, token, pass, request }: Side) => {
    return { ...ref, link, token, pass, request, invitation: 'of nobody' }
  }
  const parts = (side: Side): RequestParts => ({
    params: {},
    query: {},
    body: undefined,
    ...REQUESTS[row]!(namesOf(side)),
  })
  const places = placesIn(parts(real)).filter(([part, ...rest]) => rest.length > 0 || part === 'body')
  const place = random.pick([...places, ['query', 'odd']])
  const odd = place[0] === 'params' ? random.pick(ODD_TEXTS) : oddity(random)
  const value = (): unknown => (place[0] === 'params' ? odd.make() : asJson(odd.make()))
  const agent = random.pick(ODD_TEXTS)
  return {
    name: `${row} with ${odd.name} as ${place.join('.')}`,
    alike: true,
    async on(side) {
      const asked = withOdd(parts(side), place, value())
      const headers = { 'content-type': 'application/json', 'user-agent': String(agent.make()) }
      const answer = await askers.get(side.sharing)!.ask(row, asked, world.owner, { headers })
      if (answer.status >= 500 || answer.text.length > LONGEST * 10) {
        throw new Error(`${answer.status}: ${answer.text.slice(0, 500)}`)
      }
      return answer
    },
  }
}

function asJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null')
  } catch {
    return null
  }
}

/** Events of one commit have one moment, and come in the order of their random ids. */
const inOneOrder = (events: readonly AuditEvent[]): string[] =>
  events.map((event) => inWords({ ...event, id: '' })).sort()

/** All that can be read of what a round was about. */
async function readOut({ sharing, ref }: Side, { owner }: World): Promise<string> {
  const all: unknown[] = []
  for (const read of [
    () => sharing.resources.get(ref),
    () => sharing.links.list(owner, { resource: ref, includeInactive: true, limit: 100 }),
    () => sharing.views.list(owner, { resource: ref, limit: 100 }),
    () => sharing.views.stats(owner, { resource: ref }),
    async () => inOneOrder((await sharing.audit.list(owner, { limit: 100 })).items),
    () => sharing.requests.list(owner, ref),
    () => sharing.policies.get(owner),
    () => sharing.list(owner),
  ]) {
    all.push(await outcomeOf(read))
  }
  return inWords(all)
}

async function run(trial: Trial): Promise<void> {
  for (let tried = 0; tried < trial.size; ) {
    const ground = await openGround(trial)
    const clock = { now: START }
    const options = { legacyTokens: LEGACY, clock: () => new Date(clock.now) }
    const real = sampleOn(ground.store, options)
    const model = sampleOn(memoryStore(), options)
    const unknown = methodsOf(real).filter(
      (name) => !TAKES_NOTHING.includes(name) && GIVEN[name] === undefined,
    )
    if (unknown.length > 0) trial.violation('methods that are not tried', unknown)
    const askers = new Map([real, model].map((sharing) => [sharing, askerOf(sharing)]))
    try {
      for (let round = 0; round < TOGETHER / ABOUT_ONE && tried < trial.size; round++) {
        const random = trial.random.fork(tried)
        clock.now += 1000
        const pair = await furnish([real, model], clock, tried, random)
        for (let at = 0; at < ABOUT_ONE && tried < trial.size; at++, tried++) {
          clock.now++
          const { name, alike, on } =
            random.below(3) === 0 ? routeTry(pair, random, askers) : methodTry(pair, random)
          const found = await outcomeOf(() => on(pair.real))
          const expected = await outcomeOf(() => on(pair.model))
          if (found.fault !== null) trial.violation(name, found.fault)
          else if (alike && found.words !== expected.words) {
            trial.violation(`${name}: differently`, apart(found.words, expected.words))
          }
          trial.count()
        }
        const [left, right] = [await readOut(pair.real, pair.world), await readOut(pair.model, pair.world)]
        if (left !== right) trial.violation('read differently afterwards', apart(left, right))
      }
    } catch (error) {
      trial.violation('what was fit was refused', nameOf(error))
      return
    } finally {
      await ground.end()
    }
  }
}

export const oddInputs: Campaign = {
  name: 'odd inputs',
  claim:
    'whatever is given, it is refused by the name of its field, or kept and given back alike by every store',
  unit: 'calls',
  size: { short: 200, long: 300_000 },
  places: ['SQLite in memory', 'Postgres'],
  controls: [
    {
      guard: 'that what throws while it is read is bad input',
      file: 'src/model/input.ts',
      find: "throw invalidInput([{ path: name, message: 'could not be read' }], 'invalid_input', cause)",
      replace: 'throw cause',
    },
    {
      guard: 'that an id is well-formed and without control characters',
      file: 'src/model/input.ts',
      find: '/^(?!~)[^\\u0000-\\u001f\\u007f\\ud800-\\udfff]+$/u',
      replace: '/^(?!~)[\\s\\S]+$/u',
      place: 'Postgres',
      size: 3000,
    },
    {
      guard: 'that an agent is cleaned',
      file: 'src/views/visitor.ts',
      find: ".replace(/[\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]+/g, ' ')",
      replace: '',
      place: 'Postgres',
    },
    {
      guard: 'that what a key is called is told in short',
      file: 'src/model/input.ts',
      find: '.slice(0, 64)',
      replace: '',
      size: 10_000,
    },
  ],
  run,
}
