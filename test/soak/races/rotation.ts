import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call } from './attempt.ts'
import { rowLocks } from './guards.ts'
import { acknowledged, checkViews, setStage } from './stage.ts'

async function round(the: Round): Promise<void> {
  const { host, random, race, violation, calls } = the
  const { owner, link } = await setStage(the)
  const graceSeconds = random.pick([0, 0, 60])
  const rotations = 1 + random.below(3)
  const revoked = graceSeconds === 0 && random.below(4) === 0
  const expected = graceSeconds === 0 ? ['ok', 'not_found'] : ['ok']
  const attempts = Array.from({ length: calls }, (): Attempt => {
    const kind = random.below(20)
    if (kind < 10) return { call: call('open', link.token), expected }
    if (kind < 18) return { call: call('resume', link.pass), expected }
    if (kind < 19) return { call: call('peek', link.token), expected }
    // Whoever renames a link writes back the rest of it as they read it.
    const renaming = call('links.update', owner, link.id, { name: `name ${random.below(100)}` })
    return { call: renaming, expected: [revoked ? ['ok', 'conflict'] : 'ok'], note: 'renamed' }
  })
  const rotating = Array.from({ length: rotations }, (): Attempt[] => [
    {
      call: call('links.rotate', owner, link.id, { graceSeconds }),
      expected: [revoked ? ['ok', 'conflict'] : 'ok'],
      turn: !revoked,
      note: 'rotated',
    },
  ])
  // Where the link is revoked too, only that is a turn: nothing of any token may outlast it.
  const ending: Attempt[] = [{ call: call('links.revoke', owner, link.id), expected: ['ok'], turn: true }]
  const opening = revoked
    ? attempts.map((one) =>
        one.note === 'renamed' ? one : { ...one, expected: [['ok', 'not_found'], 'not_found'] },
      )
    : attempts
  const done = await race(opening, revoked ? [...rotating, ending] : rotating)

  const fresh = done.flatMap(({ note, outcome, value }) =>
    note === 'rotated' && outcome === 'ok' ? [(value as { token: string }).token] : [],
  )
  const shown = revoked ? null : await host.links.reveal(owner, link.id)
  const living = graceSeconds > 0 ? fresh : fresh.filter((token) => token === shown)
  if (shown !== null && !fresh.includes(shown)) violation('the token that is shown is none that was given')
  const after = fresh.flatMap((token) =>
    Array.from(
      { length: 4 },
      (): Attempt => ({
        call: call('open', token),
        expected: [living.includes(token) ? 'ok' : 'not_found'],
      }),
    ),
  )
  const then = await race(after)
  await checkViews(the, link.id, [link.viewId, ...acknowledged(done), ...acknowledged(then)])
}

export const rotation: Campaign = raceCampaign({
  name: 'races with rotation',
  claim: 'what begins after a rotation opens by the new token only, and by none that was rotated away',
  size: { short: 1_000, long: 100_000 },
  controls: [
    {
      guard: 'the end of the tokens before',
      file: 'adapters/sql/apply.ts',
      find: 'change.graceUntil === null',
      replace: 'false',
    },
    rowLocks,
  ],
  round,
})
