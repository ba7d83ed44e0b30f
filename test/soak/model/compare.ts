import { setImmediate } from 'node:timers/promises'
import { allowedIds } from './reading-steps.ts'
import { actorOf, answerOf, refOf, type Side, START, UNEXPECTED } from './side.ts'
import { unfounded } from './standing-refs.ts'
import type { Step } from './step.ts'
import { ACTIONS, ACTORS, IDS, ROOT } from './world.ts'

/** Where two stores went apart, or one of them broke. */
export interface Difference {
  call: string
  found: string
  expected: string
}

export interface Comparison {
  /** How many calls of the history were made. */
  made: number
  difference: Difference | null
}

/** Tells the same history on both sides, each call at a moment of its own, until their answers differ. */
export async function compare(history: readonly Step[], real: Side, model: Side): Promise<Comparison> {
  let made = 0
  for (const { name, run } of history) {
    real.now = ++model.now
    const [found, expected] = [await run(real), await run(model)]
    made++
    const difference = differenceOf(name, found, expected)
    if (difference !== null) return { made, difference }
  }
  const [found, expected] = [await readOut(real), await readOut(model)]
  for (const [index, [call, answer]] of found.entries()) {
    const difference = differenceOf(`afterwards ${call}`, answer, expected[index]![1])
    if (difference !== null) return { made, difference }
  }
  // Both have just given the same answers: of what they agree on, the model tells sooner.
  const ref = await unfounded(model)
  if (ref !== null) return { made, difference: { call: ref, found: 'good', expected: 'not_found' } }
  return { made, difference: await disagreement(real, model) }
}

function differenceOf(call: string, found: string, expected: string): Difference | null {
  const broken = found.startsWith(UNEXPECTED) || expected.startsWith(UNEXPECTED)
  return found === expected && !broken ? null : { call, found, expected }
}

/** One of each account, and one who has none. */
const OWNERS = ACTORS.filter(({ userId }) => ['bob', 'eve', 'zoe'].includes(userId))

/** What is left when all is told: every row that can be read, every token and pass, and what listeners heard. */
async function readOut(side: Side): Promise<Array<[call: string, answer: string]>> {
  const { sharing } = side
  const answers: Array<[string, string]> = []
  const ask = async (name: string, call: () => Promise<unknown>): Promise<void> =>
    void answers.push([name, await answerOf(side, call)])
  const root = actorOf(side, ROOT)
  const period = { from: new Date(START), to: new Date(side.now) }
  for (const id of IDS) {
    const resource = refOf(side, id)
    await ask(`get ${id}`, () => sharing.resources.get(resource))
    await ask(`access ${id}`, () => sharing.access(root, resource))
    await ask(`links ${id}`, () => sharing.links.list(root, { resource, includeInactive: true, limit: 100 }))
    await ask(`views ${id}`, () => sharing.views.list(root, { resource, limit: 100 }))
    await ask(`stats ${id}`, () => sharing.views.stats(root, { resource, ...period }))
    await ask(`audit ${id}`, () => sharing.audit.list(root, { resource, limit: 100 }))
  }
  for (const actor of OWNERS) {
    await ask(`policy of ${actor.tenantId}`, () => sharing.policies.get(actorOf(side, actor)))
    await ask(`owned by ${actor.userId}`, () => sharing.list(actorOf(side, actor)))
  }
  for (const [index, token] of side.tokens.entries()) await ask(`token ${index}`, () => sharing.peek(token))
  for (const [index, { text, by }] of side.passes.entries()) {
    await ask(`pass ${index}`, () => sharing.resume(text, { actor: by }))
  }
  for (const [index, { token, by }] of side.refs.entries()) {
    await ask(`ref ${index}`, () => sharing.refs.verify(token, by))
  }
  await setImmediate()
  answers.push(['events', side.events.sort().join('\n')])
  return answers
}

/** Whether `can`, `explain` and `filter` say the same of one action to one person, each history of another. */
async function disagreement(real: Side, model: Side): Promise<Difference | null> {
  const action = ACTIONS[real.now % ACTIONS.length]!
  const actor = ACTORS[real.now % ACTORS.length]!
  const who = actorOf(real, actor)
  const allowed: string[] = []
  for (const id of IDS) {
    const ref = refOf(real, id)
    const explained = (await real.sharing.explain(who, action, ref)).allowed
    const answered = await real.sharing.can(who, action, ref)
    if (answered !== explained) {
      return { call: `can ${actor.userId} ${action} ${id}`, found: `${answered}`, expected: `${explained}` }
    }
    const known = await model.sharing.resources.get(ref)
    const own = known?.tenantId === who.tenantId && (who.tenantId !== null || known.ownerId === who.userId)
    if (explained && own) allowed.push(ref.id)
  }
  const filtered = await allowedIds(real, who, action)
  if (filtered.join() === allowed.sort().join()) return null
  return { call: `filter ${actor.userId} ${action}`, found: filtered.join(), expected: allowed.join() }
}
