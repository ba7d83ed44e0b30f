import { isSharingError, type Store } from '../../../src/index.ts'
import { documentOf, OPERATOR } from '../crashes/host.ts'
import { serves, wrongIn } from '../crashes/inspect.ts'
import type { Ledger } from '../crashes/ledger.ts'
import { type KnownLink, type KnownResource, Life } from '../crashes/life.ts'
import { liveOn } from '../crashes/mix.ts'
import { within } from '../crashes/watch.ts'
import type { Random } from '../random.ts'

/** A host's storage that is about to fail. */
export interface Patient {
  store: Store
  query(text: string): Promise<Array<Record<string, unknown>>>
  /** Resolves when what was sent before is done with, also where nobody waits for it any more. */
  settled(): Promise<void>
  end(): Promise<void>
}

/** One way in which a storage fails, and ceases to. */
export interface Trouble {
  name: string
  begin(): Promise<void>
  end(): Promise<void>
  /** What becomes of each call meanwhile: `either` where it depends on what there is room for. */
  expected(call: Call): 'fails' | 'answered' | 'either'
  /** How long a call may take to say so. */
  soonMs: number
  /** Whether calls are made one after the other: on SQLite each one that waits keeps all others waiting. */
  inTurn?: boolean
  /** Whether there is room for some more yet: links are opened until there is none. */
  fills?: boolean
}

const READS = ['can', 'resume', 'peek', 'list'] as const
const OPENINGS = ['open', 'open often', 'open limited'] as const
const CHANGES = ['register', 'link', 'rename', 'revoke', 'rotate', 'policy', 'maintain'] as const

export type Call = (typeof READS | typeof OPENINGS | typeof CHANGES)[number]

export const isRead = (call: Call): boolean => (READS as readonly string[]).includes(call)
export const isChange = (call: Call): boolean => (CHANGES as readonly string[]).includes(call)

/** What calls are made with, made while all was well. */
interface Known {
  resource: KnownResource
  link: KnownLink
  limited: KnownLink
  ending: KnownLink
  turning: KnownLink
  pass: string
}

async function furnish(life: Life): Promise<Known> {
  const resource = (await life.register())!
  const link = (await life.link(resource))!
  return {
    resource,
    link,
    limited: (await life.link(resource, { maxViews: 3 }))!,
    ending: (await life.link(resource))!,
    turning: (await life.link(resource))!,
    pass: (await life.open(link))!,
  }
}

/** What became of a call, or what it threw that it should not have. */
type Outcome = 'answered' | 'fails' | string

/** What calls come to. Those that write go by the life, which writes down what it was told. */
function callsOn(life: Life, known: Known): Record<Call, () => Promise<unknown>> {
  const { sharing } = life
  const { resource, link, limited, ending, turning, pass } = known
  return {
    can: () => sharing.can(OPERATOR, 'view', documentOf(resource.id)),
    resume: () => sharing.resume(pass),
    peek: () => sharing.peek(link.token),
    list: () => sharing.links.list(OPERATOR, { resource: documentOf(resource.id) }),
    open: () => life.open(link),
    'open often': () => Promise.all(Array.from({ length: 32 }, () => life.open(link))),
    'open limited': () => life.open(limited),
    register: () => life.register(),
    link: () => life.link(resource),
    rename: () => life.rename(link),
    revoke: () => life.revoke(ending),
    rotate: () => life.rotate(turning),
    policy: () => life.setPolicy(),
    maintain: () => life.maintain(),
  }
}

async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    const answers = [await work()].flat()
    // A life gives null where a call failed, and the ledger objects to anything else that is thrown.
    return answers.includes(null) ? 'fails' : 'answered'
  } catch (error) {
    return isSharingError(error) && error.code === 'storage_unavailable' ? 'fails' : String(error)
  }
}

/** Puts a busy host into trouble, and says what it did that it should not have. */
export async function suffer(
  patient: Patient,
  trouble: Trouble,
  { name, ledger, random }: { name: string; ledger: Ledger; random: Random },
): Promise<string[]> {
  const { store, query, settled } = patient
  const lifeOf = (tenant: string): Life =>
    new Life({ store, tenant, tell: (entry) => ledger.take(tenant, entry) })
  const life = lifeOf(name)
  const known = await furnish(life)
  let well = true
  const enough = ledger.answered + 10
  const busy = liveOn(lifeOf(`${name}-busy`), { random, atOnce: 4, goesOn: () => well })
  while (ledger.answered < enough) await new Promise(setImmediate)
  well = false
  const wrong: string[] = []
  await trouble.begin()
  try {
    wrong.push(...(await within(trouble.soonMs, 'what was under way', busy)))
    if (trouble.fills) wrong.push(...(await fillUp(life, known)))
    wrong.push(...(await callInVain(callsOn(life, known), trouble)))
  } finally {
    await trouble.end()
  }
  await busy
  await settled()
  wrong.push(...(await servesAgain(store, name, ledger)))
  wrong.push(...(await wrongIn(query, ledger)))
  return wrong
}

/** On a machine that is busy with other things a statement may outlast its limit without any trouble of ours. */
const TRIES = 4

async function servesAgain(store: Store, name: string, ledger: Ledger): Promise<string[]> {
  for (let tried = 1; ; tried++) {
    const wrong = await serves(store, `${name}-next${tried}`, ledger)
    if (wrong.length === 0 || tried === TRIES) return wrong
  }
}

const PLENTY = 3000

async function fillUp(life: Life, { link }: Known): Promise<string[]> {
  for (let opened = 0; opened < PLENTY; opened++) {
    if ((await life.open(link)) === null) return []
  }
  return [`${PLENTY} views were written where there was no room`]
}

async function callInVain(calls: Record<Call, () => Promise<unknown>>, trouble: Trouble): Promise<string[]> {
  const one = async ([call, work]: [string, () => Promise<unknown>]): Promise<string[]> => {
    const expected = trouble.expected(call as Call)
    let outcome: Outcome = 'nothing'
    const outcomes = outcomeOf(work).then((came) => {
      outcome = came
    })
    const late = await within(trouble.soonMs, call, outcomes)
    if (late.length > 0) return late
    const fits = expected === 'either' ? ['fails', 'answered'].includes(outcome) : outcome === expected
    return fits ? [] : [`${call}: ${outcome}, not ${expected}`]
  }
  if (!trouble.inTurn) return (await Promise.all(Object.entries(calls).map(one))).flat()
  const wrong: string[] = []
  for (const entry of Object.entries(calls)) wrong.push(...(await one(entry)))
  return wrong
}
