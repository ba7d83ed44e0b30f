import type { Dump } from './dump.ts'
import { countsIn, holds } from './evidence.ts'

/** What must be in the database once a call has been answered. */
export type Fact =
  | { fact: 'view'; id: string; link: string; resource: string }
  | { fact: 'link'; id: string; resource: string; tokenHash: string }
  | { fact: 'ended'; link: string }
  | { fact: 'token gone'; tokenHash: string }
  | { fact: 'link gone'; id: string }
  | { fact: 'resource gone'; ref: string }
  | { fact: 'tenant gone' }
  | { fact: 'forgotten'; userId: string }

/** What a call would leave behind, said before it is made. */
export interface Intent {
  tenant: string
  /** What there would be one more of, as {@link countsIn} names it. */
  counts: string[]
  /** What others may no longer rely on from here: a link, a resource, a tenant, a link's token, a viewer. */
  unsettles: string[]
}

/** One line of what a host knows: it is written before the host goes on. */
export type Entry =
  | ({ call: number; is: 'begun' } & Intent)
  | { call: number; is: 'answered'; facts: Fact[] }
  /** An error that says that nothing was done. */
  | { call: number; is: 'refused'; code: string }
  /** `storage_unavailable`: done or not, nobody knows. */
  | { call: number; is: 'failed'; cause: string }
  /** Anything else that is thrown breaks a promise by itself. */
  | { call: number; is: 'thrown'; error: string }

interface Call extends Intent {
  begun: number
  ended: number
  outcome: 'unknown' | 'answered' | 'refused'
  facts: Fact[]
}

/** What hosts were told, against which a database is held. */
export class Ledger {
  readonly #calls = new Map<string, Call>()
  readonly #thrown: string[] = []
  #position = 0
  /** How many calls were answered, and how many were told that the storage failed. */
  answered = 0
  failed = 0

  /** Takes one line of a host's life. Calls are numbered within their life. */
  take(life: string, entry: Entry): void {
    const key = `${life} ${entry.call}`
    const position = this.#position++
    if (entry.is === 'begun') {
      const { tenant, counts, unsettles } = entry
      this.#calls.set(key, {
        tenant,
        counts,
        unsettles,
        begun: position,
        ended: Number.POSITIVE_INFINITY,
        outcome: 'unknown',
        facts: [],
      })
      return
    }
    const call = this.#calls.get(key)!
    // What failed may still be done by a server that has not noticed: it never counts as over.
    if (entry.is === 'failed') {
      this.failed++
      return
    }
    if (entry.is === 'thrown') {
      this.#thrown.push(`${life}: ${call.counts.join(', ')}: ${entry.error}`)
      return
    }
    call.ended = position
    call.outcome = entry.is
    if (entry.is !== 'answered') return
    call.facts = entry.facts
    this.answered++
  }

  /** Everything in which the database contradicts what hosts were told. */
  contradictions(dump: Dump): string[] {
    const calls = [...this.#calls.values()].filter(({ outcome }) => outcome !== 'refused')
    const unsettling = new Map<string, Call[]>()
    for (const call of calls) {
      for (const name of call.unsettles) unsettling.set(name, [...(unsettling.get(name) ?? []), call])
    }
    return [...this.#thrown, ...wrongCounts(calls, unsettling, dump), ...wrongFacts(calls, unsettling, dump)]
  }
}

/** Done once or not at all: at least as often as answered, at most as often as begun. */
function wrongCounts(calls: readonly Call[], unsettling: ReadonlyMap<string, Call[]>, dump: Dump): string[] {
  const found = countsIn(dump)
  const bounds = new Map<string, { least: number; most: number }>()
  for (const call of calls) {
    for (const count of call.counts) {
      const bound = bounds.get(count) ?? { least: 0, most: 0 }
      bound.most++
      const kept = !unsettling.has(`tenant ${call.tenant}`) && !removedWith(count, call, unsettling)
      if (call.outcome === 'answered' && kept) bound.least++
      bounds.set(count, bound)
    }
  }
  return [...bounds].flatMap(([count, { least, most }]) => {
    const times = found.get(count) ?? 0
    return times < least || times > most ? [`${count}: ${times} times, not ${least} to ${most}`] : []
  })
}

/** Views go with what they are of; the audit stays. */
const removedWith = (count: string, call: Call, unsettling: ReadonlyMap<string, Call[]>): boolean =>
  count.startsWith('view ') &&
  call.facts.some(
    (fact) =>
      fact.fact === 'view' &&
      (unsettling.has(`link ${fact.link}`) || unsettling.has(`resource ${fact.resource}`)),
  )

function wrongFacts(calls: readonly Call[], unsettling: ReadonlyMap<string, Call[]>, dump: Dump): string[] {
  return calls.flatMap((call) =>
    call.facts.flatMap((fact) => {
      if (holds(fact, call.tenant, dump)) return []
      const excused = reliesOn(fact, call.tenant).some((name) =>
        unsettling.get(name)?.some((other) => other !== call && other.ended > call.begun),
      )
      return excused ? [] : [`${call.tenant}: acknowledged, and not so: ${JSON.stringify(fact)}`]
    }),
  )
}

/** What takes a fact away again without contradicting it. */
function reliesOn(fact: Fact, tenant: string): string[] {
  switch (fact.fact) {
    case 'view':
      return [`link ${fact.link}`, `resource ${fact.resource}`, `tenant ${tenant}`]
    case 'link':
      return [`token ${fact.id}`, `link ${fact.id}`, `resource ${fact.resource}`, `tenant ${tenant}`]
    case 'forgotten':
      return [`viewer ${fact.userId}`]
    // What has ended never comes back.
    default:
      return []
  }
}
