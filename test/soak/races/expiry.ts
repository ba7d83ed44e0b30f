import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call, type Done, earlyCall, type Span } from './attempt.ts'
import { lockOfSqlite, rowLocks, version } from './guards.ts'
import { dateAt, early, moment } from './host.ts'
import { acknowledged, checkViews, setStage } from './stage.ts'

const HOUR_NS = 3600e9
const MS_NS = 1e6

/** Opens, goes on and looks. Others rename the link meanwhile, and write back the rest of it as they read it. */
function callsTo({ random, calls }: Round, { owner, link }: Stage, expected: readonly string[]): Attempt[] {
  return Array.from({ length: calls }, (): Attempt => {
    const kind = random.below(20)
    if (kind < 10) return { call: call('open', link.token), expected }
    if (kind < 17) return { call: call('resume', link.pass), expected }
    if (kind < 19) return { call: call('peek', link.token), expected }
    const name = `name ${random.below(100)}`
    return { call: call('links.update', owner, link.id, { name }), expected: ['ok'], note: 'renamed' }
  })
}
type Stage = Awaited<ReturnType<typeof setStage>>

/** Time passes, and nothing is written. */
async function runsOut(the: Round, stage: Stage): Promise<Done[]> {
  const { early: before, random, race } = the
  const at = (Math.floor(moment() / MS_NS) + 5 + random.below(60)) * MS_NS
  await before.links.update(stage.owner, stage.link.id, { expiresAt: dateAt(at) })
  const turn: Span = { begun: at - 1, ended: at - 1 }
  return race(callsTo(the, stage, ['ok', 'expired']), [], [turn])
}

/** For the others it is over at once: whoever changes it lives two days before them. */
async function isMovedIntoThePast(the: Round, stage: Stage): Promise<Done[]> {
  const expiresAt = dateAt(moment() - HOUR_NS)
  const moved = earlyCall('links.update', stage.owner, stage.link.id, { expiresAt })
  return the.race(callsTo(the, stage, ['ok', 'expired']), [[{ call: moved, expected: ['ok'], turn: true }]])
}

async function isPutOff(the: Round, stage: Stage): Promise<Done[]> {
  const { early: before, race } = the
  await before.links.update(stage.owner, stage.link.id, { expiresAt: dateAt(early(moment()) + HOUR_NS) })
  const expiresAt = dateAt(moment() + HOUR_NS)
  const moved = call('links.update', stage.owner, stage.link.id, { expiresAt })
  return race(callsTo(the, stage, ['expired', 'ok']), [[{ call: moved, expected: ['ok'], turn: true }]])
}

async function round(the: Round): Promise<void> {
  const { host, random, violation } = the
  const stage = await setStage(the)
  const done = await random.pick([runsOut, isMovedIntoThePast, isPutOff])(the, stage)
  const { name } = await host.links.get(stage.owner, stage.link.id)
  const renamed = done.some(({ note, outcome }) => note === 'renamed' && outcome === 'ok')
  if (renamed && name === null) violation('a change of the name is lost')
  await checkViews(the, stage.link.id, [stage.link.viewId, ...acknowledged(done)])
}

export const expiry: Campaign = raceCampaign({
  name: 'races with expiry',
  claim: 'nothing that begins at or after the moment of expiry opens or resumes, however it was moved',
  size: { short: 1_000, long: 100_000 },
  controls: [
    {
      guard: 'the judgement of what has expired',
      file: 'src/policy/opening.ts',
      find: "if (status === 'expired')",
      replace: 'if (false)',
    },
    rowLocks,
    version,
    lockOfSqlite,
  ],
  round,
})
