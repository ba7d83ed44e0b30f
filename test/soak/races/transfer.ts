import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call, type Done } from './attempt.ts'
import { rowLocks } from './guards.ts'
import { acknowledged, checkViews, setStage } from './stage.ts'

/** What somebody is told who asks for a link and owns nothing, if they own it when they are told. */
const TOLD_LATER = ['forbidden']

async function round(the: Round): Promise<void> {
  const { random, race, tenantId, calls } = the
  const { owner, ref, link } = await setStage(the)
  const heir = { userId: `heir of ${tenantId}`, tenantId }
  const made = { visibility: 'public' } as const
  const attempts = Array.from({ length: calls }, (): Attempt => {
    const kind = random.below(16)
    if (kind < 8) return { call: call('open', link.token), expected: ['ok'] }
    if (kind < 12) return { call: call('resume', link.pass), expected: ['ok'] }
    const meanwhile = TOLD_LATER
    if (kind < 14) {
      const expected = ['ok', 'not_found', 'ok']
      return { call: call('links.create', owner, ref, made), expected, meanwhile, note: 'made' }
    }
    const expected = ['not_found', 'ok', 'not_found']
    return { call: call('links.create', heir, ref, made), expected, meanwhile, note: 'made' }
  })
  const handing: Attempt[] = [
    {
      call: call('resources.transfer', owner, ref, heir.userId, { keep: null }),
      expected: ['ok'],
      turn: true,
    },
  ]
  if (random.below(2) === 0) {
    handing.push({
      call: call('resources.transfer', heir, ref, owner.userId, { keep: null }),
      expected: ['ok'],
      turn: true,
    })
  }
  const done = await race(attempts, [handing])
  await race(openingsOf(done))
  await checkViews(the, link.id, [link.viewId, ...acknowledged(done)])
}

/** Whoever was given a link, by whichever right, was given one that opens. */
export const openingsOf = (done: readonly Done[], expected = ['ok']): Attempt[] =>
  done.flatMap(({ note, outcome, value }) =>
    note === 'made' && outcome === 'ok'
      ? [{ call: call('open', (value as { token: string }).token), expected }]
      : [],
  )

export const transfer: Campaign = raceCampaign({
  name: 'races with a transfer',
  claim: 'a transfer interrupts no opening, and leaves no link that was given out dead or with its old owner',
  size: { short: 1_000, long: 25_000 },
  controls: [
    {
      guard: 'the move of the authority of links',
      file: 'adapters/sql/apply.ts',
      find: 'yield* run(moveAuthority, { tenantId, uids, to, at: same[0]!.at })',
      replace: '',
    },
    rowLocks,
  ],
  round,
})
