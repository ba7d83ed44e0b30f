import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call } from './attempt.ts'
import { judgementOfEnds, lockOfSqlite, looksAtEnds } from './guards.ts'
import { acknowledged, checkViews, countRows, setStage } from './stage.ts'

async function round(the: Round): Promise<void> {
  const { random, race, tenantId, violation, query, calls } = the
  // With a limit each opening looks first and writes then; without one it may rest on what it remembers.
  const { owner, ref, link } = await setStage(the, { maxViews: random.pick([null, 1_000_000]) })
  const way = random.pick(['links.revoke', 'links.remove', 'resources.remove'] as const)
  const expected = ['ok', 'not_found']
  const attempts = Array.from({ length: calls }, (): Attempt => {
    const kind = random.below(10)
    if (kind < 5) return { call: call('open', link.token), expected, note: 'new' }
    if (kind < 8) return { call: call('resume', link.pass), expected }
    if (kind < 9) return { call: call('peek', link.token), expected }
    return { call: call('open', link.token, { pass: link.pass }), expected, note: 'again' }
  })
  const end = way === 'resources.remove' ? call(way, ref) : call(way, owner, link.id)
  const count = countRows(tenantId, link.id)
  const done = await race(attempts, [
    [
      { call: end, expected: ['ok'], turn: true },
      { call: call('query', count), expected: ['ok'], note: 'rows' },
    ],
  ])
  const rows = done.find(({ note }) => note === 'rows')?.value as Array<{ n: unknown }>
  const then = Number(rows[0]!.n)
  const now = Number((await query(count))[0]!['n'])
  if (now !== then) violation(`views were written after ${way} returned`, { then, now })
  if (way === 'links.revoke') await checkViews(the, link.id, [link.viewId, ...acknowledged(done, 'new')])
  else if (now !== 0) violation(`views are left after ${way}`, { now })
}

export const endings: Campaign = raceCampaign({
  name: 'races with endings',
  claim: 'nothing that begins after a link or resource ended opens or resumes, and no view is written',
  size: { short: 1_500, long: 200_000 },
  controls: [...looksAtEnds, judgementOfEnds, lockOfSqlite],
  round,
})
