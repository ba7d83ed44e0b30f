import type { Host } from './host.ts'

interface Methods {
  open: Host['open']
  resume: Host['resume']
  peek: Host['peek']
  attach: Host['attach']
  can: Host['can']
  authorize: Host['authorize']
  'invitations.accept': Host['invitations']['accept']
  'invitations.claim': Host['invitations']['claim']
  'collaborators.add': Host['collaborators']['add']
  'collaborators.setRole': Host['collaborators']['setRole']
  'collaborators.remove': Host['collaborators']['remove']
  'collaborators.leave': Host['collaborators']['leave']
  'requests.create': Host['requests']['create']
  'requests.approve': Host['requests']['approve']
  'requests.deny': Host['requests']['deny']
  'links.create': Host['links']['create']
  'links.update': Host['links']['update']
  'links.rotate': Host['links']['rotate']
  'links.revoke': Host['links']['revoke']
  'links.remove': Host['links']['remove']
  'resources.setVisibility': Host['resources']['setVisibility']
  'resources.transfer': Host['resources']['transfer']
  'resources.update': Host['resources']['update']
  'resources.remove': Host['resources']['remove']
  'policies.set': Host['policies']['set']
  'members.remove': Host['members']['remove']
  'groups.removeMember': Host['groups']['removeMember']
  'admins.remove': Host['admins']['remove']
  'users.forget': Host['users']['forget']
  'tenants.remove': Host['tenants']['remove']
  'stations.register': Host['stations']['register']
  'stations.remove': Host['stations']['remove']
  'stations.edits.begin': Host['stations']['edits']['begin']
  'stations.edits.takeOver': Host['stations']['edits']['takeOver']
  'stations.edits.heartbeat': Host['stations']['edits']['heartbeat']
  'stations.edits.end': Host['stations']['edits']['end']
  'stations.edits.check': Host['stations']['edits']['check']
  'stations.checkpoints.save': Host['stations']['checkpoints']['save']
  /** A statement behind the library's back. */
  query: (text: string) => Promise<unknown>
}

/** One call, as it is sent to another process. */
export interface Call {
  readonly method: keyof Methods
  readonly args: readonly unknown[]
  readonly early: boolean
}

export const call = <M extends keyof Methods>(method: M, ...args: Parameters<Methods[M]>): Call => ({
  method,
  args,
  early: false,
})

/** The same on a clock that is two days behind. */
export const earlyCall = <M extends keyof Methods>(method: M, ...args: Parameters<Methods[M]>): Call => ({
  method,
  args,
  early: true,
})

/** From when to when, on the machine's clock. */
export interface Span {
  readonly begun: number
  readonly ended: number
}

export const overlap = (one: Span, other: Span): boolean => one.begun < other.ended && other.begun < one.ended

/** What a process tells of a call. */
export interface Told extends Span {
  /** `ok`, or the code of the error. */
  readonly outcome: string
  /** What was returned: of an opening its view's id only. Of an error its cause. */
  readonly value: unknown
}

/** A call with what may come of it. */
export interface Attempt {
  readonly call: Call
  /**
   * What may come of it before the first turn, after the first, and so on; the last stands for all that follow.
   * Where a turn was under way during the call, it may be either.
   */
  readonly expected: ReadonlyArray<string | readonly string[]>
  /** What may also come of it while a turn is under way. */
  readonly meanwhile?: readonly string[]
  /** Whether it is a turn: it changes what is expected of others. */
  readonly turn?: boolean
  /** By which the round finds it again. */
  readonly note?: string
}

/** A call that was made, with the process that made it. */
export type Done = Attempt & Told & { readonly process: number }

/** How many turns were over before a call began, and how many had begun before it was over. */
export function turnsAround(told: Span, turns: readonly Span[]): { before: number; during: number } {
  let before = 0
  let during = 0
  for (const turn of turns) {
    if (turn.ended < told.begun) before++
    if (turn.begun < told.ended) during++
  }
  return { before, during }
}

/** Why an outcome is a broken promise, or null. */
export function judge(done: Done, turns: readonly Span[]): string | null {
  const others = done.turn ? turns.filter((turn) => turn !== done) : turns
  const { before, during } = turnsAround(done, others)
  const last = done.expected.length - 1
  const allowed = done.expected.slice(Math.min(before, last), Math.min(during, last) + 1).flat()
  if (during > before) allowed.push(...(done.meanwhile ?? []))
  if (allowed.includes(done.outcome)) return null
  const when = before === during ? `after ${before} turns` : `between turns ${before} and ${during}`
  return `${done.call.method} ${when}: ${done.outcome}, not ${[...new Set(allowed)].join(' or ')}`
}
