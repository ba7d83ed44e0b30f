import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call, type Done, type Span, turnsAround } from './attempt.ts'
import { type Meetings, meetEachOther, meetTurns } from './meetings.ts'
import { acknowledged, checkViews, setStage } from './stage.ts'

/** What the limit is first, and what it becomes in the middle of the race. Null is none. */
type Limits = readonly [first: number | null, then?: number | null]

function chooseLimits({ random, calls }: Round): Limits {
  const limit = (): number => 2 + random.below(random.pick([4, calls / 4, calls * 1.25]))
  return random.pick([
    [limit()],
    [limit()],
    [null, limit()],
    [limit(), null],
    [limit(), limit()],
  ] satisfies Limits[])
}

const LIMITED = ['ok', 'exhausted']

async function round(the: Round): Promise<void> {
  const { random, race, calls } = the
  const limits = chooseLimits(the)
  const [first, then] = limits
  const { owner, link } = await setStage(the, { maxViews: first })
  const alwaysLimited = first !== null && then !== null
  const expected = [first === null ? 'ok' : LIMITED, then === null ? 'ok' : LIMITED]
  const attempts = Array.from({ length: calls }, (): Attempt => {
    const kind = random.below(16)
    // Whoever was let in goes on reading, and spends nothing.
    if (kind === 0) return { call: call('resume', link.pass), expected: ['ok'] }
    if (kind === 1)
      return { call: call('open', link.token, { pass: link.pass }), expected: ['ok'], note: 'again' }
    if (kind === 2) return { call: call('peek', link.token), expected }
    // What a process remembers of the link holds no longer, so that it looks again.
    if (kind === 3)
      return {
        call: call('links.update', owner, link.id, { name: `name ${random.below(100)}` }),
        expected: ['ok'],
      }
    // Where openings are limited a bot spends one like anybody.
    return {
      call: call('open', link.token, kind === 4 && alwaysLimited ? { userAgent: 'curl/8.0' } : {}),
      expected,
      note: 'new',
    }
  })
  const change =
    then === undefined
      ? []
      : [[{ call: call('links.update', owner, link.id, { maxViews: then }), expected: ['ok'], turn: true }]]
  const done = await race(attempts, change)
  const views = [link.viewId, ...acknowledged(done, 'new')]
  checkLimit(the, done, views.length, limits)
  await checkViews(the, link.id, views)
}

/** However the limit changes: what was opened before stays opened, and the change counted it under lock. */
function checkLimit({ violation }: Round, done: readonly Done[], views: number, limits: Limits): void {
  const turn = done.find((one) => one.turn)
  const before = turn === undefined ? null : (turn.value as { viewCount: number }).viewCount
  const seen = { limits, views, before }
  const [first] = limits
  const last = limits.at(-1) as number | null
  if (before !== null && first !== null && before > first) violation('more views than maxViews allowed', seen)
  if (last === null) return
  if (views > Math.max(last, before ?? 0)) violation('more views than maxViews allows', seen)
  const turns = turn === undefined ? [] : [turn]
  const refused = done.filter(
    (one) => one.outcome === 'exhausted' && turnsAround(one, turns).before === turns.length,
  )
  // Whoever is refused is so because the others were first, and not because one may yet fail.
  const soonest = Math.min(...refused.map(({ ended }) => ended))
  const taken = openings(done).filter(({ begun, outcome }) => outcome === 'ok' && begun < soonest).length + 1
  if (refused.length > 0 && taken < last) violation('fewer views than maxViews allows', { ...seen, taken })
}

const openings = (done: readonly Done[]): Done[] => done.filter(({ note }) => note === 'new')

/** The last that were let in, and the first that were not, in different processes. Where the limit changes, that too. */
function meetings(done: readonly Done[], turns: readonly Span[]): Meetings {
  const letIn = openings(done).filter(({ outcome }) => outcome === 'ok')
  const refused = openings(done).filter(({ outcome }) => outcome === 'exhausted')
  const edge = meetEachOther(letIn, refused) + meetEachOther(refused, letIn)
  const { met, after } = meetTurns(done, turns)
  return { met: Math.max(edge, met), after: Math.max(refused.length, after) }
}

export const limits: Campaign = raceCampaign({
  name: 'races for the last view',
  claim: '`maxViews` is never overshot and never undershot, however it changes meanwhile',
  size: { short: 1_000, long: 100_000 },
  controls: [
    {
      guard: 'the limit in the statement that spends a view, on SQLite',
      file: 'adapters/sqlite/append.ts',
      find: 'g.view_count < g.max_views',
      replace: '1 = 1',
    },
    {
      guard: 'the limit in the statement that spends a view, on Postgres',
      file: 'adapters/postgres/append.ts',
      find: 'g.view_count < g.max_views',
      replace: '1 = 1',
      place: 'Postgres',
    },
    {
      guard: 'the look at a limit that was set meanwhile, on SQLite',
      file: 'adapters/sqlite/append.ts',
      find: ' and g.max_views is null',
      replace: '',
    },
    {
      guard: 'the look at a limit that was set meanwhile, on Postgres',
      file: 'adapters/postgres/append.ts',
      find: `\${stillOpen} and g.max_views is null`,
      replace: `\${stillOpen}`,
      place: 'Postgres',
    },
  ],
  meetings,
  round,
})
