import type { Actor } from '../../../src/index.ts'
import { BY_ACTOR } from '../../support/border-calls.ts'
import type { Issued } from '../../support/capturing.ts'
import { type Sample, sampleOn } from '../../support/sample.ts'
import { answerOf } from '../borders/attempt.ts'
import type { Campaign, Trial } from '../campaign.ts'
import { openGround } from '../places.ts'
import type { Random } from '../random.ts'
import { type Asker, askerOf, REQUESTS } from '../support/requests.ts'
import { enumerationControls } from './controls.ts'
import { ASKERS, hiddenFrom, LEGACY, makeSpent, makeThings, pairOf } from './hidden.ts'

/** The same call twice: with what must not show, and with what nobody has. */
interface Comparison {
  name: string
  hidden(): Promise<unknown>
  unknown(): Promise<unknown>
  /** What the caller gave, which an answer may repeat. */
  given: { hidden: readonly string[]; unknown: readonly string[] }
}

/** How a call looks from outside, and to whoever watches the database. */
async function lookOf(
  issued: Issued[],
  call: () => Promise<unknown>,
  given: readonly string[],
): Promise<{ answer: string; statements: string[] }> {
  issued.length = 0
  const answer = await answerOf(call)
  return {
    answer: given.reduce((text, one) => text.replaceAll(one, '<given>'), answer),
    statements: issued.map(({ text }) => text),
  }
}

const NOTHING = { type: '', id: '', link: '', token: '', pass: '', request: '', invitation: '' }

/** Ids, in every method and every route that takes one. */
async function byId(sharing: Sample, routes: Asker, random: Random): Promise<Comparison[]> {
  const nobody: readonly Actor[] = [...ASKERS]
  const comparisons: Comparison[] = []
  for (const thing of await makeThings(sharing, random)) {
    for (const actor of nobody) {
      const why = hiddenFrom(actor, thing)
      if (why === null) continue
      const pair = pairOf(why, thing, random)
      const { hidden, unknown } = pair
      const given = {
        hidden: [hidden.ref.id, hidden.link, hidden.collaborator, hidden.request],
        unknown: [unknown.ref.id, unknown.link, unknown.collaborator, unknown.request],
      }
      const about = `${why} (${thing.state}) to ${JSON.stringify(actor)}`
      for (const [method, calls] of Object.entries(BY_ACTOR)) {
        // Whoever is in the account is told by `explain` what was looked at: it is for the host.
        if (method === 'explain' && why === 'hidden') continue
        for (const call of calls) {
          comparisons.push({
            name: `${method}, ${about}`,
            hidden: () => call(sharing, actor, hidden),
            unknown: () => call(sharing, actor, unknown),
            given,
          })
        }
      }
      for (const row of routes.rows.filter((one) => one.includes(':id'))) {
        const ask = ({ ref, link, request }: typeof hidden) =>
          routes.ask(row, REQUESTS[row]!({ ...NOTHING, ...ref, link, request }), actor)
        comparisons.push({
          name: `${row}, ${about}`,
          hidden: () => ask(hidden),
          unknown: () => ask(unknown),
          given,
        })
      }
    }
  }
  return comparisons
}

/** Tokens and passes, wherever one is taken. */
async function byToken(
  { maker, sharing, routes }: { maker: Sample; sharing: Sample; routes: Asker },
  random: Random,
): Promise<Comparison[]> {
  const { tokens, passes } = await makeSpent(maker, random)
  const visitors: Array<Actor | null> = [null, ...ASKERS]
  const comparisons: Comparison[] = []
  const add = (
    name: string,
    { kind, hidden, unknown }: (typeof tokens)[number],
    call: (text: string) => Promise<unknown>,
  ): void => {
    comparisons.push({
      name: `${name}, ${kind}`,
      hidden: () => call(hidden),
      unknown: () => call(unknown),
      given: { hidden: [hidden], unknown: [unknown] },
    })
  }
  for (const token of tokens) {
    const actor = random.pick(visitors)
    add('open', token, (text) => sharing.open(text, { actor }))
    add('open with a password', token, (text) => sharing.open(text, { actor, password: 'a password' }))
    // Of another link: whoever holds a pass of this one has opened it, and knows.
    const { hidden: pass } = passes.find(({ kind }) => kind !== token.kind)!
    add('open with a pass', token, (text) => sharing.open(text, { actor, pass }))
    add('peek', token, (text) => sharing.peek(text))
    for (const row of routes.rows.filter((one) => one.includes(':token'))) {
      const ask = (text: string) => routes.ask(row, REQUESTS[row]!({ ...NOTHING, token: text }), actor)
      add(row, token, ask)
    }
  }
  for (const pass of passes) {
    const actor = random.pick(visitors)
    add('resume', pass, (text) => sharing.resume(text, { actor }))
    const access = (text: string) => ({ pass: text, visitor: { actor } })
    add('refresh', pass, (text) => sharing.refresh(access(text), ['rows']))
    add('fork', pass, (text) => sharing.fork(access(text)))
    add('refs.mint', pass, (text) => sharing.refs.mint(access(text), 'rows'))
    for (const row of ['POST /share/resume', 'POST /share/attach', 'POST /refs/refresh']) {
      add(row, pass, (text) => routes.ask(row, REQUESTS[row]!({ ...NOTHING, pass: text }), actor))
    }
  }
  return comparisons
}

async function run(trial: Trial): Promise<void> {
  const issued: Issued[] = []
  let statements = 0
  for (let tried = 0, round = 0; tried < trial.size; round++) {
    const ground = await openGround(trial, { connections: 1, issued })
    try {
      const random = trial.random.fork(round)
      // Another process than the one that made it all: what opened a link remembers it.
      const maker = sampleOn(ground.store, { legacyTokens: LEGACY })
      const sharing = sampleOn(ground.store, { legacyTokens: LEGACY })
      const routes = askerOf(sharing)
      const comparisons = [
        ...(await byToken({ maker, sharing, routes }, random)),
        ...(await byId(sharing, routes, random)),
      ]
      const most = Math.min(comparisons.length, trial.size - tried)
      for (let at = 0; at < most; at++) {
        const other = at + random.below(comparisons.length - at)
        ;[comparisons[at], comparisons[other]] = [comparisons[other]!, comparisons[at]!]
        const { name, hidden, unknown, given } = comparisons[at]!
        const first = random.below(2) === 0
        const early = first ? await lookOf(issued, hidden, given.hidden) : null
        const b = await lookOf(issued, unknown, given.unknown)
        const a = early ?? (await lookOf(issued, hidden, given.hidden))
        statements += a.statements.length
        if (/^failed |storage_unavailable/.test(b.answer)) trial.violation(`${name}: failed`, b.answer)
        if (a.answer !== b.answer) trial.violation(`${name}: another answer`, [a.answer, b.answer])
        if (a.statements.join('\n') !== b.statements.join('\n')) {
          trial.violation(`${name}: other statements`, [a.statements, b.statements])
        }
        trial.count()
      }
      tried += most
    } finally {
      await ground.end()
    }
  }
  trial.note(`${statements.toLocaleString('en')} statements compared`)
}

export const enumeration: Campaign = {
  name: 'enumeration',
  claim: 'what is hidden, foreign, removed or revoked gives the statements and the bytes of what is unknown',
  unit: 'comparisons',
  size: { short: 400, long: 50_000 },
  places: ['SQLite in memory', 'Postgres'],
  controls: enumerationControls,
  run,
}
